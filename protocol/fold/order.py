"""The one order in which a contract's entries are played, the same on every node.

Causes first (`prev`, `seen`), then what witnesses have, then by time, then performance before claims and cancellations,
then by id. An entry that names a record that is not here waits, and its chain with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..kinds import ENTRY_NAMES
from ..kinds.changes import CANCELLATION
from ..kinds.timing import CLAIM
from .witnessing import Moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..envelope import Record, RecordId
    from .chains import Chain
    from .witnessing import Witnesses

_LAST = frozenset((CLAIM.name, CANCELLATION.name))


class _Place(NamedTuple):
    """Entries are played in ascending order of these."""

    unwitnessed: bool
    ms: int
    last: bool
    id: bytes


class Order:
    """Iterate over it, and say `done` of each entry before the next."""

    def __init__(self, found: dict[bytes, Chain], records: Mapping[RecordId, Record], witnesses: Witnesses) -> None:
        self._chains, self._records, self._witnesses = found, records, witnesses
        self._next = dict.fromkeys(found, 0)
        self._inside = {entry.id for chain in found.values() for entry in chain.entries}
        self._times: dict[bytes, int] = {}
        """When each entry that was played counts as made, ms."""
        self._refused: list[tuple[RecordId, str]] = []
        self.heads: dict[bytes, Record] = {}
        """The last entry of each chain that was played."""

    def __iter__(self) -> Iterator[tuple[Record, Moment]]:
        while ready := [(self._place(entry), entry) for entry in self._fronts() if self._missing(entry) is None]:
            place, entry = min(ready, key=lambda pair: pair[0])
            yield entry, Moment(place.ms, self._witnesses.when(entry).witnessed)

    def done(self, entry: Record, reason: str | None) -> None:
        """The entry has been played; `reason` says why it does not count, if it does not."""
        self._times[entry.id] = self._place(entry).ms
        self._next[entry.author] += 1
        self.heads[entry.author] = entry
        if reason is not None:
            self._refused.append((entry.id, reason))

    def refused(self) -> tuple[tuple[RecordId, str], ...]:
        """Entries that never count, each with the reason."""
        strangers = [
            (entry.id, "only the parties and arbiters of a contract act in it")
            for entry in self._records.values()
            if entry.header.kind in ENTRY_NAMES and entry.author not in self._chains
        ]
        return tuple(sorted([*self._refused, *strangers]))

    def waiting(self) -> tuple[tuple[RecordId, str], ...]:
        """Entries that do not count yet, each with the reason."""
        reason = "what it follows is missing, forked or waits itself"
        return tuple(
            (entry.id, self._missing(entry) or reason)
            for entry in self._records.values()
            if entry.header.kind in ENTRY_NAMES and entry.author in self._chains and entry.id not in self._times
        )

    def forks(self) -> list[tuple[Record, Record]]:
        """The first fork of each author who forked."""
        return [chain.forks[0] for chain in self._chains.values() if chain.forks]

    def _fronts(self) -> list[Record]:
        return [
            chain.entries[self._next[author]]
            for author, chain in self._chains.items()
            if self._next[author] < len(chain.entries)
        ]

    def _missing(self, entry: Record) -> str | None:
        for name in entry.header.seen:
            if name in self._inside and name not in self._times:
                return "it waits for an entry that it names"
            if name not in self._records:
                return "it names a record that is not here"
        return None

    def _place(self, entry: Record) -> _Place:
        """An entry counts as made no earlier than what it follows from."""
        moment, header = self._witnesses.when(entry), entry.header
        causes = header.seen if header.prev is None else (*header.seen, header.prev)
        ms = max([moment.ms, *(self._times.get(name, 0) for name in causes)])
        return _Place(not self._witnesses.counts(moment), ms, header.kind in _LAST, entry.id)
