"""When a review counts: decided from records alone, the same on every node (specs/kinds/review.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .contract import CLOSED, RESOLVED, SETTLED
from .errors import ProtocolError
from .fold import fold
from .fold.witnessing import Witnesses
from .kinds.agreement import times_of
from .kinds.payments import PAYMENT_RECEIVED, PAYMENT_SENT
from .kinds.review import REVIEW, REVIEW_COMMIT, Review, promise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .envelope import Record
    from .fold.progress import Contract
    from .fold.witnessing import Moment

PAID, SIGNED = "B", "C"
"""Grades of evidence: both signed a payment, or the contract alone. A (a payment that all can verify) comes with the
rails; D is a contract whose records are withheld."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A review that counts, with the contract that it hangs from and how strong the evidence is (`grade`)."""

    record: Record
    review: Review
    contract: Contract
    grade: str


def weigh(review: Record, contract_records: Iterable[Record], now: int) -> Evidence | str:
    """The evidence that a review is, or the reason why it does not count (yet).

    `review` is a verified review/1 record; `contract_records` are the verified records of the contract it names.
    """
    records = list(contract_records)
    contract = fold(records, now)
    body = REVIEW.open(review)
    if contract is None:
        return "its contract is not known here"
    if contract.state != CLOSED:
        return f"its contract is {contract.state}, not at an end"
    if contract.agreement.role(review.author) is None:
        return "its author is not a party of the contract"
    if contract.agreement.role(body.subject) is None:
        return "its subject is not a party of the contract"
    reason = _unpromised(review, contract, records)
    return reason or Evidence(review, body, contract, grade(contract))


def grade(contract: Contract) -> str:
    """How strong a contract is as evidence, computed from its records and never claimed."""
    kinds = {step.entry.header.kind for step in contract.steps}
    paid = any(milestone.state in (SETTLED, RESOLVED) for milestone in contract.milestones)
    return PAID if paid and {PAYMENT_SENT.name, PAYMENT_RECEIVED.name} <= kinds else SIGNED


def commits(records: Iterable[Record], author: bytes) -> list[tuple[Record, bytes]]:
    """What an author has committed to in a contract: the commits and their hashes, in any order."""
    found: list[tuple[Record, bytes]] = []
    for record in records:
        if record.author == author and record.header.kind == REVIEW_COMMIT.name:
            try:
                found.append((record, REVIEW_COMMIT.open(record).hash))
            except ProtocolError:
                continue
    return found


def committing_until(contract: Contract) -> int:
    """When the time to commit to a review is over, ms."""
    network_name = next(iter(contract.signatures.values())).header.network
    return max(milestone.start.ms for milestone in contract.milestones) + times_of(network_name).blind


def _unpromised(review: Record, contract: Contract, records: Sequence[Record]) -> str | None:
    """Why a review is not the one that its author committed to in time, or None."""
    witnesses = Witnesses(contract.agreement, records)
    made: list[tuple[bool, Moment, bytes, bytes]] = []
    for record, promised in commits(records, review.author):
        moment = witnesses.when(record)
        made.append((not witnesses.counts(moment), moment, record.id, promised))
    if not made:
        return "its author has not committed to it"
    _, moment, _, promised = min(made)
    if promise(review.body or b"") != promised:
        return "it is not the review that its author committed to first"
    if moment.ms > committing_until(contract):
        return "its author committed to it when the time for that was over"
    twins = (r for r in records if r.author == review.author and r.header.kind == REVIEW.name and r.body == review.body)
    return "it is there already" if any(twin.id < review.id for twin in twins) else None
