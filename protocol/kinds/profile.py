"""profile/1: who somebody is, in their own words. inbox/1: where they can be reached directly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from .. import topics
from ..errors import NotAllowed
from ..kind import Kind
from ..schema import Items, Raw, Text, Whole
from ..stamp import MOST_BITS
from .values import Language, Role, Skill, check_languages, check_skills

if TYPE_CHECKING:
    from ..header import Header

PROFILE_SLOT = b"profile"
INBOX_SLOT = b"inbox"
MAX_INBOX_MS = 14 * 24 * 60 * 60 * 1000
"""An inbox that is not renewed within two weeks is void, so an old prekey cannot be replayed for long."""


@dataclass(frozen=True)
class Profile:
    """The public face of an identity. One per identity (slot `profile`), the latest counts."""

    name: Annotated[str, Text(60)]
    about: Annotated[str, Text(4000, least=0, lines=True)] = ""
    roles: Annotated[tuple[Role, ...], Items(2)] = ()
    skills: Annotated[tuple[Skill, ...], Items(20)] = ()
    languages: Annotated[tuple[Language, ...], Items(10)] = ()


@dataclass(frozen=True)
class Inbox:
    """How to seal something to an identity and hand it over: an X25519 prekey and its nodes' multiaddrs; and how many
    bits of a stamp are wanted of strangers."""

    prekey: Annotated[bytes, Raw(32)]
    nodes: Annotated[tuple[Annotated[str, Text(256)], ...], Items(8)]
    stamp: Annotated[int, Whole(1, MOST_BITS)] | None = None


def _check_profile(body: Profile, header: Header) -> None:
    if header.slot != PROFILE_SLOT:
        raise NotAllowed("a profile fills the slot 'profile'")
    if len(set(body.roles)) != len(body.roles):
        raise NotAllowed("a role is named twice")
    check_skills(body.skills)
    check_languages(body.languages)


def _check_inbox(body: Inbox, header: Header) -> None:
    if header.slot != INBOX_SLOT:
        raise NotAllowed("an inbox fills the slot 'inbox'")
    if header.till is None or not header.at < header.till <= header.at + MAX_INBOX_MS:
        raise NotAllowed("an inbox expires (till) within 14 days of its date")
    if not all(node.startswith("/") and "/p2p/" in node for node in body.nodes):
        raise NotAllowed("an inbox names nodes by multiaddr, with /p2p/ and the peer id")


PROFILE = Kind("profile/1", Profile, _check_profile, topic=topics.IDENTITIES)
INBOX = Kind("inbox/1", Inbox, _check_inbox, topic=topics.IDENTITIES)
