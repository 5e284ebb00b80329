"""Entries by which the parties change or end what they agreed. What needs both is proposed by one and consented to by
the other; no answer is a no. Bodies are public: a stranger can check that both signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from .. import limits, topics
from ..kind import Kind
from ..schema import Items, Raw, Whole
from .agreement import Milestone
from .entry import ClauseIds, check_clauses, in_contract, in_either, in_milestone

if TYPE_CHECKING:
    from ..header import Header

Named = Annotated[bytes, Raw(32)]
WHOLE = 1_000
"""An award of everything: thousandths of a milestone's price."""
Award = Annotated[int, Whole(0, WHOLE)]


@dataclass(frozen=True)
class Amendment:
    """New terms, proposed by one party. They stand in a note whose hash (header `body`) is `note`.

    `terms`: hash of the new terms. `clauses`: their ids. `milestones`: all of them, with what is changed or added; none
    can be taken away (cancel it instead).
    """

    terms: Named
    clauses: ClauseIds
    milestones: Annotated[tuple[Milestone, ...], Items(limits.MILESTONES, least=1)]
    note: Named


@dataclass(frozen=True)
class Settlement:
    """One party proposes to end a milestone with `award` thousandths of its price for the freelancer (0: cancelled)."""

    award: Award


@dataclass(frozen=True)
class Consent:
    """The other party agrees to the amendment or settlement `to` (an entry's id)."""

    to: Named


@dataclass(frozen=True)
class Objection:
    """The other party does not agree to `to`."""

    to: Named


@dataclass(frozen=True)
class Withdrawal:
    """A party takes its own amendment or settlement `of` back, as long as it is not answered."""

    of: Named


@dataclass(frozen=True)
class Cancellation:
    """One party ends a milestone alone, as long as nothing that was delivered waits for an answer."""


def _check_amendment(body: Amendment, _header: Header) -> None:
    check_clauses(body.clauses)


AMENDMENT = Kind("amendment/1", Amendment, _check_amendment, in_contract, topic=topics.CONTRACTS)
SETTLEMENT = Kind("settlement/1", Settlement, place=in_milestone, topic=topics.CONTRACTS)
CONSENT = Kind("consent/1", Consent, place=in_either, topic=topics.CONTRACTS)
OBJECTION = Kind("objection/1", Objection, place=in_either, topic=topics.CONTRACTS)
WITHDRAWAL = Kind("withdrawal/1", Withdrawal, place=in_either, topic=topics.CONTRACTS)
CANCELLATION = Kind("cancellation/1", Cancellation, place=in_milestone, topic=topics.CONTRACTS)

CHANGES = (AMENDMENT, SETTLEMENT, CONSENT, OBJECTION, WITHDRAWAL, CANCELLATION)
