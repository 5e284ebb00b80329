"""`ports.Records` over SQLite: what is asked of the records that the shelf holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from freehold.protocol.envelope import Record, RecordId, place as place_name, place_of
from freehold.protocol.keylog import INCEPTION
from freehold.protocol.kinds.agreement import AGREEMENT

from .bonds import Bonds
from .budget import Eviction, taken
from .erasing import erase, is_erased
from .inceptions import Inceptions
from .names import Names, key_of
from .ranges import SqliteRanges
from .search import Search
from .shelf import RECORDS, Shelf, record_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from freehold.protocol.identity import IdentityId

    from ..core.ports import NameSort, OfferPage, OfferQuery, Price, Taken, Trace
    from .database import Database

_ID_BYTES = 32
_KEY_BYTES = 8


class SqliteRecords:
    """See `ports.Records`. Every method raises StorageFull or StorageBroken when the disk says so."""

    def __init__(self, database: Database, epoch: bytes) -> None:
        self._database = database
        self._epoch = epoch
        self._names = Names(database)
        self.ranges = SqliteRanges(database, self._names)
        self._shelf = Shelf(database, self._names, self.ranges)
        self._search = Search(database, self._names)
        self._bonds = Bonds(database, self._names)
        self._eviction = Eviction(database, self._names, self._shelf)
        self._inceptions = Inceptions(database, self._names)

    @property
    def epoch(self) -> bytes:
        """See `ports.Records`."""
        return self._epoch

    def add(self, record: Record, now: int, *, shared: bool) -> bool:
        """See `ports.Records`."""
        changed = self._shelf.add(record, now, shared=shared)
        if changed and record.header.kind == INCEPTION.name:
            self._inceptions.came(record)
        return changed

    def add_many(self, records: Sequence[Record], now: int, *, shared: bool) -> list[bool]:
        """See `ports.Records`."""
        self._shelf.known([record.id for record in records])
        self._shelf.foresee(records)
        return [self.add(record, now, shared=shared) for record in records]

    def has(self, record_id: bytes) -> bool:
        """See `ports.Records`."""
        return self._shelf.has(record_id)

    def known(self, record_ids: Sequence[RecordId]) -> set[RecordId]:
        """See `ports.Records`."""
        return self._shelf.known(record_ids)

    def foresee(self, records: Sequence[Record]) -> None:
        """See `ports.Records`."""
        self._shelf.foresee(records)
        self._inceptions.foresee({record.header.by for record in records})

    def get(self, record_id: bytes) -> Record | None:
        """See `ports.Records`."""
        kept = self._shelf.find(record_id)
        return None if kept is None else kept.record

    def shared(self, record_ids: Sequence[bytes]) -> list[Record]:
        """See `ports.Records`. In the order of the ids."""
        keys = json.dumps([key_of(record_id) for record_id in record_ids])
        condition = "id_key IN (SELECT value FROM json_each(?)) AND shared = 1"
        found = {record.id: record for record in self._records(condition, keys)}
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
        found = self._records("context_key = ? ORDER BY id", key_of(context))
        return [record for record in found if record.header.context == context]

    def stamp(self, context: bytes) -> tuple[int, ...]:
        """See `ports.Records`."""
        query = "SELECT count(*), total(number), count(body) FROM record WHERE context_key = ?"
        return self._database.rows(query, (key_of(context),))[0]

    def by_author(self, author: bytes, kind: str, limit: int) -> list[Record]:
        """See `ports.Records`."""
        numbers = (self._names.author(author), self._names.kind(kind))
        return self._records(
            "author = ? AND kind = ? ORDER BY arrived DESC, counted DESC, number DESC LIMIT ?", *numbers, limit
        )

    def written(self, author: bytes, after: int, limit: int) -> list[tuple[int, Record]]:
        """See `ports.Records`."""
        query = "SELECT number FROM record WHERE author = ? AND number > ? ORDER BY number LIMIT ?"
        numbers = [number for (number,) in self._database.rows(query, (self._names.author(author), after, limit))]
        return self._numbered("number IN (SELECT value FROM json_each(?)) ORDER BY number", json.dumps(numbers))

    def kept_back(self, author: bytes, kind: str, limit: int) -> list[Record]:
        """See `ports.Records`."""
        numbers = (self._names.author(author), self._names.kind(kind))
        return self._records("author = ? AND kind = ? AND shared = 0 ORDER BY number LIMIT ?", *numbers, limit)

    def of_kind(self, kind: str, limit: int) -> list[Record]:
        """See `ports.Records`."""
        return self._records("kind = ? ORDER BY number DESC LIMIT ?", self._names.kind(kind), limit)

    def all_of_kind(self, kind: str, after: int, limit: int) -> list[tuple[int, Record]]:
        """See `ports.Records`."""
        return self._numbered("kind = ? AND number > ? ORDER BY number LIMIT ?", self._names.kind(kind), after, limit)

    def log(self, identity: bytes) -> Record | None:
        """See `ports.Records`."""
        return self._inceptions.of(identity)

    def after(self, position: int, limit: int) -> list[tuple[int, RecordId]]:
        """See `ports.Records`. Commits first: a position that a peer remembers must not be taken back."""
        self._database.commit()
        query = "SELECT number, id FROM record WHERE number > ? AND shared = 1 ORDER BY number LIMIT ?"
        return [(number, RecordId(name)) for number, name in self._database.rows(query, (position, limit))]

    def news(self, position: int, limit: int, kind: str) -> tuple[int, int, list[Record]]:
        """See `ports.Records`. Commits first, as `after` does, but waits for no disk: nobody else remembers it."""
        self._database.commit(passing=True)
        ((last, looked),) = self._database.rows(_LOOKED_AT, (position, limit))
        if last is None:
            return position, 0, []
        condition = (
            "number > ? AND number <= ? AND shared = 1 AND (context_key IS NOT NULL OR kind = ?) ORDER BY number"
        )
        return last, looked, self._records(condition, position, last, self._names.kind(kind))

    def count(self, author: bytes) -> int:
        """See `ports.Records`."""
        number = self._names.author(author)
        return 0 if number is None else self._shelf.tallies.kept(number)

    def count_since(self, author: bytes, since: int) -> int:
        """See `ports.Records`."""
        number = self._names.author(author)
        return 0 if number is None else self._shelf.tallies.arrived(number, since)

    def open_offers(self, author: bytes, now: int) -> int:
        """See `ports.Records`."""
        number = self._names.author(author)
        return 0 if number is None else self._shelf.tallies.open_offers(number, now)

    def search(self, query: OfferQuery) -> OfferPage:
        """See `ports.Records`."""
        return self._search.page(query)

    def prices(self, skill: str, now: int, since: int, limit: int) -> list[Price]:
        """See `ports.Records`."""
        return self._search.prices(skill, now, since, limit)

    def totals(self) -> dict[str, int]:
        """See `ports.Records`."""
        rows = self._database.rows(
            "SELECT kind.name, count(*) FROM record JOIN kind ON kind.number = record.kind GROUP BY record.kind"
        )
        return dict(sorted((str(name), int(count)) for name, count in rows))

    def counts_in(self, context: bytes, author: bytes) -> dict[str, int]:
        """See `ports.Records`."""
        query = (
            "SELECT kind.name, count(*) FROM record JOIN kind ON kind.number = record.kind"
            " WHERE context_key = ? AND author = ? GROUP BY record.kind"
        )
        rows = self._database.rows(query, (key_of(context), self._names.author(author)))
        return {str(name): int(count) for name, count in rows}

    def parties(self, contract: bytes) -> tuple[IdentityId, IdentityId] | None:
        """See `ports.Records`."""
        return self._bonds.parties(contract)

    def participants(self, contract: bytes) -> tuple[IdentityId, ...]:
        """See `ports.Records`."""
        return self._bonds.participants(contract)

    def served_by(self, identity: bytes) -> list[bytes]:
        """See `ports.Records`."""
        return self._bonds.served_by(identity)

    def signed(self, contract: bytes, party: bytes) -> bool:
        """See `ports.Records`."""
        return self._bonds.signed(contract, party)

    def bound(self, one: bytes, other: bytes) -> bool:
        """See `ports.Records`."""
        return self._bonds.bound(one, other)

    def partners(self, identity: bytes, limit: int) -> list[IdentityId]:
        """See `ports.Records`."""
        return self._bonds.partners(identity, limit)

    def contracts_of(self, identity: bytes) -> list[bytes]:
        """See `ports.Records`."""
        rows = self._database.rows(
            "SELECT contract FROM agreement WHERE (client_key = ?1 AND client = ?2)"
            " OR (freelancer_key = ?1 AND freelancer = ?2) GROUP BY contract ORDER BY max(number) DESC",
            (key_of(identity), identity),
        )
        return [row[0] for row in rows]

    def traces(self, identities: Collection[bytes], limit: int) -> dict[bytes, list[Trace]]:
        """See `ports.Records`."""
        return self._bonds.traces(identities, limit)

    def reviews_of(self, subject: bytes, limit: int) -> list[Record]:
        """See `ports.Records`. Oldest by arrival."""
        condition = (
            "number IN (SELECT number FROM review WHERE subject_key = ? AND subject = ? ORDER BY number LIMIT ?)"
            " ORDER BY number"
        )
        return self._records(condition, key_of(subject), subject, limit)

    def identities_like(self, start: bytes, limit: int) -> list[bytes]:
        """See `ports.Records`. In order of their bytes."""
        low, high = start, start + b"\xff" * (_ID_BYTES - len(start))
        rows = self._database.rows(
            "SELECT id FROM author WHERE id BETWEEN ? AND ? AND"
            " EXISTS (SELECT 1 FROM record WHERE record.author = author.number) ORDER BY id LIMIT ?",
            (low, high, limit),
        )
        return [row[0] for row in rows]

    def names_like(self, sort: NameSort, start: bytes, limit: int) -> list[bytes]:
        """See `ports.Records`. In order of their bytes."""
        column = {"record": "id_key", "place": "place_key", "contract": "context_key"}[sort]
        kind = "AND kind = :kind" if sort == "contract" else ""
        values = {
            "low": key_of(start[:_KEY_BYTES].ljust(_KEY_BYTES, b"\0")),
            "high": key_of(start[:_KEY_BYTES].ljust(_KEY_BYTES, b"\xff")),
            "kind": self._names.kind(AGREEMENT.name),
            "limit": limit,
        }
        condition = f"{column} BETWEEN :low AND :high {kind} GROUP BY {column} LIMIT :limit"
        rows = self._database.rows(f"{RECORDS} WHERE {condition}", values)
        found = (_name(sort, record_of(self._database, row)) for row in rows)
        return sorted({name for name in found if name is not None and name.startswith(start)})[:limit]

    def taken(self) -> list[Taken]:
        """See `ports.Records`."""
        return taken(self._database)

    def evict(self, author: bytes, spared: Collection[str], tied: Collection[str], least: int, *, stray: bool) -> int:
        """See `ports.Records`."""
        return self._eviction.loose(author, spared, tied, least, stray=stray)

    def evict_context(self, context: bytes) -> int:
        """See `ports.Records`."""
        return self._eviction.context(context)

    def evict_person(self, author: bytes, kinds: Collection[str]) -> int:
        """See `ports.Records`."""
        self._inceptions.went(author)
        return self._eviction.person(author, kinds)

    def welcome(self, author: bytes) -> None:
        """See `ports.Records`."""
        self._database.write("DELETE FROM replaced WHERE author = ? AND counted = 1", (self._names.author(author),))
        self._shelf.tallies.clear()
        self.ranges.reconsider(author)

    def unshared_expired(self, before: int, after: int, limit: int) -> list[tuple[int, Record]]:
        """See `ports.Records`."""
        condition = "needless < ? AND shared = 0 AND number > ? ORDER BY number LIMIT ?"
        return self._numbered(condition, before, after, limit)

    def erase(self, record_id: bytes, now: int, *, header_stays: bool) -> bool:
        """See `ports.Records`."""
        return erase(self._database, self._shelf, record_id, now, header_stays=header_stays)

    def erased(self, record_id: bytes) -> bool:
        """See `ports.Records`."""
        return is_erased(self._database, record_id)

    def expire(self, now: int, limit: int) -> int:
        """See `ports.Records`."""
        return self._shelf.expire(now, limit)

    def _records(self, condition: str, *values: object) -> list[Record]:
        return [record for _, record in self._numbered(condition, *values)]

    def _numbered(self, condition: str, *values: object) -> list[tuple[int, Record]]:
        rows = self._database.rows(f"{RECORDS} WHERE {condition}", values)
        return [(row[0], record_of(self._database, row)) for row in rows]


_LOOKED_AT = """SELECT max(number), count(*) FROM (
  SELECT number FROM record WHERE number > ? AND shared = 1 ORDER BY number LIMIT ?)"""


def _name(sort: NameSort, record: Record) -> bytes | None:
    match sort:
        case "record":
            return record.id
        case "place":
            return place_of(record.header)
        case "contract":
            return record.header.context
