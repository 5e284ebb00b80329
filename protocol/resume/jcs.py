"""JSON in its one canonical form (RFC 8785, JCS), for the part of JSON that credentials are made of: objects, arrays,
text, whole numbers, true and false. A number with a fraction, and null, have no place in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

from .. import limits
from ..errors import Malformed

if TYPE_CHECKING:
    from collections.abc import Iterator

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json]"
DEPTH = 16
"""Nesting: ours use 6."""


def encode(value: Json) -> bytes:
    """The canonical bytes. Raises Malformed for what has none here."""
    try:
        return "".join(_pieces(value, DEPTH)).encode()
    except UnicodeEncodeError as error:
        raise Malformed("a text holds half of a character") from error


def _pieces(value: object, depth: int) -> Iterator[str]:
    if not depth:
        raise Malformed(f"nested more than {DEPTH} deep")
    match value:
        case bool():
            yield "true" if value else "false"
        case int() if abs(value) <= limits.MAX_INTEGER:
            yield str(value)
        case str():
            yield _text(value)
        case list():
            yield from _row("[", "]", (_pieces(item, depth - 1) for item in value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        case dict():
            yield from _row("{", "}", (_member(key, value[key], depth) for key in sorted(value, key=_place)))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        case _:
            raise Malformed(f"{type(value).__name__} has no place in a credential")


def _row(start: str, end: str, items: Iterator[Iterator[str]]) -> Iterator[str]:
    mark = start
    for item in items:
        yield mark
        yield from item
        mark = ","
    yield end if mark == "," else start + end


def _member(key: str, value: object, depth: int) -> Iterator[str]:
    yield _text(key) + ":"
    yield from _pieces(value, depth - 1)


def _text(value: str) -> str:
    """As ECMAScript writes it: short escapes where there are any, else six characters for a control, else itself."""
    return json.dumps(value, ensure_ascii=False)


def _place(key: object) -> bytes:
    """Keys stand in the order of their UTF-16 units, which is not that of their characters."""
    if not isinstance(key, str):
        raise Malformed("a key is a text")
    return key.encode("utf-16-be", "surrogatepass")
