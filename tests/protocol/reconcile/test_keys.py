"""Ordered keys against a sorted list: whatever is put in and taken out, in any order, kept on a disk or not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from freehold.protocol.reconcile import keys
from freehold.protocol.reconcile.keys import KEY_BYTES, START, Bucket, OrderedKeys, Stale, key, number_of
from tests.protocol.planted import Bug, nothing

TIMES, IDS = st.integers(0, 5), st.integers(0, 40)
CHANGES = st.lists(st.tuples(st.booleans(), TIMES, IDS), max_size=120)
BOUNDS = st.lists(st.tuples(TIMES, IDS), min_size=1, max_size=6)


def made(at: int, number: int) -> bytes:
    return key(at, (number * 2**240 + number + 1).to_bytes(32, "big"))


def agrees(changes, bounds) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "BUCKET_KEYS", 5)
        patch.setattr(keys, "_STRIDE", 2)
        ordered, plain = OrderedKeys(), set[bytes]()
        kept: dict[bytes, tuple[int, int]] = {}
        for put, at, number in changes:
            one = made(at, number)
            assert (ordered.add(one) if put else ordered.discard(one)) == (put is (one not in plain))
            (plain.add if put else plain.discard)(one)
            assert (len(ordered), ordered.total) == (len(plain), sum(map(number_of, plain)) % 2**256)
            kept = {low: row for low, row in kept.items() if low not in ordered.removed}
            kept |= {low: (count, total) for low, count, total in ordered.rows(ordered.changed)}
            ordered.changed.clear()
            ordered.removed.clear()
        on_disk = OrderedKeys(
            sorted((low, *row) for low, row in kept.items()),
            lambda low, high: b"".join(one for one in sorted(plain) if low <= one and (high is None or one < high)),
        )
        for one in (ordered, on_disk):
            same(one, sorted(plain), [made(*bound) for bound in bounds])


def same(ordered: OrderedKeys, plain: list[bytes], bounds: list[bytes]) -> None:
    assert len(ordered) == len(plain)
    assert ordered.total == sum(map(number_of, plain)) % 2**256
    for low in (START, *bounds):
        assert ordered.rank(low) == sum(one < low for one in plain)
        assert (low in ordered) == (low in plain)
        for high in (*bounds, None):
            inside = [one for one in plain if low <= one and (high is None or one < high)]
            if high is None or low <= high:
                assert ordered.summed(low, high) == (len(inside), sum(map(number_of, inside)) % 2**256)
                assert ordered.keys_from(low, high, 7) == inside[:7]
    assert list(ordered) == plain
    assert [ordered.key_at(rank) for rank in range(len(plain))] == plain


@settings(max_examples=60, deadline=None)
@given(CHANGES, BOUNDS)
def test_ordered_keys_are_a_sorted_list(changes, bounds):
    agrees(changes, bounds)


BATCHES = st.lists(st.lists(st.tuples(TIMES, IDS), max_size=30), max_size=6)


def agrees_by_batches(batches, bounds) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "BUCKET_KEYS", 5)
        ordered, plain = OrderedKeys(), set[bytes]()
        for batch in batches:
            assert len(ordered) == len(plain)  # sums are worked out in between
            ones = {made(*one) for one in batch}
            before = {(bucket.low, bucket.count) for bucket in ordered._buckets}
            ordered.changed.clear()
            assert ordered.add_many(ones) == sorted(ones & plain)
            plain |= ones
            after = {(bucket.low, bucket.count) for bucket in ordered._buckets}
            assert {low for low, _ in after - before} <= ordered.changed
            assert all(count <= 5 for _, count in after)
        same(ordered, sorted(plain), [made(*bound) for bound in bounds])


@settings(max_examples=60, deadline=None)
@given(BATCHES, BOUNDS)
def test_many_at_once_are_as_one_by_one(batches, bounds):
    agrees_by_batches(batches, bounds)


def _forgets_the_carry(self: Bucket, place: int) -> int:
    return keys.sum_of(bytes(self.packed or b"")[: place // 2 * 2 * KEY_BYTES])


def _left(ordered: OrderedKeys, number: int) -> None:
    ordered.changed.add(ordered._lows[number])  # without forgetting the sums worked out before


@pytest.mark.parametrize(
    "bug",
    [
        Bug(Bucket, "sum_below", _forgets_the_carry),
        Bug(OrderedKeys, "_touch", _left),
        Bug(OrderedKeys, "_split", nothing),
    ],
    ids=str,
)
def test_a_wrong_sum_would_be_noticed(bug):
    bug.must_be_caught(_agrees_and_splits, CHANGES, BOUNDS)


def _without_its_sum(self: Bucket, place: int, one: bytes) -> None:
    assert self.packed is not None
    self.packed[place * KEY_BYTES : place * KEY_BYTES] = one
    self.count += 1


@pytest.mark.parametrize(
    "bug",
    [
        Bug(Bucket, "put", _without_its_sum),
        Bug(OrderedKeys, "_touch", _left),
        Bug(OrderedKeys, "_touch", lambda ordered, number: ordered._below.__delitem__(slice(number + 1, None))),
        Bug(OrderedKeys, "_split", nothing),
    ],
    ids=str,
)
def test_a_mistake_in_a_batch_would_be_noticed(bug):
    bug.must_be_caught(agrees_by_batches, BATCHES, BOUNDS)


def _agrees_and_splits(changes, bounds) -> None:
    agrees(changes, bounds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "BUCKET_KEYS", 5)
        ordered = OrderedKeys()
        for number in range(12):
            ordered.add(made(1, number))
        assert max(count for _, count, _ in ordered.rows(ordered._lows)) <= 5


def test_keys_that_come_in_order_fill_their_buckets():
    ordered = OrderedKeys()
    for number in range(3 * keys.BUCKET_KEYS):
        ordered.add(made(number, number))
    assert [count for _, count, _ in ordered.rows(ordered._lows)] == [keys.BUCKET_KEYS] * 3


def test_a_million_keys_take_less_than_a_hundred_bytes_each_in_memory():
    import tracemalloc  # noqa: PLC0415

    some = [made(number, number) for number in range(20_000)]
    tracemalloc.start()
    try:
        ordered = OrderedKeys.of(some)
        assert ordered.summed(some[5], some[-5])[0] == len(some) - 10
        assert tracemalloc.get_traced_memory()[0] < 100 * len(some) - 40 * len(some)
    finally:
        tracemalloc.stop()


def test_a_disk_that_has_other_keys_than_were_summed_is_noticed():
    one, other = made(1, 1), made(2, 2)
    ordered = OrderedKeys([(START, 1, number_of(one))], lambda low, high: other)
    with pytest.raises(Stale):
        ordered.keys_from(START, None, 1)
