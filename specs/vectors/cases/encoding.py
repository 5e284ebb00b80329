"""encoding/: documents and what they decode to, or why they are refused (specs/01-encoding.md)."""

from __future__ import annotations

import struct
from typing import Any

from ..case import MALFORMED, OK, Case, Cases, tagged
from ..plain import Pairs, pack


def cases() -> Cases:
    """All of them."""
    return {**_good(), **{name: _refused(about, data) for name, (about, data) in _bad().items()}}


def _refused(about: str, data: bytes) -> Case:
    return Case(about, "decode", {"bytes": data}, MALFORMED)


def _nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


def _many(values: int) -> list[Any]:
    """Arrays of nils that are `values` values in all, themselves counted."""
    full, rest = divmod(values - 1, 201)
    return [[None] * 200 for _ in range(full)] + ([[None] * (rest - 1)] if rest else [])


def _good() -> Cases:
    values: dict[str, tuple[str, Any]] = {
        "scalars": (
            "nil, false, true, and integers at the ends of each shortest form",
            [None, False, True, 0, 127, 128, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**53 - 1],
        ),
        "texts": (
            "texts at the ends of each shortest form, an accented letter in form NFC, a character of four bytes",
            [*("a" * length for length in (0, 31, 32, 255, 256)), "caf\u00e9 \U0001f98a"],
        ),
        "byte_strings": ("byte strings at the ends of each shortest form", [bytes(n) for n in (0, 255, 256)]),
        "arrays_and_maps": (
            "arrays and maps at the ends of each shortest form",
            [[], [0] * 15, [0] * 16, _map(0), _map(15), _map(16)],
        ),
        "map_keys_in_order": (
            "keys ascend by their UTF-8 bytes, a beginning first; by UTF-16 units U+FF5E would come last",
            {"a": 1, "aa": 2, "b": 3, "\uff5e": 4, "\U0001f98a": 5},
        ),
        "depth_8": ("a value at depth 8, the deepest there is", _nested(8)),
    }
    large: dict[str, tuple[str, Any]] = {
        "longest_parts": ("the longest key, map and array", _map(63) | {"z" * 32: [0] * 256}),
        "text_8192_bytes": ("the longest text", "a" * 8192),
        "values_4096": ("as many values as a document may have", _many(4096)),
        "document_17024_bytes": ("a document as long as a record may be", bytes(17_024 - 3)),
    }
    small = {
        name: Case(about, "decode", {"bytes": pack(value)}, OK, {"value": tagged(value)})
        for name, (about, value) in values.items()
    }
    return small | {
        name: Case(about, "decode", {"bytes": pack(value)}, OK, {}) for name, (about, value) in large.items()
    }


def _map(entries: int) -> dict[str, int]:
    return {f"k{n:02}": n for n in range(entries)}


def _bad() -> dict[str, tuple[str, bytes]]:
    return {**_longer_forms(), **_not_part_of_it(), **_maps(), **_texts(), **_broken(), **_too_much()}


def _longer_forms() -> dict[str, tuple[str, bytes]]:
    return {
        "integer_5_as_uint8": ("5 fits one byte", b"\xcc\x05"),
        "integer_5_as_int8": ("signed forms are never the shortest", b"\xd0\x05"),
        "bytes_short_as_bin16": ("three bytes fit a two-byte head", b"\xc5\x00\x03abc"),
        "array_short_as_array16": ("one item fits a one-byte head", b"\xdc\x00\x01\xc0"),
    }


def _not_part_of_it() -> dict[str, tuple[str, bytes]]:
    return {
        "integer_minus_1": ("there are no negative integers", b"\xff"),
        "integer_2_53": ("one more than the largest integer", b"\xcf" + struct.pack(">Q", 2**53)),
        "float64": ("there are no floats, not even whole ones", b"\xcb" + struct.pack(">d", 1.0)),
        "ext_fixext1": ("there are no extensions", b"\xd4\x05\x00"),
        "byte_c1": ("0xc1 means nothing in MessagePack", b"\xc1"),
    }


def _maps() -> dict[str, tuple[str, bytes]]:
    return {
        "map_key_twice": ("a key stands once", pack(Pairs([("a", 1), ("a", 2)]))),
        "map_keys_descending": ("keys ascend", pack(Pairs([("b", 1), ("a", 2)]))),
        "map_keys_by_utf16": (
            "keys ascend by UTF-8 bytes, not by UTF-16 units",
            pack(Pairs([("\U0001f98a", 1), ("\uff5e", 2)])),
        ),
        "map_key_integer": ("keys are text", pack(Pairs([(1, 2)]))),
        "map_key_empty": ("a key has at least one byte", pack(Pairs([("", 2)]))),
        "map_key_33_bytes_in_17_characters": ("the bytes of a key count", pack({"\u00e9" * 16 + "k": 0})),
        "map_key_not_nfc": ("keys are in form NFC", pack({"cafe\u0301": 0})),
    }


def _texts() -> dict[str, tuple[str, bytes]]:
    return {
        "text_not_nfc": ("a letter and a combining accent, which NFC makes one", pack("cafe\u0301")),
        "utf8_overlong": ("an overlong form of /", b"\xa2\xc0\xaf"),
    }


def _broken() -> dict[str, tuple[str, bytes]]:
    return {
        "empty": ("nothing is no document", b""),
        "trailing_byte": ("a document ends where its value ends", b"\xc0\xc0"),
        "truncated_text": ("three bytes were announced", b"\xa3ab"),
        "text_claims_4_gib": ("a length that nothing follows", b"\xdb\xff\xff\xff\xff"),
        "arrays_claim_65535_each": ("500 nested arrays that claim 65,535 items each", b"\xdc\xff\xff" * 500),
    }


def _too_much() -> dict[str, tuple[str, bytes]]:
    return {
        "text_8193_bytes": ("one byte more than a text may have", pack("a" * 8193)),
        "array_257_items": ("one item too many", pack([0] * 257)),
        "map_65_entries": ("one entry too many", pack(_map(65))),
        "depth_9": ("a value one level too deep", pack(_nested(9))),
        "depth_1000": ("a thousand arrays in one another", b"\x91" * 1000 + b"\x00"),
        "values_4097": ("one value too many", pack(_many(4097))),
        "document_17025_bytes": ("one byte more than a record may have", pack(bytes(17_025 - 3))),
    }
