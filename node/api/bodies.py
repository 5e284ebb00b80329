"""What the API takes: a struct for each request's JSON, or for its query. Unknown fields are refused, so that a typing
mistake is noticed; what the fields may say is decided where the record is made."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from freehold.protocol.limits import MAX_INTEGER, MILESTONES

PAGE = 20
MOST_ON_A_PAGE = 100
_LABEL_CHARACTERS = 60
_ADDRESS_CHARACTERS = 512

Whole = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Level = Annotated[int, Meta(ge=0, le=4)]
PartNumber = Annotated[int, Meta(ge=1, le=MILESTONES)]
Limit = Annotated[int, Meta(ge=1, le=MOST_ON_A_PAGE)]


class Given(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of all."""


class Nothing(Given):
    """A request that says all by its path."""


class GivenBudget(Given):
    """Minor units of `unit`."""

    basis: str
    unit: str
    low: Whole
    high: Whole


class GivenIntake(Given):
    """The author's rules for proposals."""

    least_characters: Whole = 0
    questions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class NewOffer(Given):
    """POST /offers."""

    side: str
    title: str
    description: str = ""
    skills: tuple[str, ...] = ()
    budget: GivenBudget | None = None
    languages: tuple[str, ...] = ()
    intake: GivenIntake | None = None
    days: Annotated[int, Meta(ge=1, le=180)] = 30


class OfferList(Given):
    """GET /offers."""

    mine: bool = False
    limit: Limit = PAGE
    before: Whole | None = None


class OfferSearch(Given):
    """GET /offers/search. `least` counts minor units of `unit`."""

    q: str = ""
    skill: tuple[str, ...] = ()
    side: str | None = None
    basis: str | None = None
    unit: str | None = None
    least: Whole | None = None
    language: str | None = None
    limit: Limit = PAGE
    before: Whole | None = None


class GivenProfile(Given):
    """PUT /identity."""

    name: str
    about: str = ""
    roles: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class GivenPart(Given):
    """A milestone of a proposal; `days` of work from the second signature."""

    title: str
    amount: Whole
    unit: str
    days: Annotated[int, Meta(ge=1, le=365)]


class GivenClause(Given):
    """A clause of a proposal's terms."""

    id: str
    text: str


class NewProposal(Given):
    """POST /proposals. It stands for `days`."""

    offer: str
    cover: str
    parts: tuple[GivenPart, ...]
    clauses: tuple[GivenClause, ...] = ()
    answers: tuple[str, ...] = ()
    days: Annotated[int, Meta(ge=1, le=90)] = 7


class Reason(Given):
    """POST /proposals/{ref}/decline."""

    reason: str = ""


class GivenFile(Given):
    """A file of a delivery."""

    name: str
    sha256: Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}$")]
    where: str = ""


class GivenDelivery(Given):
    """POST /contracts/{ref}/deliver."""

    part: PartNumber = 1
    note: str = ""
    files: tuple[GivenFile, ...] = ()


class GivenAcceptance(Given):
    """POST /contracts/{ref}/accept."""

    part: PartNumber = 1
    note: str = ""


class GivenPayment(Given):
    """POST /contracts/{ref}/pay. Without an amount, the price agreed."""

    rail: str
    part: PartNumber = 1
    reference: str = ""
    amount: Whole | None = None
    unit: str | None = None


class GivenConfirmation(Given):
    """POST /contracts/{ref}/confirm. Without an amount, the price agreed."""

    part: PartNumber = 1
    amount: Whole | None = None
    unit: str | None = None


class NewReview(Given):
    """POST /reviews."""

    contract: str
    scope: Level
    communication: Level
    quality: Level
    time: Level
    again: Level
    text: str = ""


class ReviewList(Given):
    """GET /reviews: one of the two."""

    of: str | None = None
    by: str | None = None


class Address(Given):
    """POST /node/connect."""

    address: Annotated[str, Meta(max_length=_ADDRESS_CHARACTERS)]


class NewBan(Given):
    """POST /node/ban."""

    peer: Annotated[str, Meta(max_length=_ADDRESS_CHARACTERS)]
    hours: Annotated[int, Meta(ge=1, le=24 * 3650)] = 24


class LiftedBan(Given):
    """POST /node/unban."""

    peer: Annotated[str, Meta(max_length=_ADDRESS_CHARACTERS)]


class NewContact(Given):
    """POST /contacts."""

    identity: str
    label: Annotated[str, Meta(max_length=_LABEL_CHARACTERS)] = ""


class Batches(Given):
    """POST /dev/ingest: frames (protocol.frame) in base64."""

    batches: Annotated[tuple[str, ...], Meta(max_length=64)]
