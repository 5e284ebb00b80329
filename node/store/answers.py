"""`ports.Answers` over SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.ports import Answered
from .database import plain

if TYPE_CHECKING:
    from .database import Database

KEPT = 1_000
"""More than any client has under way; a mark without its body takes a hundred bytes."""
KEPT_BYTES = 16 * 1024 * 1024
"""Bodies beyond this are forgotten, the oldest first; that it was done is still known."""


class SqliteAnswers:
    """See `ports.Answers`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self, caller: str, key: str, question: bytes, now: int, until: int) -> None:
        """See `ports.Answers`."""
        self._database.write("DELETE FROM answer WHERE until <= ?", (now,))
        self._database.write(
            "INSERT OR REPLACE INTO answer (caller, key, question, until, status, media_type)"
            " VALUES (?, ?, ?, ?, 0, '')",
            (plain(caller), plain(key), question, until),
        )
        self._database.write("DELETE FROM answer WHERE number <= (SELECT max(number) FROM answer) - ?", (KEPT,))

    def keep(self, caller: str, key: str, status: int, media_type: str, body: bytes) -> None:
        """See `ports.Answers`."""
        self._database.write(
            "UPDATE answer SET status = ?, media_type = ?, body = ? WHERE caller = ? AND key = ?",
            (status, plain(media_type), body, plain(caller), plain(key)),
        )
        self._database.write(
            "UPDATE answer SET body = NULL WHERE number IN (SELECT number FROM ("
            "SELECT number, sum(length(body)) OVER (ORDER BY number DESC) AS newer FROM answer WHERE body IS NOT NULL"
            ") WHERE newer > ?)",
            (KEPT_BYTES,),
        )

    def find(self, caller: str, key: str, now: int) -> Answered | None:
        """See `ports.Answers`."""
        row = self._database.row(
            "SELECT question, until, status, media_type, body FROM answer WHERE caller = ? AND key = ? AND until > ?",
            (plain(caller), plain(key), now),
        )
        return None if row is None else Answered(*row)

    def blank(self) -> None:
        """See `ports.Answers`."""
        self._database.write("UPDATE answer SET body = NULL WHERE body IS NOT NULL")
