"""The rankings that ship, by the door that a third party's would use: what a market answers, whoever made it."""

import random

import pytest
from hypothesis import given, settings, strategies as st

from freehold.node.core.reputation.opinions import NOBODY, Opinion, Place, Vouch
from freehold.node.core.reputation.settings import LEAST_PART
from freehold.node.policies.averages import AverageMarket
from freehold.node.policies.ranking import AVERAGES, PERSONAL, STRICT
from freehold.protocol.kinds.values import CLIENT, FREELANCER
from freehold.protocol.kinds.worth import TOP
from tests.cast import DAY_MS, START_MS, alice, bob, carol, mallory, person

RANKINGS = (PERSONAL, STRICT, AVERAGES)
DAVE = person("dave").id
PEOPLE = tuple(person(f"client {number}").id for number in range(5))


def opinion(number, by, of=bob.id, level=4, at=START_MS, **fields):
    return Opinion(number.to_bytes(32, "little"), by, of, (level, level, level, level, level), at, **fields)


def market(ranking, *opinions):
    found = ranking.market()
    for one in opinions:
        found.add(one)
    return found


def verdict(ranking, *opinions, place=NOBODY, of=bob.id, as_role=None):
    return market(ranking, *opinions).seen_from(place, START_MS).of(of, as_role)


@pytest.mark.parametrize("ranking", RANKINGS)
def test_of_somebody_nobody_reviewed_little_is_claimed(ranking):
    found = verdict(ranking)
    assert (found.score.counted, found.score.weight, found.shares, found.left_out) == (0, 0, (), ())
    assert 0 <= found.score.lower < found.score.mean < found.score.upper <= 1


@pytest.mark.parametrize("ranking", RANKINGS)
def test_every_level_is_worth_more_than_the_one_below(ranking):
    means = [verdict(ranking, opinion(1, alice.id, level=level)).score.mean for level in range(5)]
    assert means == sorted(set(means))


@pytest.mark.parametrize("ranking", RANKINGS)
def test_what_a_review_adds_is_what_is_missing_without_it(ranking):
    told = [opinion(1, alice.id), opinion(2, carol.id, level=0), opinion(3, mallory.id, level=3)]
    whole = verdict(ranking, *told)
    assert len(whole.shares) == 3
    for share in whole.shares:
        without = verdict(ranking, *(one for one in told if one.review[:8] != share.review))
        assert share.delta == pytest.approx(whole.score.mean - without.score.mean)


@pytest.mark.parametrize("ranking", RANKINGS)
def test_the_same_review_again_replaces_it_and_one_taken_back_is_gone(ranking):
    found = market(ranking, opinion(1, alice.id, level=0), opinion(2, carol.id), opinion(1, alice.id))
    assert found.seen_from(NOBODY, 0).of(bob.id) == verdict(ranking, opinion(1, alice.id), opinion(2, carol.id))
    found.discard(opinion(1, alice.id).review)
    assert found.seen_from(NOBODY, 0).of(bob.id) == verdict(ranking, opinion(2, carol.id))
    found.add(opinion(1, alice.id))
    assert found.seen_from(NOBODY, 0).of(bob.id).score.counted == 2


@pytest.mark.parametrize("ranking", RANKINGS)
def test_roles_are_told_apart(ranking):
    told = [opinion(1, alice.id, level=4, as_role=FREELANCER), opinion(2, carol.id, level=0, as_role=CLIENT)]
    means = [verdict(ranking, *told, as_role=role).score.mean for role in (CLIENT, None, FREELANCER)]
    assert means == sorted(set(means))


@pytest.mark.parametrize("ranking", RANKINGS)
def test_a_market_of_the_past_knows_nothing_of_later_reviews(ranking):
    found = market(ranking, opinion(1, alice.id), opinion(2, carol.id, level=0, at=START_MS + DAY_MS))
    past = found.until(START_MS + DAY_MS - 1)
    assert past.seen_from(NOBODY, 0).of(bob.id) == verdict(ranking, opinion(1, alice.id))
    assert found.seen_from(NOBODY, 0).of(bob.id).score.counted == 2


_OPINIONS = st.lists(
    st.builds(
        opinion,
        st.integers(1, 40),
        st.sampled_from(PEOPLE),
        st.sampled_from([bob.id, *PEOPLE[:3]]),
        st.integers(0, 4),
        st.integers(0, 5).map(lambda day: START_MS + day * DAY_MS),
    ).filter(lambda one: one.by != one.of),
    min_size=2,
    max_size=30,
    unique_by=lambda one: one.review,
)
_PLACE = Place(PEOPLE[0], frozenset([PEOPLE[1]]))


def differs_by_order(make, orders):
    """Whether any order of arrival, or asking in between, changes an answer."""
    answers = []
    for ask, order in enumerate(orders):
        found = make()
        for one in order:
            found.add(one)
            if ask:
                found.seen_from(_PLACE, START_MS).of(one.of)
        views = [found.seen_from(place, START_MS) for place in (_PLACE, NOBODY)]
        answers.append([view.of(who) for view in views for who in (bob.id, *PEOPLE)])
    return any(answer != answers[0] for answer in answers)


