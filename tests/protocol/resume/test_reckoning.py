"""The plain score beside the engine of the node: one page (specs/08), two implementations, the same to the last bit."""

import random

import pytest
from hypothesis import given, strategies as st

from freehold.node.core.reputation.engine import Engine
from freehold.node.core.reputation.opinions import NOBODY, Opinion as Told, Place, Vouch
from freehold.protocol.resume import reckoning
from freehold.protocol.resume.reckoning import Opinion, Reckoning
from tests.protocol.planted import Bug

ROLES = ("client", "freelancer")


def who(number):
    return number.to_bytes(32, "big")


def market(seed):
    """Some people, mostly content, with pairs that deal again and again, and a few vouches."""
    dice = random.Random(seed)
    people = range(1, dice.choice((4, 9, 25)))
    opinions = []
    for _ in range(dice.randrange(1, 120)):
        by, of = dice.sample(people, 2)
        one, two, three, four, five = (min(4, dice.choice((0, 3, 4, 4)) + dice.randrange(2)) for _ in range(5))
        levels = (one, two, three, four, five)
        opinions.append(
            Opinion(dice.randbytes(32), who(by), who(of), levels, dice.randrange(9_000), dice.choice(ROLES))
        )
    vouches = {tuple(map(who, dice.sample(people, 2))) for _ in range(dice.randrange(4))}
    return opinions, vouches, [who(number) for number in people]


def agree(seed):
    opinions, vouches, people = market(seed)
    engine = Engine()
    for one in opinions:
        engine.add(Told(one.review, one.by, one.of, one.levels, one.at, one.as_role))
    for by, of in vouches:
        engine.vouch(Vouch(bytes(32), by, of, 10_000))
    dice = random.Random(seed)
    for me in (None, dice.choice(people)):
        mine = Reckoning(opinions, vouches, me)
        theirs = engine.seen_from(NOBODY if me is None else Place(me), 0)
        assert mine.rooted == theirs.rooted
        for subject in dice.sample(people, min(4, len(people))):
            role = dice.choice((None, *ROLES))
            found, expected = mine.of(subject, role), theirs.of(subject, role)
            score = expected.score
            assert (found.lower, found.mean, found.upper, found.weight) == (
                score.lower, score.mean, score.upper, score.weight
            )  # fmt: skip
            assert [
                (one.opinion.review[:8], one.weight, one.delta, one.trust, one.place, one.path, one.against)
                for one in found.shares
            ] == [
                (one.review, one.weight, one.delta, one.trust, one.place, one.path, one.against)
                for one in expected.shares
            ]
            assert sorted(one.review[:8] for one, _ in found.left_out) == sorted(key for key, _ in expected.left_out)


@given(st.integers(0, 2**32))
def test_the_plain_score_is_that_of_the_engine(seed):
    agree(seed)


@pytest.mark.parametrize(
    "bug",
    [
        Bug(reckoning, "GOOD", 40),
        Bug(reckoning, "BAD", 0),
        Bug(reckoning, "KEEP", 84),
        Bug(reckoning, "STEPS", 11),
        Bug(reckoning, "MOST_MASS", 80),
        Bug(reckoning, "BEST_EDGE", 300),
        Bug(reckoning, "COUNTERPARTY", 1),
        Bug(reckoning, "CRITICS", 1),
        Bug(reckoning, "BY_HOP", (1, 1, 1)),
        Bug(reckoning, "PRIOR", (6, 6, 15, 33, 40)),
        Bug(Opinion, "order", property(lambda one: (one.of, one.by, one.review))),
    ],
    ids=str,
)
def test_another_number_anywhere_would_be_noticed(bug):
    bug.must_be_caught(agree, st.integers(0, 2**32))
