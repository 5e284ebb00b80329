"""Putting records in and taking them out: what replaces what, and what is no longer needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from freehold.protocol.envelope import Record, place_of, reassemble
from freehold.protocol.errors import ProtocolError
from freehold.protocol.keylog import INCEPTION
from freehold.protocol.kinds.offer import OFFER

from ..core.ports import StorageBroken
from .expiring import LOOKED_AT, Round
from .foresight import Foresight
from .meanings import erase_meaning, opened, write_meanings
from .names import Names, key_of
from .placing import Kept, Placing, usually_needless
from .ranges import FOR_EVER
from .rules import GIVEN_UP_MS, REPLACED_ROWS, counted as _counted
from .tallies import Tallies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from freehold.protocol.envelope import RecordId
    from freehold.protocol.identity import IdentityId

    from .database import Database, Row
    from .ranges import SqliteRanges

RECORDS = "SELECT number, id, header, signature, body, arrived, needless, shared FROM record"
"""For `record_of`; conditions follow."""


def record_of(database: Database, row: Row) -> Record:
    """The record in a row of `RECORDS`. Raises StorageBroken if the disk has changed it."""
    try:
        record = reassemble(row[2], row[3], row[4])
    except ProtocolError as error:
        raise _damaged(database, row) from error
    if record.id != row[1]:
        raise _damaged(database, row)
    return record


def _damaged(database: Database, row: Row) -> StorageBroken:
    return StorageBroken(
        f"record {bytes(row[1]).hex()} in {database.path} was changed on the disk: restore a backup, or move the file "
        "away and let the node fetch what is public from its peers"
    )


class Shelf(Placing):
    """The table of records and everything that follows from it."""

    def __init__(self, database: Database, names: Names, ranges: SqliteRanges) -> None:
        self._database = database
        self._names = names
        self._ranges = ranges
        self.tallies = Tallies(database)
        self._foresight = Foresight(database)
        self._expiring = Round()
        self._last: int | None = None
        self._rows: list[tuple[object, ...]] = []
        self._said: list[tuple[int, int, Record, Any]] = []
        """What was put in and is still to be written: rows, and bodies as `write_meanings` takes them."""
        database.on_rollback(self._forget)
        database.before_flush(self._write)

    def known(self, record_ids: Sequence[RecordId]) -> set[RecordId]:
        """See `ports.Records.known`."""
        return self._foresight.known(record_ids)

    def foresee(self, records: Sequence[Record]) -> None:
        """See `ports.Records.foresee`."""
        self._names.foresee([record.header.by for record in records])
        self._foresight.places(records)

    def has(self, record_id: bytes) -> bool:
        """See `ports.Records.has`."""
        if self._foresight.absent(record_id):
            return False
        query = (
            "SELECT 1 FROM record WHERE id_key = ?1 AND id = ?2"
            " UNION ALL SELECT 1 FROM replaced WHERE id_key = ?1 AND id = ?2"
            " UNION ALL SELECT 1 FROM erased WHERE id = ?2 LIMIT 1"
        )
        return self._database.row(query, (key_of(record_id), record_id)) is not None

    def add(self, record: Record, now: int, *, shared: bool) -> bool:
        """See `ports.Records.add`."""
        foreseen = self._foresight.free(record)
        if foreseen is not None and not self._may_have_inception(record):
            self._put(Kept(0, record, now, usually_needless(record), shared), foreseen or None)
            return True
        place = place_of(record.header)
        probe = (key_of(record.id), record.id, None if place is None else key_of(place))
        known, replaced, filled = self._database.rows(_PROBE, probe)[0]
        if known is not None:
            return self.improve(self._at(known), record, now, shared=shared)
        if replaced is not None:
            return False
        standing = self._standing(record, place if filled is not None else None)
        return self.place(record, now, standing, place, shared=shared)

    def find(self, record_id: bytes) -> Kept | None:
        """A kept record by its id."""
        return self._first("id_key = ? AND id = ?", key_of(record_id), record_id)

    def at_place(self, place: bytes) -> Kept | None:
        """The record that fills a place."""
        rows = self._database.rows(f"{RECORDS} WHERE place_key = ?", (key_of(place),))
        found = (self._from(row) for row in rows)
        return next((kept for kept in found if place_of(kept.record.header) == place), None)

    def turn_away(self, kept: Kept) -> None:
        """Take a record out whose meaning is erased already, and count it as if it were here: else it comes back."""
        record = kept.record
        if kept.shared:
            self._ranges.withdrawn(record.id, record.header)
        self._database.write("DELETE FROM record WHERE number = ?", (kept.number,))
        if kept.shared:
            self._ranges.put_aside(record.id, record.header, FOR_EVER)

    def give_up(self, row: Row) -> None:
        """Take out the record in a row of `RECORDS`, and remember that it is not wanted again."""
        kept = self._from(row)
        self._take_out(kept)
        self._remember_replaced(kept.record, kept.arrived, shared=kept.shared)
        if kept.shared:
            self._ranges.put_aside(kept.record.id, kept.record.header, kept.arrived + GIVEN_UP_MS)

    def expire(self, now: int, limit: int) -> int:
        """See `ports.Records.expire`."""
        values = (self._names.kind(OFFER.name) or 0, *self._expiring.at, now, LOOKED_AT)
        chosen = self._expiring.choose(self._database.rows(_EXPIRED, values), limit)
        for number in chosen:
            self._take_out(self._at(number))
        old = self._database.write(
            "DELETE FROM replaced WHERE number <= (SELECT max(number) FROM replaced) - ?", (REPLACED_ROWS,)
        )
        if old.rowcount:
            self.tallies.clear()
        return len(chosen)

    def uncount(self, record: Record) -> None:
        """A record is taken out, here or elsewhere: its author's numbers are counted anew."""
        self.tallies.forget(self._names.new_author(record.author))

    def _erased(self, kept: Kept) -> bool:
        return self._database.row("SELECT 1 FROM erased WHERE id = ?", (kept.record.id,)) is not None

    def _standing(self, record: Record, place: bytes | None) -> Kept | None:
        """What the record would replace, or be refused for: a place's version, or an identity's one inception."""
        if record.header.kind == INCEPTION.name:
            numbers = (self._names.author(record.author), self._names.kind(INCEPTION.name))
            return self._first("author = ? AND kind = ?", *numbers)
        return None if place is None else self.at_place(place)

    def _keep_until(self, kept: Kept, needless: int | None) -> None:
        self._database.write("UPDATE record SET needless = ? WHERE number = ?", (needless, kept.number))

    def _remember_replaced(self, record: Record, arrived: int, *, shared: bool) -> None:
        author = self._names.new_author(record.author)
        self._foresight.taken(record.id, None)
        self.tallies.forget(author)
        self._database.write_later(
            "INSERT INTO replaced (id_key, author, arrived, counted, id) VALUES (?, ?, ?, ?, ?)",
            (key_of(record.id), author, arrived, _counted(record, shared), record.id),
        )

    def _put(self, kept: Kept, place: bytes | None) -> None:
        """Put it in: from here on it counts, and its rows are written before anything is read."""
        record, header, arrived = kept.record, kept.record.header, kept.arrived
        author, kind = self._author(header.by), self._names.new_kind(header.kind)
        number = kept.number or self._next_number()
        counted = _counted(record, kept.shared)
        self._foresight.taken(record.id, place)
        if counted:
            self.tallies.put(author, arrived)
        if (body := opened(record)) is not None:
            self._said.append((number, author, record, body))
            if header.kind == OFFER.name and not body.closed:
                self.tallies.put_open(author, header.till or 0)
        row = (
            number,
            key_of(record.id),
            author,
            kind,
            header.at,
            arrived,
            None if place is None else key_of(place),
            None if header.context is None else key_of(header.context),
            kept.needless,
            kept.shared,
            counted,
            record.id,
            record.signature,
            record.header_bytes,
            record.body,
        )
        self._rows.append(row)
        if kept.shared:
            self._ranges.shared(record.id, header)
        self._database.defer()

    def _write(self) -> None:
        if not self._rows:
            return
        rows, said, self._rows, self._said = self._rows, self._said, [], []
        self._database.write_all_later(_INSERT, rows, together=True)
        write_meanings(self._database, said)

    def _author(self, identity: IdentityId) -> int:
        known = self._names.author(identity)
        if known is not None:
            return known
        number = self._names.new_author(identity)
        self.tallies.begin(number)
        return number

    def _next_number(self) -> int:
        """The next one in order of arrival; the table's own counter follows."""
        if self._last is None:
            row = self._database.row("SELECT seq FROM sqlite_sequence WHERE name = 'record'")
            self._last = 0 if row is None else int(row[0])
        self._last += 1
        return self._last

    def _forget(self) -> None:
        self._last = None
        self._rows, self._said = [], []

    def _may_have_inception(self, record: Record) -> bool:
        """Whether an inception may be here that keeps this one out: only of an author who is here."""
        return record.header.kind == INCEPTION.name and self._names.author(record.author) is not None

    def _take_out(self, kept: Kept) -> None:
        self.uncount(kept.record)
        if kept.shared:
            self._ranges.withdrawn(kept.record.id, kept.record.header)
        erase_meaning(self._database, kept.number, kept.record)
        self._database.write("DELETE FROM record WHERE number = ?", (kept.number,))

    def _first(self, condition: str, *values: object) -> Kept | None:
        row = self._database.row(f"{RECORDS} WHERE {condition} ORDER BY number LIMIT 1", values)
        return None if row is None else self._from(row)

    def _at(self, number: int) -> Kept:
        return self._from(self._database.rows(f"{RECORDS} WHERE number = ?", (number,))[0])

    def _from(self, row: Row) -> Kept:
        return Kept(row[0], record_of(self._database, row), row[5], row[6], bool(row[7]))


_PROBE = """SELECT (SELECT number FROM record WHERE id_key = ?1 AND id = ?2),
  coalesce((SELECT number FROM replaced WHERE id_key = ?1 AND id = ?2), (SELECT 0 FROM erased WHERE id = ?2)),
  (SELECT number FROM record WHERE place_key = ?3 LIMIT 1)"""
_INSERT = (
    "INSERT INTO record (number, id_key, author, kind, at, arrived, place_key, context_key, needless, shared, counted,"
    " id, signature, header, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_EXPIRED = """SELECT needless, number,
  shared = 1 AND NOT (kind = ? AND EXISTS (SELECT 1 FROM agreement WHERE offer_key = place_key))
  FROM record WHERE (needless, number) > (?, ?) AND needless < ? ORDER BY needless, number LIMIT ?"""
"""Records that were only ever for us (proposals hold the terms of contracts) and offers of contracts stay."""
