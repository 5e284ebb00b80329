"""offer/1: work that a client wants done, or a service that a freelancer offers.

An offer is a place (`slot`, 16 random bytes): its latest version counts, and closing it is a version.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from .. import limits, topics
from ..errors import NotAllowed
from ..kind import Kind
from ..schema import Choice, Items, Text, Whole
from .values import CLIENT, FREELANCER, Language, Skill, check_languages, check_skills, check_unit

if TYPE_CHECKING:
    from ..header import Header

WANTED, SERVICE = "wanted", "service"
FIXED, HOURLY = "fixed", "hourly"
SLOT_BYTES = 16
MAX_LIFE_MS = 180 * 24 * 60 * 60 * 1000
"""Half a year: boards full of dead offers waste everybody's time."""


@dataclass(frozen=True)
class Budget:
    """What is paid: for the whole (`fixed`) or an hour (`hourly`), from `low` to `high` minor units of `unit`."""

    basis: Annotated[str, Choice((FIXED, HOURLY))]
    unit: Annotated[str, Text(8, least=3)]
    low: Annotated[int, Whole()]
    high: Annotated[int, Whole()]


@dataclass(frozen=True)
class Intake:
    """What a proposal must bring to be read: the author's own rules, applied by the author's own node."""

    least_characters: Annotated[int, Whole(most=4000)] = 0
    questions: Annotated[tuple[Annotated[str, Text(200)], ...], Items(5)] = ()
    languages: Annotated[tuple[Language, ...], Items(5)] = ()


@dataclass(frozen=True)
class Offer:
    """One version of an offer. `side` says who wrote it: `wanted` a client, `service` a freelancer."""

    side: Annotated[str, Choice((WANTED, SERVICE))]
    title: Annotated[str, Text(200)]
    description: Annotated[str, Text(6000, least=0, lines=True)] = ""
    skills: Annotated[tuple[Skill, ...], Items(20)] = ()
    budget: Budget | None = None
    languages: Annotated[tuple[Language, ...], Items(10)] = ()
    intake: Intake = field(default_factory=Intake)
    closed: bool = False

    @property
    def author_role(self) -> str:
        """The role of the offer's author in a contract that comes of it."""
        return CLIENT if self.side == WANTED else FREELANCER


def _check(body: Offer, header: Header) -> None:
    if header.slot is None or len(header.slot) != SLOT_BYTES:
        raise NotAllowed(f"an offer fills a slot of {SLOT_BYTES} bytes")
    if header.till is None or not header.at < header.till <= header.at + MAX_LIFE_MS:
        raise NotAllowed("an offer expires (till) within 180 days of its date")
    if not body.title.strip():
        raise NotAllowed("the title is empty")
    if body.budget is not None:
        check_unit(body.budget.unit)
        if body.budget.low > body.budget.high:
            raise NotAllowed("the budget's lower end is above its upper end")
    check_skills(body.skills)
    check_languages(body.languages)
    check_languages(body.intake.languages)


OFFER = Kind("offer/1", Offer, _check, topic=topics.OFFERS, max_bytes=limits.OFFER_BODY_BYTES)
