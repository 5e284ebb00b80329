"""What the API takes for entries in a contract: a struct each. Milestones (`part`) count from 1."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from .bodies.given import Given, Hours, PartNumber, Signing, Span, Whole
from .bodies.proposals import GivenClause, GivenPart

Award = Annotated[int, Meta(ge=0, le=1000)]
"""Thousandths of the price."""
_MANY = Meta(max_length=50)


class InPart(Signing, kw_only=True):
    """Base of what is about one milestone."""

    part: PartNumber = 1


class InContract(Signing, kw_only=True):
    """What is about the whole contract and says all by its path."""


class GivenFile(Given):
    """A file that belongs to it."""

    name: str
    sha256: Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}$")]
    where: str = ""


class GivenDelivery(InPart, kw_only=True):
    """POST /contracts/{ref}/deliver."""

    note: str = ""
    files: tuple[GivenFile, ...] = ()


class Noted(InPart, kw_only=True):
    """POST /contracts/{ref}/accept, unblock."""

    note: str = ""


class GivenRevision(InPart, kw_only=True):
    """POST /contracts/{ref}/revise: the clauses that are not met yet, and what is to be changed."""

    clauses: Annotated[tuple[str, ...], _MANY]
    note: str = ""
    files: tuple[GivenFile, ...] = ()


class GivenNeed(InPart, kw_only=True):
    """POST /contracts/{ref}/block."""

    need: str


class GivenHours(InPart, kw_only=True):
    """POST /contracts/{ref}/timesheet."""

    begins: Whole
    minutes: Annotated[int, Meta(ge=1, le=7 * 24 * 60)]
    note: str = ""


class GivenFunding(InPart, kw_only=True):
    """POST /contracts/{ref}/fund."""

    evidence: str = ""


class GivenPayment(InPart, kw_only=True):
    """POST /contracts/{ref}/pay. Without an amount, what is due."""

    rail: str
    reference: str = ""
    amount: Whole | None = None
    unit: str | None = None


class GivenConfirmation(InPart, kw_only=True):
    """POST /contracts/{ref}/confirm. Without an amount, what is due."""

    amount: Whole | None = None
    unit: str | None = None


class GivenReason(InPart, kw_only=True):
    """POST /contracts/{ref}/deny."""

    reason: str = ""


class GivenSettlement(InPart, kw_only=True):
    """POST /contracts/{ref}/settle."""

    award: Award


class ChangedPart(Given):
    """What is to change in a milestone."""

    part: PartNumber
    title: str | None = None
    amount: Whole | None = None
    unit: str | None = None
    hours: Hours | None = None
    work_ms: Span | None = None


class GivenAmendment(Signing, kw_only=True):
    """POST /contracts/{ref}/amend. A clause with the id of one that is there replaces it; without text it goes."""

    parts: Annotated[tuple[ChangedPart, ...], _MANY] = ()
    added: Annotated[tuple[GivenPart, ...], _MANY] = ()
    clauses: Annotated[tuple[GivenClause, ...], _MANY] = ()
    note: str = ""


class GivenAnswer(Signing, kw_only=True):
    """POST /contracts/{ref}/agree, decline, withdraw. Without a change, the one that is open."""

    change: str | None = None


class GivenClaim(Signing, kw_only=True):
    """POST /contracts/{ref}/claim: in a milestone, or (`ping`) a sign of life."""

    part: PartNumber = 1
    ping: bool = False


class GivenAbsence(Signing, kw_only=True):
    """POST /contracts/{ref}/absence, in ms since the epoch."""

    since: Whole
    until: Whole


class GivenDispute(InPart, kw_only=True):
    """POST /contracts/{ref}/dispute."""

    text: str
    clauses: Annotated[tuple[str, ...], _MANY] = ()


class GivenText(InPart, kw_only=True):
    """POST /contracts/{ref}/answer."""

    text: str


class GivenEvidence(Signing, kw_only=True):
    """POST /contracts/{ref}/evidence: words and files about the contract, for whoever may read it."""

    text: str
    files: tuple[GivenFile, ...] = ()


class GivenFinding(Given):
    """What an arbiter found about a clause."""

    clause: str
    finding: str


class GivenRuling(InPart, kw_only=True):
    """POST /contracts/{ref}/rule."""

    award: Award
    fault: str
    findings: Annotated[tuple[GivenFinding, ...], _MANY] = ()
    reasons: str = ""
