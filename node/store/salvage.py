"""Carrying over what is left of a damaged database: every record that can be read and verified, and what the node
remembers for its owner. What cannot be read is counted, and the damaged file is kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .absent import PutAside, aside_in, replaced_in
from .checking import WORKED_OUT, verified
from .database import SqliteTrouble
from .deriving import DERIVED, MET
from .names import Names, key_of
from .sqlite import SqliteStore
from .swapping import put_in_place, room_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .absent import Absent
    from .database import Database

CARRIED = {
    *("answer", "ban", "blocked", "contact", "cursor", "erased", "label", "notice", "parcel", "peer", "prekey"),
    *("saved_search", "stamp", "token", "told"),
}
"""Tables that follow from nothing else."""
ABSENT = {"replaced", "aside"}
"""Tables of records that are not here: carried over with the names of authors and kinds, which get new numbers."""
LEFT = {*DERIVED, *WORKED_OUT, MET, "meta", "author", "kind", "record"}
"""Tables that follow from records, or that the node fills again by itself. A test sees that no table is in none."""
_TYPES: dict[str, type] = {"INTEGER": int, "TEXT": str, "BLOB": bytes}
_AT_ONCE = 128
_NUMBERS_UNREAD = 20_000
"""So many numbers in a row that cannot be read, where nothing says how far numbers go, are taken for the end."""
_COLUMNS = "number, arrived, shared, needless, id, header, signature, body"


@dataclass
class Salvaged:
    """`kept` records are in the new file; `unread` places could not be read (a record each, or none), `forged` are not
    what anybody signed. `torn`: tables of which perhaps not all was read."""

    kept: int = 0
    unread: int = 0
    forged: int = 0
    carried: dict[str, int] = field(default_factory=dict[str, int])
    torn: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class _Column:
    """Of a table of ours, which holds one type of value."""

    name: str
    type: str
    full: int

    def holds(self, value: object) -> bool:
        """Whether a value can stand there: one that the disk has changed may be of another type."""
        return not self.full if value is None else type(value) is _TYPES[self.type]


def salvage(path: Path, now: int) -> tuple[Salvaged, Path]:
    """Put a sound database in the place of a damaged one; what came over, and where the damaged one is now (a name of
    its own: nothing is thrown away). Nobody else may use the database. Raises StorageBroken or StorageFull."""
    found, aside = Salvaged(), path.with_name(f"{path.name}.damaged-{now}")
    with room_for(path) as new:
        with closing(SqliteStore.open(new)) as store:
            _records(path, store, found)
            carry_tables(path, store.database, found)
            _absent(path, store, found)
            store.commit()
            store.checkpoint()
        put_in_place(new, path, aside)
    return found, aside


def _records(path: Path, store: SqliteStore, found: Salvaged) -> None:
    """In order of arrival, and then from the end, as far as that goes: where the way to a row is damaged from one side,
    nothing may tell so, and it may be found from the other."""
    for row in _numbered(path, found):
        if row is None:
            found.unread += 1
        elif not _keep(row, store, found):
            found.forged += 1
    for row in _backwards(path, found):
        if not store.records.has(row[4]):
            _keep(row, store, found)


def _keep(row: tuple[Any, ...], store: SqliteStore, found: Salvaged) -> bool:
    """Put a record in, if it is what somebody signed."""
    _, arrived, shared, needless, name, *parts = row
    record = verified(parts[0], parts[1], parts[2], name)
    if record is None or type(arrived) is not int:
        return False
    store.records.add(record, arrived, shared=bool(shared))
    if needless is None or type(needless) is int:
        store.database.write("UPDATE record SET needless = ? WHERE id = ?", (needless, record.id))
    found.kept += 1
    if found.kept % _AT_ONCE == 0:
        store.commit()
    return True


def _numbered(path: Path, found: Salvaged) -> Iterator[tuple[Any, ...] | None]:
    """Records in order of arrival; None for a number that cannot be read."""
    with closing(opened(path)) as old:
        high, last, dark = _highest(old), 0, 0
        while high is None or last < high:
            try:
                query = f"SELECT {_COLUMNS} FROM record WHERE number > ? ORDER BY number LIMIT ?"  # noqa: S608
                rows = old.execute(query, (last, _AT_ONCE)).fetchall()
                yield from rows
                if not rows:
                    return
                last, dark = max(last + 1, int(rows[-1][0])), 0  # a damaged number does not lead round in circles
            except SqliteTrouble:
                _tear("record", found)
                if dark > _NUMBERS_UNREAD:
                    return
                for number in range(last + 1, last + _AT_ONCE + 1):
                    try:
                        yield from old.execute(f"SELECT {_COLUMNS} FROM record WHERE number = ?", (number,))  # noqa: S608
                        dark = 0
                    except SqliteTrouble:
                        dark += 1
                        yield None
                last += _AT_ONCE


def _backwards(path: Path, found: Salvaged) -> Iterator[tuple[Any, ...]]:
    """From the newest on, until something cannot be read. Only rows with a name."""
    with closing(opened(path)) as old:
        try:
            for row in old.execute(f"SELECT {_COLUMNS} FROM record ORDER BY number DESC"):  # noqa: S608
                if isinstance(row[4], bytes):
                    yield row
        except SqliteTrouble:
            _tear("record", found)


def _highest(old: sqlite3.Connection) -> int | None:
    for query in ("SELECT seq FROM sqlite_sequence WHERE name = 'record'", "SELECT max(number) FROM record"):
        try:
            row = old.execute(query).fetchone()
        except SqliteTrouble:
            continue
        if row is not None and type(row[0]) is int:
            return row[0]
    return None


def carry_tables(path: Path, new: Database, found: Salvaged) -> None:
    """Carry over what follows from nothing else, as far as it can be read."""
    with closing(opened(path)) as old:
        for table in sorted(CARRIED):
            found.carried[table] = 0
            try:
                known = {row[1] for row in old.execute(f"PRAGMA table_info({table})")}
            except SqliteTrouble:
                found.torn.append(table)
                continue
            columns = [_Column(*row[1:4]) for row in new.rows(f"PRAGMA table_info({table})") if row[1] in known]
            if columns:
                _carry(old, new, table, columns, found)


def _carry(old: sqlite3.Connection, new: Database, table: str, columns: list[_Column], found: Salvaged) -> None:
    """From both ends, as far as each can be read. A row that no such table can hold was damaged: it is left."""
    names = ", ".join(column.name for column in columns)
    marks = ", ".join("?" * len(columns))
    for way in ("ASC", "DESC"):
        try:
            for row in old.execute(f"SELECT {names} FROM {table} ORDER BY {columns[0].name} {way}"):  # noqa: S608
                if not all(column.holds(value) for column, value in zip(columns, row, strict=True)):
                    _tear(table, found)
                    continue
                cursor = new.write(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", row)  # noqa: S608
                found.carried[table] += max(0, cursor.rowcount)
        except SqliteTrouble:
            _tear(table, found)
            continue
        return


def _tear(table: str, found: Salvaged) -> None:
    if table not in found.torn:
        found.torn.append(table)


def _absent(path: Path, store: SqliteStore, found: Salvaged) -> None:
    """From both ends, too. What is here all the same, or was met before, is left."""
    for table, absent_in in (("aside", aside_in), ("replaced", replaced_in)):
        found.carried[table] = 0
        names = Names(store.database)  # last of all, and alone: the store gives no number after it
        for backwards in (False, True):
            try:
                with closing(opened(path)) as old:
                    found.carried[table] += sum(
                        _remember(store, names, one) for one in absent_in(old, backwards=backwards)
                    )
            except SqliteTrouble:
                _tear(table, found)
                continue
            break


def _remember(store: SqliteStore, names: Names, one: Absent) -> bool:
    if isinstance(one, PutAside):
        return one.remember(store.ranges)
    if store.records.has(one.id):
        return False
    values = (key_of(one.id), names.new_author(one.author), one.arrived, one.counted, one.id)
    store.database.write("INSERT INTO replaced (id_key, author, arrived, counted, id) VALUES (?, ?, ?, ?, ?)", values)
    return True


def opened(path: Path) -> sqlite3.Connection:
    """For reading: not a byte of the damaged file is changed."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    connection.text_factory = _text
    connection.execute("PRAGMA writable_schema = ON")  # a table whose definition is damaged does not hide the others
    return connection


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