@pytest.mark.parametrize("ranking", RANKINGS)
@settings(max_examples=60, deadline=None)
@given(told=_OPINIONS, dice=st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_to_the_last_bit(ranking, told, dice):
    orders = [told, told[::-1], dice.sample(told, len(told))]
    assert not differs_by_order(ranking.market, orders)


class TakesThemAsTheyCome(AverageMarket):
    """A planted bug: the latest to arrive has the last word."""

    def of(self, subject, as_role=None):
        latest = [one for one in self._opinions.values() if one.of == subject][-1:]
        alone = AverageMarket()
        for one in latest:
            alone.add(one)
        return alone.of(subject, as_role)


def test_the_property_catches_a_market_that_takes_reviews_as_they_come():
    dice, caught = random.Random(7), 0
    for _ in range(50):
        told = [opinion(number, PEOPLE[dice.randrange(5)], level=dice.randrange(5)) for number in range(1, 7)]
        caught += differs_by_order(TakesThemAsTheyCome, [told, told[::-1]])
    assert caught > 40


def test_from_nobodys_place_everybody_counts_alike_and_it_is_said():
    crowd = [opinion(number, person(f"sybil {number}").id) for number in range(1, 6)]
    found = market(PERSONAL, *crowd).seen_from(NOBODY, START_MS)
    assert found.of(bob.id).score.counted == 5
    assert "do not exist" in found.label


def test_a_crowd_that_nobody_trusted_leads_to_has_no_weight():
    crowd = [opinion(number, person(f"sybil {number}").id) for number in range(1, 6)]
    dealt = opinion(9, alice.id, carol.id)
    found = verdict(PERSONAL, *crowd, dealt, place=Place(alice.id))
    assert (found.score.counted, len(found.left_out)) == (0, 5)
    assert all("nobody you trust leads" in reason for _, reason in found.left_out)


def test_a_review_has_weight_by_the_chain_that_is_shown():
    told = [opinion(1, alice.id, carol.id), opinion(2, carol.id, mallory.id), opinion(3, mallory.id, bob.id)]
    (share,) = verdict(PERSONAL, *told, place=Place(alice.id)).shares
    assert share.path == (carol.id, mallory.id)
    assert (share.by, share.place) == (mallory.id, 1)
    assert 0 < share.trust <= 1
    assert share.weight == share.trust


def test_a_contact_is_believed_and_so_is_whom_a_contact_vouches_for():
    anchored = Place(None, frozenset([mallory.id, DAVE]))
    found = market(PERSONAL, opinion(1, carol.id, bob.id), opinion(2, DAVE, alice.id))
    assert found.seen_from(anchored, START_MS).of(bob.id).score.counted == 0
    found.vouch(Vouch(bytes(32), mallory.id, carol.id, START_MS + DAY_MS))
    assert found.seen_from(anchored, START_MS).of(bob.id).score.counted == 1
    assert found.seen_from(anchored, START_MS + DAY_MS + 1).of(bob.id).score.counted == 0
    found.unvouch(mallory.id, carol.id)
    assert found.seen_from(anchored, START_MS).of(bob.id).score.counted == 0


def test_all_that_two_people_say_of_each_other_weighs_what_one_review_does():
    told = [opinion(number, alice.id, at=START_MS + number * DAY_MS) for number in range(1, 5)]
    weights = [share.weight for share in verdict(PERSONAL, *told).shares]
    assert weights == [0.25] * 4
    assert sum(weights) <= 1


def test_the_strict_ranking_weighs_by_the_payment():
    grades = [verdict(STRICT, opinion(1, alice.id, grade=grade, band=TOP)).score.weight for grade in "CBA"]
    assert grades == [0.25, 154 / 256, 1]
    assert [verdict(PERSONAL, opinion(1, alice.id, grade=grade)).score.weight for grade in "CBA"] == [1, 1, 1]


def test_the_strict_ranking_weighs_by_the_value_that_a_contract_states():
    weights = [verdict(STRICT, opinion(1, alice.id, grade="A", band=band)).score.weight for band in range(TOP + 1)]
    assert weights == sorted(weights)
    assert (weights[0], weights[-1]) == (LEAST_PART / 256, 1)
    assert verdict(STRICT, opinion(1, alice.id, grade="A")).score.weight == weights[0]


def test_bad_reviews_of_trifles_do_not_ruin_a_name_made_by_real_work_where_that_counts():
    work = [opinion(number, client, band=TOP, grade="B") for number, client in enumerate(PEOPLE)]
    for band, holds in ((0, True), (TOP, False)):
        slander = [opinion(9, alice.id, level=0, band=band), opinion(10, carol.id, level=0, band=band)]
        lost = verdict(STRICT, *work).score.mean - verdict(STRICT, *work, *slander).score.mean
        assert (lost < 0.03) == holds
    assert verdict(PERSONAL, *work).score.mean - verdict(PERSONAL, *work, *slander).score.mean > 0.2
