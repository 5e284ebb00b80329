"""One value has one encoding: whatever `decode` takes is what `encode` gives, and nothing else comes in."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, strategies as st

from freehold.protocol import canonical, limits
from freehold.protocol.errors import Malformed
from tests.protocol.planted import Bug, nothing
from tests.protocol.values import KEYS, LEAVES, LUCK, ODD, VALUES, damaged, spelled

MORE = st.recursive(ODD | LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))
MAPS = st.dictionaries(KEYS, LEAVES, min_size=2, max_size=4)
ACCENTS = st.text("e\u0301\u00e9", max_size=4)
SPELLED = st.builds(spelled, MORE | MAPS | ACCENTS, LUCK)
DAMAGED = st.builds(damaged, VALUES.map(canonical.encode), LUCK)
ANY_BYTES = SPELLED | DAMAGED | st.binary(max_size=200)


def comes_back(value: Any) -> None:
    """What is encoded is decoded to the same, and its types with it: True is not 1."""
    data = canonical.encode(value)
    again = canonical.decode(data)
    assert repr(_sorted(again)) == repr(_sorted(value))
    assert canonical.encode(again) == data


def has_one_form(data: bytes) -> None:
    """Bytes are refused as Malformed, or are exactly what their value encodes to, its keys ascending."""
    try:
        value = canonical.decode(data)
    except Malformed:
        return
    assert _belongs(value)
    assert canonical.encode(value) == data
    assert repr(value) == repr(_sorted(value))


def _belongs(value: Any) -> bool:
    """Whether records may hold this, said in another way than the module says it."""
    match value:
        case None | bool() | bytes():
            return True
        case int():
            return 0 <= value < 2**53
        case str():
            return unicodedata.normalize("NFC", value) == value
        case list():
            return all(map(_belongs, value))
        case dict():
            return all(type(key) is str and key and _belongs(key) for key in value) and all(
                map(_belongs, value.values())
            )
        case _:
            return False


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


@given(VALUES)
def test_what_goes_in_comes_out(value: Any) -> None:
    comes_back(value)


@given(ANY_BYTES)
def test_what_comes_in_is_the_one_encoding(data: bytes) -> None:
    has_one_form(data)


@pytest.mark.parametrize(
    "bug",
    [
        Bug(canonical, "_PACK_SORTED", canonical._PACK),
        Bug(canonical, "_PACK_SORTED", lambda value: canonical._PACK(_true_is_one(value))),
    ],
)
def test_a_value_that_changes_on_the_way_would_be_noticed(bug: Bug) -> None:
    bug.must_be_caught(comes_back, VALUES, told_by=(AssertionError, Malformed))


def _true_is_one(value: Any) -> Any:
    return 1 if value is True else value


class _Same(bytes):
    """Never different."""

    def __ne__(self, other: object) -> bool:
        return False


@pytest.mark.parametrize(
    "bug",
    [
        Bug(canonical, "_PACK", lambda value: _Same()),
        Bug(canonical, "_walk", nothing),
        Bug(canonical, "_keys", nothing),
        Bug(canonical, "_text", nothing),
    ],
    ids=str,
)
def test_a_second_form_would_be_noticed(bug: Bug) -> None:
    bug.must_be_caught(has_one_form, ANY_BYTES, told_by=(AssertionError, Malformed))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not canonical"),
        (b"\x01\x01", "not canonical"),
        (b"\xcc\x01", "longer form"),
        (b"\xd9\x01a", "longer form"),
        (b"\xff", "outside"),
        (b"\xcf\x00\x20\x00\x00\x00\x00\x00\x00", "outside"),
        (b"\xcb" + bytes(8), "float"),
        (b"\xd6\xff\x00\x00\x00\x00", "not canonical"),
        (b"\xd4\x05\x00", "not canonical"),
        (b"\xa2e\xcc", "not canonical"),
        (b"\xa3e\xcc\x81", "NFC"),
        (b"\x81\xa3e\xcc\x81\x01", "NFC"),
        (b"\x81\xa0\x01", "key"),
        (b"\x81\x01\x01", "not canonical"),
        (b"\x81\xc4\x01a\x01", "key"),
        (b"\x81\xd9\x21" + b"k" * 33 + b"\x01", "key"),
        (b"\x82\xa1b\x01\xa1a\x01", "ascending"),
        (b"\x82\xa1a\x01\xa1a\x01", "twice"),
    ],
)
def test_it_is_told_what_is_wrong(data: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        canonical.decode(data)


@pytest.mark.parametrize("value", [-1, 2**53, 2**64, 1.0, "e\u0301", "\ud800", bytearray(b"a"), (1,), {1: 1}, {"": 1}])
def test_what_has_no_form_is_not_encoded(value: Any) -> None:
    with pytest.raises(Malformed):
        canonical.encode(value)


def test_keys_ascend_by_their_bytes() -> None:
    keys = ["z", "é", "a", "aa", "Z", "\U0001f600", "\ufb00"]

    data = canonical.encode(dict.fromkeys(keys))

    decoded = canonical.decode(data)
    assert isinstance(decoded, dict)
    assert list(decoded) == sorted(keys, key=str.encode)


def test_too_long_is_told_before_anything_is_read() -> None:
    with pytest.raises(Malformed, match="5 bytes are more than the 4"):
        canonical.decode(b"\xff" * 5, max_bytes=4)
    assert canonical.decode(b"\xa3abc", max_bytes=4) == "abc"


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


AT_A_BOUND = [
    (_nested(limits.DEPTH), _nested(limits.DEPTH + 1)),
    ([0] * limits.ARRAY_ITEMS, [0] * (limits.ARRAY_ITEMS + 1)),
    ({f"{n:03}": 0 for n in range(limits.MAP_ENTRIES)}, {f"{n:03}": 0 for n in range(limits.MAP_ENTRIES + 1)}),
    ("x" * limits.TEXT_BYTES, "x" * (limits.TEXT_BYTES + 1)),
    ("é" * (limits.TEXT_BYTES // 2), "é" * (limits.TEXT_BYTES // 2) + "x"),
    ({"é" * (limits.KEY_BYTES // 2): 0}, {"é" * (limits.KEY_BYTES // 2) + "x": 0}),
    ([[0] * 255] * 15 + [[0] * 254], [[0] * 255] * 15 + [[0] * 255]),
]


@pytest.mark.parametrize(("within", "beyond"), AT_A_BOUND)
def test_a_bound_holds_both_ways(within: Any, beyond: Any) -> None:
    assert canonical.decode(canonical.encode(within)) == within
    with pytest.raises(Malformed):
        canonical.encode(beyond)
    with pytest.raises(Malformed):
        canonical.decode(canonical._PACK_SORTED(beyond))
