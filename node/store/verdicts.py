"""`ports.Verdicts` over SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.ports.verdicts import Counting
from ..core.reputation.opinions import encode, flags_of
from .names import Names, key_of
from .shelf import RECORDS, record_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..core.reputation.opinions import Opinion
    from .database import Database

_SECOND_MS = 1000
_REVIEWED = f"{RECORDS} WHERE context_key = ? AND number IN (SELECT number FROM review)"  # noqa: S608  -- no words of others


class SqliteVerdicts:
    """See `ports.Verdicts`."""

    def __init__(self, database: Database, epoch: bytes) -> None:
        self._database, self._epoch = database, epoch
        self._names = Names(database)
        self._lost = False
        """Whether something that was written since `position` was asked for may be gone: a full disk."""
        database.on_rollback(self._note_loss)

    def position(self, rules: str) -> int:
        """See `ports.Verdicts`."""
        self._lost = False
        row = self._database.row("SELECT position FROM judged WHERE rules = ? AND epoch = ?", (rules, self._epoch))
        if row is not None:
            return int(row[0])
        for table in ("verdict", "unjudged", "judged"):
            self._database.write(f"DELETE FROM {table}")  # noqa: S608  -- names of our own tables
        values = (rules, self._epoch)
        self._database.write("INSERT INTO judged (only, rules, epoch, position) VALUES (1, ?, ?, 0)", values)
        return 0

    def counting(self) -> Counting:
        """See `ports.Verdicts`."""
        rows = self._database.rows("SELECT author, subject, levels, at, review_key, flags FROM verdict")
        named = self._database.rows(
            "SELECT number, id FROM author WHERE number IN"
            " (SELECT author FROM verdict UNION SELECT subject FROM verdict)"
        )
        return Counting(dict(named), rows)

    def keep(self, contract: bytes, opinions: Sequence[Opinion], *, waits: bool) -> None:
        """See `ports.Verdicts`."""
        context = key_of(contract)
        self._database.write("DELETE FROM verdict WHERE context_key = ?", (context,))
        self._database.write("DELETE FROM unjudged WHERE context_key = ?", (context,))
        for one in opinions:
            number = self._number(one.review)
            author, subject = self._names.author(one.by), self._names.author(one.of)
            if number is None or author is None or subject is None:
                waits = True  # there is nothing here for the row to follow from
                continue
            flags = flags_of(one.as_role, one.grade, one.band)
            self._database.write(
                "INSERT INTO verdict (number, context_key, author, subject, levels, at, review_key, flags)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (number, context, author, subject, encode(one.levels), one.at // _SECOND_MS, key_of(one.review), flags),
            )
        if waits:
            self._database.write("INSERT INTO unjudged (context_key, changed) VALUES (?, 0)", (context,))

    def waiting(self) -> list[bytes]:
        """See `ports.Verdicts`."""
        return self._contracts("SELECT context_key FROM unjudged")

    def changed(self) -> list[bytes]:
        """See `ports.Verdicts`."""
        return self._contracts("SELECT context_key FROM unjudged WHERE changed = 1")

    def shadowed(self, review: bytes) -> bool:
        """See `ports.Verdicts`."""
        values = (key_of(review), review)
        return self._database.row("SELECT 1 FROM record WHERE id_key = ? AND id < ?", values) is not None

    def reached(self, position: int) -> None:
        """See `ports.Verdicts`. After a loss nothing is said any more: the next start judges again what came since the
        last time, else reviews whose rows are gone would count no more."""
        if not self._lost:
            self._database.write("UPDATE judged SET position = ?", (position,))

    def _note_loss(self) -> None:
        self._lost = True

    def _contracts(self, query: str) -> list[bytes]:
        """Whole names of contracts, from their reviews."""
        found: set[bytes] = set()
        for (key,) in self._database.rows(query):
            records = [record_of(self._database, row) for row in self._database.rows(_REVIEWED, (key,))]
            found |= {record.header.context for record in records if record.header.context is not None}
        return sorted(found)

    def _number(self, record_id: bytes) -> int | None:
        values = (key_of(record_id), record_id)
        row = self._database.row("SELECT number FROM record WHERE id_key = ? AND id = ?", values)
        return None if row is None else int(row[0])
