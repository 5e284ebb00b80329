"""Frozen dataclasses to canonical maps and back, strictly.

A body is a frozen dataclass whose fields are annotated with what they hold: `Text`, `Whole`, `Raw`, `Items`, `Choice`,
`bool`, or another dataclass; `| None` with default None marks an optional field, which is absent on the wire. A `load`
refuses missing and mistyped fields and leaves unknown ones alone: they stay in the signed bytes.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import types
import typing
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, TypeVar, cast

import msgspec

from . import canonical, limits, usual
from .errors import Malformed

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from .canonical import Value

D = TypeVar("D", bound="DataclassInstance")

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
"""Control characters and Unicode's own line ends; a text of several lines may have line feeds and tabs."""


class Constraint(Protocol):
    """What a field may hold."""

    def refuse(self, value: object) -> str | None:
        """The reason why `value` is not allowed, or None."""
        ...

    def shape(self) -> Any:  # noqa: ANN401
        """The type by which msgspec decodes only what is allowed (or more, of text: see `usual`)."""
        ...


@dataclasses.dataclass(frozen=True)
class Text:
    """Text of `least` to `most` characters, without control characters; line breaks only if `lines`."""

    most: int
    least: int = 1
    lines: bool = False

    def refuse(self, value: object) -> str | None:
        """See `Constraint`."""
        if type(value) is not str:
            return "is not text"
        if not self.least <= len(value) <= self.most:
            return f"has {len(value)} characters, allowed are {self.least} to {self.most}"
        if value.isprintable():
            return None
        return "contains control characters" if (_CONTROL_IN_LINES if self.lines else _CONTROL).search(value) else None

    def shape(self) -> Any:  # noqa: ANN401
        """See `Constraint`."""
        return Annotated[str, msgspec.Meta(min_length=self.least, max_length=min(self.most, limits.TEXT_BYTES))]


@dataclasses.dataclass(frozen=True)
class Whole:
    """An integer from `least` to `most`."""

    least: int = 0
    most: int = limits.MAX_INTEGER

    def refuse(self, value: object) -> str | None:
        """See `Constraint`."""
        if type(value) is not int or not self.least <= value <= self.most:
            return f"is not a whole number from {self.least} to {self.most}"
        return None

    def shape(self) -> Any:  # noqa: ANN401
        """See `Constraint`."""
        return Annotated[int, msgspec.Meta(ge=max(self.least, 0), le=min(self.most, limits.MAX_INTEGER))]


@dataclasses.dataclass(frozen=True)
class Raw:
    """Bytes: exactly `size`, or at most `most`."""

    size: int | None = None
    most: int = limits.BODY_BYTES

    def refuse(self, value: object) -> str | None:
        """See `Constraint`."""
        if type(value) is not bytes:
            return "is not bytes"
        if self.size is not None and len(value) != self.size:
            return f"has {len(value)} bytes, not {self.size}"
        return f"has more than {self.most} bytes" if len(value) > self.most else None

    def shape(self) -> Any:  # noqa: ANN401
        """See `Constraint`."""
        least, most = (0, self.most) if self.size is None else (self.size, self.size)
        return Annotated[bytes, msgspec.Meta(min_length=least, max_length=most)]


@dataclasses.dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def refuse(self, value: object) -> str | None:
        """See `Constraint`."""
        return None if type(value) is str and value in self.words else f"is not one of {', '.join(self.words)}"

    def shape(self) -> Any:  # noqa: ANN401
        """See `Constraint`."""
        return Literal[self.words]


@dataclasses.dataclass(frozen=True)
class Items:
    """A tuple of `least` to `most` values, each as the item annotation says."""

    most: int
    least: int = 0


def dump(body: DataclassInstance) -> bytes:
    """Encode a body canonically. Raises Malformed if a field holds what its annotation forbids."""
    return canonical.encode(to_map(body))


def load(cls: type[D], data: bytes, max_bytes: int = limits.BODY_BYTES) -> D:
    """Decode a body. Raises Malformed with the field's name and the reason."""
    read = _reader(cls)(data) if len(data) <= max_bytes else None
    return from_map(cls, canonical.decode(data, max_bytes)) if read is None else read


