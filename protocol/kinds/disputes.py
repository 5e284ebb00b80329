"""Entries of a dispute: what the parties say (sealed to each other and the arbiter), and what the arbiter decides.

A ruling is public as far as everybody needs it: the award, whose fault it was, and a finding for each clause. Award and
fault are separate: who is paid says nothing about who did wrong. Its reasons travel in a note.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from .. import topics
from ..errors import NotAllowed
from ..kind import Kind
from ..schema import Choice, Items, Raw
from .changes import Award
from .entry import ClauseId, ClauseIds, Words, check_clauses, in_case, in_milestone

if TYPE_CHECKING:
    from ..header import Header

NOBODY, CLIENTS, FREELANCERS, BOTH = "nobody", "client", "freelancer", "both"
KEPT, BROKEN, NOT_IN_TERMS = "kept", "broken", "not-in-terms"


@dataclass(frozen=True)
class Dispute:
    """A party calls the arbiter: which clauses it is about, and what happened."""

    text: Words
    clauses: ClauseIds = ()


@dataclass(frozen=True)
class Answer:
    """The other party's side of it."""

    text: Words


@dataclass(frozen=True)
class CaseTaken:
    """The arbiter whose turn it is takes the case."""


@dataclass(frozen=True)
class CaseDeclined:
    """The arbiter whose turn it is does not: the next one is asked."""


@dataclass(frozen=True)
class Finding:
    """What the arbiter found about one clause."""

    clause: ClauseId
    finding: Annotated[str, Choice((KEPT, BROKEN, NOT_IN_TERMS))]


@dataclass(frozen=True)
class Ruling:
    """The arbiter's decision: `award` thousandths of the price for the freelancer, and, apart from it, the fault.

    `note`: the hash (header `body`) of the note with the reasons, or absent.
    """

    award: Award
    fault: Annotated[str, Choice((NOBODY, CLIENTS, FREELANCERS, BOTH))]
    findings: Annotated[tuple[Finding, ...], Items(50)] = ()
    note: Annotated[bytes, Raw(32)] | None = None


@dataclass(frozen=True)
class Appeal:
    """A party asks the next arbiter, where the agreement allows it."""


def _check_dispute(body: Dispute, _header: Header) -> None:
    check_clauses(body.clauses)


def _check_ruling(body: Ruling, _header: Header) -> None:
    if len({finding.clause for finding in body.findings}) != len(body.findings):
        raise NotAllowed("two findings are about the same clause")


DISPUTE = Kind("dispute/1", Dispute, _check_dispute, in_milestone, topic=topics.CONTRACTS, private=True)
ANSWER = Kind("answer/1", Answer, place=in_milestone, topic=topics.CONTRACTS, private=True)
APPEAL = Kind("appeal/1", Appeal, place=in_milestone, topic=topics.CONTRACTS)
CASE_TAKEN = Kind("case-taken/1", CaseTaken, place=in_case, topic=topics.CONTRACTS)
CASE_DECLINED = Kind("case-declined/1", CaseDeclined, place=in_case, topic=topics.CONTRACTS)
RULING = Kind("ruling/1", Ruling, _check_ruling, in_case, topic=topics.CONTRACTS)

DISPUTES = (DISPUTE, ANSWER, APPEAL)
CASES = (CASE_TAKEN, CASE_DECLINED, RULING)
"""An arbiter's entries."""
