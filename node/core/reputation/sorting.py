"""A few opinions sorted into a large table: the rest of it is copied as it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .opinions import Opinion, encode, flags_of, key_of
from .table import Table, inserted, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = tuple[int, int, int, int, int, int]
"""Subject, reviewer, time, key, levels, flags: rows are sorted by all of it."""


def row_of(table: Table, opinion: Opinion) -> Row | None:
    """An opinion as a row of a table; None if one of its two people is not on the roll."""
    of, by = table.roll.number(opinion.of), table.roll.number(opinion.by)
    if of is None or by is None:
        return None
    flags = flags_of(opinion.as_role, opinion.grade, opinion.band)
    return (of, by, seconds(opinion.at), key_of(opinion.review), encode(opinion.levels), flags)


def place_of(table: Table, row: Row) -> tuple[int, bool]:
    """Where a row lies or would lie, and whether that very row is there."""
    of, by = row[:2]
    start, end = int(table.starts[of]), int(table.starts[of + 1])
    people = table.by[start:end]
    low = start + int(people.searchsorted(by, "left"))
    high = start + int(people.searchsorted(by, "right"))
    for place in range(low, high):
        found = (of, by, *(int(column[place]) for column in (table.at, table.key, table.levels, table.flags)))
        if found >= row:
            return place, found == row
    return high, False


def sorted_in(table: Table, rows: Sequence[Row]) -> Table:
    """A table with more rows, which are not in it."""
    ordered = sorted(rows)
    places = [place_of(table, row)[0] for row in ordered]
    more = np.zeros(len(table.starts), np.int32)
    np.add.at(more, [row[0] + 1 for row in ordered], 1)
    return Table(
        table.roll,
        (table.starts + np.cumsum(more)).astype(np.int32),
        inserted(table.by, places, [row[1] for row in ordered]),
        inserted(table.levels, places, [row[4] for row in ordered]),
        inserted(table.at, places, [row[2] for row in ordered]),
        inserted(table.key, places, [row[3] for row in ordered]),
        inserted(table.flags, places, [row[5] for row in ordered]),
    )
