"""Whether a database is whole: the file by SQLite's own check, every record by its signature, and what follows from
records by writing it again elsewhere. Works beside a running node, from one moment of the database."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from freehold.protocol.envelope import pack, place_of, reassemble, unpack
from freehold.protocol.errors import ProtocolError

from ..core.ports import StorageBroken
from . import deriving
from .database import Damaged, Database
from .names import key_of
from .position import Mark
from .shelf import RECORDS
from .swapping import clear
from .upgrade import migrations, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from freehold.protocol.envelope import Record

    from .database import Row

WORKED_OUT = ("bucket", "sketch", "judged", "unjudged", "verdict")
"""Tables that a node that finds them empty fills again by itself."""
_AT_ONCE = 500
_NAMED = 20
"""Faults and damaged records that are named; all are counted."""
_WHOLE = RECORDS.removeprefix("SELECT ")
_ROWS = f"""SELECT record.*, author.id, kind.name FROM (
  SELECT id_key, at, place_key, context_key, author, kind, {_WHOLE}
  WHERE number > ? ORDER BY number LIMIT ?
) AS record LEFT JOIN author ON author.number = record.author LEFT JOIN kind ON kind.number = record.kind"""  # noqa: S608


@dataclass
class Findings:
    """What a check found. `faults`: of the file; `damaged`: records that are not what was signed; `columns`: records
    whose columns say something else than they do; `derived`: rows that do not follow from records, by table."""

    records: int = 0
    faults: list[str] = field(default_factory=list[str])
    damaged: int = 0
    named: list[str] = field(default_factory=list[str])
    columns: list[int] = field(default_factory=list[int])
    derived: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def broken(self) -> bool:
        """Whether the file or a record is damaged, so that writing derived tables again does not help."""
        return bool(self.faults or self.damaged)

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not (self.broken or self.columns or self.derived)

    def view(self) -> dict[str, Any]:
        """For people and programs."""
        return {**asdict(self), "columns": len(self.columns), "faults": self.faults[:_NAMED], "sound": self.sound}


def check(path: Path, scratch: Path) -> Findings:
    """Look through a database. `scratch` is a file that may be made and is taken away again. Raises StorageBroken when
    it belongs to another program or version, is gone, or cannot be opened for want of a right to."""
    findings = Findings()
    Mark(path).check_kept()
    try:
        clear(scratch)  # of a check that was killed
    except OSError as error:
        raise StorageBroken(f"{scratch} is in the way: {error.strerror}. Move it away.") from error
    try:
        with closing(Database(path)) as database:
            _refuse_other_forms(database)
            findings.faults = [str(row[0]) for row in database.rows("PRAGMA integrity_check") if row[0] != "ok"]
            for rows in _in_parts(database):
                for row in rows:
                    _look_at(row, findings)
            if not findings.broken:
                findings.derived = deriving.differences(database, scratch)
    except Damaged as error:
        findings.faults.append(str(error.__cause__ or error))
    return findings


def _refuse_other_forms(database: Database) -> None:
    if 0 < database.rows("PRAGMA user_version")[0][0] < len(migrations()):
        raise StorageBroken(f"{database.path} was written by an older Freehold: start the node once, then check again")
    upgrade(database)


def mend(path: Path, columns: list[int]) -> int:
    """Write again everything that follows from records that are whole; how many there are. Nobody else may use the
    database. Raises StorageBroken or StorageFull; then nothing is changed."""
    with closing(Database(path)) as database:
        upgrade(database)
        for number in columns:
            _put_right(database, number)
        count = deriving.rebuild(database)
        database.write("REINDEX")
        for table in WORKED_OUT:
            database.write(f"DELETE FROM {table}")  # noqa: S608
        database.commit()
    return count


def _in_parts(database: Database) -> Iterator[list[Row]]:
    last = 0
    while rows := database.rows(_ROWS, (last, _AT_ONCE)):
        yield rows
        last = int(rows[-1][6])


def _look_at(row: Row, findings: Findings) -> None:
    findings.records += 1
    record = verified(row[8], row[9], row[10], row[7])
    if record is None:
        findings.damaged += 1
        if len(findings.named) < _NAMED:
            findings.named.append(bytes(row[7]).hex())
        return
    said = (*row[:4], row[14], row[15])
    if said != (*_columns(record), record.author, record.header.kind):
        findings.columns.append(int(row[6]))


def verified(header: object, signature: object, body: object, name: object) -> Record | None:
    """The record of these parts, if its author signed it and it has this id."""
    if not isinstance(header, bytes) or not isinstance(signature, bytes) or not isinstance(body, bytes | None):
        return None
    try:
        record = unpack(pack(reassemble(header, signature, body)))
    except ProtocolError:
        return None
    return record if record.id == name else None


def _columns(record: Record) -> tuple[int, int, int | None, int | None]:
    place, context = place_of(record.header), record.header.context
    return (
        key_of(record.id),
        record.header.at,
        None if place is None else key_of(place),
        None if context is None else key_of(context),
    )


def _put_right(database: Database, number: int) -> None:
    row = database.rows(f"{RECORDS} WHERE number = ?", (number,))[0]
    record = verified(row[2], row[3], row[4], row[1])
    if record is None:
        raise StorageBroken(f"record {number} in {database.path} is damaged")
    values = (record.author, record.author, record.header.kind, record.header.kind)
    database.write("INSERT INTO author (id) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM author WHERE id = ?)", values[:2])
    database.write("INSERT INTO kind (name) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM kind WHERE name = ?)", values[2:])
    database.write(
        "UPDATE record SET id_key = ?, at = ?, place_key = ?, context_key = ?,"
        " author = (SELECT number FROM author WHERE id = ?), kind = (SELECT number FROM kind WHERE name = ?)"
        " WHERE number = ?",
        (*_columns(record), record.author, record.header.kind, number),
    )
