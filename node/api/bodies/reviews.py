"""Reviews, reputations seen from somewhere, and whom the owner vouches for."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from .given import Given, Signing

Level = Annotated[int, Meta(ge=0, le=4)]


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
