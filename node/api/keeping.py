"""Operations on what is kept: erasing, backups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol import text

from ..core import erasing
from ..core.desk import Denied
from . import names
from .bodies.given import Nothing
from .bodies.house import NewBackup
from .callers import Scope
from .operations import CREATED, AnyOperation, Call, Operation

if TYPE_CHECKING:
    from ..core.desk import Desk
    from .port import Json


async def erase(call: Call[Nothing]) -> Json:
    """Erase the body of a record, or of an offer's current version, for good."""
    name = _named(call.office.desk, call.ref)
    record = await call.office.do(lambda now: erasing.erase(call.office.desk, name, now))
    call.surface.repeats.forget()
    clean = await call.office.scrub()
    return {
        "record": text.show(record.id, text.RECORD),
        "kind": record.header.kind,
        "author": text.show(record.author, text.IDENTITY),
        "body_bytes": 0 if record.body is None else len(record.body),
        "scrubbed": clean,
    }


async def backup(call: Call[NewBackup]) -> Json:
    """Write a backup to a new file on this machine."""
    return await call.office.backup(call.given.file)


async def backup_now(call: Call[Nothing]) -> Json:
    """Write a backup into the node's own folder: who asks names no path, and is handed no file."""
    return await call.office.backup_here()


async def backups(call: Call[Nothing]) -> Json:
    """When and where the last backup was written."""
    return {"last": call.office.last_backup()}


def _named(desk: Desk, ref: str) -> bytes:
    if not ref.strip().lower().startswith(text.OFFER + "1"):
        return names.record(desk, ref)
    current = desk.stores.records.fills(names.offer(desk, ref))
    if current is None:
        raise Denied("not-found", "there is no such offer here", "see: freehold offer list")
    return current.id


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("POST", "/records/{ref}/erase", Nothing, erase, "Erase a record's body for good", Scope.WRITE),
    Operation("GET", "/backups", Nothing, backups, "When and where the last backup was written", Scope.READ),
    Operation(
        "POST", "/backups/now", Nothing, backup_now, "Write a backup into the node's own folder", Scope.ADMIN, CREATED
    ),
    Operation(
        "POST", "/backups", NewBackup, backup, "Write a backup to a new file", Scope.ADMIN, CREATED, only_socket=True
    ),
)
