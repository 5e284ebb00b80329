"""`ports.Stores` with the records in PostgreSQL, shared by several nodes, and what is this node's own in SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..sqlite import SqliteStore
from .eviction import TAKEN, taken_of
from .records import PostgresRecords
from .rows import TOTALS, totals_of
from .schema import prepare
from .scrubbing import Scrubbing
from .server import Server
from .verdicts import PostgresVerdicts

if TYPE_CHECKING:
    from pathlib import Path

    from ...core.ports import Taken


class PostgresStore:
    """See `SqliteStore`: the same methods. Records are committed before what this node remembers of them."""

    def __init__(self, server: Server, own: SqliteStore) -> None:
        self._server, self.own = server, own
        self.records = PostgresRecords(server, prepare(server), self.commit)
        self.ranges = self.records.ranges
        self.outbox, self.prekeys, self.cursors, self.peers = own.outbox, own.prekeys, own.cursors, own.peers
        self.contacts, self.notices, self.tokens, self.searches = own.contacts, own.notices, own.tokens, own.searches
        self.stamps, self.answers = own.stamps, own.answers
        self.verdicts = PostgresVerdicts(server)
        self.scrubbing = Scrubbing(server, own.scrubbing)
        server.on_rollback(own.database.roll_back)
        own.database.on_rollback(server.roll_back)

    @classmethod
    def open(cls, url: str, path: Path) -> PostgresStore:
        """Open the database at a URL and this node's own file. Raises StorageFull (also: Away) or StorageBroken."""
        server = Server(url)
        try:
            own = SqliteStore.open(path)
        except BaseException:  # whatever it was, the caller has nothing that it could close
            server.close()
            raise
        try:
            return cls(server, own)
        except BaseException:
            server.close()
            own.close()
            raise

    @property
    def server(self) -> Server:
        """The connection, for work on the tables as a whole."""
        return self._server

    def index_missing(self, after: int) -> int | None:
        """The server looks after its own index."""
        return self.own.index_missing(after)

    def commit(self, *, passing: bool = False) -> None:
        """See `ports.Stores`; everything lasts. First the records: what this node remembers (how far it has read, say)
        rests on them."""
        self.verdicts.settle()
        del passing
        self._server.commit()
        self.own.commit()

    @property
    def changes(self) -> int:
        """Rows written to this node's own file since it was opened."""
        return self.own.changes

    def checkpoint(self) -> int:
        """See `SqliteStore.checkpoint`; PostgreSQL sees to its own log."""
        return self.own.checkpoint()

    def cut_log(self) -> None:
        """See `SqliteStore.cut_log`."""
        self.own.cut_log()

    def position(self) -> int:
        """How many records were ever counted."""
        row = self._server.row("SELECT arrived FROM meta")
        return 0 if row is None else int(row[0])

    def taken_apart(self) -> list[Taken]:
        """What every author takes, as of the last commit; for another thread."""
        return [taken_of(row) for row in self._server.apart(TAKEN)]

    def totals_apart(self) -> dict[str, int]:
        """Records by kind, as of the last commit; for another thread."""
        return totals_of(self._server.apart(TOTALS))

    def close(self) -> None:
        """Let go of both; what was not committed is dropped."""
        self._server.roll_back()
        self._server.close()
        self.own.close()
