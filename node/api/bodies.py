"""What the API takes: a struct for each request's JSON, or for its query. Unknown fields are refused, so that a typing
mistake is noticed; what the fields may say is decided where the record is made."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from freehold.protocol.kinds.agreement import NOBODY, REVISIONS, WITNESSES
from freehold.protocol.kinds.worth import TOP
from freehold.protocol.limits import MAX_INTEGER, MILESTONES

PAGE = 20
MOST_ON_A_PAGE = 100
_LABEL_CHARACTERS = 60
_ADDRESS_CHARACTERS = 512

Whole = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Level = Annotated[int, Meta(ge=0, le=4)]
PartNumber = Annotated[int, Meta(ge=1, le=MILESTONES)]
Span = Annotated[int, Meta(ge=1, le=365 * 24 * 60 * 60 * 1000)]
"""Milliseconds, up to a year."""
Hours = Annotated[int, Meta(ge=1, le=168)]
Few = Annotated[tuple[str, ...], Meta(max_length=3)]
WindowName = Literal[
    "review", "payment", "confirm", "funding", "unblock", "revision", "change", "case", "answer", "ruling"
]
Limit = Annotated[int, Meta(ge=1, le=MOST_ON_A_PAGE)]


class Given(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of all."""


class Signing(Given):
    """Base of what signs. `draft`: answer the exact text and its hash, and sign nothing. `expect`: sign only what has
    this hash."""

    draft: bool = False
    expect: Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}$")] | None = None


class ExportForm(Given):
    """GET /export/{ref}."""

    format: Literal["json", "csv", "html"] = "json"


class Plain(Signing, kw_only=True):
    """A signature that says all by its path."""


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


class NewOffer(Signing, kw_only=True):
    """POST /offers, PUT /offers/{ref}."""

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


Order = Literal["reputation", "time"]
"""By the least that is likely of the authors, or not at all: as the matches come, newest first."""


Fault = Literal["silent", "unpaid", "undelivered", "late", "fault"]


class Wish(Given):
    """What to look for. `least` and `most` count minor units of `unit`; a star after a word of `q` stands for its
    endings; `without` and `reviews` are about the authors: what contracts must not show, reviews that count."""

    q: str = ""
    skill: tuple[str, ...] = ()
    any_skill: tuple[str, ...] = ()
    side: str | None = None
    basis: str | None = None
    unit: str | None = None
    least: Whole | None = None
    most: Whole | None = None
    language: str | None = None
    without: tuple[Fault, ...] = ()
    reviews: Annotated[int, Meta(ge=0, le=1_000)] = 0


class OfferSearch(Wish, kw_only=True):
    """GET /offers/search. `since`: dated then (ms) or later; `order` is that of each page; `market`: each offer beside
    the others of its market."""

    order: Order = "reputation"

    since: Whole | None = None
    market: bool = False
    limit: Limit = PAGE
    before: Whole | None = None


class NewSearch(Wish, kw_only=True):
    """POST /searches: tell the owner of new offers that fit. An earlier search of that name is replaced."""

    name: str


class DroppedSearch(Given):
    """POST /searches/drop."""

    name: str


class MarketOf(Given):
    """GET /market: what is paid for a skill, in one market or in all."""

    skill: Annotated[str, Meta(max_length=60)]
    side: str | None = None
    basis: str | None = None
    unit: str | None = None


class GivenProfile(Signing, kw_only=True):
    """PUT /identity."""

    name: str
    about: str = ""
    roles: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


Passphrase = Annotated[str, Meta(max_length=1024)]


class Unlocking(Given):
    """POST /identity/unlock. `minutes`: how long, up to a week."""

    passphrase: Passphrase
    minutes: Annotated[int, Meta(ge=1, le=7 * 24 * 60)] = 8 * 60


class NewIdentity(Given):
    """POST /identity/new."""

    name: str
    passphrase: Passphrase
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    about: str = ""


class KeptWords(Given):
    """POST /identity/keep: some of the words, by their places from 1."""

    check: Annotated[dict[int, Annotated[str, Meta(max_length=20)]], Meta(max_length=24)]


class Recovery(Given):
    """POST /identity/recover."""

    words: Annotated[str, Meta(max_length=500)]
    passphrase: Passphrase


Setting = str | bool | int | tuple[str, ...]


class Changes(Given):
    """PATCH /config: values by the names of config.toml."""

    set: Annotated[dict[str, Setting], Meta(min_length=1, max_length=32)]


class Fixing(Given):
    """POST /doctor/fix."""

    check: Annotated[str, Meta(max_length=40)]


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
    windows: dict[WindowName, Span] = {}
    band: Annotated[int, Meta(ge=0, le=TOP)] | Literal["none"] | None = None


class Reason(Signing, kw_only=True):
    """POST /proposals/{ref}/decline."""

    reason: str = ""


class NewReview(Signing, kw_only=True):
    """POST /reviews."""

    contract: str
    scope: Level
    communication: Level
    quality: Level
    time: Level
    again: Level
    text: str = ""


class NewReply(Signing, kw_only=True):
    """POST /reviews/{ref}/reply."""

    text: str


class ReviewList(Given):
    """GET /reviews: one of the two."""

    of: str | None = None
    by: str | None = None


class Standpoint(Given):
    """GET /reputation/{ref} and below it: seen `as` an identity (else by the owner), in one role or in both."""

    seen_as: str | None = msgspec.field(default=None, name="as")
    role: Literal["client", "freelancer"] | None = None


class Comparison(Standpoint, kw_only=True):
    """GET /reputation/{ref}/compare."""

    other: str


class NewExport(Given):
    """POST /reputation/{ref}/export. A bundle is signed as a whole if asked for (`sign`); credentials always are."""

    form: Literal["bundle", "credentials"] = msgspec.field(default="bundle", name="format")
    sign: bool = False


class NewVouch(Signing, kw_only=True):
    """POST /vouches."""

    identity: str
    skills: tuple[str, ...] = ()
    text: str = ""
    days: Annotated[int, Meta(ge=1, le=730)] = 365


class VouchList(Given):
    """GET /vouches: by somebody, else by the owner."""

    by: str | None = None


class ProposalList(Given):
    """GET /proposals: in which order those are that were received."""

    order: Order = "reputation"


class Address(Given):
    """POST /node/connect."""

    address: Annotated[str, Meta(max_length=_ADDRESS_CHARACTERS)]


class NewBackup(Given):
    """POST /backups: an absolute path on the machine of the node, where nothing is yet."""

    file: Annotated[str, Meta(pattern="^/[^\\x00]{1,4000}$")]


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


class NewListing(Signing, kw_only=True):
    """POST /services: the owner offers to serve, or (closed) no longer does."""

    service: str
    about: str = ""
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    closed: bool = False


class ServiceList(Given):
    """GET /services."""

    service: str | None = None


class NoticeList(Given):
    """GET /notices: those after a number, or else the last ones."""

    after: Whole | None = None
    limit: Limit = MOST_ON_A_PAGE


class Batches(Given):
    """POST /dev/ingest: frames (protocol.frame) in base64."""

    batches: Annotated[tuple[str, ...], Meta(max_length=64)]
