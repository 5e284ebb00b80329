"""What the core needs of the store of records: it reads in place, and everything is synchronous.

Times are milliseconds since the epoch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from freehold.protocol.envelope import Record, RecordId
    from freehold.protocol.identity import IdentityId


NameSort: TypeAlias = Literal["record", "place", "contract"]


class Records(Protocol):
    """The verified records that this node keeps."""

    @property
    def epoch(self) -> bytes:
        """16 random bytes, made with the database: under it `after` counts."""
        ...

    def add(self, record: Record, now: int, *, shared: bool) -> bool:
        """Keep a record. False if it changes nothing: known, or older than the version that fills its place.

        A record whose body arrives after its header gets its body (True). A newer version of a place replaces the
        older one, by later `at`, then smaller id. `shared` records are given to other nodes; others never are.
        """
        ...

    def add_many(self, records: Sequence[Record], now: int, *, shared: bool) -> list[bool]:
        """`add` each of them in turn, and what each changed: in less time than one by one."""
        ...

    def has(self, record_id: bytes) -> bool:
        """Whether this very record is here, with or without its body, or was replaced by a later version."""
        ...

    def known(self, record_ids: Sequence[RecordId]) -> set[RecordId]:
        """Those of the ids that `has` says are here."""
        ...

    def foresee(self, records: Sequence[Record]) -> None:
        """These are new (`known` was asked last) and may be added next, one by one: a store may look up together now
        what it will need to know. They are not verified yet, and nothing follows from them."""
        ...

    def get(self, record_id: bytes) -> Record | None:
        """The record, with its body if that is here."""
        ...

    def shared(self, record_ids: Sequence[bytes]) -> list[Record]:
        """Those of the ids that are here and are given to others (bodies as kept: strip private ones yourself)."""
        ...

    def fills(self, place: bytes) -> Record | None:
        """The current version at a place (`envelope.place`)."""
        ...

    def latest(self, author: bytes, kind: str, slot: bytes) -> Record | None:
        """The current version of (author, kind, slot)."""
        ...

    def in_context(self, context: bytes) -> list[Record]:
        """Every record whose `in` is this, in order of id."""
        ...

    def stamp(self, context: bytes) -> tuple[int, ...]:
        """What changes whenever `in_context` would answer something else, without reading it."""
        ...

    def by_author(self, author: bytes, kind: str, limit: int) -> list[Record]:
        """The newest (by arrival) of an author's records of a kind."""
        ...

    def written(self, author: bytes, after: int, limit: int) -> list[tuple[int, Record]]:
        """An author's records of every kind in order of arrival, after a position: (position, record)."""
        ...

    def kept_back(self, author: bytes, kind: str, limit: int) -> list[Record]:
        """An author's records of a kind that are not given to others, the first to arrive first."""
        ...

    def of_kind(self, kind: str, limit: int) -> list[Record]:
        """The newest (by arrival) records of a kind, whoever wrote them."""
        ...

    def all_of_kind(self, kind: str, after: int, limit: int) -> list[tuple[int, Record]]:
        """The same in order of arrival, after a position: (position, record)."""
        ...

    def log(self, identity: bytes) -> Record | None:
        """The inception record of an identity."""
        ...

    def after(self, position: int, limit: int) -> list[tuple[int, RecordId]]:
        """Shared records in order of arrival, after `position`: (position, id)."""
        ...

    def news(self, position: int, limit: int, kind: str) -> tuple[int, int, list[Record]]:
        """Of the shared records that follow `position` in order of arrival, up to `limit`, those that belong to
        contracts or are of this kind: (position of the last that was looked at, how many were, records)."""
        ...

    def count(self, author: bytes) -> int:
        """Shared records kept of an author, without key log, profile and inbox (which are bounded by themselves)."""
        ...

    def count_since(self, author: bytes, since: int) -> int:
        """The same, of those that arrived at or after `since`."""
        ...

    def open_offers(self, author: bytes, now: int) -> int:
        """Offers of an author that are neither closed nor expired."""
        ...

    def search(self, query: OfferQuery) -> OfferPage:
        """Offers that match, newest first within a window, best match first in it."""
        ...

    def prices(self, skill: str, now: int, since: int, limit: int) -> list[Price]:
        """What is named in the newest offers with a skill, newest first: those that are open, or dated since then.

        At most `limit` offers are looked at; those without a budget are left out.
        """
        ...

    def totals(self) -> dict[str, int]:
        """Number of records by kind."""
        ...

    def counts_in(self, context: bytes, author: bytes) -> dict[str, int]:
        """Number of records kept of an author whose `in` is this, by kind."""
        ...

    def parties(self, contract: bytes) -> tuple[IdentityId, IdentityId] | None:
        """Client and freelancer of a contract, as soon as one of them has signed it."""
        ...

    def participants(self, contract: bytes) -> tuple[IdentityId, ...]:
        """Everybody whose records belong to a contract: its parties first, then arbiters and witnesses. Empty while no
        signature is here."""
        ...

    def served_by(self, identity: bytes) -> list[bytes]:
        """Ids of contracts that name the identity as an arbiter or witness, newest first."""
        ...

    def signed(self, contract: bytes, party: bytes) -> bool:
        """Whether an agreement of that name, signed by that party, is here."""
        ...

    def bound(self, one: bytes, other: bytes) -> bool:
        """Whether two identities have signed a contract with each other, both of them."""
        ...

    def partners(self, identity: bytes, limit: int) -> list[IdentityId]:
        """Those to whom an identity is `bound`, by its newest signatures first."""
        ...

    def contracts_of(self, identity: bytes) -> list[bytes]:
        """Contract ids of agreements that name the identity as a party, newest first."""
        ...

    def traces(self, identities: Collection[bytes], limit: int) -> dict[bytes, list[Trace]]:
        """What the newest contracts that each of these has signed as a party consist of: without reading any."""
        ...

    def reviews_of(self, subject: bytes, limit: int) -> list[Record]:
        """Review records about a subject (whether they count is not decided here), oldest first."""
        ...

    def identities_like(self, start: bytes, limit: int) -> list[bytes]:
        """Identities known here whose id begins with these bytes."""
        ...

    def names_like(self, sort: NameSort, start: bytes, limit: int) -> list[bytes]:
        """Names of records, of places that records fill, or of contracts, that begin with these (at least 5) bytes."""
        ...

    def taken(self) -> list[Taken]:
        """What every author takes, by kind. It reads everything."""
        ...

    def evict(self, author: bytes, spared: Collection[str], tied: Collection[str], least: int, *, stray: bool) -> int:
        """Give up some of an author's oldest shared records, until about so many bytes are given: none of the spared
        kinds, no offer of a contract, and of the tied kinds only those whose contract is not here, if `stray`.

        They are not wanted again. How many bytes; 0: there is nothing more to give."""
        ...

    def evict_context(self, context: bytes) -> int:
        """Give up every shared record whose `in` is this. How many bytes."""
        ...

    def evict_person(self, author: bytes, kinds: Collection[str]) -> int:
        """Give up an author's records of these kinds, unless there are others or a contract names the author."""
        ...

    def welcome(self, author: bytes) -> None:
        """Whatever was given up of an author is wanted again."""
        ...

    def unshared_expired(self, before: int, after: int, limit: int) -> list[tuple[int, Record]]:
        """Unshared records that expired before a time, in order of arrival after `after`: (position, record)."""
        ...

    def erase(self, record_id: bytes, now: int, *, header_stays: bool) -> bool:
        """Take a record's body away for good; False if the record is not here. Neither the body nor, unless
        `header_stays` as for nodes that never see the body, the record can be added again."""
        ...

    def erased(self, record_id: bytes) -> bool:
        """Whether that record's body was erased."""
        ...

    def expire(self, now: int, limit: int) -> int:
        """Drop up to `limit` expired records that nobody needs (not inceptions, agreements, entries); how many."""
        ...


