"""How tables, numbers and values read in a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.shapes import number

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY_MS = 24 * 60 * 60 * 1000
_UNITS = (("days", DAY_MS), ("hours", 60 * 60 * 1000), ("minutes", 60_000), ("seconds", 1_000), ("ms", 1))


class Complaint(Exception):
    """A page asks for what cannot be made."""


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    lines = [tuple(heads), *(tuple(row) for row in rows)]
    lines.insert(1, ("---",) * len(lines[0]))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def duration(ms: int) -> str:
    """A time in the largest unit that holds it whole."""
    unit, size = next((unit, size) for unit, size in _UNITS if ms % size == 0)
    count = ms // size
    return f"{number(count)} {unit[:-1] if count == 1 and unit != 'ms' else unit}"
