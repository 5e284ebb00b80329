"""One SQLite connection: its settings, its lazily opened transaction, and its errors in the words of the ports."""

from __future__ import annotations

import os
import shutil
import sqlite3
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from ..core.ports import StorageBroken, StorageFull
from .syncing import Syncing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

Row: TypeAlias = tuple[Any, ...]
SqliteTrouble = (sqlite3.Error, UnicodeDecodeError)
"""What sqlite3 raises: of a damaged schema also messages that are no text, which it fails to decode."""
T = TypeVar("T")

_BUSY_S = 5.0
"""Nobody else writes, but a helper that cuts the log off holds the lock for as long as the disk takes."""
_CACHE_KIB = 32 * 1024
_LOG_LIMIT_BYTES = 64 * 1024 * 1024
"""Beyond this the write-ahead log is cut back once its content is in the database."""
_ROOM_BYTES = 1024 * 1024
"""An input/output error with less free than this is taken for a full disk."""
_PRIMARY_CODE = 0xFF
_BROKEN_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_NO_TEXT = "Could not decode to UTF-8"
"""What sqlite3 says, without a code, of text that is none."""
_BUSY_CODES = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SETTINGS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "wal_autocheckpoint = 0",
    f"journal_size_limit = {_LOG_LIMIT_BYTES}",
    f"cache_size = -{_CACHE_KIB}",
    "temp_store = MEMORY",
    "secure_delete = ON",
    "trusted_schema = OFF",
)


class Damaged(StorageBroken):
    """The file's content is not what was written, or never was a database."""


def _same(value: T) -> T:
    return value


sqlite3.register_adapter(bytes, bytes)
sqlite3.register_adapter(type(None), _same)
sqlite3.register_adapter(bool, int)
"""They are stored as without these, but sqlite3 asks a value of any type that it has no adapter for whether it adapts
itself: two attributes are looked for in vain, which takes longer than to store it."""

_ROWS_LATER = 512
"""Rows that wait for each other, or records with all their rows: more than are usually committed together."""
_AT_ONCE = 64
"""Rows in one statement: twice as quick as one by one. Of at most 15 columns each, because older versions of SQLite
take 999 values at most."""


