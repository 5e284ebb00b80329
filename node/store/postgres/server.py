"""One connection to PostgreSQL: its lazily opened transaction, which writes alone, and its errors in people's words.

Whoever writes anything first locks the one row of `meta` and holds it until the commit. So numbers come into sight in
the order in which they were given, and a rule that looks and then writes is not overtaken in between.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper

from ...core.ports import StorageAway, StorageBroken, StorageFull

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import LiteralString

Row: TypeAlias = tuple[Any, ...]
Values: TypeAlias = "Sequence[Any] | dict[str, Any]"

_CONNECT_S = 5
LOCK_MS = 10_000
"""Other nodes hold the lock from their first write to their group commit: 20 ms and what the disk takes."""
_IDLE_MS = 5_000
"""A node that stops in the middle of a transaction loses it; the others, who wait longer than that, go on."""
_STATEMENT_MS = 300_000
_ROWS_LATER = 512
_WORDS_KNOWN = 50_000
_SETTINGS = {
    "application_name": "freehold",
    "lock_timeout": LOCK_MS,
    "idle_in_transaction_session_timeout": _IDLE_MS,
    "statement_timeout": _STATEMENT_MS,
    "synchronous_commit": "on",
    "jit": "off",
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
}
"""Set after connecting: what a server does not know is an error of its own, with its name."""
_AWAY = (
    errors.AdminShutdown,
    errors.CrashShutdown,
    errors.CannotConnectNow,
    errors.ConnectionException,
    errors.IdleInTransactionSessionTimeout,
    errors.TooManyConnections,
    errors.LockNotAvailable,
    errors.QueryCanceled,
    errors.SerializationFailure,
    errors.DeadlockDetected,
)
_FULL = (errors.DiskFull, errors.OutOfMemory)


@dataclass(slots=True)
class Counts:
    """The counters in `meta`, as they are inside the open transaction."""

    arrived: int
    step: int
    changes: int


class Server:
    """A connection for one thread. Every method raises StorageFull (StorageAway: for now) or StorageBroken."""

    def __init__(self, url: str) -> None:
        self._url, self.place = url, place_of(url)
        self.counts: Counts | None = None
        """None outside of a transaction that writes."""
        self.seen = -1
        """`changes` as it was when this node last wrote or looked."""
        self.met = set[str]()
        """Words that are in the table of words, as long as no other node writes."""
        self._later: dict[str, list[Sequence[Any]]] = {}
        self._rows_later = 0
        self._overtaken: list[Callable[[], None]] = []
        self._rolled_back: list[Callable[[], None]] = []
        self._committed: list[Callable[[], None]] = []
        self._connection = self._connect()

    def rows(self, sql: str, values: Values = ()) -> list[Row]:
        """Everything that a query finds."""
        if self._later:
            self.flush()
        return self._do(sql, values).fetchall()

    def rows_planned(self, sql: str, values: Values) -> list[Row]:
        """The same, planned for these very values: a rare word is found otherwise than a common one."""
        if self._later:
            self.flush()
        return self._do(sql, values, prepare=False).fetchall()

    def row(self, sql: str, values: Values = ()) -> Row | None:
        """The first thing that a query finds."""
        if self._later:
            self.flush()
        return self._do(sql, values).fetchone()

    def begin(self) -> Counts:
        """Open the transaction that writes, if it is not open; from here on no other node writes anything."""
        if self.counts is None:
            self._do("BEGIN")
            row = self._do("SELECT arrived, step, changes FROM meta FOR UPDATE").fetchone()
            if row is None:
                raise self._failed(errors.UndefinedObject("the table meta is empty"))
            self.counts = Counts(*row)
            if self.counts.changes != self.seen:
                self.met.clear()
                for hook in self._overtaken:
                    hook()
        return self.counts

    def write(self, sql: str, values: Values = ()) -> int:
        """Change something inside the open transaction, which begins here if there is none; how many rows."""
        self.begin()
        if self._later:
            self.flush()
        return self._do(sql, values).rowcount

    def write_later(self, sql: str, values: Sequence[Any]) -> None:
        """Insert a row together with others by the same statement, before anything is read or written otherwise.
        Statements are done in the order in which they were first used."""
        self.begin()
        self._later.setdefault(sql, []).append(values)
        self._rows_later += 1
        if self._rows_later >= _ROWS_LATER:
            self.flush()

    def flush(self) -> None:
        """Write what was to be written later."""
        later, self._later, self._rows_later = self._later, {}, 0
        try:
            with self._connection.cursor() as cursor:
                for sql, rows in later.items():
                    cursor.executemany(_literal(sql), rows)
        except psycopg.Error as error:
            raise self._failed(error) from None

    def commit(self) -> None:
        """End the open transaction, if any: when this returns, it is on the server's disk."""
        counts = self.counts
        if counts is None:
            return
        if self._later:
            self.flush()
        counts.changes += 1
        values = (counts.arrived, counts.step, counts.changes)
        self._do("UPDATE meta SET arrived = %s, step = %s, changes = %s", values)
        self._do("COMMIT")
        self.seen, self.counts = counts.changes, None
        for hook in self._committed:
            hook()

    def roll_back(self) -> None:
        """Drop what was written and not committed."""
        if self.counts is None:
            return
        with suppress(psycopg.Error):  # the server drops it in any case, at the latest with the connection
            self._connection.execute("ROLLBACK")
        self._lost()

    def on_overtaken(self, hook: Callable[[], None]) -> None:
        """Call `hook` at the begin of a transaction before which others wrote something."""
        self._overtaken.append(hook)

    def on_rollback(self, hook: Callable[[], None]) -> None:
        """Call `hook` whenever written but uncommitted rows were lost."""
        self._rolled_back.append(hook)

    def on_commit(self, hook: Callable[[], None]) -> None:
        """Call `hook` when the transaction is on the disk."""
        self._committed.append(hook)

    def meet(self, words: Iterable[str]) -> None:
        """These words are in the table of words from now on."""
        if len(self.met) >= _WORDS_KNOWN:
            self.met.clear()
        self.met.update(words)

    def script(self, lock: int, condition: str, sql: str) -> None:
        """Run statements in one transaction, one node at a time and only while a condition holds."""
        try:
            with self._connection.transaction():
                self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock,))
                row = self._connection.execute(_literal(condition)).fetchone()
                if row is not None and row[0]:
                    self._connection.execute(_literal(sql))
        except psycopg.Error as error:
            raise self._failed(error) from None

    def apart(self, sql: str) -> list[Row]:
        """The same as `rows`, or a command that no transaction may hold; from any thread, over its own connection."""
        try:
            with self._connect() as connection:
                cursor = connection.execute(_literal(sql))
                return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise self._translated(error) from None

    def close(self) -> None:
        """Close the connection; what was not committed is dropped."""
        self._connection.close()

    def _do(self, sql: str, values: Values = (), *, prepare: bool | None = None) -> psycopg.Cursor[Row]:
        connection = self._connection
        if connection.closed and self.counts is None:
            connection = self._connection = self._connect()
        outside = connection.info.transaction_status == TransactionStatus.IDLE
        try:
            return connection.execute(_literal(sql), values or None, prepare=prepare, binary=True)
        except psycopg.Error as error:
            if not (outside and connection.closed):
                raise self._failed(error) from None
        self._connection = self._connect()  # the server was started again: nothing was open that is lost
        try:
            return self._connection.execute(_literal(sql), values or None, prepare=prepare, binary=True)
        except psycopg.Error as error:
            raise self._failed(error) from None

    def _connect(self) -> psycopg.Connection[Row]:
        try:
            connection = psycopg.connect(self._url, autocommit=True, connect_timeout=_CONNECT_S)
        except psycopg.Error as error:
            raise self._translated(error, connecting=True) from None  # `from None`: the URL may hold a password
        connection.adapters.register_dumper(int, Int8BinaryDumper)
        try:
            for name, value in _SETTINGS.items():
                connection.execute("SELECT set_config(%s, %s, false)", (name, str(value)))
        except psycopg.Error as error:
            connection.close()
            raise self._translated(error, connecting=True) from None
        return connection

    def _failed(self, error: psycopg.Error) -> StorageFull | StorageBroken:
        """Drop the open transaction: half of a batch is never kept."""
        if not self._connection.closed:
            with suppress(psycopg.Error):
                self._connection.execute("ROLLBACK")
        self._lost()
        return self._translated(error)

    def _lost(self) -> None:
        self._later, self._rows_later, self.counts = {}, 0, None
        self.seen = -1
        self.met.clear()
        for hook in self._rolled_back:
            hook()

    def _translated(self, error: psycopg.Error, *, connecting: bool = False) -> StorageFull | StorageBroken:
        reason = " ".join(str(error).split())[:400]
        if isinstance(error, errors.LockNotAvailable):
            return StorageAway(f"another node held {self.place} for over {LOCK_MS // 1000} s: try again")
        if isinstance(error, _FULL):
            return StorageFull(f"the server of {self.place} has no room left: {reason}")
        if isinstance(error, errors.InvalidAuthorizationSpecification | errors.InvalidPassword):
            return StorageBroken(f"{self.place} lets this user not in: check store_url in config.toml")
        if isinstance(error, _AWAY) or type(error) is psycopg.OperationalError:
            if connecting:
                return StorageAway(
                    f"{self.place} cannot be reached: {reason}. Is PostgreSQL running there, and are user, password "
                    "and database in store_url right?"
                )
            return StorageAway(f"{self.place} went away for now, what was not committed is not kept: {reason}")
        if isinstance(error, errors.DataCorrupted | errors.IndexCorrupted):
            return StorageBroken(f"{self.place} is damaged ({reason}): restore it from a backup (pg_restore)")
        return StorageBroken(f"{self.place} cannot be used: {reason}")


def place_of(url: str) -> str:
    """A database as it may be shown and logged: without user and password. Raises StorageBroken for no URL."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        raise StorageBroken("store_url is not a URL such as postgresql://user:password@host/name") from None
    return f"the PostgreSQL database {parts.get('dbname', '')!r} at {parts.get('host', 'this machine')}"


def _literal(sql: str) -> LiteralString:
    return sql  # pyright: ignore[reportReturnType]  -- all SQL is this package's own; values are always parameters
