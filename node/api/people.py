"""Operations on identities, and on who offers to serve. Contacts: `contacts`."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from freehold.protocol.kinds.listing import Listing
from freehold.protocol.kinds.profile import Profile

from ..core import identities, serving
from . import names
from .bodies.given import Nothing
from .bodies.people import GivenProfile, NewListing, ServiceList
from .callers import Scope
from .operations import AnyOperation, Call, Operation

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

    from .port import Json
    from .views import Views


async def me(call: Call[Nothing]) -> Json:
    """The owner."""
    return call.views().identity(call.office.desk.myself())


async def edit_me(call: Call[GivenProfile]) -> Json:
    """A new version of the owner's profile."""
    given = call.given
    profile = Profile(given.name, given.about, given.roles, given.skills, given.languages)
    await call.do(lambda desk, now: identities.set_profile(desk, profile, now))
    return call.views().identity(call.office.desk.myself())


async def somebody(call: Call[Nothing]) -> Json:
    """Anybody known here."""
    return call.views().identity(names.identity(call.office.desk, call.ref))


async def serve(call: Call[NewListing]) -> Json:
    """Offer to serve contracts of others, or no longer."""
    given = call.given
    listing = Listing(given.service, given.about, given.skills, given.languages, given.closed)
    record = await call.do(lambda desk, now: serving.serve(desk, listing, now))
    return _listing(call.views(), record, listing)


async def services(call: Call[ServiceList]) -> Json:
    """Who offers to serve, newest first, and how arbiters have served as far as is known here."""
    views = call.views()
    found = serving.listings(views.desk, call.given.service)
    unseen = frozenset[bytes]() if call.given.blocked else views.desk.stores.contacts.blocked().keys()
    shown = [_listing(views, record, listing) for record, listing in found if record.author not in unseen]
    return {"services": shown, "hidden": len(found) - len(shown)}


def _listing(views: Views, record: Record, listing: Listing) -> Json:
    return {
        **views.person(record.author),
        "service": listing.service,
        "about": listing.about,
        "skills": listing.skills,
        "languages": listing.languages,
        "closed": listing.closed,
        "served": dataclasses.asdict(serving.service_of(views.desk, record.author, views.now)),
        "reputation": views.score(record.author),
        "at": record.header.at,
    }


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("GET", "/identity", Nothing, me, "Who the owner is", Scope.READ),
    Operation("PUT", "/identity", GivenProfile, edit_me, "Publish the owner's profile", Scope.SIGN),
    Operation("GET", "/identities/{ref}", Nothing, somebody, "Who somebody is", Scope.READ),
    Operation("POST", "/services", NewListing, serve, "Offer to serve as an arbiter or witness", Scope.SIGN),
    Operation("GET", "/services", ServiceList, services, "Who offers to serve", Scope.READ),
)
