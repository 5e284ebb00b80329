"""A bucket gives no more than it says, and no less."""

from __future__ import annotations

from hypothesis import given, strategies as st

from freehold.node.net.buckets import Buckets

_STEPS = st.lists(st.tuples(st.floats(0, 10), st.floats(0.1, 20)), max_size=60)


def _most_taken(buckets: Buckets, steps: list[tuple[float, float]]) -> bool:
    """Whether what was given stays under burst plus rate times time."""
    now = taken = 0.0
    for pause, amount in steps:
        now += pause
        if buckets.take("mallory", now, amount):
            taken += amount
        if taken > 10 + 2 * now + 1e-6:
            return False
    return True


@given(_STEPS)
def test_whatever_is_asked_when_no_more_is_given_than_burst_and_rate(steps: list[tuple[float, float]]) -> None:
    assert _most_taken(Buckets(2, 10), steps)


def test_a_bucket_that_is_not_capped_is_caught_by_the_same_check() -> None:
    class Leaking(Buckets):
        def _level(self, key: str, now: float) -> float:
            level, since = self._levels.get(key, (self._burst, now))
            return level + (now - since) * self._per_second * 2

    assert not _most_taken(Leaking(2, 10), [(0, 10), (10, 20), (0, 10), (0, 10)])


def test_each_peer_has_a_bucket_of_its_own() -> None:
    buckets = Buckets(1, 1)
    assert buckets.take("alice", 0)
    assert not buckets.take("alice", 0.5)
    assert buckets.take("bob", 0.5)
    assert buckets.take("alice", 1.5)


def test_who_borrows_waits_until_the_debt_is_paid() -> None:
    buckets = Buckets(100, 1_000)
    assert buckets.borrow("alice", 0, 1_000) == 0
    assert buckets.borrow("alice", 0, 50) == 0.5
    assert buckets.borrow("alice", 0.5, 100) == 1.0


def test_a_thousand_strangers_do_not_grow_the_memory() -> None:
    buckets = Buckets(1, 1)
    for number in range(5_000):
        buckets.take(str(number), 0)
    assert len(buckets._levels) == 1024
