"""`ports.Tokens` over SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.ports import Token

if TYPE_CHECKING:
    from .database import Database, Row

_TOKEN = "SELECT name, hash, label, scopes, made, expires FROM token"  # noqa: S105  -- a query


class SqliteTokens:
    """See `ports.Tokens`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, token: Token) -> None:
        """See `ports.Tokens`."""
        self._database.write("DELETE FROM token WHERE expires <= ?", (token.made,))
        values = (token.name, token.hash, token.label, " ".join(token.scopes), token.made, token.expires)
        self._database.write(
            "INSERT INTO token (name, hash, label, scopes, made, expires) VALUES (?, ?, ?, ?, ?, ?)", values
        )

    def find(self, name: str) -> Token | None:
        """See `ports.Tokens`."""
        row = self._database.row(f"{_TOKEN} WHERE name = ?", (name,))
        return None if row is None else _token(row)

    def listed(self) -> list[Token]:
        """See `ports.Tokens`."""
        return [_token(row) for row in self._database.rows(f"{_TOKEN} ORDER BY made, name")]

    def revoke(self, name: str) -> bool:
        """See `ports.Tokens`."""
        found = self.find(name) is not None
        self._database.write("DELETE FROM token WHERE name = ?", (name,))
        return found


def _token(row: Row) -> Token:
    return Token(str(row[0]), bytes(row[1]), str(row[2]), tuple(str(row[3]).split()), int(row[4]), int(row[5]))
