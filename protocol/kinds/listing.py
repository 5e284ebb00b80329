"""listing/1: somebody offers to serve contracts of others, as an arbiter or as a witness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from .. import topics
from ..errors import NotAllowed
from ..kind import Kind
from ..schema import Choice, Items, Text
from .values import Language, Skill, check_languages, check_skills

if TYPE_CHECKING:
    from ..header import Header

ARBITER, WITNESS = "arbiter", "witness"


@dataclass(frozen=True)
class Listing:
    """One service of an identity (slot = its name): what it knows, its languages, its conditions; closed: no longer."""

    service: Annotated[str, Choice((ARBITER, WITNESS))]
    about: Annotated[str, Text(2000, least=0, lines=True)] = ""
    skills: Annotated[tuple[Skill, ...], Items(20)] = ()
    languages: Annotated[tuple[Language, ...], Items(10)] = ()
    closed: bool = False


def _check(body: Listing, header: Header) -> None:
    if header.slot != body.service.encode():
        raise NotAllowed("a listing fills the slot of its service")
    check_skills(body.skills)
    check_languages(body.languages)


LISTING = Kind("listing/1", Listing, _check, topic=topics.IDENTITIES)
