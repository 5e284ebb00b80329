"""Reviews that are taken back, told anew, told again, in any order and between any questions: the market is always the
one that its last words make, and asking whether a review is in it does not read it all."""

import random

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from freehold.node.core.reputation import counted as keys, market as markets
from freehold.node.core.reputation.counted import Counted
from freehold.node.core.reputation.engine import Engine
from freehold.node.core.reputation.opinions import NOBODY, Opinion
from freehold.node.core.reputation.table import columns_of

PEOPLE = [bytes([number]) * 32 for number in range(6)]
COLUMNS = ("starts", "by", "levels", "at", "key", "flags")


def told(name, by, of, level=4):
    return Opinion(bytes([name]) + bytes(31), PEOPLE[by], PEOPLE[of], (level, 4, 4, 4, 4), 1_000)


PAIRS = st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] != pair[1])
WORDS = st.sampled_from(["add", "add", "discard", "ask"])
STEPS = st.lists(st.tuples(WORDS, st.integers(0, 9), PAIRS, st.integers(0, 1)), max_size=40)


def everybody_there(engine):
    engine.load(columns_of([], PEOPLE))
    return engine


def agree(steps):
    """Whether a market that was told step by step is the one made of what counts in the end."""
    engine, counts = everybody_there(Engine()), {}
    for what, name, (by, of), level in steps:
        if what == "add":
            engine.add(told(name, by, of, level))
            counts[name] = told(name, by, of, level)
        elif what == "discard":
            before = engine.seen_from(NOBODY).version
            engine.discard(bytes([name]) + bytes(31))
            there = counts.pop(name, None) is not None
            if (engine.seen_from(NOBODY).version != before) != there:
                return False
        else:
            assert engine.count >= 0
    fresh = everybody_there(Engine())
    fresh.load(columns_of(list(counts.values())))
    mine, other = (one._market.settled() for one in (engine, fresh))
    return all(np.array_equal(getattr(mine, name), getattr(other, name)) for name in COLUMNS)


@pytest.fixture(params=[0, 3, 1_000], ids=["sorted anew each time", "after a few", "never"])
def bounds(request, monkeypatch):
    monkeypatch.setattr(markets, "FEW_OF", 0)
    monkeypatch.setattr(keys, "FEW", request.param)


@pytest.mark.usefixtures("bounds")
def test_the_order_in_which_reviews_come_and_go_changes_nothing():
    @settings(max_examples=80, deadline=None)
    @given(STEPS)
    def holds(steps):
        assert agree(steps)

    holds()


def step(what, name=0, pair=(0, 1)):
    return what, name, pair, 1


MOVED = [step("add"), step("ask"), step("discard", 2), step("add", 0, (2, 3)), step("ask"), step("discard")]


@pytest.mark.usefixtures("bounds")
def test_a_review_told_anew_between_other_people_counts_once():
    assert agree(MOVED)
    assert agree(MOVED[:5])


@pytest.mark.parametrize("forgotten", ["came", "went"])
def test_keys_that_are_not_kept_up_would_be_noticed(monkeypatch, forgotten):
    """A planted bug."""
    monkeypatch.setattr(markets, "FEW_OF", 0)
    monkeypatch.setattr(Counted, forgotten, lambda *_: None)
    steps = [step("add"), step("ask"), step("discard", 9), step("add", 1, (0, 2)), step("ask")]
    assert not agree([*steps, step("discard", 1), step("ask"), step("discard"), step("ask"), step("discard")])


def test_the_keys_are_sorted_once_however_many_reviews_go(monkeypatch):
    dice, sorts, real = random.Random(1), [], np.sort

    def noted(column):
        sorts.append(len(column))
        return real(column)

    monkeypatch.setattr(np, "sort", noted)
    engine = Engine()
    pairs = [dice.sample(PEOPLE, 2) for _ in range(600)]
    reviews = [Opinion(dice.randbytes(32), by, of, (4, 4, 4, 4, 4), 1_000) for by, of in pairs]
    engine.load(columns_of(reviews))
    for number, one in enumerate(reviews[:400]):
        engine.discard(one.review)
        engine.discard(dice.randbytes(32))
        if number % 50 == 0:
            assert engine.count == 599 - number
    assert (engine.count, sorts) == (200, [600])
