"""`ports.Stamps` over SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .database import Database

_KEPT = 20_000
"""Stamps that are kept (about 2 MB): proposals are not read any more when so many came after them."""


class SqliteStamps:
    """See `ports.Stamps`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, record: bytes, bits: int) -> None:
        """See `ports.Stamps`."""
        self._database.write(
            "INSERT INTO stamp (record, bits) VALUES (?, ?)"
            " ON CONFLICT (record) DO UPDATE SET bits = max(bits, excluded.bits)",
            (record, bits),
        )
        self._database.write("DELETE FROM stamp WHERE number <= (SELECT max(number) FROM stamp) - ?", (_KEPT,))

    def of(self, records: Iterable[bytes]) -> dict[bytes, int]:
        """See `ports.Stamps`."""
        found: dict[bytes, int] = {}
        for record in records:
            row = self._database.row("SELECT bits FROM stamp WHERE record = ?", (record,))
            if row is not None:
                found[record] = int(row[0])
        return found
