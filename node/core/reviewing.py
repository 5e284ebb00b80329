"""Reviews: what the owner says of the other party of a contract, and what has been said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol import evidence
from freehold.protocol.contract import CLOSED
from freehold.protocol.envelope import Record, seal
from freehold.protocol.errors import ProtocolError
from freehold.protocol.kinds.review import REVIEW, Review
from freehold.protocol.kinds.values import other

from . import dealings
from .desk import Denied, Desk
from .effects import Announce, Effect

if TYPE_CHECKING:
    from freehold.protocol.evidence import Evidence

LISTED = 1_000


@dataclass(frozen=True, slots=True)
class Judged:
    """A review, and whether it counts: evidence, or the reason why not."""

    record: Record
    review: Review
    outcome: Evidence | str


def write(
    desk: Desk, contract_id: bytes, levels: tuple[int, int, int, int, int], text: str, now: int
) -> tuple[Record, list[Effect]]:
    """Review the other party of a finished contract; `levels` as in `Review.levels`. A later one replaces an earlier.

    Raises Denied: `not-found`, `not-yours`, `not-finished`, `bad-review`.
    """
    signer = desk.signing()
    contract = dealings.contract(desk, contract_id)
    role = contract.agreement.role(signer.identity)
    if role is None:
        raise Denied("not-yours", "you are not a party of this contract", "see: freehold contract list")
    if contract.state != CLOSED:
        raise Denied(
            "not-finished", f"this contract is {contract.state}: reviews come at its end", "see: freehold contract show"
        )
    current = desk.stores.records.latest(signer.identity, REVIEW.name, contract_id)
    at = now if current is None else max(now, current.header.at + 1)
    try:
        body = Review(contract.agreement.party(other(role)), *levels, text)
        draft = REVIEW.draft(body, at, context=contract_id, slot=contract_id)
        record = seal(draft, desk.network.name, signer)
        REVIEW.open(record)
    except ProtocolError as error:
        raise Denied("bad-review", f"this review cannot be signed: {error}", "correct it and try again") from error
    desk.stores.records.add(record, now, shared=True)
    return record, [Announce(REVIEW.topic, record)]


def about(desk: Desk, identity: bytes) -> list[Judged]:
    """Reviews about an identity, oldest first."""
    return [judge(desk, record) for record in desk.stores.records.reviews_of(identity, LISTED)]


def by(desk: Desk, identity: bytes) -> list[Judged]:
    """Reviews that an identity wrote, newest first."""
    return [judge(desk, record) for record in desk.stores.records.by_author(identity, REVIEW.name, LISTED)]


def judge(desk: Desk, record: Record) -> Judged:
    """Whether a review counts, from the records here."""
    contract_records = desk.stores.records.in_context(record.header.context or b"")
    return Judged(record, REVIEW.open(record), evidence.weigh(record, contract_records))
