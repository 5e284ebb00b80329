"""The chain of each participant of a contract: which entries stand in it, and who forked (specs/04-contract.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import limits
from ..envelope import Record, RecordId, reopen
from ..errors import ProtocolError
from ..kinds import ENTRY_NAMES
from ..kinds.agreement import AGREEMENT, Agreement
from ..kinds.forks import FORK

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .witnessing import Witnesses


@dataclass(frozen=True, slots=True)
class Chain:
    """Entries of one author that hang together, in their order; `forks`: pairs for one place, in order of id."""

    author: bytes
    entries: tuple[Record, ...]
    forks: tuple[tuple[Record, Record], ...]


def gathered(records: Iterable[Record]) -> dict[RecordId, Record]:
    """The records, each once and with its body if any copy has one, and those that fork proofs among them hold."""
    found: dict[RecordId, Record] = {}
    for record in records:
        for each in (record, *_proven(record)):
            if each.id not in found or found[each.id].body is None:
                found[each.id] = each
    return dict(sorted(found.items()))


def within(found: dict[RecordId, Record], signed: Record) -> dict[RecordId, Record]:
    """Those that stand in the contract and network of an agreement: nothing is carried over from others."""
    return {name: record for name, record in found.items() if _beside(record, signed)}


def _beside(one: Record, other: Record) -> bool:
    return one.header.context == other.header.context and one.header.network == other.header.network


def signatures(records: Iterable[Record]) -> dict[bytes, list[Record]]:
    """The agreement records of each party, the smallest id first, so that every node shows the same."""
    found: dict[bytes, list[Record]] = {}
    for record in sorted(records, key=lambda record: record.id):
        if record.header.kind != AGREEMENT.name:
            continue
        try:
            AGREEMENT.open(record)
        except ProtocolError:
            continue
        if all(_beside(record, copies[0]) for copies in found.values()):
            found.setdefault(record.author, []).append(record)
    return found


def chains(
    agreement: Agreement, signed: dict[bytes, list[Record]], records: Iterable[Record], judge: Judge
) -> dict[bytes, Chain]:
    """The chains of both parties and of the arbiters, by author."""
    entries: dict[bytes, list[Record]] = {}
    for record in records:
        if record.header.kind in ENTRY_NAMES and record.header.seq is not None:
            entries.setdefault(record.author, []).append(record)
    authors = (agreement.client, agreement.freelancer, *agreement.arbiters)
    return {author: _chain(author, signed.get(author, []), entries.get(author, []), judge) for author in authors}


class Judge:
    """Which of several records for one place stands."""

    def __init__(self, agreement: Agreement, records: Collection[Record], witnesses: Witnesses) -> None:
        self._agreement, self._records, self._witnesses = agreement, records, witnesses
        self._ranks: dict[bytes, _Ranks] = {}

    def standing(self, author: bytes, forked: list[Record]) -> Record | None:
        """The one that the other side's chain acknowledged first; else the one that the agreed witnesses had first;
        None if neither says anything. So nobody takes back, by a second version, what the other side has answered."""
        acknowledged = self._acknowledged(author)
        for ranks in ([acknowledged[entry.id] for entry in forked], [self._witnessed(entry) for entry in forked]):
            first = min(ranks)
            if first != _NEVER and ranks.count(first) == 1:
                return forked[ranks.index(first)]
        return None

    def signature(self, author: bytes, copies: list[Record]) -> Record:
        """Which of several signatures under the agreement counts, so that nobody moves its beginning afterwards."""
        if len(copies) == 1:
            return copies[0]
        earliest = min(copies, key=lambda copy: (self._witnesses.when(copy), copy.id))
        return self.standing(author, copies) or earliest

    def _witnessed(self, entry: Record) -> float:
        moment = self._witnesses.when(entry)
        return moment.ms if moment.witnessed else _NEVER

    def _acknowledged(self, author: bytes) -> _Ranks:
        """What the other parties say they have seen: id -> the place in a chain at which one first said so. Who
        has seen an entry has seen those before it."""
        if author in self._ranks:
            return self._ranks[author]
        first = self._ranks[author] = _Ranks()
        others = {self._agreement.client, self._agreement.freelancer} - {author}
        for record in self._records:
            header = record.header
            if header.by in others and header.kind in _ACKNOWLEDGING:
                seq = header.seq if header.seq is not None else limits.CONTRACT_ENTRIES
                for name in header.seen:
                    first[name] = min(seq, first[name])
        own = (record for record in self._records if record.author == author and record.header.prev is not None)
        for record in sorted(own, key=lambda record: record.header.seq or 0, reverse=True):
            before = record.header.prev or b""
            first[before] = min(first[record.id], first[before])
        return first


_NEVER = float("inf")
_ACKNOWLEDGING = ENTRY_NAMES | {AGREEMENT.name}
"""Kinds whose headers everybody has, so that everybody sees the same acknowledgments in them."""


class _Ranks(dict[bytes, float]):
    def __missing__(self, _name: bytes) -> float:
        return _NEVER


def _chain(author: bytes, heads: list[Record], entries: list[Record], judge: Judge) -> Chain:
    """Walk from the author's signatures (an arbiter has none: its chain begins with seq 0), ending before a gap or an
    open fork. Who signs the agreement twice has said nothing new: the chain may hang from either signature."""
    following: dict[bytes | None, list[Record]] = {}
    for entry in entries:
        following.setdefault(entry.header.prev, []).append(entry)
    chain: list[Record] = []
    first = 1 if heads else 0
    before: list[bytes | None] = [head.id for head in heads] if heads else [None]
    while True:
        seq = first + len(chain)
        candidates = [entry for name in before for entry in following.get(name, ()) if entry.header.seq == seq]
        entry = candidates[0] if len(candidates) == 1 else judge.standing(author, candidates) if candidates else None
        if entry is None:
            return Chain(author, tuple(chain), _forks(entries))
        chain.append(entry)
        before = [entry.id]


def _forks(entries: list[Record]) -> tuple[tuple[Record, Record], ...]:
    """The first two of every place that was filled more than once."""
    places: dict[int, list[Record]] = {}
    for entry in entries:
        places.setdefault(entry.header.seq or 0, []).append(entry)
    return tuple((found[0], found[1]) for _, found in sorted(places.items()) if len(found) > 1)


def _proven(record: Record) -> tuple[Record, ...]:
    if record.header.kind != FORK.name or record.body is None:
        return ()
    try:
        fork = FORK.open(record)  # both halves are verified here
        return reopen(fork.one), reopen(fork.other)
    except ProtocolError:
        return ()