class Taken(msgspec.Struct, frozen=True, gc=False):
    """How many records an author has here of a kind, and about how many bytes of disk they take."""

    author: bytes
    kind: str
    records: int
    bytes: int


@dataclass(frozen=True, slots=True)
class OfferQuery:
    """What to look for. Empty text lists the newest; a star after a word stands for its endings. `least` and `most` are
    minor units (of `unit`): a budget fits that reaches into the range. `since` is the date (ms) that an offer gives."""

    now: int
    text: str = ""
    skills: tuple[str, ...] = ()
    any_skills: tuple[str, ...] = ()
    side: str | None = None
    author: bytes | None = None
    basis: str | None = None
    unit: str | None = None
    least: int | None = None
    most: int | None = None
    since: int | None = None
    language: str | None = None
    open_only: bool = True
    limit: int = 20
    before: int | None = None
    """Page on: the `next` of the page before."""


@dataclass(frozen=True, slots=True)
class OfferPage:
    """Matching offer records, and where the next page begins (None: there is no more). `marks`: where a page would
    begin after each of them, for whoever shows only some. `hidden`: how many were left out because the owner blocked
    their authors."""

    records: tuple[Record, ...]
    next: int | None
    marks: tuple[int | None, ...] = ()
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Trace:
    """A contract that somebody has signed in a `role` (dated `at`): how many records of each author and kind are here,
    and whether the other party's signature is among them."""

    contract: bytes
    role: str
    at: int
    signed: bool
    kinds: Mapping[tuple[bytes, str], int]


@dataclass(frozen=True, slots=True)
class Price:
    """What an offer names: from `low` to `high` minor units of `unit`, for an hour or the whole (`basis`)."""

    author: bytes
    side: str
    basis: str
    unit: str
    low: int
    high: int
