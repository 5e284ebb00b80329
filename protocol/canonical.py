"""One value, one encoding: the subset of MessagePack that records are made of (specs/01-encoding.md).

Maps have ascending text keys, integers are 0...2^53-1 in their shortest form, text is NFC; no floats, no extension
types. `decode` refuses every byte string that `encode` would not have produced.
"""

from __future__ import annotations

import unicodedata
from typing import TypeAlias, cast

import msgpack

from . import limits
from .errors import Malformed

Value: TypeAlias = "None | bool | int | bytes | str | list[Value] | dict[str, Value]"


def encode(value: Value) -> bytes:
    """Encode a value canonically. Raises Malformed for a value that has no canonical form."""
    try:
        _walk(value)
        return cast("bytes", msgpack.packb(_sorted(value), use_bin_type=True))  # pyright: ignore[reportUnknownMemberType]
    except (TypeError, ValueError, OverflowError) as error:
        raise Malformed(f"no canonical form: {error}") from error


def decode(data: bytes, max_bytes: int = limits.RECORD_BYTES) -> Value:
    """Decode canonical bytes of at most `max_bytes`. Raises Malformed and nothing else, whatever the bytes.

    The C decoder allocates at most 64 times the input (arrays of empty arrays), so `max_bytes` bounds memory; depth
    and count are checked before anything is built from the result.
    """
    if len(data) > max_bytes:
        raise Malformed(f"{len(data)} bytes are more than the {max_bytes} allowed")
    try:
        value = cast(
            "Value",
            msgpack.unpackb(  # pyright: ignore[reportUnknownMemberType]
                data,
                raw=False,
                strict_map_key=True,
                object_pairs_hook=_ascending,
                max_str_len=limits.TEXT_BYTES,
                max_bin_len=max_bytes,
                max_array_len=limits.ARRAY_ITEMS,
                max_map_len=limits.MAP_ENTRIES,
                max_ext_len=0,
            ),
        )
        _walk(value)
        again = cast("bytes", msgpack.packb(value, use_bin_type=True))  # pyright: ignore[reportUnknownMemberType]
    except (ValueError, TypeError, OverflowError, msgpack.exceptions.UnpackException) as error:
        raise Malformed(f"not canonical MessagePack: {error or type(error).__name__}") from error
    if again != data:
        raise Malformed("not the canonical encoding: a longer form was used where a shorter one exists")
    return value


def _ascending(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    last = ""
    for position, (key, _) in enumerate(pairs):
        if type(key) is not str:
            raise Malformed("a map key is not text")
        if position and key <= last:
            raise Malformed(f"map keys are not ascending: {key!r} after {last!r}")
        last = key
    return dict(pairs)


def _sorted(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value


def _walk(value: Value) -> None:
    """Refuse what the MessagePack decoder lets through: depth, count, floats, extensions, negative or huge integers."""
    nodes = 0
    level = [value]
    for _ in range(limits.DEPTH + 1):
        below: list[Value] = []
        for item in level:
            _leaf_or_children(item, below)
        nodes += len(level)
        if nodes > limits.NODES:
            raise Malformed(f"more than {limits.NODES} values")
        if not below:
            return
        level = below
    raise Malformed(f"nested more than {limits.DEPTH} deep")


def _leaf_or_children(item: Value, below: list[Value]) -> None:
    kind = type(item)
    if kind is str:
        _text(cast("str", item))
    elif kind is int:
        if not 0 <= cast("int", item) <= limits.MAX_INTEGER:
            raise Malformed(f"integer {item} is outside 0...2^53-1")
    elif kind is dict:
        for key in cast("dict[str, Value]", item):
            if type(key) is not str or not 0 < len(key.encode()) <= limits.KEY_BYTES:
                raise Malformed(f"a map key is not text of 1 to {limits.KEY_BYTES} bytes")
            _text(key)
        below.extend(cast("dict[str, Value]", item).values())
    elif kind is list:
        below.extend(cast("list[Value]", item))
    elif not (kind is bytes or kind is bool or item is None):
        raise Malformed(f"{kind.__name__} is not part of the encoding")


def _text(text: str) -> None:
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        raise Malformed("text is not in Unicode form NFC")
