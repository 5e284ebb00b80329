"""vouch/1: somebody publicly trusts somebody else. It carries trust from place to place, and says nothing of work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from .. import topics
from ..errors import NotAllowed
from ..kind import Kind
from ..schema import Items, Raw, Text
from .values import Skill, check_skills

if TYPE_CHECKING:
    from ..header import Header

MAX_VOUCH_MS = 2 * 365 * 24 * 60 * 60 * 1000
"""Trust that nobody renews in two years is no trust."""


@dataclass(frozen=True)
class Vouch:
    """One vouch for each subject (slot = its id), the latest counts, until `till`; withdrawn: no longer."""

    subject: Annotated[bytes, Raw(32)]
    skills: Annotated[tuple[Skill, ...], Items(20)] = ()
    text: Annotated[str, Text(500, least=0, lines=True)] = ""
    withdrawn: bool = False


def _check(body: Vouch, header: Header) -> None:
    if header.slot != body.subject:
        raise NotAllowed("a vouch fills the slot of its subject")
    if body.subject == header.by:
        raise NotAllowed("nobody vouches for themselves")
    check_skills(body.skills)


def _expires(header: Header) -> None:
    if header.till is None or not header.at < header.till <= header.at + MAX_VOUCH_MS:
        raise NotAllowed("a vouch expires (till) within two years of its date")


VOUCH = Kind("vouch/1", Vouch, _check, _expires, topic=topics.IDENTITIES)
