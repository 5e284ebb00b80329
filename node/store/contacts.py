"""`ports.Contacts` over SQLite. Labels and blocks are asked for with every name that is shown and every record that
comes, so both are kept in memory; how many there can be is bounded (core/acquaintances.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.identity import IdentityId

from .database import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .database import Database


class SqliteContacts:
    """See `ports.Contacts`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._labels: dict[bytes, str] | None = None
        self._blocked: dict[bytes, int] | None = None
        database.on_rollback(self._forget)

    def trust(self, identity: bytes, label: str, now: int) -> None:
        """See `ports.Contacts`."""
        self._database.write("INSERT OR REPLACE INTO contact (identity, since) VALUES (?, ?)", (identity, now))
        if label:
            self.call(identity, label, now)

    def distrust(self, identity: bytes) -> bool:
        """See `ports.Contacts`."""
        known = self._is_listed(identity)
        self._database.write("DELETE FROM contact WHERE identity = ?", (identity,))
        return known

    def trusted(self, identity: bytes) -> bool:
        """See `ports.Contacts`."""
        return identity not in self.blocked() and self._is_listed(identity)

    def listed(self) -> list[tuple[IdentityId, str]]:
        """See `ports.Contacts`."""
        rows = self._database.rows("SELECT identity FROM contact ORDER BY identity")
        blocked = self.blocked()
        return [(IdentityId(identity), self.label(identity)) for (identity,) in rows if identity not in blocked]

    def call(self, identity: bytes, label: str, now: int) -> None:
        """See `ports.Contacts`."""
        self._database.write("DELETE FROM label WHERE identity = ?", (identity,))
        if label:
            values = (identity, plain(label), now)
            self._database.write("INSERT INTO label (identity, text, since) VALUES (?, ?, ?)", values)
        self._labels = None

    def label(self, identity: bytes) -> str:
        """See `ports.Contacts`."""
        return self.labels().get(identity, "")

    def labels(self) -> Mapping[bytes, str]:
        """See `ports.Contacts`."""
        if self._labels is None:
            rows = self._database.rows("SELECT identity, text FROM label ORDER BY identity")
            self._labels = {bytes(identity): str(text) for identity, text in rows}
        return self._labels

    def block(self, identity: bytes, now: int) -> None:
        """See `ports.Contacts`."""
        self._database.write("INSERT OR IGNORE INTO blocked (identity, since) VALUES (?, ?)", (identity, now))
        self._blocked = None

    def unblock(self, identity: bytes) -> bool:
        """See `ports.Contacts`."""
        known = identity in self.blocked()
        self._database.write("DELETE FROM blocked WHERE identity = ?", (identity,))
        self._blocked = None
        return known

    def blocked(self) -> Mapping[bytes, int]:
        """See `ports.Contacts`."""
        if self._blocked is None:
            rows = self._database.rows("SELECT identity, since FROM blocked ORDER BY since, identity")
            self._blocked = {bytes(identity): int(since) for identity, since in rows}
        return self._blocked

    def _is_listed(self, identity: bytes) -> bool:
        return self._database.row("SELECT 1 FROM contact WHERE identity = ?", (identity,)) is not None

    def _forget(self) -> None:
        self._labels = self._blocked = None
