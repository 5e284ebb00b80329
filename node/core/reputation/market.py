"""The opinions of a market in columns, sorted by subject, reviewer, time and id: the same for every order of arrival."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from .graph import Graph, graph_of
from .opinions import Columns, Opinion, Vouch, encode, flags_of, key_of
from .roll import Roll, merged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST_BY_ONE = 20_000
"""Opinions of one author that are kept: nobody works through so many contracts, and a ring must not fill the memory."""
MOST_OPINIONS = 20_000_000
"""Opinions that are kept at all: half a gigabyte."""
BY_ONE, FULL = "its author has written too many reviews", "this node keeps no more reviews"
_MS = 1000


@dataclass(frozen=True, slots=True)
class Table:
    """Opinions that are sorted. `starts[n]` is the first row about identity `n` of the roll."""

    roll: Roll
    starts: NDArray[np.int64]
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


def _no_opinions() -> dict[int, Opinion]:
    return {}


@dataclass(slots=True)
class Market:
    """Opinions as they come: new ones wait in a small heap until somebody asks (`settled`)."""

    version: int = 0
    dropped: dict[str, int] = field(default_factory=dict[str, int])
    _table: Table = field(default_factory=lambda: empty())
    _fresh: dict[int, Opinion] = field(default_factory=_no_opinions)
    _gone: set[int] = field(default_factory=set[int])
    _vouches: dict[tuple[bytes, bytes], Vouch] = field(default_factory=dict[tuple[bytes, bytes], Vouch])
    _graphs: dict[int, tuple[int, Graph]] = field(default_factory=dict[int, tuple[int, Graph]])

    def add(self, opinion: Opinion) -> None:
        """See `Engine.add`."""
        key = key_of(opinion.review)
        self._gone.discard(key)
        self._fresh[key] = opinion
        self.version += 1

    def load(self, columns: Columns) -> None:
        """See `Engine.load`."""
        self._table = joined(self.settled(), columns)
        self._trim()
        self.version += 1

    def discard(self, review: bytes) -> None:
        """See `Engine.discard`."""
        key = key_of(review)
        self._fresh.pop(key, None)
        self._gone.add(key)
        self.version += 1

    def vouch(self, vouch: Vouch) -> None:
        """See `Engine.vouch`."""
        pair = (vouch.by, vouch.of)
        known = self._vouches.get(pair)
        if known is None or (known.till, known.record) < (vouch.till, vouch.record):
            self._vouches[pair] = vouch
            self.version += 1

    def unvouch(self, by: bytes, of: bytes) -> None:
        """See `Engine.unvouch`."""
        if self._vouches.pop((by, of), None) is not None:
            self.version += 1

    def settled(self) -> Table:
        """All opinions, those that waited among them."""
        if self._gone:
            kept = ~np.isin(self._table.key, np.fromiter(self._gone, np.uint64, len(self._gone)))
            self._table = chosen(self._table, kept)
            self._gone.clear()
        if self._fresh:
            self._table = joined(self._table, columns_of(list(self._fresh.values())))
            self._fresh.clear()
            self._trim()
        return self._table

    def vouches_at(self, now: int) -> int:
        """A name for the set of vouches in force: how many there are, of those that were told."""
        return sum(vouch.till >= now for vouch in self._vouches.values())

    def edges(self, now: int) -> Graph:
        """The edges of trust: good opinions, and vouches in force."""
        force = self.vouches_at(now)
        known = self._graphs.get(force)
        if known is None or known[0] != self.version:
            table = self.settled()
            vouches = [vouch for vouch in self._vouches.values() if vouch.till >= now]
            known = self._graphs[force] = (self.version, graph_of(table, vouches))
        return known[1]

    def _trim(self) -> None:
        """Drop the latest opinions of whoever wrote too many, then the latest of all; say how many."""
        table = self._table
        written = np.bincount(table.by, minlength=1)
        if len(written) and written.max() > MOST_BY_ONE:
            self._keep(_first_of_each(table, MOST_BY_ONE), BY_ONE)
        if self._table.count > MOST_OPINIONS:
            order = np.lexsort((self._table.key, self._table.at))
            kept = np.zeros(self._table.count, np.bool_)
            kept[order[:MOST_OPINIONS]] = True
            self._keep(kept, FULL)

    def _keep(self, kept: NDArray[np.bool_], reason: str) -> None:
        self.dropped[reason] = self.dropped.get(reason, 0) + int((~kept).sum())
        self._table = chosen(self._table, kept)


def empty() -> Table:
    """No opinions of nobody."""
    none = np.empty(0, np.int32)
    return Table(
        Roll.of([]),
        np.zeros(1, np.int64),
        none,
        none.astype(np.uint16),
        none.astype(np.uint32),
        none.astype(np.uint64),
        none.astype(np.uint8),
    )


def columns_of(opinions: Sequence[Opinion]) -> Columns:
    """A few opinions as columns."""
    people = sorted({one.by for one in opinions} | {one.of for one in opinions})
    number = {identity: place for place, identity in enumerate(people)}
    return Columns(
        people,
        np.array([number[one.by] for one in opinions], np.int32),
        np.array([number[one.of] for one in opinions], np.int32),
        np.array([encode(one.levels) for one in opinions], np.uint16),
        np.array([one.at // _MS for one in opinions], np.uint32),
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
    starts = np.concatenate([[0], np.cumsum(np.bincount(of, minlength=len(roll.ids)))]).astype(np.int64)
    return Table(roll, starts, by[order], levels[order], at[order], key[order], flags[order])


def chosen(table: Table, kept: NDArray[np.bool_]) -> Table:
    """Only these rows. People stay on the roll."""
    counted = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
    return Table(
        table.roll,
        counted[table.starts],
        table.by[kept],
        table.levels[kept],
        table.at[kept],
        table.key[kept],
        table.flags[kept],
    )


def _first_of_each(table: Table, most: int) -> NDArray[np.bool_]:
    """The first so many opinions of each author, by time and id."""
    order = np.lexsort((table.key, table.at, table.by))
    by = table.by[order]
    first = np.concatenate([[True], by[1:] != by[:-1]])
    place = np.arange(len(by)) - np.maximum.accumulate(np.where(first, np.arange(len(by)), 0))
    kept = np.empty(len(by), np.bool_)
    kept[order] = place < most
    return kept
