"""What the node remembers for its owner and of its peers. Times are milliseconds since the epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from freehold.protocol.envelope import Record
    from freehold.protocol.identity import IdentityId

    from .records import OfferQuery


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

    def handed(self) -> int | None:
        """The number of the last one that was handed to the owner's command; None if none ever was."""
        ...

    def hand(self, number: int) -> None:
        """Remember that number."""
        ...


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """What the owner wants to be told of: offers that fit `query` (its paging and times say nothing) by authors as
    demanded (`without`, `reviews`: see core/finding.py), dated at or after `since` (ms)."""

    name: str
    query: OfferQuery
    without: tuple[str, ...]
    reviews: int
    since: int


class Searches(Protocol):
    """The owner's saved searches, by name."""

    def save(self, search: SavedSearch) -> None:
        """Keep a search; one of the same name is replaced."""
        ...

    def drop(self, name: str) -> bool:
        """Forget a search; False if there is none of that name."""
        ...

    def listed(self) -> list[SavedSearch]:
        """All, in order of their names."""
        ...

    def fitting(self, record: Record) -> list[SavedSearch]:
        """Those whose query an offer record fits, as `Records.search` would find it. Cheap: the store is not asked."""
        ...

    def told(self, name: str, now: int) -> int:
        """Notices of a search on this day."""
        ...

    def tell(self, name: str, now: int) -> None:
        """Count one more."""
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
    """Whom the owner trusts, whom they blocked, and what they call people. Whoever is blocked is not trusted, and is so
    again as before when the block is lifted."""

    def trust(self, identity: bytes, label: str, now: int) -> None:
        """Put an identity on the owner's list; with a label, they call it that from now on."""
        ...

    def distrust(self, identity: bytes) -> bool:
        """Take an identity off the list; False if it was not on it. Its label stays."""
        ...

    def trusted(self, identity: bytes) -> bool:
        """Whether it is on the list, and not blocked."""
        ...

    def listed(self) -> list[tuple[IdentityId, str]]:
        """Everybody whom the owner trusts, with their labels (empty: none), in order of their ids."""
        ...

    def call(self, identity: bytes, label: str, now: int) -> None:
        """Give an identity a label; an empty one takes it away."""
        ...

    def label(self, identity: bytes) -> str:
        """What the owner calls it; empty: nothing. Cheap: the store is asked once for all."""
        ...

    def labels(self) -> Mapping[bytes, str]:
        """All labels."""
        ...

    def block(self, identity: bytes, now: int) -> None:
        """Put an identity on the other list."""
        ...

    def unblock(self, identity: bytes) -> bool:
        """Take it off again; False if it was not on it."""
        ...

    def blocked(self) -> Mapping[bytes, int]:
        """Who is blocked, and since when (ms). Cheap: the store is asked once for all."""
        ...


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token of the local API: its public name, the hash of its secret, what it is good for and until when."""

    name: str
    hash: bytes
    label: str
    scopes: tuple[str, ...]
    made: int
    expires: int


class Tokens(Protocol):
    """Programs that the owner lets in."""

    def add(self, token: Token) -> None:
        """Keep a new one; those that have expired go."""
        ...

    def find(self, name: str) -> Token | None:
        """The one of that name, good or not."""
        ...

    def listed(self) -> list[Token]:
        """All, oldest first."""
        ...

    def revoke(self, name: str) -> bool:
        """End one; False if there is none of that name."""
        ...
