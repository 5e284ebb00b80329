"""Which store a node has: everything in one SQLite file, or the records in PostgreSQL."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol

from ..core.ports import Stores
from .sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..core.ports import Taken


class Scrubbing(Protocol):
    """See `erasing.Scrubbing`."""

    def due(self) -> bool: ...  # noqa: D102
    def step(self) -> bool: ...  # noqa: D102
    def cut(self) -> bool: ...  # noqa: D102
    def done(self) -> None: ...  # noqa: D102


class Storage(Stores, Protocol):
    """A node's stores, and work on them as a whole: see `SqliteStore`."""

    @property
    def scrubbing(self) -> Scrubbing: ...  # noqa: D102

    @property
    def changes(self) -> int: ...  # noqa: D102

    def index_missing(self, after: int) -> int | None: ...  # noqa: D102
    def checkpoint(self) -> int: ...  # noqa: D102
    def cut_log(self) -> None: ...  # noqa: D102
    def position(self) -> int: ...  # noqa: D102
    def taken_apart(self) -> list[Taken]: ...  # noqa: D102
    def totals_apart(self) -> dict[str, int]: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


class DriverMissing(Exception):
    """PostgreSQL is wanted and psycopg is not installed."""


def open_store(path: Path, url: str = "") -> Storage:
    """Open the node's own file, and the database at the URL if there is one.

    Raises StorageFull (StorageAway: no server answers), StorageBroken or DriverMissing.
    """
    if not url:
        return SqliteStore.open(path)
    try:
        from .postgres.store import PostgresStore  # noqa: PLC0415  -- an extra: nobody else has to install it
    except ImportError as error:
        raise _missing(error) from error
    return PostgresStore.open(url, path)


def answering(url: str) -> str:
    """Whether a server answers at the URL: how its database may be called. Raises as `open_store`."""
    try:
        from .postgres.server import Server  # noqa: PLC0415  -- as above
    except ImportError as error:
        raise _missing(error) from error
    server = Server(url)
    server.close()
    return server.place


def move_to_server(path: Path, url: str, now: int, progress: Callable[[int], None]) -> dict[str, Any]:
    """See `postgres.moving.move`. Raises as `open_store`."""
    try:
        from .postgres.moving import move  # noqa: PLC0415  -- as above
    except ImportError as error:
        raise _missing(error) from error
    return asdict(move(path, url, now, progress))


def _missing(error: ImportError) -> DriverMissing:
    return DriverMissing(f"psycopg cannot be used: {error}")
