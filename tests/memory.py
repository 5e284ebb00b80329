"""The real store without a disk, for tests of what stands above it: a hundred opened in the time of two files."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from freehold.node.store.database import Database
from freehold.node.store.sqlite import SqliteStore
from freehold.node.store.syncing import Syncing
from freehold.node.store.upgrade import upgrade

if TYPE_CHECKING:
    from collections.abc import Callable


class MemoryDatabase(Database):
    """A database that is gone when it is closed, but not when the power fails: see `fail_power`."""

    def __init__(self, *, of_every_thread: bool = False) -> None:
        self.path = Path(":memory:")
        self.met = set[str]()
        self.folded = {}
        self._rollback_hooks: list[Callable[[], None]] = [self.met.clear]
        self._flush_hooks: list[Callable[[], None]] = []
        self._later, self._rows_later, self._together = {}, 0, set[str]()
        self._commit_hooks: list[tuple[Callable[[], None], Callable[[], None]]] = []
        self._connection = sqlite3.connect(
            ":memory:", isolation_level=None, cached_statements=256, check_same_thread=not of_every_thread
        )
        self._syncing = Syncing(self._connection)

    def fill(self, other: MemoryDatabase) -> None:
        """Make another one the same as this."""
        self._connection.backup(other._connection)

    def image(self) -> bytes:
        """What a file with the same content holds."""
        return self._connection.serialize()

    def fail_power(self) -> None:
        """What was not committed is gone."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._lost()


def memory_store() -> SqliteStore:
    """A new, empty store."""
    database = MemoryDatabase()
    _upgraded().fill(database)
    return SqliteStore(database)


def blank(path: Path) -> Path:
    """A file of an empty store, where there is none: fifteen migrations need not wait for the disk."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        path.write_bytes(_image())
    return path


@cache
def _image() -> bytes:
    return _upgraded().image()


@cache
def _upgraded() -> MemoryDatabase:
    """What every empty store begins as: all migrations take a hundred times as long as a copy of what they leave."""
    database = MemoryDatabase(of_every_thread=True)  # servers of browser tests run in a thread of their own
    upgrade(database)
    return database


def fail_power(store: SqliteStore) -> None:
    """The node that this store belongs to ends here and now; what it had committed is kept."""
    assert isinstance(store._database, MemoryDatabase)
    store._database.fail_power()
