"""A batch comes apart into the records that were put in, and is never more than a frame."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from freehold.protocol import canonical, frame, limits
from freehold.protocol.errors import Malformed
from tests.protocol.planted import Bug
from tests.protocol.values import LUCK, VALUES, damaged, spelled

BATCHES = st.lists(st.binary(max_size=300), min_size=1, max_size=limits.BATCH_RECORDS)
BYTES = st.one_of(
    st.builds(damaged, BATCHES.map(frame.pack_batch), LUCK), st.builds(spelled, VALUES, LUCK), st.binary(max_size=50)
)


def comes_apart(records: list[bytes]) -> None:
    """The same records in the same order."""
    assert frame.unpack_batch(frame.pack_batch(records)) == records


@given(BATCHES)
def test_a_batch_comes_apart(records: list[bytes]) -> None:
    comes_apart(records)


def test_one_that_loses_some_would_be_noticed() -> None:
    broken = Bug(frame, "pack_batch", lambda records: canonical.encode(sorted(set(records))))
    broken.must_be_caught(comes_apart, BATCHES)


@given(BYTES)
def test_whatever_comes_is_a_batch_or_malformed(data: bytes) -> None:
    try:
        records = frame.unpack_batch(data)
    except Malformed:
        return
    assert frame.pack_batch(records) == data


@pytest.mark.parametrize("count", [0, limits.BATCH_RECORDS + 1])
def test_a_batch_has_1_to_64_records(count: int) -> None:
    with pytest.raises(Malformed, match=f"not {count}"):
        frame.pack_batch([b"x"] * count)
    with pytest.raises(Malformed, match="1 to 64"):
        frame.unpack_batch(canonical.encode([b"x" for _ in range(count)]))


def test_a_batch_is_no_longer_than_a_frame() -> None:
    room = limits.FRAME_BYTES - len(canonical.encode([bytes(256), bytes(65_000)])) + 65_000
    comes_apart([bytes(256), bytes(room)])
    with pytest.raises(Malformed, match="more than"):
        frame.pack_batch([bytes(257), bytes(room)])
    with pytest.raises(Malformed, match="more than"):
        frame.unpack_batch(canonical.encode([bytes(257), bytes(room)]))


@pytest.mark.parametrize("value", [None, b"x", {"a": b"x"}, ["x"], [b"x", None], [[b"x"]]])
def test_what_is_no_batch(value: canonical.Value) -> None:
    with pytest.raises(Malformed, match="an array of"):
        frame.unpack_batch(canonical.encode(value))
