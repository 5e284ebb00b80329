"""What the core asks its shells to do, and how it judges what they bring."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record
    from freehold.protocol.requests import Request
    from freehold.protocol.stamp import Stamp

    from .ports import Parcel


@dataclass(frozen=True, slots=True)
class Announce:
    """Gossip a record on a topic (its public form: a private body is already gone)."""

    topic: str
    record: Record


@dataclass(frozen=True, slots=True)
class Ask:
    """Send a request to a connected peer: the reply comes back by `Service.replied`, a failure by `failed`."""

    peer: str
    request: Request


@dataclass(frozen=True, slots=True)
class Converse:
    """Open a stream to a connected peer to reconcile, say `first` on it and go on: each frame goes to `Service.heard`;
    the end to `Service.ended`, or to `Service.refused` if the peer does not speak the protocol."""

    peer: str
    number: int
    first: bytes


@dataclass(frozen=True, slots=True)
class Hand:
    """Hand a parcel to one of the recipient's nodes (multiaddrs), then `Service.handed` or `Service.not_handed`."""

    parcel: Parcel
    nodes: tuple[str, ...]
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Pay:
    """Look for a stamp of so many bits for a parcel, of that hour, then `Service.paid`. It may take minutes."""

    parcel: Parcel
    bits: int
    hour: int


@dataclass(frozen=True, slots=True)
class Penalize:
    """Strike a peer; enough strikes disconnect and ban it."""

    peer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Meet:
    """A multiaddr at which another node was announced: worth a dial when a place is free."""

    address: str


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell the owner: what happened (`proposal`, `contract`, `review`, ...) and the 32-byte name it is about."""

    event: str
    about: bytes


class Kept(msgspec.Struct, frozen=True, gc=False):
    """A record that somebody else brought is kept now."""

    record: Record


Effect: TypeAlias = Announce | Ask | Converse | Hand | Pay | Penalize | Meet | Notify | Kept


class Verdict(Enum):
    """What becomes of something that a peer brought."""

    ACCEPT = "accept"
    """Kept, and relayed."""
    IGNORE = "ignore"
    """Not kept, and nobody's fault."""
    REFUSE = "refuse"
    """Not kept, and held against the peer."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, its reason in words, and what follows from it."""

    verdict: Verdict
    reason: str = ""
    effects: tuple[Effect, ...] = ()
