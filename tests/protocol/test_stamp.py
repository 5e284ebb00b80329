"""A stamp is work for one record, one recipient and a few hours; of one record it is none of another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st

from freehold.protocol import stamp
from freehold.protocol.errors import NotAllowed
from freehold.protocol.stamp import HOUR_MS, MOST_BITS, STEP_TRIES, Stamp, hour_of, question, search, strength
from freehold.protocol.steps import at_once
from tests.cast import START_MS, alice, bob
from tests.protocol.planted import Bug

BITS = 10
HOUR = hour_of(START_MS)


def made(recipient: bytes, sealed: bytes, hour: int = HOUR, bits: int = BITS) -> Stamp:
    nonce = at_once(search(stamp.question(recipient, hour, sealed), bits))
    assert nonce is not None
    return Stamp(hour, nonce)


def is_good_for_one_delivery(sealed: bytes, other: bytes) -> None:
    """It is worth what was worked for it; and elsewhere what luck gives: two of three places in three million."""
    found = made(alice.id, sealed)
    assert strength(found, alice.id, sealed, START_MS) >= BITS
    elsewhere = [
        strength(found, alice.id, sealed + other, START_MS),
        strength(found, bob.id, sealed, START_MS),
        strength(Stamp(HOUR + 1, found.nonce), alice.id, sealed, START_MS),
    ]
    assert sum(bits >= BITS for bits in elsewhere) <= 1


RECORDS, ADDED = st.binary(max_size=64), st.binary(min_size=1, max_size=8)


@settings(max_examples=25, deadline=None)
@given(RECORDS, ADDED)
def test_a_stamp_is_good_for_one_delivery(sealed: bytes, other: bytes) -> None:
    is_good_for_one_delivery(sealed, other)


def for_any_record(recipient: bytes, hour: int, sealed: bytes) -> bytes:
    del hour, sealed
    return recipient + bytes(40)


def for_any_hour_and_recipient(recipient: bytes, hour: int, sealed: bytes) -> bytes:
    del recipient, hour
    return bytes(40) + hashlib.sha256(sealed).digest()


@pytest.mark.parametrize("broken", [for_any_record, for_any_hour_and_recipient])
def test_it_would_be_noticed_if_it_were_good_for_more(broken: Callable[..., bytes]) -> None:
    Bug(stamp, "question", broken).must_be_caught(is_good_for_one_delivery, RECORDS, ADDED, examples=10)


@pytest.mark.parametrize(("hours", "taken"), [(-2, False), (-1, True), (0, True), (2, True), (3, False)])
def test_a_stamp_is_taken_for_a_few_hours(hours: int, taken: bool) -> None:
    found, now = made(alice.id, b"sealed"), START_MS + hours * HOUR_MS
    if taken:
        assert strength(found, alice.id, b"sealed", now) >= BITS
    else:
        with pytest.raises(NotAllowed, match="another hour"):
            strength(found, alice.id, b"sealed", now)


def test_a_search_lets_others_in_between_and_gives_up_some_day(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = search(question(alice.id, HOUR, b"sealed"), MOST_BITS)
    assert [next(steps) for _ in range(3)] == [None, None, None]
    monkeypatch.setattr(stamp, "STEP_TRIES", 16)
    monkeypatch.setattr(stamp, "PATIENCE", 0)
    assert at_once(search(question(alice.id, HOUR, b"sealed"), 8)) is None
    assert STEP_TRIES >= 1_000


@pytest.mark.parametrize("bits", [0, MOST_BITS + 1, -1])
def test_no_search_for_what_is_no_stamp(bits: int) -> None:
    with pytest.raises(ValueError, match="bits"):
        next(search(bytes(72), bits))