def to_map(body: DataclassInstance) -> dict[str, Value]:
    """A body as a map of canonical values. Raises Malformed."""
    out: dict[str, Value] = {}
    for name, field in _plan(type(body)).items():
        value = getattr(body, name)
        if value is None and field.optional:
            continue
        out[name] = field.to_value(name, value)
    return out


def from_map(cls: type[D], value: Value) -> D:
    """A body from a map of canonical values. Raises Malformed."""
    if not isinstance(value, dict):
        raise Malformed(f"{cls.__name__} is a map")
    fields: dict[str, object] = {}
    for name, field in _plan(cls).items():
        if name in value:
            fields[name] = field.from_value(name, value[name])
        elif not field.optional:
            raise Malformed(f"{cls.__name__} lacks {name}")
    return cls(**fields)


@dataclasses.dataclass(frozen=True)
class Field:
    """How one field of a body is written and read."""

    constraint: Constraint | None
    items: Items | None
    nested: type[Any] | None
    optional: bool

    @property
    def is_text(self) -> bool:
        """Whether it holds text, or several."""
        return isinstance(self.constraint, Text)

    def to_value(self, name: str, value: Any) -> Value:  # noqa: ANN401
        """From a body to the wire. Raises Malformed."""
        if self.items is None:
            return self._one_to_value(name, value)
        if type(value) is not tuple:
            raise Malformed(f"{name} is not a tuple")
        self._count(name, cast("tuple[object, ...]", value))
        return [self._one_to_value(name, item) for item in cast("tuple[object, ...]", value)]

    def from_value(self, name: str, value: Value) -> object:
        """From the wire to a body. Raises Malformed."""
        if self.items is None:
            return self._checked(name, value) if self.nested is None else from_map(self.nested, value)
        if type(value) is not list:
            raise Malformed(f"{name} is not an array")
        self._count(name, value)
        if self.nested is not None:
            return tuple([from_map(self.nested, item) for item in value])
        return tuple([self._checked(name, item) for item in value])

    def _count(self, name: str, value: Any) -> None:  # noqa: ANN401
        if self.items is not None and not self.items.least <= len(value) <= self.items.most:
            raise Malformed(f"{name} has {len(value)} items, allowed are {self.items.least} to {self.items.most}")

    def _one_to_value(self, name: str, value: Any) -> Value:  # noqa: ANN401
        if self.nested is not None:
            if type(value) is not self.nested:
                raise Malformed(f"{name} is not a {self.nested.__name__}")
            return to_map(value)
        return cast("Value", self._checked(name, value))

    def _checked(self, name: str, value: object) -> object:
        if self.constraint is None:
            if type(value) is not bool:
                raise Malformed(f"{name} is not true or false")
        elif reason := self.constraint.refuse(value):
            raise Malformed(f"{name} {reason}")
        return value


@functools.cache
def _plan(cls: type[Any]) -> dict[str, Field]:
    hints = typing.get_type_hints(cls, include_extras=True)
    return {field.name: _field(cls, field.name, hints[field.name]) for field in dataclasses.fields(cls)}


@functools.cache
def _reader(cls: type[Any]) -> usual.Reader:
    return usual.reader(cls, _plan)


def _field(cls: type[Any], name: str, hint: Any) -> Field:  # noqa: ANN401
    optional = typing.get_origin(hint) in (types.UnionType, typing.Union)
    if optional:
        (hint,) = (arm for arm in typing.get_args(hint) if arm is not types.NoneType)
    items = None
    if typing.get_origin(hint) is typing.Annotated and isinstance(found := typing.get_args(hint)[1], Items):
        items = found
        hint = typing.get_args(typing.get_args(hint)[0])[0]
    if typing.get_origin(hint) is typing.Annotated:
        return Field(typing.get_args(hint)[1], items, None, optional)
    if dataclasses.is_dataclass(hint):
        return Field(None, items, cast("type[Any]", hint), optional)
    if hint is bool:
        return Field(None, items, None, optional)
    raise TypeError(f"{cls.__name__}.{name} does not say what it holds: annotate it")
