"""Kinds and the fields of bodies."""

from __future__ import annotations

import dataclasses
import importlib
import re
import types
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freehold.protocol.kinds import BUILTIN
from freehold.protocol.schema import Choice, Items, Raw, Text, Whole

from .words import Complaint, number, said_of, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from freehold.protocol.kind import AnyKind

ROW = re.compile(r"^\| `(\w+)` \|.*\| *([^|]*?) *\|$", re.MULTILINE)
"""A field and, in the last column, what the page says that it means."""


def kinds(pages: Mapping[str, str]) -> str:
    """All kinds, with the pages that are about them."""
    rows: list[tuple[str, ...]] = []
    for kind in BUILTIN:
        page = next((name for name, text in pages.items() if f"<!-- generated: kind {kind.name} -->" in text), None)
        if page is None:
            raise Complaint(f"no page is about {kind.name}")
        where = Path(page).name
        rows.append(
            (f"[`{kind.name}`]({where})", _travels(kind), _topic(kind), number(kind.max_bytes), said_of(kind.body))
        )
    return table(("kind", "travels", "topic", "largest body", "what it is"), rows)


def kind_of(name: str, before: str) -> str:
    """What everybody must know of a kind; `before` is what the page says of its fields."""
    kind = next((kind for kind in BUILTIN if kind.name == name), None)
    if kind is None:
        raise Complaint(f"there is no kind {name}")
    facts = f"`{name}`: {_travels(kind)}; topic: {_topic(kind)}; largest body: {number(kind.max_bytes)} bytes."
    return f"{facts}\n\n{shape(kind.body, before)}"


def _travels(kind: AnyKind) -> str:
    if kind.direct:
        return "direct"
    return "header public, body private" if kind.private else "public"


def _topic(kind: AnyKind) -> str:
    return "none" if kind.direct else kind.topic


def class_at(path: str) -> type[Any]:
    """A class by its path below freehold.protocol, e.g. `kinds.offer.Budget`."""
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(f"freehold.protocol.{module}"), name)
    except (ImportError, AttributeError) as error:
        raise Complaint(f"there is no {path}: {error}") from error


def shape(cls: type[Any], before: str) -> str:
    """The fields of a body: what each holds, and what the page says that it means."""
    meanings: dict[str, str] = dict(ROW.findall(before))
    hints = typing.get_type_hints(cls, include_extras=True)
    rows = [
        (f"`{field.name}`", _holds(hints[field.name]), meanings.get(field.name, ""))
        for field in dataclasses.fields(cls)
    ]
    return f"{said_of(cls)}\n\n{table(('field', 'holds', 'meaning'), rows)}"


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
            raise Complaint(f"nobody says in words what {constraint!r} holds")


def _span(least: int, most: int) -> str:
    return f"up to {number(most)}" if least == 0 else f"{number(least)} to {number(most)}"
