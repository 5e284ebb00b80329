"""When a review counts: decided from records alone, the same on every node (specs/kinds/review.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .contract import CLOSED, Contract, fold
from .kinds.review import REVIEW, Review

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .envelope import Record


@dataclass(frozen=True, slots=True)
class Evidence:
    """A review that counts, with the contract that it hangs from."""

    record: Record
    review: Review
    contract: Contract


def weigh(review: Record, contract_records: Iterable[Record]) -> Evidence | str:
    """The evidence that a review is, or the reason why it does not count (yet).

    `review` is a verified review/1 record; `contract_records` are the verified records of the contract it names.
    """
    contract = fold(contract_records)
    body = REVIEW.open(review)
    if contract is None:
        return "its contract is not known here"
    if contract.state != CLOSED:
        return f"its contract is {contract.state}, not at an end"
    if contract.agreement.role(review.author) is None:
        return "its author is not a party of the contract"
    if contract.agreement.role(body.subject) is None:
        return "its subject is not a party of the contract"
    return Evidence(review, body, contract)
