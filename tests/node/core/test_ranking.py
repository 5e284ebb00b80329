"""The built-in ranking: what it expects, what each review adds to it, and that the order of arrival adds nothing."""

import itertools
import random
from functools import cache

import pytest
from hypothesis import given, settings, strategies as st

from freehold.node.core.ports import Score
from freehold.node.policies.ranking import BAYESIAN, Bayesian
from freehold.protocol import evidence
from tests.cast import HOUR_MS, bob, commit, person, review, story

CLIENTS = tuple(person(f"client {number}") for number in range(4))


@cache
def opinion(client, level, salt=0):
    """Evidence: a client's review of bob, of a contract of their own."""
    told = story(CLIENTS[client], bob, salt=salt)
    written = review(CLIENTS[client], bob, told.contract, told.client_reviews.header.at + salt * HOUR_MS, level)
    records = [*told.contract_records, commit(written, CLIENTS[client])]
    found = evidence.weigh(written, records, written.header.at)
    assert isinstance(found, evidence.Evidence)
    return found


def score(*found, ranking=BAYESIAN):
    return ranking.score(bob.id, found)


def test_of_somebody_nobody_reviewed_little_is_claimed():
    nobody, shares = score()
    assert (nobody.counted, shares) == (0, ())
    assert nobody.mean == pytest.approx(0.06 * 0.1 + 0.14 * 0.3 + 0.34 * 0.7 + 0.40)
    assert 0 <= nobody.lower < nobody.mean < nobody.upper <= 1


def test_one_review_weighs_as_much_as_the_prior():
    best, _ = score(opinion(0, 4))
    assert best.mean == pytest.approx((score()[0].mean + 1) / 2)
    worst, _ = score(opinion(0, 0))
    assert worst.mean == pytest.approx(score()[0].mean / 2)


def test_more_reviews_narrow_the_range_and_lift_the_lower_end():
    growing = [score(*(opinion(client, 4) for client in range(number)))[0] for number in range(5)]
    for fewer, more in itertools.pairwise(growing):
        assert more.upper - more.lower < fewer.upper - fewer.lower
        assert more.lower > fewer.lower


def test_every_level_is_worth_more_than_the_one_below():
    means = [score(opinion(0, level))[0].mean for level in range(5)]
    assert means == sorted(set(means))


def test_the_same_two_people_add_half_as_much_each_time():
    _, shares = score(*(opinion(0, 4, salt) for salt in range(4)))
    assert [share.weight for share in shares] == [1, 0.5, 0.25, 0.125]
    often = score(*(opinion(0, 4, salt) for salt in range(20)))[0]
    thrice = score(*(opinion(client, 4) for client in range(3)))[0]
    assert often.mean < thrice.mean


def test_what_a_review_adds_is_what_is_missing_without_it():
    found = [opinion(0, 4), opinion(1, 0), opinion(2, 3)]
    whole, shares = score(*found)
    for share in shares:
        without, _ = score(*(item for item in found if item is not share.evidence))
        assert share.delta == pytest.approx(whole.mean - without.mean)
    assert [share.delta > 0 for share in sorted(shares, key=lambda share: share.evidence.review.levels)] == [
        False,
        True,
        True,
    ]


def test_opposite_opinions_stay_inside_the_scale():
    many = [opinion(client, level, salt) for client in range(4) for level in (0, 4) for salt in range(3)]
    found, shares = score(*many)
    assert 0 <= found.lower <= found.mean <= found.upper <= 1
    assert len(shares) == found.counted == 24


def differs_by_order(ranking, orders):
    answers = [score(*order, ranking=ranking) for order in orders]
    return any(answer != answers[0] for answer in answers)


_MANY = st.lists(
    st.builds(opinion, st.integers(0, 3), st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=12, unique_by=id
)


@settings(max_examples=150, deadline=None)
@given(_MANY, st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_to_the_last_bit(found, dice):
    orders = [found, found[::-1], dice.sample(found, len(found))]
    assert not differs_by_order(BAYESIAN, orders)


class TakesThemAsTheyCome(Bayesian):
    """A planted bug: the order of arrival decides whose review is the first of a pair."""

    def score(self, subject, evidence):
        weighted, pairs = [], {}
        for item in evidence:
            pairs[item.record.author] = pairs.get(item.record.author, 0) + 1
            weighted.append((item.review.levels, 2.0 ** (1 - pairs[item.record.author])))
        mean = sum(weight * sum(levels) for levels, weight in weighted)
        return Score(mean, mean, mean, len(weighted)), ()


def test_the_property_catches_a_ranking_that_takes_reviews_as_they_come():
    dice = random.Random(7)
    caught = 0
    for _ in range(150):
        found = [opinion(dice.randrange(4), dice.randrange(5), dice.randrange(5)) for _ in range(6)]
        caught += differs_by_order(TakesThemAsTheyCome(), [found, found[::-1], dice.sample(found, 6)])
    assert caught > 20
