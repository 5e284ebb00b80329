"""Copies of a whole database while it is in use, and what is in one."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

from ..core.ports import StorageBroken, StorageFull
from .database import Database, SqliteTrouble
from .room import for_want_of_room
from .shelf import RECORDS, record_of
from .upgrade import APPLICATION_ID, migrations

if TYPE_CHECKING:
    from pathlib import Path

_BUSY_S = 5.0
_AT_ONCE = 1_000


def copy_to(database: Path, target: Path) -> None:
    """A copy as of the last commit, in a new file (0600); from any thread, over a connection of its own.

    In one go: SQLite's copying in steps begins again with every write, and never ends under load. Raises StorageFull or
    StorageBroken; then there is no new file.
    """
    try:
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(database, timeout=_BUSY_S, isolation_level=None)
        try:
            connection.execute("VACUUM INTO ?", (str(target),))
        finally:
            connection.close()
    except (*SqliteTrouble, OSError) as error:
        full = any(for_want_of_room(error, path.parent) for path in (target, database))
        for end in ("", "-journal"):
            target.with_name(target.name + end).unlink(missing_ok=True)
        if full:
            raise StorageFull(f"{database} cannot be copied to {target.parent}: a disk is full") from error
        raise StorageBroken(f"{database} cannot be copied to {target}: {error}") from error
    with target.open("rb") as file:
        os.fsync(file.fileno())


def counted(path: Path) -> dict[str, int]:
    """What is in a database file that nobody uses: read whole, every record against its id. Raises StorageBroken."""
    database = Database(path)
    try:
        if faults := [row[0] for row in database.rows("PRAGMA integrity_check") if row[0] != "ok"]:
            raise StorageBroken(f"{path} is damaged: {faults[0]}")
        ours = database.rows("PRAGMA application_id")[0][0] == APPLICATION_ID
        form = database.rows("PRAGMA user_version")[0][0]
        if not ours or not 0 < form <= len(migrations()):
            raise StorageBroken(f"{path} is no database of this or an older Freehold")
        records = last = 0
        while rows := database.rows(f"{RECORDS} WHERE number > ? ORDER BY number LIMIT ?", (last, _AT_ONCE)):
            for row in rows:
                record_of(database, row)
            records, last = records + len(rows), int(rows[-1][0])
        people = database.rows("SELECT count(*) FROM author")[0][0]
        return {"records": records, "people": int(people), "form": int(form)}
    finally:
        database.close()
