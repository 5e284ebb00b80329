"""The usual way to read a body, in a quarter of the time: what has our fields and no other, all of them sound.

Like `Header`: fields of the right types that encode to the same bytes are their canonical encoding. Whatever is
not usual is left to `schema.load`, which also tells what is wrong with it.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import msgspec

from . import limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .schema import Field, Text

Reader: TypeAlias = "Callable[[bytes], Any]"
"""Canonical bytes to a body; None for what is not usual."""

_MOST_BYTES = limits.NODES
"""Every value takes a byte at least, so nothing this short has too many of them."""
_REMEMBERED = 256
"""Parts of bodies, such as budgets and rules of intake: the same few come again and again, and are made once."""
_ENCODE = msgspec.msgpack.Encoder().encode


def reader(cls: type[Any], plan: Callable[[type[Any]], Mapping[str, Field]]) -> Reader:
    """The reader of a body's class, whose fields `plan` tells."""
    shape, build = _shape(cls, plan)
    decode = msgspec.msgpack.Decoder(shape).decode

    def read(data: bytes) -> Any:  # noqa: ANN401
        if len(data) > _MOST_BYTES:
            return None
        try:
            found = decode(data)
        except (msgspec.DecodeError, ValueError, RecursionError):
            return None
        return build(found) if _ENCODE(found) == data else None

    return read


def _shape(cls: type[Any], plan: Callable[[type[Any]], Mapping[str, Field]]) -> tuple[type[Any], Reader]:
    """A struct with the fields in the order of the wire, and what makes a `cls` of it (None: a text is not sound)."""
    wire: list[Any] = []
    texts: list[tuple[str, Text, bool]] = []
    inner: list[tuple[str, Reader, bool]] = []
    for name, field in plan(cls).items():
        kind: Any = bool
        if field.nested is not None:
            kind, build = _shape(field.nested, plan)
            several = field.items is not None
            inner.append((name, build if several else lru_cache(_REMEMBERED)(build), several))
        elif field.constraint is not None:
            kind = field.constraint.shape()
            if field.is_text:
                texts.append((name, field.constraint, field.items is not None))  # pyright: ignore[reportArgumentType]
        if field.items is not None:
            bounds = msgspec.Meta(min_length=field.items.least, max_length=min(field.items.most, limits.ARRAY_ITEMS))
            kind = Annotated[tuple[kind, ...], bounds]
        wire.append((name, kind | None, None) if field.optional else (name, kind))
    order = sorted(wire, key=lambda one: one[0])
    struct = msgspec.defstruct(cls.__name__, order, omit_defaults=True, kw_only=True, frozen=True, gc=False)
    return struct, _builder(cls, texts, inner)


def _builder(cls: type[Any], texts: list[tuple[str, Text, bool]], inner: list[tuple[str, Reader, bool]]) -> Reader:
    make, values_of = _maker(cls), msgspec.structs.asdict

    def build(found: Any) -> Any:  # noqa: ANN401
        values = values_of(found)
        said: list[str] = []
        for name, _, several in texts:
            if value := values[name]:
                if several:
                    said += value
                else:
                    said.append(value)
        joined = "".join(said)
        if not (joined.isascii() and joined.isprintable()) and not _all_sound(values, texts):
            return None
        for name, inside, several in inner:
            value = values[name]
            if value is not None:
                made = tuple([inside(one) for one in value]) if several else inside(value)
                if made is None or (several and None in made):
                    return None
                values[name] = made
        return make(values)

    return build


def _maker(cls: type[Any]) -> Callable[[dict[str, Any]], Any]:
    """Makes a `cls` of all its fields. A frozen dataclass sets each by a call, which takes as long as decoding: where
    nothing else is done, they are taken over as they are."""
    if hasattr(cls, "__post_init__") or any("__slots__" in vars(one) for one in cls.__mro__[:-1]):
        return lambda values: cls(**values)
    new, put = object.__new__, object.__setattr__

    def make(values: dict[str, Any]) -> Any:  # noqa: ANN401
        body = new(cls)
        put(body, "__dict__", values)
        return body

    return make


def _all_sound(values: Mapping[str, Any], texts: list[tuple[str, Text, bool]]) -> bool:
    return all(
        _sound(one, text)
        for name, text, several in texts
        if values[name] is not None
        for one in (values[name] if several else (values[name],))
    )


def _sound(value: str, text: Text) -> bool:
    if not value.isascii() and (len(value.encode()) > limits.TEXT_BYTES or not unicodedata.is_normalized("NFC", value)):
        return False
    return text.refuse(value) is None
