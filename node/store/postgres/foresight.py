"""What a batch of records is going to ask for, looked up for all of them at once; looked up again if others wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.envelope import place_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from freehold.protocol.envelope import Record, RecordId

    from .server import Server

_KNOWN = """SELECT id FROM record WHERE id = ANY(%(ids)s) UNION ALL SELECT id FROM replaced WHERE id = ANY(%(ids)s)
  UNION ALL SELECT id FROM erased WHERE id = ANY(%(ids)s)"""
_FILLED = "SELECT place FROM record WHERE place = ANY(%s)"


class Foresight:
    """Ids and places that are known not to be there: only that is remembered, until it comes."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._absent: set[RecordId] = set()
        self._places: dict[RecordId, bytes] = {}
        """By id of a record of the batch; empty for one that is appended."""
        self._vacant: set[bytes] = set()
        server.on_overtaken(self._again)
        server.on_rollback(self._forget)

    def known(self, record_ids: Sequence[RecordId]) -> set[RecordId]:
        """Those that are here or were replaced; the others are remembered as absent."""
        self._forget()
        known = self._known(list(record_ids))
        self._absent = set(record_ids) - known
        return known

    def places(self, records: Sequence[Record]) -> None:
        """Look up the places of records that may be added next."""
        self._places = {record.id: place_of(record.header) or b"" for record in records}
        self._vacant = self._vacant_of({place for place in self._places.values() if place})

    def free(self, record: Record) -> bytes | None:
        """The place of a record that may be put in without another look (empty: it is appended), or None."""
        place = self._places.get(record.id)
        if place is None or record.id not in self._absent or (place and place not in self._vacant):
            return None
        return place

    def taken(self, record_id: RecordId, place: bytes | None) -> None:
        """A record was put in, or is remembered as replaced."""
        self._absent.discard(record_id)
        if place is not None:
            self._vacant.discard(place)

    def _again(self) -> None:
        """Others wrote since: from here on, in the open transaction, they cannot."""
        if self._absent:
            self._absent -= self._known(list(self._absent))
            self._vacant = self._vacant_of(self._vacant)

    def _known(self, record_ids: list[RecordId]) -> set[RecordId]:
        if not record_ids:
            return set()
        found = {bytes(row[0]) for row in self._server.rows(_KNOWN, {"ids": record_ids})}
        return {record_id for record_id in record_ids if record_id in found}

    def _vacant_of(self, places: set[bytes]) -> set[bytes]:
        return places - {bytes(row[0]) for row in self._server.rows(_FILLED, (list(places),))} if places else set()

    def _forget(self) -> None:
        self._absent, self._places, self._vacant = set(), {}, set()
