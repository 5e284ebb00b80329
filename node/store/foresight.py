"""What a batch of records is going to ask the table for, looked up for all of them in one statement each.

Only what is *not* there is remembered, until it comes: so a record that is new, and whose place is empty, is put in
without another look. Everything else is looked up when its turn comes: what came before may have changed it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from freehold.protocol.envelope import place_of

from .names import key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from freehold.protocol.envelope import Record, RecordId

    from .database import Database


class Foresight:
    """Ids and places that are known not to be there. As many as one batch has."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._absent: set[bytes] = set()
        self._places: dict[bytes, bytes] = {}
        """By id of a record of the batch; empty for one that is appended."""
        self._vacant: set[bytes] = set()
        self._coming: set[bytes] = set()
        """Ids and places of rows that wait to be written: looking for others need not write them first."""
        database.before_flush(self._coming.clear)
        database.on_rollback(self._forget)
        database.on_rollback(self._coming.clear)

    def known(self, record_ids: Sequence[RecordId]) -> set[RecordId]:
        """Those that are here or were replaced; the others are remembered as absent."""
        self._forget()
        found = self._found(_KNOWN, [key_of(record_id) for record_id in record_ids]) | self._erased(record_ids)
        coming = self._coming
        known = {record_id for record_id in record_ids if record_id in found or record_id in coming}
        self._absent = {record_id for record_id in record_ids if record_id not in known}
        return known

    def places(self, records: Sequence[Record]) -> None:
        """Look up the places of records that may be added next."""
        self._places = {record.id: place_of(record.header) or b"" for record in records}
        places = {place: key_of(place) for place in self._places.values() if place}
        filled = self._found(_FILLED, list(places.values()))
        self._vacant = {place for place, key in places.items() if key not in filled and place not in self._coming}

    def absent(self, record_id: bytes) -> bool:
        """Whether a record is known not to be here."""
        return record_id in self._absent

    def free(self, record: Record) -> bytes | None:
        """The place of a record that may be put in without another look (empty: it is appended), or None."""
        place = self._places.get(record.id)
        if place is None or record.id not in self._absent or (place and place not in self._vacant):
            return None
        return place

    def taken(self, record_id: bytes, place: bytes | None) -> None:
        """A record was put in, or is remembered as replaced."""
        self._absent.discard(record_id)
        self._coming.add(record_id)
        if place is not None:
            self._vacant.discard(place)
            self._coming.add(place)

    def _found(self, query: str, keys: list[int]) -> set[Any]:
        """What a query finds for keys. The last one is asked for several times, so that there are few statements."""
        found: set[Any] = set()
        for start in range(0, len(keys), _ASKED_AT_ONCE):
            asked = keys[start : start + _ASKED_AT_ONCE]
            size = 1 << (len(asked) - 1).bit_length()
            asked += asked[-1:] * (size - len(asked))
            found.update([row[0] for row in self._database.rows_before(_for(size, query), asked)])
        return found

    def _erased(self, record_ids: Sequence[RecordId]) -> set[bytes]:
        rows = self._database.rows_before
        if not rows("SELECT 1 FROM erased LIMIT 1"):
            return set()
        return {record_id for record_id in record_ids if rows("SELECT 1 FROM erased WHERE id = ?", (record_id,))}

    def _forget(self) -> None:
        self._absent, self._places, self._vacant = set(), {}, set()


_ASKED_AT_ONCE = 64
_KNOWN = """WITH asked (key) AS (VALUES {}) SELECT id FROM asked CROSS JOIN record ON id_key = key
  UNION ALL SELECT id FROM asked CROSS JOIN replaced ON id_key = key"""
_FILLED = "WITH asked (key) AS (VALUES {}) SELECT place_key FROM asked CROSS JOIN record ON place_key = key"


@cache
def _for(size: int, query: str) -> str:
    return query.format(", ".join(["(?)"] * size))
