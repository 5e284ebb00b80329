"""Which commits wait for the disk.

What a person or a peer was told of lasts: its commit returns when it is on the disk. What only passed by, and is
brought again by others, need not: the system writes it when it likes, but in order, so that a power cut takes whole
commits from the end and nothing before them. One commit that lasts makes all before it last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_WAITS, _GOES_ON = "PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"
_CHANGE = "UPDATE meta SET synced = synced + 1"
"""Something must be written for SQLite to wait for the log."""


class Syncing:
    """The mode of one connection, which can only be changed between transactions: so the next transaction begins in the
    mode that the last one ended in, and one that turns out to last is followed by a small one that waits for both."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._goes_on = self._behind = False

    def committed(self) -> None:
        """A transaction has ended."""
        self._behind = self._goes_on

    def settle(self, *, passing: bool) -> None:
        """Wait for the disk, if something must last that does not yet. Raises sqlite3.Error."""
        if passing != self._goes_on:
            self._connection.execute(_GOES_ON if passing else _WAITS)
            self._goes_on = passing
        if self._behind and not passing:
            self._connection.execute(_CHANGE)
            self._behind = False
