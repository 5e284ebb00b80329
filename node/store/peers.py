"""`ports.Cursors` and `ports.PeerBook` over SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .database import plain

if TYPE_CHECKING:
    from .database import Database

_EPOCH_BYTES = 16
_PEERS = 1_000
"""Addresses that are remembered: enough to find the network again, and no more than a flood of peers may fill."""
_CURSORS = 10_000
"""Beyond these the longest unused are forgotten, and such a peer would be read from the beginning."""
_BANS = 10_000
"""Beyond these the ones that end first are lifted."""


class SqliteCursors:
    """See `ports.Cursors`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, peer: str) -> tuple[bytes, int]:
        """See `ports.Cursors`."""
        row = self._database.row("SELECT epoch, position FROM cursor WHERE peer = ?", (peer,))
        return (bytes(_EPOCH_BYTES), 0) if row is None else (row[0], row[1])

    def set(self, peer: str, epoch: bytes, position: int) -> None:
        """See `ports.Cursors`."""
        self._database.write(
            "INSERT OR REPLACE INTO cursor (peer, epoch, position) VALUES (?, ?, ?)", (peer, epoch, position)
        )
        self._database.write("DELETE FROM cursor WHERE rowid <= (SELECT max(rowid) FROM cursor) - ?", (_CURSORS,))


class SqlitePeerBook:
    """See `ports.PeerBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(self, peer: str, address: str, now: int) -> None:
        """See `ports.PeerBook`."""
        self._database.write(
            "INSERT OR REPLACE INTO peer (peer, address, reached) VALUES (?, ?, ?)", (peer, address, now)
        )
        self._database.write(
            "DELETE FROM peer WHERE peer IN (SELECT peer FROM peer ORDER BY reached DESC, peer LIMIT -1 OFFSET ?)",
            (_PEERS,),
        )

    def known(self, limit: int) -> list[tuple[str, str]]:
        """See `ports.PeerBook`."""
        rows = self._database.rows("SELECT peer, address FROM peer ORDER BY reached DESC, peer LIMIT ?", (limit,))
        return [(row[0], row[1]) for row in rows]

    def ban(self, peer: str, until: int, reason: str) -> None:
        """See `ports.PeerBook`."""
        if until <= 0:
            self._database.write("DELETE FROM ban WHERE peer = ?", (peer,))
            return
        values = (peer, until, plain(reason))
        self._database.write("INSERT OR REPLACE INTO ban (peer, until, reason) VALUES (?, ?, ?)", values)
        self._database.write(
            "DELETE FROM ban WHERE peer IN (SELECT peer FROM ban ORDER BY until DESC LIMIT -1 OFFSET ?)", (_BANS,)
        )

    def banned_until(self, peer: str) -> int:
        """See `ports.PeerBook`."""
        row = self._database.row("SELECT until FROM ban WHERE peer = ?", (peer,))
        return 0 if row is None else row[0]

    def bans(self, now: int) -> list[tuple[str, int, str]]:
        """See `ports.PeerBook`."""
        rows = self._database.rows(
            "SELECT peer, until, reason FROM ban WHERE until > ? ORDER BY until DESC, peer", (now,)
        )
        return [(row[0], row[1], row[2]) for row in rows]
