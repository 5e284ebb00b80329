"""One node's storage in one SQLite file: `ports.Stores`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..core.ports import StorageBroken
from .answers import SqliteAnswers
from .budget import taken_apart, totals_apart
from .contacts import SqliteContacts
from .database import Database
from .deriving import index_missing, rebuild
from .erasing import Scrubbing
from .folding import RULES
from .mail import SqliteOutbox, SqlitePrekeys
from .notices import SqliteNotices
from .peers import SqliteCursors, SqlitePeerBook
from .position import Mark
from .records import SqliteRecords
from .searches import SqliteSearches
from .stamps import SqliteStamps
from .swapping import bring_back
from .tokens import SqliteTokens
from .upgrade import upgrade
from .verdicts import SqliteVerdicts

if TYPE_CHECKING:
    from pathlib import Path

    from ..core.ports import Taken

_EPOCH_BYTES = 16
_POSITION = "SELECT seq FROM sqlite_sequence WHERE name = 'record'"
"""How far records have been counted; no row before the first."""


class SqliteStore:
    """Everything is written on the caller's thread, into a transaction that `commit` ends.

    Any method raises StorageFull or StorageBroken; what was not committed then is gone, and the store can be used on.
    """

    def __init__(self, database: Database, mark: Mark | None = None) -> None:
        self._database, self._mark = database, mark
        self.records = SqliteRecords(database, _epoch(database))
        self.ranges = self.records.ranges
        self.outbox = SqliteOutbox(database)
        self.prekeys = SqlitePrekeys(database)
        self.cursors = SqliteCursors(database)
        self.peers = SqlitePeerBook(database)
        self.contacts = SqliteContacts(database)
        self.notices = SqliteNotices(database)
        self.tokens = SqliteTokens(database)
        self.stamps = SqliteStamps(database)
        self.answers = SqliteAnswers(database)
        self.verdicts = SqliteVerdicts(database, self.records.epoch)
        self.scrubbing = Scrubbing(database)
        self.searches = SqliteSearches(database)

    @classmethod
    def open(cls, path: Path) -> SqliteStore:
        """Open a database file, making or upgrading it. Raises StorageFull or StorageBroken."""
        try:
            bring_back(path)
        except OSError as error:
            raise StorageBroken(f"the log of {path} cannot be brought back: {error}. Check the folder.") from error
        mark = Mark(path)
        mark.check_kept()
        database = Database(path)
        try:
            upgrade(database)
            _derive_again(database)
            _renew_epoch(database, mark)
            store = cls(database, mark)
            store.commit()
        except BaseException:  # whatever it was, the caller has nothing that it could close
            database.close()
            raise
        return store

    @property
    def database(self) -> Database:
        """The connection, for work on the file as a whole."""
        return self._database

    def index_missing(self, after: int) -> int | None:
        """Put some offers after that number into the search index that are not in it, and commit; where to go on, None
        at the end. Nothing may be written meanwhile that is not to be committed."""
        following = index_missing(self._database, after)
        self._database.commit()
        return following

    def commit(self, *, passing: bool = False) -> None:
        """See `ports.Stores`."""
        self._database.commit(passing=passing)

    @property
    def changes(self) -> int:
        """Rows written since this store was opened."""
        return self._database.changes

    def checkpoint(self) -> int:
        """Move the write-ahead log into the database; for another thread. Bytes that the log takes."""
        bytes_left, position = self._database.checkpoint(_POSITION)
        if self._mark is not None:
            self._mark.set(self.records.epoch, position)
        return bytes_left

    def cut_log(self) -> None:
        """The same, and cut the log off: whoever writes waits meanwhile. For another thread."""
        self._database.cut_log()

    def position(self) -> int:
        """How many records were ever counted."""
        return _position(self._database)

    def taken_apart(self) -> list[Taken]:
        """What every author takes, as of the last commit; for another thread."""
        return taken_apart(self._database.path)

    def totals_apart(self) -> dict[str, int]:
        """Records by kind, as of the last commit; for another thread."""
        return totals_apart(self._database.path)

    def faults(self) -> list[str]:
        """What SQLite's own check of the whole file finds; empty when it is sound. Reads everything: seconds."""
        found = [str(row[0]) for row in self._database.rows("PRAGMA integrity_check")]
        return [] if found == ["ok"] else found

    def close(self) -> None:
        """Close the file; what was not committed is dropped. A second time, nothing happens."""
        mark, self._mark = self._mark, None
        try:
            if mark is not None:
                self._database.roll_back()
                self.ranges.close()
                self._database.commit()
                mark.set(self.records.epoch, _position(self._database))
        finally:
            self._database.close()


def _position(database: Database) -> int:
    row = database.row(_POSITION)
    return 0 if row is None else int(row[0])


def _renew_epoch(database: Database, mark: Mark) -> None:
    """Give a restored database a new epoch; and mark one that is new."""
    epoch, position = _epoch(database), _position(database)
    if not mark.fits(epoch, position):
        epoch = os.urandom(_EPOCH_BYTES)
        database.write("UPDATE meta SET epoch = ?", (epoch,))
        database.commit()
        mark.set(epoch, position)


def _epoch(database: Database) -> bytes:
    row = database.row("SELECT epoch FROM meta")
    if row is not None:
        return row[0]
    epoch = os.urandom(_EPOCH_BYTES)
    database.write("INSERT INTO meta (only, epoch, folding) VALUES (1, ?, ?)", (epoch, RULES))
    database.commit()
    return epoch


def _derive_again(database: Database) -> None:
    """Write derived tables again when they were written by other rules than this program and its Python go by, or when
    a migration says so."""
    row = database.row("SELECT folding FROM meta")
    if row is None or row[0] == RULES:
        return
    rebuild(database)
    database.commit()
