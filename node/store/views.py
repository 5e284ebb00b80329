"""Sets beside the index: sketches that are kept up in idle moments, and the sets of domains other than everything."""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import islice
from typing import TYPE_CHECKING

from freehold.protocol.keylog import INCEPTION
from freehold.protocol.reconcile.keys import START, TIME_BYTES, OrderedKeys, id_of, key
from freehold.protocol.reconcile.sketch import PREFIX_BYTES, Sketch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from freehold.protocol.reconcile.domain import Domain

    from .database import Database
    from .names import Names

_PREFIX_END = TIME_BYTES + PREFIX_BYTES
TOGGLED_AT_ONCE = 400
"""Keys that one piece of work puts into a sketch: 4 ms or less."""
PENDING = 65_536
"""Keys that wait to be put into a sketch; with more, it is made anew from all keys when there is time: 6 MB."""
TOGGLED_NOW = 1_600
"""Keys that may be put in while a conversation waits; with more to do, it goes by ranges."""
GATHERED_AT_ONCE = 800
"""Rows that one piece of work reads."""


class SketchUpkeep:
    """A sketch, and what has still to be put into it. `filled` is how far it was made from the keys, None when done."""

    def __init__(self) -> None:
        self._sketch = Sketch()
        self._pending: set[bytes] = set()
        self._filled: bytes | None = None

    @property
    def current(self) -> bool:
        """Whether it holds the whole set as it is."""
        return self._filled is None and not self._pending

    def begin(self, sketch: Sketch | None = None) -> None:
        """From a sketch that holds the set, or from nothing: then it is filled from the keys, in pieces of work."""
        self._sketch, self._filled = sketch or Sketch(), None if sketch else START
        self._pending.clear()

    def changed(self, one: bytes) -> None:
        """A key was put in or taken out; twice is as good as never."""
        if self._filled is None or one < self._filled:
            self._pending ^= {id_of(one)[:PREFIX_BYTES]}
            self._bound()

    def changed_many(self, keys: Iterable[bytes]) -> None:
        """The same for several, each once."""
        filled = self._filled
        if filled is not None:
            keys = [one for one in keys if one < filled]
        self._pending.symmetric_difference_update([one[TIME_BYTES:_PREFIX_END] for one in keys])
        self._bound()

    def _bound(self) -> None:
        if len(self._pending) > PENDING:
            self.begin()

    def cells(self) -> list[int] | None:
        """A copy, brought up to date if little is missing."""
        if self._filled is None and len(self._pending) <= TOGGLED_NOW:
            self._toggle(len(self._pending))
        return self._sketch.cells.copy() if self.current else None

    def work(self, keys: OrderedKeys) -> bool:
        """A few milliseconds of what is to be done; whether there is more."""
        if self._pending:
            self._toggle(TOGGLED_AT_ONCE)
        elif self._filled is not None:
            found = keys.keys_from(self._filled, None, TOGGLED_AT_ONCE)
            for one in found:
                self._sketch.toggle(id_of(one)[:PREFIX_BYTES])
            self._filled = found[-1] + b"\0" if len(found) == TOGGLED_AT_ONCE else None
        return not self.current

    def _toggle(self, most: int) -> None:
        some = list(islice(self._pending, most))
        self._pending.difference_update(some)
        for prefix in some:
            self._sketch.toggle(prefix)


class Gathering(ABC):
    """The set of one domain, gathered from the records piece by piece, then kept up: see `ports.View`."""

    def __init__(self, domain: Domain) -> None:
        self._gathered: set[bytes] = set()
        self._number = 0
        self._upkeep = SketchUpkeep()
        self.keys = OrderedKeys()
        self.ready = domain.nobody

    def sketch(self) -> list[int] | None:
        """See `ports.View`."""
        return self._upkeep.cells()

    def note(self, one: bytes, *, present: bool) -> None:
        """A key of the domain came or went."""
        if not self.ready:
            (self._gathered.add if present else self._gathered.discard)(one)
        elif self.keys.add(one) if present else self.keys.discard(one):
            self._upkeep.changed(one)

    def work(self) -> bool:
        """Gather a little more; whether there is more to do."""
        if self.ready:
            return self._upkeep.work(self.keys)
        rows = self._shared_after(self._number, GATHERED_AT_ONCE)
        self._gathered.update(key(at, name) for _, at, name in rows)
        if len(rows) == GATHERED_AT_ONCE:
            self._number = int(rows[-1][0])
            return True
        self._gathered.update(key(at, name) for at, name in self._put_aside())
        self.keys = OrderedKeys.of(sorted(self._gathered))
        self._gathered = set()
        self._upkeep.begin()
        self.ready = True
        return True

    @abstractmethod
    def _shared_after(self, number: int, limit: int) -> list[tuple[int, int, bytes]]:
        """Number, time and id of shared records of the domain, in the order of numbers."""

    @abstractmethod
    def _put_aside(self) -> list[tuple[int, bytes]]:
        """Time and id of what was put aside of the domain."""


class DomainView(Gathering):
    """Over SQLite."""

    def __init__(self, database: Database, names: Names, domain: Domain) -> None:
        super().__init__(domain)
        self._database = database
        self._condition, self._values = _condition(names, domain)

    def _shared_after(self, number: int, limit: int) -> list[tuple[int, int, bytes]]:
        query = f"SELECT number, at, id FROM record WHERE number > ? AND shared = 1 AND {self._condition}"  # noqa: S608
        return self._database.rows(f"{query} ORDER BY number LIMIT ?", (number, *self._values, limit))

    def _put_aside(self) -> list[tuple[int, bytes]]:
        return self._database.rows(f"SELECT at, id FROM aside WHERE {self._condition}", self._values)  # noqa: S608


def _condition(names: Names, domain: Domain) -> tuple[str, list[int]]:
    """A domain as SQL. Names that are not here yet match nothing now; what comes later is told by `note`."""
    kinds = [number for kind in sorted(domain.kinds) if (number := names.kind(kind)) is not None]
    people = [number for one in sorted(domain.people) if (number := names.author(one)) is not None]
    logs = names.kind(INCEPTION.name) or 0
    kind = f"kind IN ({_marks(kinds)})" if domain.kinds else "1"
    author = f"author IN ({_marks(people)})" if domain.people else "1"
    return f"{author} AND (kind = ? OR (at >= ? AND {kind}))", [*people, logs, domain.since, *kinds]


def _marks(values: list[int]) -> str:
    return ", ".join("?" * len(values))
