"""`ports.Outbox` and `ports.Prekeys` over SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.envelope import RecordId
from freehold.protocol.identity import IdentityId

from ..core.ports import Parcel
from ..core.ports.mail import LONGEST_WAIT_MS, NEVER_MS
from .database import plain

if TYPE_CHECKING:
    from .database import Database, Row

_PARCEL = "SELECT record, recipient, sealed, written, tries, next_try, acknowledged, trouble FROM parcel"


class SqliteOutbox:
    """See `ports.Outbox`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, parcel: Parcel) -> None:
        """See `ports.Outbox`. A parcel of the same record for the same person takes the other's place."""
        self._database.write(
            "INSERT OR REPLACE INTO parcel (record, recipient, sealed, written, tries, next_try, acknowledged, trouble)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                parcel.record,
                parcel.recipient,
                parcel.sealed,
                parcel.written,
                parcel.tries,
                parcel.next_try,
                parcel.acknowledged,
                plain(parcel.trouble),
            ),
        )

    def due(self, now: int, limit: int) -> list[Parcel]:
        """See `ports.Outbox`."""
        condition = (
            "WHERE acknowledged IS NULL AND (next_try <= ?1 OR (next_try > ?2 AND next_try < ?3))"
            " ORDER BY next_try, written LIMIT ?4"
        )
        values = (now, now + LONGEST_WAIT_MS, NEVER_MS, limit)
        return [_parcel(row) for row in self._database.rows(f"{_PARCEL} {condition}", values)]

    def tried(self, parcel: Parcel, next_try: int, trouble: str) -> None:
        """See `ports.Outbox`."""
        self._database.write(
            "UPDATE parcel SET tries = tries + 1, next_try = ?, trouble = ? WHERE record = ? AND recipient = ?",
            (next_try, plain(trouble), parcel.record, parcel.recipient),
        )

    def acknowledged(self, parcel: Parcel, now: int) -> None:
        """See `ports.Outbox`. The first acknowledgment's time stays."""
        self._database.write(
            "UPDATE parcel SET acknowledged = ?, trouble = ''"
            " WHERE record = ? AND recipient = ? AND acknowledged IS NULL",
            (now, parcel.record, parcel.recipient),
        )

    def get(self, record: bytes, recipient: bytes) -> Parcel | None:
        """See `ports.Outbox`."""
        row = self._database.row(f"{_PARCEL} WHERE record = ? AND recipient = ?", (record, recipient))
        return None if row is None else _parcel(row)


def _parcel(row: Row) -> Parcel:
    return Parcel(RecordId(row[0]), IdentityId(row[1]), *row[2:])


class SqlitePrekeys:
    """See `ports.Prekeys`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, public: bytes, private: bytes, expires: int) -> None:
        """See `ports.Prekeys`."""
        self._database.write(
            "INSERT OR REPLACE INTO prekey (public, private, expires) VALUES (?, ?, ?)", (public, private, expires)
        )

    def private(self, public: bytes) -> bytes | None:
        """See `ports.Prekeys`."""
        row = self._database.row("SELECT private FROM prekey WHERE public = ?", (public,))
        return None if row is None else row[0]

    def forget(self, now: int) -> None:
        """See `ports.Prekeys`. Overwritten in the database; the write-ahead log loses it at the checkpoint after."""
        if self._database.row("SELECT 1 FROM prekey WHERE expires <= ?", (now,)) is not None:
            self._database.write("DELETE FROM prekey WHERE expires <= ?", (now,))
