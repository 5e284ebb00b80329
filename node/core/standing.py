"""How an author stands with this node's owner, and how much is kept of them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from freehold.protocol import limits
from freehold.protocol.contract import OFFERED, fold
from freehold.protocol.kinds.entries import ENTRY_NAMES
from freehold.protocol.kinds.offer import OFFER
from freehold.protocol.kinds.review import REVIEW

if TYPE_CHECKING:
    from freehold.protocol.contract import Contract
    from freehold.protocol.header import Header

    from .desk import Desk

_DAY_MS = 24 * 60 * 60 * 1000
_UNCOUNTED = frozenset({"inception/1", "profile/1", "inbox/1"})
_CONTRACTS_LOOKED_AT = 20


class Standing(Enum):
    """With the owner."""

    TRUSTED = "trusted"
    KNOWN = "known"
    NEW = "new"


def standing(desk: Desk, author: bytes) -> Standing:
    """Trusted: the owner, the owner's contacts and counterparties. Known: their counterparties. New: the rest."""
    if _trusted(desk, author):
        return Standing.TRUSTED
    for contract in _contracts(desk, author):
        other = contract.agreement.client if author == contract.agreement.freelancer else contract.agreement.freelancer
        if _trusted(desk, other):
            return Standing.KNOWN
    return Standing.NEW


def no_room(desk: Desk, header: Header, now: int) -> str | None:
    """The reason why nothing more of this author is kept now, or None."""
    if header.kind in _UNCOUNTED or header.by == desk.me:
        return None
    if header.context is not None and header.kind in ENTRY_NAMES | {REVIEW.name}:
        records = desk.stores.records.in_context(header.context)
        contract = fold(records)
        if contract is not None and contract.state != OFFERED and contract.agreement.role(header.by):
            return "the contract is full" if len(records) >= limits.CONTRACT_ENTRIES else None
    return _over_quota(desk, header, now)


def _over_quota(desk: Desk, header: Header, now: int) -> str | None:
    quotas, records = desk.network.quotas, desk.stores.records
    most, daily = {
        Standing.TRUSTED: (quotas.trusted, quotas.trusted_a_day),
        Standing.KNOWN: (quotas.known, quotas.known_a_day),
        Standing.NEW: (quotas.new, quotas.new_a_day),
    }[standing(desk, header.by)]
    if records.count(header.by) >= most:
        return "the author's quota is full"
    if records.count_since(header.by, now - _DAY_MS) >= daily:
        return "the author's quota for a day is full"
    if header.kind == OFFER.name and records.open_offers(header.by, now) >= quotas.open_offers:
        return "the author has too many open offers"
    return None


def _trusted(desk: Desk, identity: bytes) -> bool:
    if identity == desk.me or desk.stores.contacts.trusted(identity):
        return True
    return desk.me is not None and any(
        identity in (contract.agreement.client, contract.agreement.freelancer) for contract in _contracts(desk, desk.me)
    )


def _contracts(desk: Desk, identity: bytes) -> list[Contract]:
    found = (
        fold(desk.stores.records.in_context(contract_id))
        for contract_id in desk.stores.records.contracts_of(identity)[:_CONTRACTS_LOOKED_AT]
    )
    return [contract for contract in found if contract is not None and contract.state != OFFERED]
