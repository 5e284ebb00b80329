"""`ports.Notices` over SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.ports import Notice

if TYPE_CHECKING:
    from .database import Database, Row

_KEPT = 10_000
"""Notices that are kept (about 2 MB): years of a busy person's."""
_NOTICE = "SELECT number, at, topic, about, text FROM notice"


class SqliteNotices:
    """See `ports.Notices`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, notice: Notice, cause: str) -> bool:
        """See `ports.Notices`."""
        if self._database.row("SELECT 1 FROM notice WHERE cause = ?", (cause,)) is not None:
            return False
        values = (notice.at, notice.topic, notice.about, cause, notice.text)
        self._database.write("INSERT INTO notice (at, topic, about, cause, text) VALUES (?, ?, ?, ?, ?)", values)
        self._database.write("DELETE FROM notice WHERE number <= (SELECT max(number) FROM notice) - ?", (_KEPT,))
        return True

    def after(self, number: int, limit: int) -> list[Notice]:
        """See `ports.Notices`."""
        rows = self._database.rows(f"{_NOTICE} WHERE number > ? ORDER BY number LIMIT ?", (number, limit))
        return [_notice(row) for row in rows]

    def handed(self) -> int | None:
        """See `ports.Notices`."""
        row = self._database.row("SELECT number FROM told")
        return None if row is None else int(row[0])

    def hand(self, number: int) -> None:
        """See `ports.Notices`."""
        self._database.write("INSERT OR REPLACE INTO told (only, number) VALUES (1, ?)", (number,))

    def latest(self, limit: int) -> list[Notice]:
        """See `ports.Notices`."""
        rows = self._database.rows(f"{_NOTICE} ORDER BY number DESC LIMIT ?", (limit,))
        return [_notice(row) for row in reversed(rows)]


def _notice(row: Row) -> Notice:
    return Notice(int(row[0]), int(row[1]), str(row[2]), bytes(row[3]), str(row[4]))
