"""Carrying a node's records from its own file over into PostgreSQL, whose tables may hold others' already.

The file stays as it is until everything is on the server; what was carried over before an end in the middle is known
there when it begins again. Then a file takes its place that holds what is the owner's, and it is kept beside it.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..absent import aside_in, replaced_in
from ..database import Database
from ..placing import usually_needless
from ..salvage import Salvaged, carry_tables, opened
from ..shelf import RECORDS, record_of
from ..swapping import put_in_place, room_for
from ..upgrade import upgrade
from .store import PostgresStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..database import Row

_AT_ONCE = 500
"""Records in a transaction: about half a second in which other nodes on the database wait."""
_REPLACED = """INSERT INTO replaced (id, author, arrived, counted) SELECT %(id)s, %(author)s, %(arrived)s, %(counted)s
  WHERE NOT EXISTS (SELECT 1 FROM replaced WHERE id = %(id)s) AND NOT EXISTS (SELECT 1 FROM record WHERE id = %(id)s)"""
_ERASED = """INSERT INTO erased (id, at, scrubbed, header, signature) VALUES (%s, %s, %s, %s, %s)
  ON CONFLICT (id) DO NOTHING"""


@dataclass
class Moved:
    """`records` are new on the server, `known` ones were there; `file` is where the old database is kept."""

    records: int = 0
    known: int = 0
    replaced: int = 0
    put_aside: int = 0
    file: str = ""


def move(path: Path, url: str, now: int, progress: Callable[[int], None]) -> Moved:
    """Move the records of a database that nobody else uses. Raises StorageFull (also: Away) or StorageBroken; then the
    file is as it was. `progress` is told how many records have been looked at."""
    moved, aside = Moved(), path.with_name(f"{path.name}.moved-{now}")
    with room_for(path) as new:
        with closing(Database(path)) as old:
            upgrade(old)
            with closing(PostgresStore.open(url, new)) as store:
                _records(old, store, moved, progress)
                _absent(path, store, moved)
                _erased(old, store)
                carry_tables(path, store.own.database, Salvaged())
                store.commit()
                store.checkpoint()
        put_in_place(new, path, aside)
    moved.file = str(aside)
    return moved


def _records(old: Database, store: PostgresStore, moved: Moved, progress: Callable[[int], None]) -> None:
    last = 0
    while rows := old.rows(f"{RECORDS} WHERE number > ? ORDER BY number LIMIT ?", (last, _AT_ONCE)):
        for row in rows:
            is_new = _record(old, store, row)
            moved.records, moved.known = moved.records + is_new, moved.known + (not is_new)
        store.commit()
        last = int(rows[-1][0])
        progress(moved.records + moved.known)


def _record(old: Database, store: PostgresStore, row: Row) -> bool:
    record = record_of(old, row)
    arrived, needless, shared = row[5:8]
    is_new = store.records.add(record, arrived, shared=bool(shared))
    if is_new and needless != usually_needless(record):  # it replaced a version that expires later
        store.server.write("UPDATE record SET needless = %s WHERE id = %s", (needless, record.id))
    return is_new


def _absent(path: Path, store: PostgresStore, moved: Moved) -> None:
    server = store.server
    with closing(opened(path)) as file:
        for number, gone in enumerate(replaced_in(file), start=1):
            values = {"id": gone.id, "author": gone.author, "arrived": gone.arrived, "counted": gone.counted}
            moved.replaced += server.write(_REPLACED, values)
            if number % _AT_ONCE == 0:
                store.commit()
        store.commit()
        for number, gone in enumerate(aside_in(file), start=1):
            moved.put_aside += gone.remember(store.ranges)
            if number % _AT_ONCE == 0:
                store.commit()
    store.commit()


def _erased(old: Database, store: PostgresStore) -> None:
    for name, at, scrubbed, header, signature in old.rows("SELECT id, at, scrubbed, header, signature FROM erased"):
        store.server.write(_ERASED, (name, at, bool(scrubbed), header, signature))
    store.commit()
