"""Few bytes that would become much: refused, without much memory and without deep recursion."""

from __future__ import annotations

import tracemalloc

import msgpack
import pytest

from freehold.protocol import canonical, limits
from freehold.protocol.errors import Malformed

_TIMES_THE_INPUT = 96
_OPEN_ARRAYS = 1024 * limits.ARRAY_ITEMS * 8
_SLACK = 64 * 1024

BOMBS = {
    "arrays in arrays": b"\x91" * limits.RECORD_BYTES,
    "maps in maps": b"\x81\xa1k" * (limits.RECORD_BYTES // 3),
    "a whole value, nested deep": b"\x91" * 1_000 + b"\x01",
    "an array that claims 4 billion items": b"\xdd\xff\xff\xff\xff",
    "a map that claims 4 billion entries": b"\xdf\xff\xff\xff\xff",
    "a text that claims 4 GiB": b"\xdb\xff\xff\xff\xff",
    "bytes that claim 4 GiB": b"\xc6\xff\xff\xff\xff",
    "an extension that claims 4 GiB": b"\xc9\xff\xff\xff\xff\x01",
    "claims in claims": b"\xdc\x01\x00" * (limits.RECORD_BYTES // 3),
    "many empty arrays": (b"\xdc\x01\x00" + (b"\xdc\x00\xff" + b"\x90" * 255) * 60).ljust(limits.RECORD_BYTES, b"\x90"),
    "maps of one entry": (b"\xdc\x00\x08" + (b"\x81\xa0" * 1_000 + b"\x80") * 8),
    "many empty maps": (b"\xdc\x00\x40" + (b"\xdc\x00\xff" + b"\x80" * 255) * 64),
}


def peak_of(bomb: bytes) -> int:
    """The most memory that refusing it takes."""
    tracemalloc.start()
    try:
        with pytest.raises(Malformed):
            canonical.decode(bomb)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=list(BOMBS))
def test_a_bomb_is_refused_in_little_room(bomb: bytes) -> None:
    assert peak_of(bomb) < _TIMES_THE_INPUT * len(bomb) + _OPEN_ARRAYS + _SLACK


def test_a_bomb_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = b"\xdc\x3f\xff" * 1_024
    assert peak_of(claims) < _SLACK
    monkeypatch.setattr(canonical, "_UNPACK", lambda data: msgpack.unpackb(data.ljust(limits.RECORD_BYTES, b"\xc1")))
    assert peak_of(claims) > 10 * (_TIMES_THE_INPUT * len(claims) + _OPEN_ARRAYS + _SLACK)


def test_a_value_that_holds_itself_is_not_encoded() -> None:
    knot: list[canonical.Value] = []
    knot.append(knot)
    with pytest.raises(Malformed, match="deep"):
        canonical.encode(knot)
