"""Putting records in and taking them out, in a transaction that writes alone: see `Server.begin`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.envelope import place_of
from freehold.protocol.keylog import INCEPTION
from freehold.protocol.kinds.offer import OFFER

from ..rules import GIVEN_UP_MS, LASTING, REPLACED_ROWS, counted, later, supersedes
from .foresight import Foresight
from .meanings import erase_meaning, write_meaning
from .ranges import FOR_EVER
from .rows import RECORDS, Kept, kept_of

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
_EXPIRED = """needless < %s AND shared
  AND NOT (kind = %s AND EXISTS (SELECT 1 FROM agreement WHERE agreement.offer = place)) LIMIT %s"""
"""Records that were only ever for us (proposals hold the terms of contracts) and offers of contracts stay."""
_ERASED = "INSERT INTO erased (id, at, scrubbed, header, signature) VALUES (%s, %s, false, %s, %s)"


class Shelf:
    """The table of records and everything that follows from it."""

    def __init__(self, server: Server, ranges: PostgresRanges) -> None:
        self._server, self._ranges = server, ranges
        self.foresight = Foresight(server)

    def has(self, record_id: bytes) -> bool:
        """See `ports.Records.has`."""
        return self._server.row(_HERE, {"id": record_id}) is not None

    def add(self, record: Record, now: int, *, shared: bool) -> bool:
        """See `ports.Records.add`."""
        self._server.begin()  # first: what is seen from here on stays so
        needless = None if record.header.kind in LASTING else record.header.till
        free = self.foresight.free(record)
        if free is not None and record.header.kind != INCEPTION.name:
            self._put(Kept(0, record, now, needless, shared), free or None)
            return True
        row = self._server.row(_PROBE, {"id": record.id})
        known, gone = row if row is not None else (None, False)
        if known is not None:
            return self._improve(self.at(known), record, now, shared=shared)
        if gone:
            return False
        place = place_of(record.header)
        standing = self._standing(record, place)
        if standing is not None:
            if not supersedes(record, standing.record):
                self._pass_over(standing, record, now, shared=shared)
                return False
            needless = later(needless, standing.needless)
            self._take_out(standing)
            self._remember_replaced(standing.record, standing.arrived, shared=standing.shared)
        self._put(Kept(0, record, now, needless, shared), place)
        return True

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
        rows = self._server.rows(f"{RECORDS} WHERE {_EXPIRED}", (now, OFFER.name, limit))
        for row in rows:
            self._take_out(kept_of(self._server, row))
        self._server.write(
            "DELETE FROM replaced WHERE number <= (SELECT max(number) FROM replaced) - %s", (REPLACED_ROWS,)
        )
        return len(rows)

    def _improve(self, kept: Kept, record: Record, now: int, *, shared: bool) -> bool:
        """Add what a known record lacked: its body, or that it is given to others (it then counts as arriving now)."""
        body = kept.record.body if kept.record.body is not None or self._erased(kept) else record.body
        newly_shared = shared and not kept.shared
        if not newly_shared and body is kept.record.body:
            return False
        self._take_out(kept)
        whole = kept.record if body is None else kept.record.with_body(body)
        number, arrived = (0, now) if newly_shared else (kept.number, kept.arrived)
        self._put(Kept(number, whole, arrived, kept.needless, shared or kept.shared), place_of(record.header))
        return True

    def _erased(self, kept: Kept) -> bool:
        return self._server.row("SELECT 1 FROM erased WHERE id = %s", (kept.record.id,)) is not None

    def _standing(self, record: Record, place: bytes | None) -> Kept | None:
        """What the record would replace, or be refused for: a place's version, or an identity's one inception."""
        if record.header.kind == INCEPTION.name:
            return self._first("author = %s AND kind = 'inception/1'", record.author)
        return None if place is None else self.at_place(place)

    def _pass_over(self, standing: Kept, record: Record, now: int, *, shared: bool) -> None:
        """Remember a version that came after its successor, which must then be kept as long as it could come back."""
        self._remember_replaced(record, now, shared=shared)
        if later(standing.needless, record.header.till) != standing.needless:
            values = (record.header.till, standing.number)
            self._server.write("UPDATE record SET needless = %s WHERE number = %s", values)

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
