"""How an author stands with this node's owner, and how much is kept of them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from freehold.protocol import limits
from freehold.protocol.envelope import place_of
from freehold.protocol.keylog import INCEPTION
from freehold.protocol.kinds import ENTRY_NAMES
from freehold.protocol.kinds.agreement import AGREEMENT
from freehold.protocol.kinds.notes import NOTE
from freehold.protocol.kinds.offer import OFFER
from freehold.protocol.kinds.profile import INBOX, PROFILE
from freehold.protocol.kinds.review import REVIEWS
from freehold.protocol.kinds.timing import RECEIPT

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record
    from freehold.protocol.header import Header

    from .desk import Desk

DAY_MS = 24 * 60 * 60 * 1000
UNCOUNTED = frozenset({INCEPTION.name, PROFILE.name, INBOX.name})
"""One of each is kept per author, so no quota is needed."""
A_PARTY = limits.CONTRACT_ENTRIES // 2
"""Of a contract's records each party has half, so that neither can leave the other without room."""
A_SERVANT = limits.CONTRACT_ENTRIES // 4
"""What each arbiter and each witness has on top of that."""
RECEIPTS = limits.CONTRACT_ENTRIES
"""Of each participant, beside all that: whatever the others write is vouched for, so it must not use up one's room."""
NOTES = limits.CONTRACT_ENTRIES // 2
"""Of each participant, beside all that; only those they are for have them."""
_OF_CONTRACTS = ENTRY_NAMES | {RECEIPT.name} | {kind.name for kind in REVIEWS}
_PARTNERS_LOOKED_AT = 20


class Standing(Enum):
    """With the owner."""

    TRUSTED = "trusted"
    KNOWN = "known"
    NEW = "new"


def standing(desk: Desk, author: bytes) -> Standing:
    """Trusted: the owner, the owner's contacts and counterparties. Known: their counterparties. New: the rest, and
    whoever is blocked, whatever else they are.

    Only contracts that both parties have signed make counterparties.
    """
    if author in desk.stores.contacts.blocked():
        return Standing.NEW
    if _trusted(desk, author):
        return Standing.TRUSTED
    if any(_trusted(desk, partner) for partner in desk.stores.records.partners(author, _PARTNERS_LOOKED_AT)):
        return Standing.KNOWN
    return Standing.NEW


def no_room(desk: Desk, record: Record, now: int, *, by_the_day: bool) -> str | None:
    """The reason why this record of its author is not kept now, or None. `by_the_day`: the day's bound applies too."""
    header = record.header
    if header.by == desk.me:
        return None
    if desk.crowded and _of_a_stranger(desk, header, by_the_day=by_the_day):
        return "there is no room for strangers just now"
    if header.kind in UNCOUNTED:
        return None
    if header.kind in _OF_CONTRACTS and header.context is not None:
        parties = desk.stores.records.parties(header.context)
        if parties is not None and header.by not in desk.stores.records.participants(header.context):
            return "its author has no part in that contract"
        if parties is not None and in_force(desk, header.context):
            full = _full(desk, header, A_PARTY if header.by in parties else A_SERVANT)
            return "the contract is full" if full and not _fills_anew(desk, header) else None
    if header.kind == AGREEMENT.name and _answers_owner(desk, header):
        return None
    return _over_quota(desk, header, now, by_the_day=by_the_day)


def _of_a_stranger(desk: Desk, header: Header, *, by_the_day: bool) -> bool:
    """Whether it is somebody's whom nobody here deals with. Key logs that were asked for are needed for others."""
    if header.kind == INCEPTION.name and not by_the_day:
        return False
    if header.context is not None and (in_force(desk, header.context) or _answers_owner(desk, header)):
        return False
    return standing(desk, header.by) is Standing.NEW


def full_of_notes(desk: Desk, contract: bytes, author: bytes) -> bool:
    """Whether somebody has no room left for notes about a contract."""
    return desk.stores.records.counts_in(contract, author).get(NOTE.name, 0) >= NOTES


def _full(desk: Desk, header: Header, most: int) -> bool:
    """Whether its author has no room left in a contract. Kinds that only some nodes have do not count, or nodes would
    differ in what they keep."""
    counts = desk.stores.records.counts_in(header.context or b"", header.by)
    if header.kind == RECEIPT.name:
        return counts.get(RECEIPT.name, 0) >= RECEIPTS
    counted = _OF_CONTRACTS - {RECEIPT.name} | {AGREEMENT.name}
    return sum(count for kind, count in counts.items() if kind in counted) >= most


def in_force(desk: Desk, contract: bytes) -> bool:
    """Whether both parties have signed the contract of that name."""
    records = desk.stores.records
    parties = records.parties(contract)
    return parties is not None and all(records.signed(contract, party) for party in parties)


def together(desk: Desk, contract: bytes | None, other: bytes) -> bool:
    """Whether the owner and somebody else both have a part in a contract that is in force."""
    if desk.me is None or contract is None or not in_force(desk, contract):
        return False
    return {desk.me, other} <= set(desk.stores.records.participants(contract))


def _over_quota(desk: Desk, header: Header, now: int, *, by_the_day: bool) -> str | None:
    quotas, records = desk.network.quotas, desk.stores.records
    kept = records.count(header.by)
    today = records.count_since(header.by, now - DAY_MS) if by_the_day else 0
    if kept >= quotas.new or today >= quotas.new_a_day:  # below that, everybody has room: no need to ask who it is
        most, daily = {
            Standing.TRUSTED: (quotas.trusted, quotas.trusted_a_day),
            Standing.KNOWN: (quotas.known, quotas.known_a_day),
            Standing.NEW: (quotas.new, quotas.new_a_day),
        }[standing(desk, header.by)]
        if kept >= most and not _fills_anew(desk, header):
            return "the author's quota is full"
        if today >= daily:
            return "the author's quota for a day is full"
    if header.kind == OFFER.name and records.open_offers(header.by, now) >= quotas.open_offers:
        return None if _fills_anew(desk, header) else "the author has too many open offers"
    return None


def _fills_anew(desk: Desk, header: Header) -> bool:
    """Whether it would replace a version that is here: closing an offer must be possible with a full quota."""
    place = place_of(header)
    return place is not None and desk.stores.records.fills(place) is not None


def _answers_owner(desk: Desk, header: Header) -> bool:
    """Whether it is the other party's first signature under what the owner has signed."""
    records, contract = desk.stores.records, header.context
    if desk.me is None or contract is None:
        return False
    return records.signed(contract, desk.me) and not records.signed(contract, header.by)


def _trusted(desk: Desk, identity: bytes) -> bool:
    if identity == desk.me or desk.stores.contacts.trusted(identity):
        return True
    if identity in desk.stores.contacts.blocked():
        return False
    return desk.me is not None and desk.stores.records.bound(identity, desk.me)
