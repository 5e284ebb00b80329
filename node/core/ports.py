"""What the core needs from outside and reads in place: stores and policies. Everything is synchronous.

Times are milliseconds since the epoch. Writes happen in the store's open transaction and become durable with
`Stores.commit`; whoever acknowledges anything commits first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from freehold.protocol.envelope import Record, RecordId
    from freehold.protocol.identity import IdentityId
    from freehold.protocol.kinds.payments import PaymentSent
    from freehold.protocol.kinds.values import Money

    from .reputation.opinions import Opinion, Place, Vouch


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

    def has(self, record_id: bytes) -> bool:
        """Whether this very record is here, with or without its body, or was replaced by a later version."""
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

    def by_author(self, author: bytes, kind: str, limit: int) -> list[Record]:
        """The newest (by arrival) of an author's records of a kind."""
        ...

    def kept_back(self, author: bytes, kind: str, limit: int) -> list[Record]:
        """An author's records of a kind that are not given to others, the first to arrive first."""
        ...

    def of_kind(self, kind: str, limit: int) -> list[Record]:
        """The newest (by arrival) records of a kind, whoever wrote them."""
        ...

    def log(self, identity: bytes) -> Record | None:
        """The inception record of an identity."""
        ...

    def after(self, position: int, limit: int) -> list[tuple[int, RecordId]]:
        """Shared records in order of arrival, after `position`: (position, id)."""
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

    def reviews_of(self, subject: bytes, limit: int) -> list[Record]:
        """Review records about a subject (whether they count is not decided here), oldest first."""
        ...

    def identities_like(self, start: bytes, limit: int) -> list[bytes]:
        """Identities known here whose id begins with these bytes."""
        ...

    def names_like(self, sort: NameSort, start: bytes, limit: int) -> list[bytes]:
        """Names of records, of places that records fill, or of contracts, that begin with these (at least 5) bytes."""
        ...

    def expire(self, now: int, limit: int) -> int:
        """Drop up to `limit` expired records that nobody needs (not inceptions, agreements, entries); how many."""
        ...


@dataclass(frozen=True, slots=True)
class OfferQuery:
    """What to look for. Empty text lists the newest. Prices are minor units of `unit`."""

    now: int
    text: str = ""
    skills: tuple[str, ...] = ()
    side: str | None = None
    author: bytes | None = None
    basis: str | None = None
    unit: str | None = None
    least: int | None = None
    language: str | None = None
    open_only: bool = True
    limit: int = 20
    before: int | None = None
    """Page on: the `next` of the page before."""


