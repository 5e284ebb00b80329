"""Proposals: what is offered for how much, by when, and under which rules."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from freehold.protocol.kinds.agreement import NOBODY, REVISIONS, WITNESSES
from freehold.protocol.kinds.worth import TOP

from .given import Given, Hours, Signing, Span, Whole
from .offers import Order

Few = Annotated[tuple[str, ...], Meta(max_length=3)]
WindowName = Literal[
    "review", "payment", "confirm", "funding", "unblock", "revision", "change", "case", "answer", "ruling"
]


class GivenPart(Given):
    """A milestone: time for the work from the second signature, as whole `days` or as `work_ms`. An hourly one
    (`hourly`) is paid for at `amount` an hour, for at most `hours` a week."""

    title: str
    amount: Whole
    unit: str
    days: Annotated[int, Meta(ge=1, le=365)] | None = None
    work_ms: Span | None = None
    hourly: bool = False
    hours: Hours | None = None


class GivenClause(Given):
    """A clause of a proposal's terms."""

    id: str
    text: str


class NewProposal(Signing, kw_only=True):
    """POST /proposals. It stands for `days`. `windows`: how long each side has, in ms, where not as usual, by name:
    those of a milestone (review, payment, confirm) and of the agreement (funding, unblock, revision, change, case,
    answer, ruling). `band`: roughly what it is worth, for everybody to see (specs/kinds/agreement.md); without it, what
    the prices come to if they are in a currency that has bands; "none": it is not stated."""

    offer: str
    cover: str
    parts: tuple[GivenPart, ...]
    clauses: tuple[GivenClause, ...] = ()
    answers: tuple[str, ...] = ()
    days: Annotated[int, Meta(ge=1, le=90)] = 7
    arbiters: Few = ()
    witnesses: Few = ()
    quorum: Annotated[int, Meta(ge=0, le=WITNESSES)] | None = None
    appeal: bool = False
    fallback: str = NOBODY
    revisions: Annotated[int, Meta(ge=0, le=10)] = REVISIONS
    windows: dict[WindowName, Span] = msgspec.field(default_factory=dict[WindowName, Span])
    band: Annotated[int, Meta(ge=0, le=TOP)] | Literal["none"] | None = None


class Reason(Signing, kw_only=True):
    """POST /proposals/{ref}/decline."""

    reason: str = ""


class ProposalList(Given):
    """GET /proposals: in which order those are that were received."""

    order: Order = "reputation"
