"""Kinds and the fields of bodies."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freehold.protocol.kinds import BUILTIN
from freehold.protocol.shapes import fields_of, number, said_of, travels

from .words import Complaint, table

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
            (f"[`{kind.name}`]({where})", travels(kind), _topic(kind), number(kind.max_bytes), said_of(kind.body))
        )
    return table(("kind", "travels", "topic", "largest body", "what it is"), rows)


def kind_of(name: str, before: str) -> str:
    """What everybody must know of a kind; `before` is what the page says of its fields."""
    kind = next((kind for kind in BUILTIN if kind.name == name), None)
    if kind is None:
        raise Complaint(f"there is no kind {name}")
    facts = f"`{name}`: {travels(kind)}; topic: {_topic(kind)}; largest body: {number(kind.max_bytes)} bytes."
    return f"{facts}\n\n{shape(kind.body, before)}"


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
    rows = [(f"`{name}`", holds, meanings.get(name, "")) for name, holds in fields_of(cls)]
    return f"{said_of(cls)}\n\n{table(('field', 'holds', 'meaning'), rows)}"
