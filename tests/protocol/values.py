"""What tests of the encoding draw: values that have a canonical form, the same in other forms, and damaged bytes."""

from __future__ import annotations

import random
import unicodedata
from typing import Any

import msgpack
from hypothesis import strategies as st

from freehold.protocol import limits

_EDGES = [0, 1, 23, 127, 128, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, limits.MAX_INTEGER]
NUMBERS = st.sampled_from(_EDGES) | st.integers(0, limits.MAX_INTEGER)
TEXTS = st.text(max_size=40).map(lambda text: unicodedata.normalize("NFC", text))
KEYS = TEXTS.filter(lambda key: 0 < len(key.encode()) <= limits.KEY_BYTES)
LEAVES = st.none() | st.booleans() | NUMBERS | st.binary(max_size=300) | TEXTS
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=20) | st.dictionaries(KEYS, inner, max_size=20), max_leaves=30
)
"""Values that have a canonical form; few are so deep or so many that they have none."""

ODD = st.sampled_from([-1, 1 << 53, (1 << 64) - 1, 0.0, 1.5, "e\u0301", msgpack.ExtType(5, b"x")])
"""Values that MessagePack has and records do not."""

_LONGER: dict[type, tuple[tuple[int, int], ...]] = {
    int: ((0xCC, 1), (0xCD, 2), (0xCE, 4), (0xCF, 8)),
    bytes: ((0xC4, 1), (0xC5, 2), (0xC6, 4)),
    str: ((0xD9, 1), (0xDA, 2), (0xDB, 4)),
    list: ((0xDC, 2), (0xDD, 4)),
    dict: ((0xDE, 2), (0xDF, 4)),
}
"""The first byte of each longer form, and how many bytes of value or length follow it."""


LUCK = st.integers(0, 2**32).map(random.Random)
"""For `spelled` and `damaged`: one drawn number instead of many."""


def spelled(value: Any, luck: random.Random) -> bytes:
    """One of the encodings of MessagePack for a value: longer forms here and there, keys in any order or twice."""
    if type(value) is list:
        return _head(list, len(value), luck) + b"".join([spelled(item, luck) for item in value])
    if type(value) is dict:
        keys = _order(sorted(value), luck)
        entries = [spelled(key, luck) + spelled(value[key], luck) for key in keys]
        return _head(dict, len(keys), luck) + b"".join(entries)
    if type(value) is int and value >= 0:
        return _head(int, value, luck)
    data = value.encode() if type(value) is str else value
    return _head(type(value), len(data), luck) + data if type(data) is bytes else bytes(msgpack.packb(value) or b"")


def _order(keys: list[str], luck: random.Random) -> list[str]:
    """Ascending as a rule; else shuffled, or with one key twice."""
    if not keys or luck.random() < 0.8:
        return keys
    if luck.random() < 0.5:
        return sorted([*keys, luck.choice(keys)])
    return luck.sample(keys, len(keys))


def _head(kind: type, number: int, luck: random.Random) -> bytes:
    """What stands before a value of that length (or is the integer): as short as possible as a rule."""
    longer = [(first, width) for first, width in _LONGER[kind] if number < 1 << 8 * width]
    if longer and luck.random() < 0.05:
        first, width = luck.choice(longer)
        return bytes([first]) + number.to_bytes(width, "big")
    packer = msgpack.Packer()
    if kind is int:
        return packer.pack(number)
    if kind in (list, dict):
        return (packer.pack_array_header if kind is list else packer.pack_map_header)(number)
    whole = packer.pack(bytes(number) if kind is bytes else "x" * number)
    return whole[: len(whole) - number]


def damaged(data: bytes, luck: random.Random) -> bytes:
    """Bytes to which something happened: a byte changed, lost, doubled or put in, the end cut off or gone on."""
    at = luck.randrange(len(data) or 1)
    before, here, after = data[:at], data[at : at + 1], data[at + 1 :]
    byte = bytes([luck.randrange(256)])
    choices = [before + byte + after, before + after, before + here * 2 + after, before + byte + here + after]
    return luck.choice([*choices, before, data + byte])
