"""Operations on identities and contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.kinds.profile import Profile

from ..core import identities
from . import names
from .bodies import GivenProfile, NewContact, Nothing
from .operations import AnyOperation, Call, Operation

if TYPE_CHECKING:
    from ..core.effects import Effect
    from .port import Json


async def me(call: Call[Nothing]) -> Json:
    """The owner."""
    return call.views().identity(call.office.desk.signing().identity)


async def edit_me(call: Call[GivenProfile]) -> Json:
    """A new version of the owner's profile."""
    given, desk = call.given, call.office.desk
    profile = Profile(given.name, given.about, given.roles, given.skills, given.languages)
    await call.office.do(lambda now: identities.set_profile(desk, profile, now))
    return call.views().identity(desk.signing().identity)


async def somebody(call: Call[Nothing]) -> Json:
    """Anybody known here."""
    return call.views().identity(names.identity(call.office.desk, call.ref))


async def trust(call: Call[NewContact]) -> Json:
    """Put somebody on the owner's list."""
    desk = call.office.desk
    identity = names.identity(desk, call.given.identity)
    identities.show(desk, identity)

    def note(now: int) -> tuple[None, list[Effect]]:
        desk.stores.contacts.trust(identity, call.given.label, now)
        return None, []

    await call.office.do(note)
    return {}


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("GET", "/identity", Nothing, me, "Who the owner is"),
    Operation("PUT", "/identity", GivenProfile, edit_me, "Publish the owner's profile"),
    Operation("GET", "/identities/{ref}", Nothing, somebody, "Who somebody is"),
    Operation("POST", "/contacts", NewContact, trust, "Trust somebody"),
)
