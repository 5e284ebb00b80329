"""Who people are: the owner's own key log and profile, and what is known of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol.envelope import Record
from freehold.protocol.errors import ProtocolError
from freehold.protocol.keylog import INCEPTION
from freehold.protocol.kinds.profile import PROFILE, PROFILE_SLOT, Profile

from .desk import Denied, Desk
from .effects import Announce, Effect
from .versions import next_version

if TYPE_CHECKING:
    from freehold.protocol.identity import IdentityId


@dataclass(frozen=True, slots=True)
class Person:
    """An identity as this node knows it."""

    inception: Record
    profile: Profile | None

    @property
    def identity(self) -> IdentityId:
        """Its id."""
        return self.inception.author


def enrol(desk: Desk, inception: Record, now: int) -> tuple[Record, list[Effect]]:
    """Keep and announce the owner's own key log; at every start, so that nobody lacks it."""
    desk.stores.records.add(inception, now, shared=True)
    return inception, [Announce(desk.registry.topic(INCEPTION.name), inception)]


def set_profile(desk: Desk, profile: Profile, now: int) -> tuple[Record, list[Effect]]:
    """Publish the owner's profile in a new version. Raises Denied."""
    try:
        return next_version(desk, PROFILE, profile, PROFILE_SLOT, now)
    except ProtocolError as error:
        raise Denied("bad-profile", f"this profile cannot be published: {error}", "correct it and try again") from error


def show(desk: Desk, identity: bytes) -> Person:
    """What is known of an identity. Raises Denied `not-found`."""
    log = desk.stores.records.log(identity)
    if log is None:
        raise Denied("not-found", "nothing is known here of that identity", "check the name, or wait for its records")
    return Person(log, profile_of(desk, identity))


def profile_of(desk: Desk, identity: bytes) -> Profile | None:
    """The profile of an identity, if it has published one that can be read here."""
    record = desk.stores.records.latest(identity, PROFILE.name, PROFILE_SLOT)
    if record is None:
        return None
    try:
        return PROFILE.open(record)
    except ProtocolError:
        return None  # a later version of the program may have written it


def name_of(desk: Desk, identity: bytes) -> str | None:
    """The name in an identity's profile."""
    profile = profile_of(desk, identity)
    return profile.name if profile else None
