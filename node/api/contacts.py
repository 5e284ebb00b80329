"""Operations on what the owner alone thinks of people: trusted, called something, blocked. Nothing of it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core import acquaintances
from . import names
from .bodies.given import Nothing
from .bodies.people import NewContact, NewLabel
from .callers import Scope
from .operations import AnyOperation, Call, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from .port import Json


async def _note(call: Call[Any], what: Callable[[int], object]) -> None:
    await call.office.do(lambda now: (what(now), []))


async def trust(call: Call[NewContact]) -> Json:
    """Put somebody on the owner's list."""
    desk, label = call.office.desk, call.given.label
    identity = names.identity(desk, call.given.identity)
    await _note(call, lambda now: acquaintances.trust(desk, identity, label, now))
    return call.views().person(identity)


async def distrust(call: Call[Nothing]) -> Json:
    """Take somebody off the owner's list."""
    desk, identity = call.office.desk, names.identity(call.office.desk, call.ref)
    await _note(call, lambda _: acquaintances.distrust(desk, identity))
    return call.views().person(identity)


async def label(call: Call[NewLabel]) -> Json:
    """What the owner calls somebody, beside the name that they chose."""
    desk, identity = call.office.desk, names.identity(call.office.desk, call.ref)
    await _note(call, lambda now: acquaintances.call(desk, identity, call.given.label, now))
    return call.views().person(identity)


async def block(call: Call[Nothing]) -> Json:
    """See and hear nothing more of somebody, but what a contract needs."""
    desk, identity = call.office.desk, names.identity(call.office.desk, call.ref)
    await _note(call, lambda now: acquaintances.block(desk, identity, now))
    return call.views().person(identity)


async def unblock(call: Call[Nothing]) -> Json:
    """As before."""
    desk, identity = call.office.desk, names.identity(call.office.desk, call.ref)
    await _note(call, lambda _: acquaintances.unblock(desk, identity))
    return call.views().person(identity)


async def contacts(call: Call[Nothing]) -> Json:
    """Whom the owner trusts (where trust begins when reputation is computed), whom they blocked, and who else has a
    label of theirs."""
    views = call.views()
    known = views.desk.stores.contacts
    trusted, blocked = [identity for identity, _ in known.listed()], known.blocked()
    others = known.labels().keys() - {*trusted, *blocked}
    return {
        "contacts": [views.person(identity) for identity in trusted],
        "blocked": [views.person(identity) | {"since": since} for identity, since in blocked.items()],
        "labelled": [views.person(identity) for identity in sorted(others)],
    }


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("POST", "/contacts", NewContact, trust, "Trust somebody", Scope.WRITE),
    Operation("GET", "/contacts", Nothing, contacts, "Whom the owner trusts, blocked, has a word for", Scope.READ),
    Operation("POST", "/contacts/{ref}/remove", Nothing, distrust, "Trust somebody no longer", Scope.WRITE),
    Operation("POST", "/contacts/{ref}/label", NewLabel, label, "The owner's own word for somebody", Scope.WRITE),
    Operation("POST", "/contacts/{ref}/block", Nothing, block, "See and hear nothing of somebody", Scope.WRITE),
    Operation("POST", "/contacts/{ref}/unblock", Nothing, unblock, "Lift a block", Scope.WRITE),
)
