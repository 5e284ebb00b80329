"""One value, one encoding: the subset of MessagePack that records are made of (specs/01-encoding.md).

Maps have ascending text keys, integers are 0...2^53-1 in their shortest form, text is NFC; no floats, no extension
types. `decode` refuses every byte string that `encode` would not have produced.
"""

from __future__ import annotations

import functools
import unicodedata
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import msgpack
import msgspec

from . import limits
from .errors import Malformed

if TYPE_CHECKING:
    from collections.abc import Callable

Value: TypeAlias = "None | bool | int | bytes | str | list[Value] | dict[str, Value]"

_LEAVES = frozenset({bytes, bool, type(None)})
_UNPACK = cast(
    "Callable[[bytes], Value]",
    functools.partial(
        msgpack.unpackb,  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        raw=False,
        strict_map_key=True,  # other keys could be made to collide in a dict, which takes seconds to build then
        max_array_len=limits.ARRAY_ITEMS,
        max_map_len=limits.MAP_ENTRIES,
        max_ext_len=0,
    ),
)
_PACK = msgspec.msgpack.Encoder().encode
"""In shortest forms; keys in the order in which they stand."""
_PACK_SORTED = msgspec.msgpack.Encoder(order="deterministic").encode


def encode(value: Value) -> bytes:
    """Encode a value canonically. Raises Malformed for a value that has no canonical form."""
    _walk(value, ascending=False)
    try:
        return _PACK_SORTED(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise Malformed(f"no canonical form: {error}") from error


def decode(data: bytes, max_bytes: int = limits.RECORD_BYTES) -> Value:
    """Decode canonical bytes of at most `max_bytes`. Raises Malformed and nothing else, whatever the bytes.

    The C decoder allocates at most 96 times the input (maps of one entry) and 2 MiB for what open arrays claim, so
    `max_bytes` bounds memory; depth and count are checked before anything is built from the result.
    """
    if len(data) > max_bytes:
        raise Malformed(f"{len(data)} bytes are more than the {max_bytes} allowed")
    try:
        value = _UNPACK(data)
    except (ValueError, TypeError, OverflowError, msgpack.exceptions.UnpackException) as error:
        raise Malformed(f"not canonical MessagePack: {error or type(error).__name__}") from error
    _walk(value, ascending=True)
    if _PACK(value) != data:
        raise Malformed("not the canonical encoding: a key stands twice, or a longer form where a shorter one exists")
    return value


def _walk(value: Value, *, ascending: bool) -> None:
    """Refuse what MessagePack allows and records do not: depth, count, length, floats, extensions, negative or huge
    integers, keys that are no text or (if asked for) not ascending."""
    nodes = 0
    level: list[Any] = [value]
    for _ in range(limits.DEPTH + 1):
        nodes += len(level)
        if nodes > limits.NODES:
            raise Malformed(f"more than {limits.NODES} values")
        level = _below(level, ascending=ascending)
        if not level:
            return
    raise Malformed(f"nested more than {limits.DEPTH} deep")


def _below(level: list[Any], *, ascending: bool) -> list[Any]:
    """Check the values of one depth; return those that stand inside them. `Any`, because a cast is a call."""
    below: list[Any] = []
    for item in level:
        kind = type(item)  # pyright: ignore[reportUnknownVariableType]
        if kind is str:
            if not item.isascii() or len(item) > limits.TEXT_BYTES:
                _text(item)
        elif kind is dict:
            _keys(tuple(item), ascending=ascending)
            below += item.values()
        elif kind is list:
            below += _items(item)
        elif kind is int:
            if not 0 <= item <= limits.MAX_INTEGER:
                raise Malformed(f"integer {item} is outside 0...2^53-1")
        elif kind not in _LEAVES:
            raise Malformed(f"{type(item).__name__} is not part of the encoding")
    return below


def _text(text: str) -> None:
    if len(text.encode(errors="replace")) > limits.TEXT_BYTES:
        raise Malformed(f"a text has more than {limits.TEXT_BYTES} bytes")
    if not unicodedata.is_normalized("NFC", text):
        raise Malformed("text is not in Unicode form NFC")


def _items(items: list[Any]) -> list[Any]:
    if len(items) > limits.ARRAY_ITEMS:
        raise Malformed(f"an array has more than {limits.ARRAY_ITEMS} items")
    return items


@functools.lru_cache(maxsize=256)
def _keys(keys: tuple[str, ...], *, ascending: bool) -> None:
    """Check the keys of a map; the few sets of keys that bodies have come again and again."""
    if len(keys) > limits.MAP_ENTRIES:
        raise Malformed(f"a map has more than {limits.MAP_ENTRIES} entries")
    last = ""
    for key in keys:
        if type(key) is not str or not 0 < len(key) <= limits.KEY_BYTES or not key.isascii():
            _unusual_key(key)
        if ascending and key <= last:
            raise Malformed(f"map keys are not ascending: {key!r} after {last!r}")
        last = key


def _unusual_key(key: object) -> None:
    if type(key) is not str or not 0 < len(key.encode(errors="replace")) <= limits.KEY_BYTES:
        raise Malformed(f"a map key is not text of 1 to {limits.KEY_BYTES} bytes")
    _text(key)
