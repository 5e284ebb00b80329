"""Opinions in columns, by subject, reviewer, time and id: the same for every order of arrival."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from .opinions import Columns, Opinion, encode, flags_of, key_of
from .roll import Roll, merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

N = TypeVar("N", bound=np.generic)
_MS = 1000
_LATEST_S = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Table:
    """Opinions that are sorted. `starts[n]` is the first row about identity `n` of the roll."""

    roll: Roll
    starts: NDArray[np.int32]
    by: NDArray[np.int32]
    levels: NDArray[np.uint16]
    at: NDArray[np.uint32]
    key: NDArray[np.uint64]
    flags: NDArray[np.uint8]

    @property
    def count(self) -> int:
        """How many opinions there are."""
        return len(self.by)

    @property
    def subjects(self) -> NDArray[np.int32]:
        """The subject of each row."""
        numbers = np.arange(len(self.starts) - 1, dtype=np.int32)
        return np.repeat(numbers, np.diff(self.starts))

    @property
    def nbytes(self) -> int:
        """Bytes of the columns, without those of the roll."""
        columns = (self.starts, self.by, self.levels, self.at, self.key, self.flags)
        return sum(column.nbytes for column in columns)


def empty() -> Table:
    """No opinions of nobody."""
    none = np.empty(0, np.int32)
    return Table(
        Roll.of([]),
        np.zeros(1, np.int32),
        none,
        none.astype(np.uint16),
        none.astype(np.uint32),
        none.astype(np.uint64),
        none.astype(np.uint8),
    )


def columns_of(opinions: Sequence[Opinion], others: Iterable[bytes] = ()) -> Columns:
    """A few opinions as columns, and others who are to be on the roll."""
    people = sorted({one.by for one in opinions} | {one.of for one in opinions} | set(others))
    number = {identity: place for place, identity in enumerate(people)}
    return Columns(
        people,
        np.array([number[one.by] for one in opinions], np.int32),
        np.array([number[one.of] for one in opinions], np.int32),
        np.array([encode(one.levels) for one in opinions], np.uint16),
        np.array([seconds(one.at) for one in opinions], np.uint32),
        np.array([key_of(one.review) for one in opinions], np.uint64),
        np.array([flags_of(one.as_role, one.grade, one.band) for one in opinions], np.uint8),
    )


def joined(table: Table, new: Columns) -> Table:
    """A table with more opinions. A review that stands twice counts once, as the later told."""
    roll, old_numbers, new_numbers = merged(table.roll, new.identities)
    known = np.isin(table.key, new.key)
    old = chosen(table, ~known) if known.any() else table
    of = np.concatenate([old_numbers[old.subjects], new_numbers[new.of]])
    by = np.concatenate([old_numbers[old.by], new_numbers[new.by]])
    levels = np.concatenate([old.levels, new.levels.astype(np.uint16)])
    at = np.concatenate([old.at, new.at.astype(np.uint32)])
    key = np.concatenate([old.key, new.key.astype(np.uint64)])
    flags = np.concatenate([old.flags, new.flags.astype(np.uint8)])
    order = np.lexsort((flags, levels, key, at, by, of))
    starts = np.concatenate([[0], np.cumsum(np.bincount(of, minlength=len(roll.ids)))]).astype(np.int32)
    return Table(roll, starts, by[order], levels[order], at[order], key[order], flags[order])


def chosen(table: Table, kept: NDArray[np.bool_]) -> Table:
    """Only these rows. People stay on the roll."""
    counted = np.concatenate([[0], np.cumsum(kept)]).astype(np.int32)
    return Table(
        table.roll,
        counted[table.starts],
        table.by[kept],
        table.levels[kept],
        table.at[kept],
        table.key[kept],
        table.flags[kept],
    )


def first_of_each(table: Table, most: int) -> NDArray[np.bool_]:
    """The first so many opinions of each author, by time and id."""
    order = np.lexsort((table.key, table.at, table.by))
    by = table.by[order]
    first = np.concatenate([[True], by[1:] != by[:-1]])
    place = np.arange(len(by)) - np.maximum.accumulate(np.where(first, np.arange(len(by)), 0))
    kept = np.empty(len(by), np.bool_)
    kept[order] = place < most
    return kept


def evenly(table: Table, most: int) -> NDArray[np.bool_]:
    """At most so many opinions: as many first ones of each author as there is room for all to have; where there is none
    even for one of each, those with the smallest ids."""
    written = np.bincount(table.by, minlength=1)
    low, high = 0, int(written.max())
    while low < high:
        middle = (low + high + 1) // 2
        if int(np.minimum(written, middle).sum()) <= most:
            low = middle
        else:
            high = middle - 1
    if low:
        return first_of_each(table, low)
    kept = np.zeros(table.count, np.bool_)
    kept[np.lexsort((table.by, table.key))[:most]] = True
    return kept & first_of_each(table, 1)


def seconds(at: int) -> int:
    """A time in ms as the columns keep it."""
    return min(at // _MS, _LATEST_S)


def inserted(column: NDArray[N], places: Sequence[int], values: Sequence[int]) -> NDArray[N]:
    """A column with values put in before the places that they name in it."""
    new = np.empty(len(column) + len(values), column.dtype)
    start = 0
    for shift, (place, value) in enumerate(zip(places, values, strict=True)):
        new[start + shift : place + shift] = column[start:place]
        new[place + shift] = value
        start = place
    new[start + len(values) :] = column[start:]
    return new
