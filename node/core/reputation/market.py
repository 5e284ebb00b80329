"""The opinions and vouches of a market: new ones wait in a small heap until somebody asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from .counted import Counted
from .graph import Graph, Pair, graph_of, is_critical, patched
from .opinions import Columns, Opinion, Vouch, key_of
from .sorting import Row, place_of, row_of, sorted_in
from .table import Table, chosen, columns_of, empty, evenly, first_of_each, joined, seconds

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_BY_ONE = 20_000
"""Opinions of one author that are kept: nobody works through so many contracts, and a ring must not fill the memory."""
MOST_OPINIONS = 20_000_000
"""Opinions that are kept at all: half a gigabyte."""
MOST_WAITING = 50_000
"""Opinions that wait before they are sorted in: some megabytes."""
FEW_OF = 20
"""Fewer than one in so many are sorted in one by one."""
MOST_GRAPHS = 2
"""Sets of vouches whose edges are kept: those of now, and those of another time."""
BY_ONE, FULL = "its author has written too many reviews", "this node keeps no more reviews"


def _no_opinions() -> dict[int, Opinion]:
    return {}


@dataclass(slots=True)
class Market:
    """Opinions as they come: new ones wait in a small heap until somebody asks (`settled`)."""

    version: int = 0
    dropped: dict[str, int] = field(default_factory=dict[str, int])
    _table: Table = field(default_factory=empty)
    _fresh: dict[int, Opinion] = field(default_factory=_no_opinions)
    _rows: dict[int, Row | None] = field(default_factory=dict[int, "Row | None"])
    """Where the waiting ones belong, as long as nobody joins the roll: that happens only when all are sorted in."""
    _gone: set[int] = field(default_factory=set[int])
    _counted: Counted = field(default_factory=Counted)
    _newcomers: set[bytes] = field(default_factory=set[bytes])
    _vouches: dict[tuple[bytes, bytes], Vouch] = field(default_factory=dict[tuple[bytes, bytes], Vouch])
    _plain: Graph | None = None
    _changed: list[Pair] | None = None
    _graphs: dict[int, tuple[int, Graph]] = field(default_factory=dict[int, tuple[int, Graph]])

    def add(self, opinion: Opinion) -> None:
        """See `Engine.add`."""
        key = key_of(opinion.review)
        if self._is_told(key, opinion):
            return
        self._gone.discard(key)
        self._fresh[key] = opinion
        self.version += 1
        if len(self._fresh) >= MOST_WAITING:
            self.settled()

    def load(self, columns: Columns) -> None:
        """See `Engine.load`."""
        self._table, self._changed = joined(self.settled(), columns), None
        self._counted.forget()
        self._trim()
        self.version += 1

    def discard(self, review: bytes) -> None:
        """See `Engine.discard`."""
        key = key_of(review)
        here = key not in self._gone and self._counted.has(key, self._table.key)
        if self._fresh.pop(key, None) is not None or here:
            self.version += 1
        if here:
            self._gone.add(key)

    def vouch(self, vouch: Vouch) -> None:
        """See `Engine.vouch`."""
        pair = (vouch.by, vouch.of)
        if self._vouches.get(pair) != vouch:
            self._vouches[pair] = vouch
            self._newcomers |= {vouch.by, vouch.of}
            self.version += 1

    def unvouch(self, by: bytes, of: bytes) -> None:
        """See `Engine.unvouch`."""
        if self._vouches.pop((by, of), None) is not None:
            self.version += 1

    def settled(self) -> Table:
        """All opinions, those that waited among them."""
        if self._gone:
            kept = ~np.isin(self._table.key, np.fromiter(self._gone, np.uint64, len(self._gone)))
            self._table, self._changed = chosen(self._table, kept), None
            self._counted.went(self._gone)
            self._gone.clear()
        if self._fresh or self._newcomers:
            self._table = self._with_fresh()
            self._counted.came(self._fresh)
            self._fresh.clear()
            self._rows.clear()
            self._newcomers.clear()
            self._trim()
        return self._table

    def _with_fresh(self) -> Table:
        """The waiting opinions sorted in, one by one when they are few and about people on the roll."""
        table, told = self._table, list(self._fresh.values())
        if len(told) * FEW_OF <= table.count and not self._newcomers:
            rows = [row for key in self._fresh if (row := self._rows[key]) is not None]
            if len(rows) == len(told) and not any(self._counted.has(key, table.key) for key in self._fresh):
                if self._changed is not None:
                    self._changed += [(of, by, is_critical(table, of, by)) for of, by, *_ in rows]
                return sorted_in(table, rows)
        self._changed = None
        return joined(table, columns_of(told, self._newcomers))

    def _is_told(self, key: int, opinion: Opinion) -> bool:
        """Whether this very opinion counts already, so that nothing has to be computed anew."""
        if key in self._fresh and self._fresh[key] == opinion:
            return True
        row = row_of(self._table, opinion)
        counts = key not in self._gone and key not in self._fresh
        if counts and row is not None and place_of(self._table, row)[1]:
            return True
        self._rows[key] = row
        return False

    def until(self, at: int) -> Market:
        """See `Engine.until`."""
        table = self.settled()
        return Market(_table=chosen(table, table.at <= seconds(at)), _vouches=dict(self._vouches))

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
            graph = graph_of(table, vouches) if vouches else self._reviewed()
            if len(self._graphs) >= MOST_GRAPHS:
                self._graphs.clear()
            known = self._graphs[force] = (self.version, graph)
        return known[1]

    def _reviewed(self) -> Graph:
        """The edges of reviews alone: where few of them changed, the rest stays as it was."""
        known, changed = self._plain, self._changed
        if known is None or changed is None:
            known = graph_of(self._table)
        elif changed:
            known = patched(known, self._table, changed)
        self._plain, self._changed = known, []
        return known

    def _trim(self) -> None:
        """Drop the latest opinions of whoever wrote too many, then of whoever wrote most; say how many. Times are
        claims: nobody's may decide what of others is kept."""
        table = self._table
        written = np.bincount(table.by, minlength=1)
        if len(written) and written.max() > MOST_BY_ONE:
            self._keep(first_of_each(table, MOST_BY_ONE), BY_ONE)
        if self._table.count > MOST_OPINIONS:
            self._keep(evenly(self._table, MOST_OPINIONS), FULL)

    def _keep(self, kept: NDArray[np.bool_], reason: str) -> None:
        self.dropped[reason] = self.dropped.get(reason, 0) + int((~kept).sum())
        self._table, self._changed = chosen(self._table, kept), None
        self._counted.forget()
