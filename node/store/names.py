"""Small numbers for identities and kinds, which stand for them in the tables."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .database import Database

_FIRST_BYTES = 8
_REMEMBERED = 20_000
"""Numbers kept in memory (about 2 MB); when there are more, all are forgotten and read again as needed."""


_FIRST = struct.Struct(">q").unpack_from


def key_of(name: bytes) -> int:
    """The first 8 bytes of a 32-byte name, as SQLite's signed integer."""
    return _FIRST(name)[0] if len(name) >= _FIRST_BYTES else int.from_bytes(name, "big", signed=True)


class Names:
    """Looks numbers up, and gives new ones inside the open transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._authors: dict[bytes, int] = {}
        self._kinds: dict[str, int] = {}
        self._unknown: set[bytes] = set()
        self._last: int | None = None
        database.on_rollback(self._forget)

    def foresee(self, identities: Iterable[bytes]) -> None:
        """Look up together what will be asked for one by one."""
        missing = {identity for identity in identities if identity not in self._authors}
        if not missing:
            self._unknown = missing
            return
        query = f"SELECT id, number FROM author WHERE id IN ({', '.join('?' * len(missing))})"  # noqa: S608
        for identity, number in self._database.rows_before(query, tuple(missing)):
            missing.discard(identity)
            self._remember_author(identity, number)
        self._unknown = missing

    def author(self, identity: bytes) -> int | None:
        """The number of an identity that has written something here."""
        number = self._authors.get(identity)
        if number is None and identity not in self._unknown:
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
            number = self._next_author()
            self._database.write_later("INSERT INTO author (number, id) VALUES (?, ?)", (number, identity))
            self._remember_author(identity, number)
        return number

    def new_kind(self, name: str) -> int:
        """The number of a kind, given now if it has none."""
        number = self.kind(name)
        if number is None:
            cursor = self._database.write("INSERT INTO kind (name) VALUES (?)", (name,))
            number = self._remember_kind(name, cursor.lastrowid or 0)
        return number

    def _next_author(self) -> int:
        if self._last is None:
            row = self._database.row("SELECT max(number) FROM author")
            self._last = 0 if row is None or row[0] is None else int(row[0])
        self._last += 1
        return self._last

    def _remember_author(self, identity: bytes, number: int) -> int:
        if len(self._authors) >= _REMEMBERED:
            self._database.flush()  # what is not remembered is looked for among rows that are written
            self._authors.clear()
        self._authors[identity] = number
        self._unknown.discard(identity)
        return number

    def _remember_kind(self, name: str, number: int) -> int:
        if len(self._kinds) >= _REMEMBERED:
            self._kinds.clear()
        self._kinds[name] = number
        return number

    def _forget(self) -> None:
        self._authors.clear()
        self._unknown.clear()
        self._last = None
        self._kinds.clear()
