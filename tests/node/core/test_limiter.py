"""Buckets: bursts are served, floods are not, and a clock that jumps gives nobody anything."""

from hypothesis import example, given, strategies as st

from freehold.node.core import limiter
from freehold.node.core.limiter import Bucket, Buckets, Limiter
from tests.cast import HOUR_MS, START_MS

NOW = START_MS


def taken(bucket, tries, now=NOW):
    return sum(bucket.take(1, now) for _ in range(tries))


def test_a_burst_is_served_at_once_and_then_only_the_rate():
    bucket = Bucket(10, 30)
    assert taken(bucket, 100) == 30
    assert taken(bucket, 100, NOW + 500) == 5
    assert taken(bucket, 100, NOW + HOUR_MS) == 30


def test_what_is_not_there_in_full_is_left_where_it_is():
    bucket = Bucket(10, 30)
    assert not bucket.take(31, NOW)
    assert bucket.take(30, NOW)


def test_a_clock_that_went_back_fills_nothing():
    bucket = Bucket(10, 30)
    taken(bucket, 30)
    assert taken(bucket, 1, NOW - HOUR_MS) == 0
    assert taken(bucket, 100, NOW - HOUR_MS + 1_000) == 10


@given(st.lists(st.integers(0, 5_000), max_size=60))
def test_nobody_ever_takes_more_than_the_burst_and_the_rate(waits):
    bucket, now, total = Bucket(2, 5), NOW, 0
    for wait in waits:
        now += wait
        total += taken(bucket, 3, now)
    assert total <= 5 + 2 * (now - NOW) / 1000 + 1e-6


def test_one_peers_flood_leaves_the_others_their_share():
    found = Limiter()
    served = sum(found.allows_check("mallory", NOW) for _ in range(10_000))
    assert served == limiter.CHECKS_BURST_PEER
    assert found.allows_check("alice", NOW)


def test_many_peers_together_do_not_get_more_than_the_node_can_do():
    found = Limiter()
    peers = [f"peer {number}" for number in range(20)]
    assert sum(found.allows_check(peer, NOW) for peer in peers for _ in range(500)) == limiter.CHECKS_A_SECOND_NODE


def test_how_many_names_are_remembered_is_bounded_and_the_longest_unused_goes():
    found = Buckets[str](0.001, 1, remembered=3)
    for name in ("alice", "bob", "carol"):
        assert found.take(name, NOW)
    assert not found.take("alice", NOW)
    assert found.take("mallory", NOW)  # bob is forgotten
    assert not found.take("alice", NOW)
    assert found.take("bob", NOW)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5_000)), max_size=30))
@example([(17, 0), (0, 4438), (7, 1), (8, 1)])
def test_asking_for_many_at_once_is_asking_for_each(asked):
    together, each, now = Limiter(), Limiter(), NOW
    for many, wait in asked:
        now += wait
        for peer in ("alice", "bob"):
            assert together.allows_checks(peer, many * 60, now) == sum(
                each.allows_check(peer, now) for _ in range(many * 60)
            )
