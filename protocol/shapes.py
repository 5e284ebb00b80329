"""What the fields of a body may hold, in words: for the pages of specs/, for the API, for `freehold dev kinds`."""

from __future__ import annotations

import dataclasses
import inspect
import types
import typing
from typing import TYPE_CHECKING, Any

from . import limits
from .schema import Choice, Items, Raw, Text, Whole

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from .kind import AnyKind


def fields_of(body: type[DataclassInstance]) -> list[tuple[str, str]]:
    """Each field of a body with what it may hold; of a constraint that is not ours, its name."""
    hints = typing.get_type_hints(body, include_extras=True)
    return [(field.name, _holds(hints[field.name])) for field in dataclasses.fields(body)]


def parts_of(body: type[DataclassInstance]) -> list[type[DataclassInstance]]:
    """The maps that stand in a body's fields, at any depth, each once, in the order in which they are met."""
    found: dict[type[DataclassInstance], None] = {}
    waiting: list[Any] = [*typing.get_type_hints(body, include_extras=True).values()]
    while waiting:
        hint = waiting.pop(0)
        if dataclasses.is_dataclass(hint) and isinstance(hint, type) and hint not in found:
            found[hint] = None
            waiting += typing.get_type_hints(hint, include_extras=True).values()
        waiting += typing.get_args(hint)
    return list(found)


def travels(kind: AnyKind) -> str:
    """How much of a record of that kind is gossiped."""
    if kind.direct:
        return "direct"
    return "header public, body private" if kind.private else "public"


def said_of(cls: type[Any]) -> str:
    """The first paragraph of what the code says of a class, on one line."""
    return " ".join((inspect.getdoc(cls) or "").partition("\n\n")[0].split())


def number(value: int) -> str:
    """A number as people read it."""
    return "2^53-1" if value == limits.MAX_INTEGER else f"{value:,}"


def _holds(hint: Any) -> str:  # noqa: ANN401  -- an annotation
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        (arm,) = (arm for arm in typing.get_args(hint) if arm is not types.NoneType)
        return f"{_holds(arm)}; may be absent"
    if typing.get_origin(hint) is typing.Annotated:
        base, constraint = typing.get_args(hint)[:2]
        return _constrained(base, constraint)
    return "true or false" if hint is bool else f"map: {hint.__name__}"


def _constrained(base: Any, constraint: object) -> str:  # noqa: ANN401  -- an annotation
    match constraint:
        case Items(most, least):
            return f"array of {_span(least, most)}, each: {_holds(typing.get_args(base)[0])}"
        case Text(most, least, lines):
            return f"text, {_span(least, most)} characters{', several lines' if lines else ''}"
        case Whole(least, most):
            return f"integer, {number(least)} to {number(most)}"
        case Raw(size, most):
            return f"{size} bytes" if size is not None else f"bytes, up to {number(most)}"
        case Choice(words):
            return "text: " + " or ".join(f"`{word}`" for word in words)
        case _:
            return f"what `{type(constraint).__name__}` allows"


def _span(least: int, most: int) -> str:
    return f"up to {number(most)}" if least == 0 else f"{number(least)} to {number(most)}"
