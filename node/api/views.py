"""What the API shows of people and offers. Names are in text form, money in minor units, times in ms."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeVar

from freehold.protocol import keylog, text
from freehold.protocol.envelope import place_of
from freehold.protocol.kinds.offer import OFFER

from ..core import identities, reputation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from freehold.protocol.envelope import Record
    from freehold.protocol.kinds.values import Money

    from ..core.desk import Desk
    from ..core.ports import Score, Viewpoint
    from .port import Json

T = TypeVar("T")


class Views:
    """Views for one answer: names and reputations of people who stand in it often are looked up once. The owner's own
    word for somebody stands beside the name that they chose, but in what is made to be given away (not `labelled`)."""

    def __init__(self, desk: Desk, now: int, *, labelled: bool = True) -> None:
        self.desk, self.now = desk, now
        self._labels = desk.stores.contacts.labels() if labelled else dict[bytes, str]()
        self._names: dict[bytes, str | None] = {}
        self._viewpoint: Viewpoint | None = None
        self._scores: Callable[[bytes], Score] | None = None
        self._standings: dict[bytes, Score] = {}

    def name(self, identity: bytes) -> str | None:
        """The name in somebody's profile."""
        if identity not in self._names:
            self._names[identity] = identities.name_of(self.desk, identity)
        return self._names[identity]

    def label(self, identity: bytes) -> str | None:
        """What the owner calls somebody."""
        return self._labels.get(identity)

    def person(self, identity: bytes) -> Json:
        """Somebody in short."""
        return {
            "identity": text.show(identity, text.IDENTITY),
            "name": self.name(identity),
            "label": self.label(identity),
        }

    def people(self, role: str, identity: bytes) -> Json:
        """Somebody in a role."""
        return {f"{role}_{key}" if key != "identity" else role: value for key, value in self.person(identity).items()}

    @property
    def viewpoint(self) -> Viewpoint:
        """The market from the owner's place."""
        if self._viewpoint is None:
            self._viewpoint = reputation.seen(self.desk, self.now)
        return self._viewpoint

    def standing(self, identity: bytes) -> Score:
        """A score from the owner's place, quickly: without its reasons."""
        if identity not in self._standings:
            if self._scores is None:
                self._scores = reputation.scores(self.desk, self.now, self.viewpoint)
            self._standings[identity] = self._scores(identity)
        return self._standings[identity]

    def score(self, identity: bytes) -> Json:
        """A reputation in short, from the owner's place."""
        return score_of(self.standing(identity))

    def ordered(self, things: Iterable[T], order: str, author: Callable[[T], bytes]) -> list[T]:
        """Things by the reputation of their authors, best first, else as they come; equals stay as they come."""
        if order == "time":
            return list(things)
        return sorted(things, key=lambda thing: -self.standing(author(thing)).order)

    def order(self, order: str) -> Json:
        """How something is ordered, in words."""
        if order == "time":
            return {"order": order, "ordered": "as they come, newest first"}
        seen = f"{self.desk.ranking.name}, seen {self.viewpoint.label}"
        how = f"by what to expect of their authors, the little known behind those known to be as good ({seen})"
        return {"order": order, "ordered": how}

    def identity(self, identity: bytes) -> Json:
        """Somebody. Raises Denied `not-found`."""
        person = identities.show(self.desk, identity)
        profile, contacts = person.profile, self.desk.stores.contacts
        return {
            "identity": text.show(identity, text.IDENTITY),
            "name": profile.name if profile else None,
            "label": self.label(identity),
            "trusted": contacts.trusted(identity),
            "blocked": identity in contacts.blocked(),
            "about": profile.about if profile else "",
            "roles": profile.roles if profile else (),
            "skills": profile.skills if profile else (),
            "languages": profile.languages if profile else (),
            "key": keylog.state(person.inception).key.hex(),
            "inception": text.show(person.inception.id, text.RECORD),
            "created": person.inception.header.at,
        }

    def offer(self, record: Record) -> Json:
        """One version of an offer."""
        body = OFFER.open(record)
        return {
            "offer": text.show(place_of(record.header) or b"", text.OFFER),
            "record": text.show(record.id, text.RECORD),
            **self.people("author", record.author),
            "author_blocked": record.author in self.desk.stores.contacts.blocked(),
            "side": body.side,
            "title": body.title,
            "description": body.description,
            "skills": body.skills,
            "budget": None if body.budget is None else dataclasses.asdict(body.budget),
            "languages": body.languages,
            "intake": dataclasses.asdict(body.intake),
            "closed": body.closed,
            "expires": record.header.till,
            "published": record.header.at,
            "reputation": self.score(record.author),
        }

    def offer_title(self, place: bytes) -> str | None:
        """The title of the offer at a place, if it is still here."""
        record = self.desk.stores.records.fills(place)
        return None if record is None or record.header.kind != OFFER.name else OFFER.open(record).title


def score_of(score: Score) -> Json:
    """A score in short."""
    return {"mean": score.mean, "lower": score.lower, "upper": score.upper, "counted": score.counted}


def money(value: Money) -> Json:
    """An amount in minor units of its unit."""
    return {"amount": value.amount, "unit": value.unit}
