"""Putting records in and taking them out, in a transaction that writes alone: see `Server.begin`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.envelope import place_of
from freehold.protocol.keylog import INCEPTION
from freehold.protocol.kinds.offer import OFFER

from ..expiring import LOOKED_AT, Round
from ..placing import Kept, Placing, usually_needless
from ..rules import GIVEN_UP_MS, REPLACED_ROWS, counted
from .foresight import Foresight
from .meanings import erase_meaning, write_meaning
from .ranges import FOR_EVER
from .rows import RECORDS, kept_of

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

    from .ranges import PostgresRanges
    from .server import Row, Server

_HERE = """SELECT 1 FROM record WHERE id = %(id)s UNION ALL SELECT 1 FROM replaced WHERE id = %(id)s
  UNION ALL SELECT 1 FROM erased WHERE id = %(id)s LIMIT 1"""
_PROBE = """SELECT (SELECT number FROM record WHERE id = %(id)s),
  EXISTS (SELECT 1 FROM replaced WHERE id = %(id)s) OR EXISTS (SELECT 1 FROM erased WHERE id = %(id)s)"""
_INSERT = (
    "INSERT INTO record (number, id, author, kind, at, arrived, place, context, needless, shared, counted, signature,"
    " header, body) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_REPLACED = "INSERT INTO replaced (id, author, arrived, counted) VALUES (%s, %s, %s, %s)"
_EXPIRED = """SELECT needless, number,
  shared AND NOT (kind = %s AND EXISTS (SELECT 1 FROM agreement WHERE agreement.offer = place))
  FROM record WHERE (needless, number) > (%s, %s) AND needless < %s ORDER BY needless, number LIMIT %s"""
"""Records that were only ever for us (proposals hold the terms of contracts) and offers of contracts stay."""
_ERASED = "INSERT INTO erased (id, at, scrubbed, header, signature) VALUES (%s, %s, false, %s, %s)"


class Shelf(Placing):
    """The table of records and everything that follows from it."""

    def __init__(self, server: Server, ranges: PostgresRanges) -> None:
        self._server, self._ranges = server, ranges
        self.foresight = Foresight(server)
        self._expiring = Round()

    def has(self, record_id: bytes) -> bool:
        """See `ports.Records.has`."""
        return self._server.row(_HERE, {"id": record_id}) is not None

    def add(self, record: Record, now: int, *, shared: bool) -> bool:
        """See `ports.Records.add`."""
        self._server.begin()  # first: what is seen from here on stays so
        free = self.foresight.free(record)
        if free is not None and record.header.kind != INCEPTION.name:
            self._put(Kept(0, record, now, usually_needless(record), shared), free or None)
            return True
        row = self._server.row(_PROBE, {"id": record.id})
        known, gone = row if row is not None else (None, False)
        if known is not None:
            return self.improve(self.at(known), record, now, shared=shared)
        if gone:
            return False
        place = place_of(record.header)
        return self.place(record, now, self._standing(record, place), place, shared=shared)

    def find(self, record_id: bytes) -> Kept | None:
        """A kept record by its id."""
        return self._first("id = %s", record_id)

    def at_place(self, place: bytes) -> Kept | None:
        """The record that fills a place."""
        return self._first("place = %s", place)

    def at(self, number: int) -> Kept:
        """The record with a number, which is there."""
        return kept_of(self._server, self._server.rows(f"{RECORDS} WHERE number = %s", (number,))[0])

    def give_up(self, number: int) -> None:
        """Take out a record, and remember that it is not wanted again."""
        kept = self.at(number)
        self._take_out(kept)
        self._remember_replaced(kept.record, kept.arrived, shared=kept.shared)
        if kept.shared:
            self._ranges.put_aside(kept.record.id, kept.record.header, kept.arrived + GIVEN_UP_MS)

    def erase(self, record_id: bytes, now: int, *, header_stays: bool) -> bool:
        """See `ports.Records.erase`."""
        self._server.begin()
        kept = self.find(record_id)
        if kept is None:
            return False
        record = kept.record
        if header_stays:
            self._amended(record)
            erase_meaning(self._server, kept.number, record.header.kind)
            self._server.write("UPDATE record SET body = NULL WHERE number = %s", (kept.number,))
            self._server.write(_ERASED, (record_id, now, None, None))
            return True
        self._take_out(kept)
        if kept.shared:
            self._ranges.put_aside(record.id, record.header, FOR_EVER)
        self._server.write(_ERASED, (record_id, now, record.header_bytes, record.signature))
        return True

    def expire(self, now: int, limit: int) -> int:
        """See `ports.Records.expire`."""
        self._server.begin()
        rows = self._server.rows(_EXPIRED, (OFFER.name, *self._expiring.at, now, LOOKED_AT))
        chosen = self._expiring.choose([(int(at), int(number), bool(goes)) for at, number, goes in rows], limit)
        for number in chosen:
            self._take_out(self.at(number))
        self._server.write(
            "DELETE FROM replaced WHERE number <= (SELECT max(number) FROM replaced) - %s", (REPLACED_ROWS,)
        )
        return len(chosen)

    def _erased(self, kept: Kept) -> bool:
        return self._server.row("SELECT 1 FROM erased WHERE id = %s", (kept.record.id,)) is not None

    def _standing(self, record: Record, place: bytes | None) -> Kept | None:
        """What the record would replace, or be refused for: a place's version, or an identity's one inception."""
        if record.header.kind == INCEPTION.name:
            return self._first("author = %s AND kind = 'inception/1'", record.author)
        return None if place is None else self.at_place(place)

    def _keep_until(self, kept: Kept, needless: int | None) -> None:
        self._server.write("UPDATE record SET needless = %s WHERE number = %s", (needless, kept.number))

    def _remember_replaced(self, record: Record, arrived: int, *, shared: bool) -> None:
        self.foresight.taken(record.id, None)
        self._server.write_later(_REPLACED, (record.id, record.author, arrived, counted(record, shared)))

    def _put(self, kept: Kept, place: bytes | None) -> None:
        record, header, counts = kept.record, kept.record.header, self._server.begin()
        number = kept.number
        if not number:
            counts.arrived = number = counts.arrived + 1
        self.foresight.taken(record.id, place)
        values = (number, record.id, header.by, header.kind, header.at, kept.arrived, place, header.context)
        standing = (kept.needless, kept.shared, counted(record, kept.shared))
        self._server.write_later(_INSERT, (*values, *standing, record.signature, record.header_bytes, record.body))
        if kept.shared:
            self._ranges.shared(record.id, header)
        write_meaning(self._server, number, record)

    def _take_out(self, kept: Kept) -> None:
        if kept.shared:
            self._ranges.withdrawn(kept.record.id, kept.record.header)
        self._server.write("DELETE FROM record WHERE number = %s", (kept.number,))
        self._amended(kept.record)

    def _amended(self, record: Record) -> None:
        """A contract is not what it was."""
        if record.header.context is not None:
            self._server.write_later("INSERT INTO amended (contract) VALUES (%s)", (record.header.context,))

    def _first(self, condition: str, value: bytes) -> Kept | None:
        row: Row | None = self._server.row(f"{RECORDS} WHERE {condition}", (value,))
        return None if row is None else kept_of(self._server, row)