@dataclass(frozen=True, slots=True)
class OfferPage:
    """Matching offer records, and where the next page begins (None: there is no more)."""

    records: tuple[Record, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A record on its way to one identity. `sealed` is empty where it is sealed when it is handed over."""

    record: RecordId
    recipient: IdentityId
    sealed: bytes
    written: int
    tries: int = 0
    next_try: int = 0
    acknowledged: int | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the owner was told: when (ms), what about (the 32-byte name of a contract or record)."""

    number: int
    at: int
    topic: str
    about: bytes
    text: str


class Notices(Protocol):
    """What the owner was told, in order."""

    def note(self, notice: Notice, cause: str) -> bool:
        """Keep a notice (its `number` is given here); False if one with this cause is here already."""
        ...

    def after(self, number: int, limit: int) -> list[Notice]:
        """Notices after that number, oldest first."""
        ...

    def latest(self, limit: int) -> list[Notice]:
        """The last ones, oldest first."""
        ...


class Outbox(Protocol):
    """Parcels until their recipient's signed acknowledgment is here."""

    def put(self, parcel: Parcel) -> None:
        """Keep a new parcel."""
        ...

    def due(self, now: int, limit: int) -> list[Parcel]:
        """Unacknowledged parcels whose next try has come, oldest first."""
        ...

    def tried(self, parcel: Parcel, next_try: int, trouble: str) -> None:
        """Note a failed try and when the next one is."""
        ...

    def acknowledged(self, parcel: Parcel, now: int) -> None:
        """Note that the recipient has it."""
        ...

    def get(self, record: bytes, recipient: bytes) -> Parcel | None:
        """The parcel that carries a record."""
        ...


class Prekeys(Protocol):
    """Our own prekeys: the private halves live until they are forgotten."""

    def add(self, public: bytes, private: bytes, expires: int) -> None:
        """Keep a pair until `expires`."""
        ...

    def private(self, public: bytes) -> bytes | None:
        """The private half, if it is still kept."""
        ...

    def forget(self, now: int) -> None:
        """Erase every pair that has expired."""
        ...


class Cursors(Protocol):
    """How far we have read each peer's count of records."""

    def get(self, peer: str) -> tuple[bytes, int]:
        """(epoch, position); (16 zero bytes, 0) for a peer never read."""
        ...

    def set(self, peer: str, epoch: bytes, position: int) -> None:
        """Remember the position."""
        ...


class PeerBook(Protocol):
    """Peers that were reached once, and bans, on disk."""

    def remember(self, peer: str, address: str, now: int) -> None:
        """A peer was reached at this multiaddr (which ends in /p2p/ and the peer's id)."""
        ...

    def known(self, limit: int) -> list[tuple[str, str]]:
        """(peer, address), most recently reached first."""
        ...

    def ban(self, peer: str, until: int, reason: str) -> None:
        """Refuse a peer until a time (0 lifts the ban)."""
        ...

    def banned_until(self, peer: str) -> int:
        """Until when a peer is refused; 0 if it is not."""
        ...

    def bans(self, now: int) -> list[tuple[str, int, str]]:
        """(peer, until, reason) of the bans in force."""
        ...


class Contacts(Protocol):
    """Whom the owner trusts."""

    def trust(self, identity: bytes, label: str, now: int) -> None:
        """Put an identity on the owner's list."""
        ...

    def distrust(self, identity: bytes) -> bool:
        """Take an identity off the list; False if it was not on it."""
        ...

    def trusted(self, identity: bytes) -> bool:
        """Whether it is on the list."""
        ...

    def listed(self) -> list[tuple[IdentityId, str]]:
        """Everybody on the list, with the labels that the owner gave, in order of their ids."""
        ...


class Stores(Protocol):
    """One node's storage."""

    @property
    def records(self) -> Records: ...  # noqa: D102

    @property
    def outbox(self) -> Outbox: ...  # noqa: D102

    @property
    def prekeys(self) -> Prekeys: ...  # noqa: D102

    @property
    def cursors(self) -> Cursors: ...  # noqa: D102

    @property
    def peers(self) -> PeerBook: ...  # noqa: D102

    @property
    def contacts(self) -> Contacts: ...  # noqa: D102

    @property
    def notices(self) -> Notices: ...  # noqa: D102

    def commit(self) -> None:
        """Make everything written so far durable (fsync). Raises StorageFull or StorageBroken."""
        ...


class StorageFull(Exception):
    """The disk is full: what was not committed is not kept, nothing acknowledged is lost."""


class StorageBroken(Exception):
    """The database file cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a ranking expects of a subject, each from 0 to 1. `lower` orders, `mean` and its interval are shown.

    `counted` reviews of so many `witnesses` have weight, together as much as `weight` reviews of fully trusted people.
    """

    lower: float
    mean: float
    upper: float
    counted: int
    weight: float = 0.0
    witnesses: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """One review's part in a score. `review`: the first 8 bytes of its record's id.

    `trust` (0 to 1) is that in its author; `place` says which of the reviews between the two it is (from 1); `delta` is
    the mean less what it would be without it; `path` leads from somebody trusted to the author, both named.
    """

    review: bytes
    by: bytes
    levels: tuple[int, int, int, int, int]
    at: int
    weight: float
    delta: float
    trust: float = 1.0
    place: int = 1
    path: tuple[IdentityId, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a ranking says of a subject: `left_out` are reviews (as in `Share`) that have no weight, with the reason;
    `unlisted` is how many more there are, by people nobody trusts."""

    score: Score
    shares: tuple[Share, ...]
    left_out: tuple[tuple[bytes, str], ...] = ()
    unlisted: int = 0


class Viewpoint(Protocol):
    """A market as it looks from a place. `label` says to people whose place that is, and what that means."""

    @property
    def label(self) -> str: ...  # noqa: D102

    def of(self, subject: bytes, as_role: str | None = None) -> Verdict:
        """What to expect of a subject, in a role (client, freelancer) or in both; pure."""
        ...


class Market(Protocol):
    """The opinions that a ranking reads, told one by one; the order in which they are told changes nothing."""

    def add(self, opinion: Opinion) -> None:
        """Count a review from now on; known by its `review` id, the same again replaces it."""
        ...

    def discard(self, review: bytes) -> None:
        """Count a review no more."""
        ...

    def vouch(self, vouch: Vouch) -> None:
        """Somebody vouches for somebody; in place of what the two had before."""
        ...

    def unvouch(self, by: bytes, of: bytes) -> None:
        """That is taken back."""
        ...

    def until(self, at: int) -> Market:
        """The market as it was at a time (ms): without the opinions that were written later."""
        ...

    @property
    def dropped(self) -> dict[str, int]:
        """How many opinions were not kept, by reason."""
        ...

    def seen_from(self, place: Place, now: int) -> Viewpoint:
        """What the market looks like from a place (ms: which vouches are in force)."""
        ...


class Ranking(Protocol):
    """A policy: what to expect of people, from the reviews that count."""

    @property
    def name(self) -> str:
        """Shown to people, chosen in the config."""
        ...

    @property
    def note(self) -> str:
        """What people should know before they rely on it: shown with every reputation."""
        ...

    def market(self) -> Market:
        """A market without opinions."""
        ...


class Rail(Protocol):
    """A way to pay. It decides nothing: what is due comes from our own copy of the terms."""

    @property
    def name(self) -> str:
        """As agreements name it, e.g. `manual-ack/1`."""
        ...

    @property
    def note(self) -> str:
        """What people should know before they rely on it."""
        ...

    def quote(self, due: Money) -> Money:
        """What the payer sends so that the payee gets what is due."""
        ...

    def describe(self, sent: PaymentSent) -> str:
        """A stated payment in words."""
        ...

    def check(self, sent: PaymentSent, due: Money) -> str | None:
        """Why a stated payment is not what is due, or None."""
        ...
