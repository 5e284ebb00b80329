"""Operations on vouches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol import text
from freehold.protocol.kinds.vouch import VOUCH

from ..core import identities, vouching
from . import names
from .bodies.given import Plain
from .bodies.reviews import NewVouch, VouchList
from .callers import Scope
from .offers import DAY_MS
from .operations import CREATED, AnyOperation, Call, Operation

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

    from .port import Json
    from .views import Views


async def vouch(call: Call[NewVouch]) -> Json:
    """Trust somebody publicly, for a time."""
    given, desk = call.given, call.office.desk
    subject = names.identity(desk, given.identity)
    identities.show(desk, subject)
    life_ms = given.days * DAY_MS
    record = await call.do(lambda desk, now: vouching.vouch(desk, subject, given.skills, given.text, life_ms, now))
    return _vouch(call.views(), record)


async def withdraw(call: Call[Plain]) -> Json:
    """Take a vouch for an identity back."""
    subject = names.identity(call.office.desk, call.ref)
    record = await call.do(lambda desk, now: vouching.withdraw(desk, subject, now))
    return _vouch(call.views(), record)


async def vouches(call: Call[VouchList]) -> Json:
    """For whom somebody, or the owner, vouches."""
    views = call.views()
    author = views.desk.myself() if call.given.by is None else names.identity(views.desk, call.given.by)
    return {"vouches": [_vouch(views, record) for record, _ in vouching.by(views.desk, author, views.now)]}


def _vouch(views: Views, record: Record) -> Json:
    body = VOUCH.open(record)
    return {
        "vouch": text.show(record.id, text.RECORD),
        **views.people("author", record.author),
        **views.people("subject", body.subject),
        "skills": body.skills,
        "text": body.text,
        "withdrawn": body.withdrawn,
        "at": record.header.at,
        "expires": record.header.till,
    }


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("POST", "/vouches", NewVouch, vouch, "Trust somebody publicly, for a time", Scope.SIGN, CREATED),
    Operation("POST", "/vouches/{ref}/withdraw", Plain, withdraw, "Take a vouch for an identity back", Scope.SIGN),
    Operation("GET", "/vouches", VouchList, vouches, "For whom somebody vouches", Scope.READ),
)