class Database:
    """A connection for one thread. Every method raises StorageFull or StorageBroken, and no error of sqlite3."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.met = set[str]()  # words that are in the table of words (vocabulary.py)
        self.folded: dict[bytes, tuple[Any, Any]] = {}  # the last offers that were written, folded (meanings.py)
        self._rollback_hooks: list[Callable[[], None]] = [self.met.clear]
        self._flush_hooks: list[Callable[[], None]] = []
        self._later: dict[str, list[Sequence[Any]]] = {}
        self._rows_later = 0
        self._together: set[str] = set()
        self._commit_hooks: list[tuple[Callable[[], None], Callable[[], None]]] = []
        try:
            _make_private(path)
            self._connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, cached_statements=256)
        except (OSError, *SqliteTrouble) as error:
            raise StorageBroken(f"{path} cannot be opened: {error}. Check the folder and its permissions.") from error
        self._syncing = Syncing(self._connection)
        try:
            for setting in _SETTINGS:
                self._connection.execute(f"PRAGMA {setting}")
        except SqliteTrouble as error:
            self._connection.close()
            raise self._translated(error) from error

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """Everything that a query finds."""
        if self._rows_later:
            self.flush()
        return self.rows_before(sql, values)

    def rows_before(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """The same, without the rows that are still to be written later: for who knows that they do not matter."""
        try:
            return self._connection.execute(sql, values).fetchall()
        except SqliteTrouble as error:
            raise self._failed(error) from error

    def row(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Row | None:
        """The first thing that a query finds."""
        if self._rows_later:
            self.flush()
        try:
            return self._connection.execute(sql, values).fetchone()
        except SqliteTrouble as error:
            raise self._failed(error) from error

    def write(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Change something inside the open transaction, which begins here if there is none."""
        if self._rows_later:
            self.flush()
        connection = self._connection
        try:
            if not connection.in_transaction:
                connection.execute("BEGIN IMMEDIATE")
            return connection.execute(sql, values)
        except SqliteTrouble as error:
            raise self._failed(error) from error

    def write_later(self, sql: str, values: Sequence[Any]) -> None:
        """Insert a row together with others by the same statement: before anything is read or written otherwise, and
        before the commit. Rows by different statements are written in any order."""
        rows = self._later.get(sql)
        if rows is None:
            rows = self._later[sql] = []
        rows.append(values)
        self.defer()

    def write_all_later(self, sql: str, rows: Sequence[Sequence[Any]], *, together: bool = False) -> None:
        """The same for several rows, which count as one thing. `together`: many of them by one statement; not into a
        full-text index, which at each of these writes what it would else gather until the commit."""
        self._later.setdefault(sql, []).extend(rows)
        if together:
            self._together.add(sql)
        self.defer()

    def before_flush(self, hook: Callable[[], None]) -> None:
        """Call `hook` before rows that waited are written, so that it adds its own (it says by `defer` that it has)."""
        self._flush_hooks.append(hook)

    def defer(self) -> None:
        """There is one more thing to be written later."""
        self._rows_later += 1
        if self._rows_later >= _ROWS_LATER:
            self.flush()

    def flush(self) -> None:
        """Write what was to be written later."""
        self._rows_later = 0
        for hook in self._flush_hooks:
            hook()
        later, self._later, self._rows_later = self._later, {}, 0
        connection = self._connection
        try:
            if later and not connection.in_transaction:
                connection.execute("BEGIN IMMEDIATE")
            for sql, rows in later.items():
                self._insert(sql, rows)
        except SqliteTrouble as error:
            raise self._failed(error) from error

    def _insert(self, sql: str, rows: list[Sequence[Any]]) -> None:
        whole = len(rows) - len(rows) % _AT_ONCE if sql in self._together else 0
        for start in range(0, whole, _AT_ONCE):
            values = list(chain.from_iterable(rows[start : start + _AT_ONCE]))
            self._connection.execute(_many(sql), values)
        if whole < len(rows):
            self._connection.executemany(sql, rows[whole:])

    def script(self, sql: str) -> None:
        """Run several statements; they bring their own BEGIN and COMMIT."""
        if self._rows_later:
            self.flush()
        try:
            self._connection.executescript(sql)
        except SqliteTrouble as error:
            raise self._failed(error) from error

    @property
    def changes(self) -> int:
        """Rows written by this connection, committed or not."""
        return self._connection.total_changes

    def commit(self, *, passing: bool = False) -> None:
        """End the open transaction, if any: when this returns, it is on the disk, with all before it. Unless it is
        `passing` (syncing.py): that takes a fraction of the time."""
        if self._rows_later:
            self.flush()
        ending = self._connection.in_transaction
        if ending:
            for before, _ in self._commit_hooks:
                before()
        try:
            if ending:
                self._connection.execute("COMMIT")
                self._syncing.committed()
            self._syncing.settle(passing=passing)
        except SqliteTrouble as error:
            raise self._failed(error) from error
        if ending:
            for _, after in self._commit_hooks:
                after()

    def on_commit(self, before: Callable[[], None], after: Callable[[], None]) -> None:
        """Call `before` when the open transaction is about to end: it may write; and `after` when it is on the disk."""
        self._commit_hooks.append((before, after))

    def on_rollback(self, hook: Callable[[], None]) -> None:
        """Call `hook` whenever written but uncommitted rows were lost."""
        self._rollback_hooks.append(hook)

    def close(self) -> None:
        """Close the connection; what was not committed is dropped."""
        try:
            self._connection.close()
        except SqliteTrouble as error:
            raise self._translated(error) from error

    def roll_back(self) -> None:
        """Drop what was written and not committed."""
        if not self._connection.in_transaction and not self._rows_later:
            return
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except SqliteTrouble as error:
            raise self._failed(error) from error
        self._lost()

    def checkpoint(self, number: str) -> tuple[int, int]:
        """Move the write-ahead log into the database, from any thread, over a connection of its own.

        Returns the size of the log in bytes, and the one number that the query finds in what is on the disk (0 for
        none). Writers are never held up; the first one that finds all of it moved begins the log anew.
        """
        log = self.path.with_name(self.path.name + "-wal")
        try:
            helper = self._helper()
            try:
                row = helper.execute(number).fetchone()  # before the log is synced and moved: what comes later may go
                helper.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            finally:
                helper.close()
            return log.stat().st_size if log.exists() else 0, 0 if row is None else int(row[0])
        except (*SqliteTrouble, OSError) as error:
            raise self._translated(error) from error

    def cut_log(self) -> None:
        """The same, and cut the log off: writers wait meanwhile."""
        try:
            helper = self._helper()
            try:
                helper.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                helper.close()
        except SqliteTrouble as error:
            raise self._translated(error) from error

    def _helper(self) -> sqlite3.Connection:
        helper = sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None)
        helper.execute("PRAGMA synchronous = FULL")
        helper.execute(f"PRAGMA journal_size_limit = {_LOG_LIMIT_BYTES}")
        return helper

    def _failed(self, error: sqlite3.Error | UnicodeDecodeError) -> StorageFull | StorageBroken:
        """Drop the open transaction: half of a batch is never kept."""
        if self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except SqliteTrouble as second:
                error.add_note(f"rolling back failed too: {second}")
        self._lost()
        return self._translated(error)

    def _lost(self) -> None:
        self._later, self._rows_later = {}, 0
        for hook in self._rollback_hooks:
            hook()

    def _translated(self, error: sqlite3.Error | OSError | UnicodeDecodeError) -> StorageFull | StorageBroken:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and self._no_room()):
            return StorageFull(
                f"the disk of {self.path.parent} is full, so nothing new is kept: free some space, the node goes on by "
                "itself then"
            )
        if code in _BUSY_CODES:
            return StorageBroken(
                f"{self.path} is locked by another program: is a second node running on it? "
                "Stop that one and try again."
            )
        if code in _BROKEN_CODES or isinstance(error, UnicodeDecodeError) or str(error).startswith(_NO_TEXT):
            return Damaged(
                f"{self.path} is damaged or is no Freehold database ({error}): move it away, node.position too, and "
                "start again: the node fetches what is public from its peers; a backup brings back the rest"
            )
        return StorageBroken(f"{self.path} cannot be used: {error}. Check the disk and the folder's permissions.")

    def _no_room(self) -> bool:
        return shutil.disk_usage(self.path.parent).free < _ROOM_BYTES


@lru_cache(maxsize=16)
def _many(sql: str) -> str:
    """A statement that inserts one row, for so many. An error takes the transaction with it, as all do here, so
    SQLite keeps nothing apart with which it could undo this statement alone."""
    head, values = sql.replace("INSERT INTO", "INSERT OR ROLLBACK INTO").split(" VALUES ")
    return f"{head} VALUES {', '.join([values] * _AT_ONCE)}"


def plain(text: str) -> str:
    """Text that can be stored: what came from a terminal or a socket may hold halves of characters."""
    return text.encode(errors="replace").decode()


def _make_private(path: Path) -> None:
    """The folder (if it is new) and the file are the owner's alone; SQLite gives its side files the same mode."""
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True)
    if not path.exists():  # opening and closing a file that SQLite has open would drop its locks
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    path.chmod(0o600)
