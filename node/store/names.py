"""Small numbers for identities and kinds, which stand for them in the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .database import Database

_REMEMBERED = 20_000
"""Numbers kept in memory (about 2 MB); when there are more, all are forgotten and read again as needed."""


def key_of(name: bytes) -> int:
    """The first 8 bytes of a 32-byte name, as SQLite's signed integer."""
    return int.from_bytes(name[:8], "big", signed=True)


class Names:
    """Looks numbers up, and gives new ones inside the open transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._authors: dict[bytes, int] = {}
        self._kinds: dict[str, int] = {}
        database.on_rollback(self._forget)

    def author(self, identity: bytes) -> int | None:
        """The number of an identity that has written something here."""
        number = self._authors.get(identity)
        if number is None:
            row = self._database.row("SELECT number FROM author WHERE id = ?", (identity,))
            number = None if row is None else self._remember_author(identity, row[0])
        return number

    def kind(self, name: str) -> int | None:
        """The number of a kind of which there is a record here."""
        number = self._kinds.get(name)
        if number is None:
            row = self._database.row("SELECT number FROM kind WHERE name = ?", (name,))
            number = None if row is None else self._remember_kind(name, row[0])
        return number

    def new_author(self, identity: bytes) -> int:
        """The number of an identity, given now if it has none."""
        number = self.author(identity)
        if number is None:
            cursor = self._database.write("INSERT INTO author (id) VALUES (?)", (identity,))
            number = self._remember_author(identity, cursor.lastrowid or 0)
        return number

    def new_kind(self, name: str) -> int:
        """The number of a kind, given now if it has none."""
        number = self.kind(name)
        if number is None:
            cursor = self._database.write("INSERT INTO kind (name) VALUES (?)", (name,))
            number = self._remember_kind(name, cursor.lastrowid or 0)
        return number

    def _remember_author(self, identity: bytes, number: int) -> int:
        if len(self._authors) >= _REMEMBERED:
            self._authors.clear()
        self._authors[identity] = number
        return number

    def _remember_kind(self, name: str, number: int) -> int:
        if len(self._kinds) >= _REMEMBERED:
            self._kinds.clear()
        self._kinds[name] = number
        return number

    def _forget(self) -> None:
        self._authors.clear()
        self._kinds.clear()
