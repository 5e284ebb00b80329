"""Ranges: two sets find every difference; messages that overlap, go back or do not end are refused."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings, strategies as st

from freehold.protocol.errors import Malformed
from freehold.protocol.reconcile import ranges
from freehold.protocol.reconcile.keys import START, OrderedKeys, key
from freehold.protocol.reconcile.ranges import Span
from tests.protocol.planted import Bug, nothing

NUMBERS = st.sets(st.integers(0, 400), max_size=120)


def made(number: int) -> bytes:
    return key(number // 7, hashlib.sha256(str(number).encode()).digest())  # ids in a row would have equal sums


def named(numbers) -> OrderedKeys:
    return OrderedKeys.of(sorted(made(number) for number in numbers))


def finds_all(mine, theirs, most=40) -> None:
    """Both sides together name exactly the differences, to be given or asked for, in few rounds."""
    sets = [named(mine), named(theirs)]
    held = [{one[8:24] for one in keys} for keys in sets]
    gone = [set[bytes](), set[bytes]()]
    spans, turn, rounds = ranges.opening(sets[0]), 1, 0
    while True:
        rounds += 1
        assert rounds < most
        read = ranges.load(ranges.dump(spans))
        found = ranges.answer(sets[turn], read, lambda name, turn=turn: name in held[turn])
        for push in found.give:
            inside = sets[turn].keys_from(push.low, push.high, 9_999)
            gone[turn] |= {one[8:24] for one in inside} - push.but
        gone[1 - turn] |= set(found.ask)
        if not ranges.needs_answer(read):
            break
        spans, turn = found.spans, 1 - turn
    assert gone[0] == held[0] - held[1]
    assert gone[1] == held[1] - held[0]


@settings(max_examples=80, deadline=None)
@given(NUMBERS, NUMBERS)
def test_two_sets_find_every_difference(mine, theirs):
    finds_all(mine, theirs)


@settings(max_examples=30, deadline=None)
@given(NUMBERS, st.integers(0, 400))
def test_one_missing_key_is_found(mine, lost):
    finds_all(mine | {lost}, mine - {lost})


def test_a_message_that_is_full_is_gone_on_with_after_it(monkeypatch):
    monkeypatch.setattr(ranges, "SPANS_BYTES", 600)
    finds_all(set(range(0, 400, 2)), set(range(0, 400, 3)), most=100)


BUGS = [
    Bug(ranges, "fingerprint", lambda count, total: count.to_bytes(16, "big")),
    Bug(ranges, "_compare_sum", nothing),
    Bug(ranges, "_skip", nothing),
    Bug(ranges, "_between", lambda keys, rank: keys.key_at(rank)[:8].ljust(40, b"\0")),
]


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_it_would_be_noticed(bug):
    numbers = st.sets(st.integers(0, 60), max_size=60)
    bug.must_be_caught(finds_all, numbers, numbers, told_by=(AssertionError, Malformed))


def test_spans_are_read_as_they_were_written():
    spans = [
        Span(key(5, bytes([1]) + bytes(31)), 3, bytes(16)),
        Span(key(5, bytes([2, 7]) + bytes(30))),
        Span(key(2**40, bytes(32)), 2, None, (b"a" * 16, b"b" * 16)),
        Span(None, 2**50, b"p" * 16),
    ]
    assert ranges.load(ranges.dump(spans)) == spans
    assert ranges.dump([*spans[:1], Span(None)]) == ranges.dump(spans[:1])


LOW, HIGH = Span(key(5, bytes(32)), 1, bytes(16)), Span(key(9, bytes(32)), 1, bytes(16))
FLAWS = {
    "overlap": ranges.dump([HIGH]) + ranges.dump([LOW])[:0] + b"\x01\x00\x00",
    "go backwards are not writable, so the time stands still": ranges.dump([LOW]) + b"\x01\x00\x01\x01" + bytes(16),
    "a span after the end": b"\x00\x01\x01" + bytes(16) + b"\x01\x01\x01\x01\x01" + bytes(16),
    "end early": ranges.dump([LOW])[:-1],
    "an unknown sort": b"\x00\x03\x00",
    "a list too long": b"\x00\x02" + ranges._varint(ranges.LISTED + 1),
    "a bound of 33 bytes": b"\x01\x21" + b"\x01" * 33 + b"\x00",
    "a bound with needless zeros": b"\x02\x01\x00\x00",
    "a number with needless bytes": b"\x81\x00\x00\x00",
    "a number without an end": b"\xff" * 10,
    "a time beyond all times": b"\xff" * 8 + b"\x7f\x00\x00" + b"\xff" * 8 + b"\x7f\x00\x00" * 300,
    "too many": b"".join(b"\x02\x00\x00" for _ in range(ranges.SPANS + 1)),
    "the very start": b"\x01\x00\x00",
}


@pytest.mark.parametrize("data", FLAWS.values(), ids=list(FLAWS))
def test_what_is_no_sequence_of_spans_is_refused(data):
    with pytest.raises(Malformed):
        ranges.load(data)


def test_any_bytes_are_spans_or_refused():
    @settings(max_examples=300, deadline=None)
    @given(st.binary(max_size=80))
    def holds(data):
        try:
            spans = ranges.load(data)
        except Malformed:
            return
        highs = [span.high or b"\xff" * 40 for span in spans]
        assert highs == sorted(set(highs))
        found = ranges.answer(named(range(50)), spans, lambda name: False)
        ranges.load(ranges.dump(found.spans))

    holds()


def test_one_side_that_has_nothing_is_given_everything_without_names():
    keys = named(range(300))
    found = ranges.answer(keys, ranges.opening(OrderedKeys()), lambda name: False)
    assert found.give == [ranges.Push(START, None)]
    assert not ranges.needs_answer(found.spans)
