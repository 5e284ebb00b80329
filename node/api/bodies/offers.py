"""Offers, looking for them, and what is paid in their market."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from .given import PAGE, Given, Limit, Signing, Whole


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
    """GET /offers. `blocked`: those of people whom the owner blocked, too."""

    mine: bool = False
    blocked: bool = False
    limit: Limit = PAGE
    before: Whole | None = None


Order = Literal["reputation", "time"]
"""By the least that is likely of the authors, or not at all: as the matches come, newest first."""


Fault = Literal["silent", "unpaid", "undelivered", "late", "fault"]


class Wish(Given):
    """What to look for. `least` and `most` count minor units of `unit`. Each word of `q` must be there: a star after it
    stands for its endings, words in quotation marks stand in a row, what has a minus before it must not be there.
    `without` and `reviews` are about the authors: what contracts must not show, reviews that count."""

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
    the others of its market; `record`: what contracts show of each author; `blocked`: offers of people whom the
    owner blocked, too."""

    order: Order = "reputation"

    since: Whole | None = None
    blocked: bool = False
    market: bool = False
    record: bool = False
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
