"""Forks: two entries of one author for one place. Whoever sees both proves it to everybody, once for each key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.envelope import Record, pack, seal
from freehold.protocol.kinds import ENTRY_NAMES
from freehold.protocol.kinds.forks import FORK, Fork

if TYPE_CHECKING:
    from .desk import Desk

UNEXPOSED = 4_096
"""Entries that are remembered while the key is locked (a MB or two): other nodes prove forks as well."""


class Forks:
    """Looks at every entry that comes; without a key to sign with, afterwards."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._unexposed: dict[bytes, Record] = {}

    def noted(self, entry: Record, now: int) -> list[Record]:
        """An entry is kept; the proof that follows, to announce."""
        if self._desk.signer is None and self._desk.me is not None:
            if len(self._unexposed) < UNEXPOSED:
                self._unexposed[entry.id] = entry
            return []
        return expose(self._desk, entry, now)

    def unlocked(self, now: int) -> list[Record]:
        """The key signs from now on; the proofs of what came meanwhile, to announce."""
        waiting, self._unexposed = self._unexposed, {}
        return [proof for entry in waiting.values() for proof in expose(self._desk, entry, now)]


def expose(desk: Desk, entry: Record, now: int) -> list[Record]:
    """The proof that this entry's author forked, signed and kept, if that is not known yet; what to announce."""
    context = entry.header.context
    if desk.signer is None or context is None:
        return []
    records = desk.stores.records.in_context(context)
    twins = [record for record in records if _same_place(record, entry)]
    if not twins or _proven(records, entry.header.key):
        return []
    one, other = sorted((entry, twins[0]), key=lambda record: record.id)
    body = Fork(pack(one.without_body()), pack(other.without_body()))
    draft = FORK.draft(body, now, context=context, slot=entry.header.key)
    proof = seal(draft, desk.network.name, desk.signer)
    desk.stores.records.add(proof, now, shared=True)
    return [proof]


def known_fork(desk: Desk, record: Record) -> bool:
    """Whether a record proves a fork of a key that is proven here already: one proof is enough."""
    context = record.header.context
    if record.header.kind != FORK.name or context is None:
        return False
    return _proven(desk.stores.records.in_context(context), record.header.slot or b"")


def _proven(records: list[Record], key: bytes) -> bool:
    return any(record.header.kind == FORK.name and record.header.slot == key for record in records)


def _same_place(record: Record, entry: Record) -> bool:
    ours, theirs = record.header, entry.header
    if record.id == entry.id or ours.kind not in ENTRY_NAMES:
        return False
    return (ours.by, ours.key, ours.seq) == (theirs.by, theirs.key, theirs.seq)
