"""`ports.Records` over PostgreSQL: what is asked of the records that the shelf holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from freehold.protocol.envelope import Record, RecordId, place as place_name
from freehold.protocol.keylog import INCEPTION

from .bonds import Bonds
from .eviction import Eviction
from .ranges import PostgresRanges
from .rows import RECORDS, TOTALS, kept_of, totals_of
from .search import Search
from .shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from ...core.ports import NameSort, OfferPage, OfferQuery, Price, Taken, Trace
    from .server import Server

_ID_BYTES = 32
_COLUMNS = {"record": "id", "place": "place", "contract": "context"}
_ARRIVALS = """SELECT (SELECT count(*) FROM record WHERE author = %(author)s AND counted AND arrived >= %(since)s)
  + (SELECT count(*) FROM replaced WHERE author = %(author)s AND counted AND arrived >= %(since)s)"""
_OPEN = "SELECT count(*) FROM offer WHERE author = %s AND NOT closed AND till >= %s"
_LIKE = """SELECT DISTINCT author FROM record WHERE author >= %s AND author <= %s ORDER BY author LIMIT %s"""
_LOOKED_AT = """SELECT max(number), count(*) FROM (
  SELECT number FROM record WHERE number > %s AND shared ORDER BY number LIMIT %s) AS following"""


class PostgresRecords:
    """See `ports.Records`. Every method raises StorageFull or StorageBroken when the server says so."""

    def __init__(self, server: Server, epoch: bytes, commit: Callable[[], None]) -> None:
        self._server, self._epoch, self._commit = server, epoch, commit
        self.ranges = PostgresRanges(server)
        self._shelf = Shelf(server, self.ranges)
        self._search = Search(server)
        self._bonds = Bonds(server)
        self._eviction = Eviction(server, self._shelf)
        self.parties, self.participants = self._bonds.parties, self._bonds.participants
        self.served_by, self.signed, self.bound = self._bonds.served_by, self._bonds.signed, self._bonds.bound
        self.partners, self.contracts_of = self._bonds.partners, self._bonds.contracts_of

    @property
    def epoch(self) -> bytes:
        """See `ports.Records`."""
        return self._epoch

    def add(self, record: Record, now: int, *, shared: bool) -> bool:
        """See `ports.Records`."""
        return self._shelf.add(record, now, shared=shared)

    def add_many(self, records: Sequence[Record], now: int, *, shared: bool) -> list[bool]:
        """See `ports.Records`."""
        self._server.begin()
        self.known([record.id for record in records])
        self.foresee(records)
        return [self.add(record, now, shared=shared) for record in records]

    def has(self, record_id: bytes) -> bool:
        """See `ports.Records`."""
        return self._shelf.has(record_id)

    def known(self, record_ids: Sequence[RecordId]) -> set[RecordId]:
        """See `ports.Records`."""
        return self._shelf.foresight.known(record_ids)

    def foresee(self, records: Sequence[Record]) -> None:
        """See `ports.Records`."""
        self._shelf.foresight.places(records)

    def get(self, record_id: bytes) -> Record | None:
        """See `ports.Records`."""
        kept = self._shelf.find(record_id)
        return None if kept is None else kept.record

    def shared(self, record_ids: Sequence[bytes]) -> list[Record]:
        """See `ports.Records`. In the order of the ids."""
        if not record_ids:
            return []
        found = {record.id: record for record in self._records("id = ANY(%s) AND shared", list(record_ids))}
        return [found[RecordId(name)] for name in dict.fromkeys(record_ids) if name in found]

    def fills(self, place: bytes) -> Record | None:
        """See `ports.Records`."""
        kept = self._shelf.at_place(place)
        return None if kept is None else kept.record

    def latest(self, author: bytes, kind: str, slot: bytes) -> Record | None:
        """See `ports.Records`."""
        return self.fills(place_name(author, kind, slot))

    def in_context(self, context: bytes) -> list[Record]:
        """See `ports.Records`."""
        return self._records("context = %s ORDER BY id", context)

    def stamp(self, context: bytes) -> tuple[int, ...]:
        """See `ports.Records`."""
        query = "SELECT count(*), sum(number), count(body) FROM record WHERE context = %s"
        return tuple(int(value or 0) for value in self._server.row(query, (context,)) or ())

    def by_author(self, author: bytes, kind: str, limit: int) -> list[Record]:
        """See `ports.Records`."""
        order = "ORDER BY arrived DESC, number DESC LIMIT %s"
        return self._records(f"author = %s AND kind = %s {order}", author, _named(kind), limit)

    def written(self, author: bytes, after: int, limit: int) -> list[tuple[int, Record]]:
        """See `ports.Records`."""
        return self._numbered("author = %s AND number > %s ORDER BY number LIMIT %s", author, after, limit)

    def kept_back(self, author: bytes, kind: str, limit: int) -> list[Record]:
        """See `ports.Records`."""
        condition = "author = %s AND kind = %s AND NOT shared ORDER BY number LIMIT %s"
        return self._records(condition, author, _named(kind), limit)

    def of_kind(self, kind: str, limit: int) -> list[Record]:
        """See `ports.Records`."""
        return self._records("kind = %s ORDER BY number DESC LIMIT %s", _named(kind), limit)

    def all_of_kind(self, kind: str, after: int, limit: int) -> list[tuple[int, Record]]:
        """See `ports.Records`."""
        return self._numbered("kind = %s AND number > %s ORDER BY number LIMIT %s", _named(kind), after, limit)

    def log(self, identity: bytes) -> Record | None:
        """See `ports.Records`."""
        found = self.by_author(identity, INCEPTION.name, 1)
        return found[0] if found else None

    def after(self, position: int, limit: int) -> list[tuple[int, RecordId]]:
        """See `ports.Records`. Commits first: a position that a peer remembers must not be taken back."""
        self._commit()
        query = "SELECT number, id FROM record WHERE number > %s AND shared ORDER BY number LIMIT %s"
        return [(int(number), RecordId(bytes(name))) for number, name in self._server.rows(query, (position, limit))]

    def news(self, position: int, limit: int, kind: str) -> tuple[int, int, list[Record]]:
        """See `ports.Records`. Commits first, as `after` does."""
        self._commit()
        row = self._server.row(_LOOKED_AT, (position, limit))
        if row is None or row[0] is None:
            return position, 0, []
        condition = "number > %s AND number <= %s AND shared AND (context IS NOT NULL OR kind = %s) ORDER BY number"
        return int(row[0]), int(row[1]), self._records(condition, position, row[0], kind)

    def count(self, author: bytes) -> int:
        """See `ports.Records`."""
        return self._number("SELECT count(*) FROM record WHERE author = %s AND counted", (author,))

    def count_since(self, author: bytes, since: int) -> int:
        """See `ports.Records`."""
        return self._number(_ARRIVALS, {"author": author, "since": since})

    def open_offers(self, author: bytes, now: int) -> int:
        """See `ports.Records`."""
        return self._number(_OPEN, (author, now))

    def search(self, query: OfferQuery) -> OfferPage:
        """See `ports.Records`."""
        return self._search.page(query)

    def prices(self, skill: str, now: int, since: int, limit: int) -> list[Price]:
        """See `ports.Records`."""
        return self._search.prices(skill, now, since, limit)

    def totals(self) -> dict[str, int]:
        """See `ports.Records`."""
        return totals_of(self._server.rows(TOTALS))

    def counts_in(self, context: bytes, author: bytes) -> dict[str, int]:
        """See `ports.Records`."""
        query = "SELECT kind, count(*) FROM record WHERE context = %s AND author = %s GROUP BY kind"
        return {str(name): int(count) for name, count in self._server.rows(query, (context, author))}

    def traces(self, identities: Collection[bytes], limit: int) -> dict[bytes, list[Trace]]:
        """See `ports.Records`."""
        return self._bonds.traces(identities, limit)

    def reviews_of(self, subject: bytes, limit: int) -> list[Record]:
        """See `ports.Records`. Oldest by arrival."""
        chosen = "SELECT number FROM review WHERE subject = %s ORDER BY number LIMIT %s"
        return self._records(f"number IN ({chosen}) ORDER BY number", subject, limit)

    def identities_like(self, start: bytes, limit: int) -> list[bytes]:
        """See `ports.Records`. In order of their bytes."""
        rows = self._server.rows(_LIKE, (start, _end(start), limit))
        return [bytes(row[0]) for row in rows]

    def names_like(self, sort: NameSort, start: bytes, limit: int) -> list[bytes]:
        """See `ports.Records`. In order of their bytes."""
        column, table = _COLUMNS[sort], "agreement JOIN record USING (number)" if sort == "contract" else "record"
        query = f"SELECT DISTINCT {column} FROM {table} WHERE {column} >= %s AND {column} <= %s ORDER BY 1 LIMIT %s"  # noqa: S608
        found = (bytes(row[0]) for row in self._server.rows(query, (start, _end(start), limit)))
        return [name for name in found if name.startswith(start)]

    def taken(self) -> list[Taken]:
        """See `ports.Records`."""
        return self._eviction.taken()

    def evict(self, author: bytes, spared: Collection[str], tied: Collection[str], least: int, *, stray: bool) -> int:
        """See `ports.Records`."""
        return self._eviction.loose(author, spared, tied, least, stray=stray)

    def evict_context(self, context: bytes) -> int:
        """See `ports.Records`."""
        return self._eviction.context(context)

    def evict_person(self, author: bytes, kinds: Collection[str]) -> int:
        """See `ports.Records`."""
        return self._eviction.person(author, kinds)

    def welcome(self, author: bytes) -> None:
        """See `ports.Records`."""
        self._server.write("DELETE FROM replaced WHERE author = %s AND counted", (author,))
        self.ranges.reconsider(author)

    def unshared_expired(self, before: int, after: int, limit: int) -> list[tuple[int, Record]]:
        """See `ports.Records`."""
        condition = "needless < %s AND NOT shared AND number > %s ORDER BY number LIMIT %s"
        return self._numbered(condition, before, after, limit)

    def erase(self, record_id: bytes, now: int, *, header_stays: bool) -> bool:
        """See `ports.Records`."""
        return self._shelf.erase(record_id, now, header_stays=header_stays)

    def erased(self, record_id: bytes) -> bool:
        """See `ports.Records`."""
        return self._server.row("SELECT 1 FROM erased WHERE id = %s", (record_id,)) is not None

    def expire(self, now: int, limit: int) -> int:
        """See `ports.Records`."""
        return self._shelf.expire(now, limit)

    def _number(self, query: str, values: Any) -> int:  # noqa: ANN401
        row = self._server.row(query, values)
        return 0 if row is None else int(row[0])

    def _records(self, condition: str, *values: object) -> list[Record]:
        return [record for _, record in self._numbered(condition, *values)]

    def _numbered(self, condition: str, *values: object) -> list[tuple[int, Record]]:
        rows = self._server.rows(f"{RECORDS} WHERE {condition}", values)
        return [(int(row[0]), kept_of(self._server, row).record) for row in rows]


def _end(start: bytes) -> bytes:
    return start + b"\xff" * (_ID_BYTES - len(start))


def _named(kind: str) -> str:
    """A kind as it can be asked for: what came from a terminal may hold what no text of the database can."""
    return kind.replace("\0", "?").encode(errors="replace").decode()
