"""Receipts: what this node had, and when. Given for contracts of the owner's, and, if the owner allows it, for those of
others that name the owner as a witness. Batched, so that a busy contract costs one signature a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.envelope import Record, seal
from freehold.protocol.kinds import ENTRY_NAMES
from freehold.protocol.kinds.agreement import AGREEMENT
from freehold.protocol.kinds.review import REVIEW_COMMIT
from freehold.protocol.kinds.timing import RECEIPT, RECEIPT_IDS, Receipt

from .standing import in_force

if TYPE_CHECKING:
    from .desk import Desk

WITNESSED = ENTRY_NAMES | {AGREEMENT.name, REVIEW_COMMIT.name}
"""Kinds whose time matters."""
LISTED = 500
A_TICK = 8
"""Contracts vouched for in one tick: a signature each, and reading their records."""


class Witnessing:
    """What waits for a receipt, by contract. Lost with the process, and found again from the records at the start."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: dict[bytes, int] = {}
        """When the next receipt of a contract is due, ms."""
        self._searched = False

    def search_again(self) -> None:
        """The key was locked, and is not any more: what came meanwhile is vouched for now."""
        self._searched = False

    def noted(self, record: Record, now: int) -> None:
        """A record has come: it is vouched for soon, if that is this node's part."""
        contract = record.header.context
        if contract is None or record.header.kind not in WITNESSED or not self._vouches(contract):
            return
        self._waiting.setdefault(contract, now + self._desk.network.times.receipts)

    def due(self, now: int) -> list[Record]:
        """The receipts that are due, signed and kept; what to announce."""
        desk = self._desk
        if desk.signer is None:
            return []
        if not self._searched:
            self._searched = True
            self._waiting |= dict.fromkeys(self._contracts(), now)
        ready = [contract for contract, at in self._waiting.items() if at <= now][:A_TICK]
        signed: list[Record] = []
        for contract in ready:
            del self._waiting[contract]
            for names in _batches(self._unvouched(contract)):
                draft = RECEIPT.draft(Receipt(names), now, context=contract)
                record = seal(draft, desk.network.name, desk.signer)
                desk.stores.records.add(record, now, shared=True)
                signed.append(record)
        return signed

    def _vouches(self, contract: bytes) -> bool:
        """Whether the owner is a party, or a willing witness."""
        desk = self._desk
        if desk.me is None or not in_force(desk, contract):
            return False
        if desk.me in (desk.stores.records.parties(contract) or ()):
            return True
        return desk.witness and desk.me in _witnesses(desk, contract)

    def _contracts(self) -> list[bytes]:
        desk = self._desk
        if desk.me is None:
            return []
        own = desk.stores.records.by_author(desk.me, AGREEMENT.name, LISTED)
        names = [*(record.header.body for record in own), *desk.stores.records.served_by(desk.me)[:LISTED]]
        return [name for name in dict.fromkeys(names) if self._vouches(name)]

    def _unvouched(self, contract: bytes) -> list[bytes]:
        """Others' records of a contract that this node has not vouched for."""
        records = self._desk.stores.records.in_context(contract)
        mine = [record for record in records if record.author == self._desk.me and record.header.kind == RECEIPT.name]
        vouched = {name for record in mine for name in RECEIPT.open(record).ids}
        return [
            record.id
            for record in records
            if record.header.kind in WITNESSED and record.author != self._desk.me and record.id not in vouched
        ]


def _witnesses(desk: Desk, contract: bytes) -> tuple[bytes, ...]:
    records = desk.stores.records.in_context(contract)
    signed = next((record for record in records if record.header.kind == AGREEMENT.name), None)
    return () if signed is None else AGREEMENT.open(signed).witnesses


def _batches(names: list[bytes]) -> list[tuple[bytes, ...]]:
    return [tuple(names[start : start + RECEIPT_IDS]) for start in range(0, len(names), RECEIPT_IDS)]
