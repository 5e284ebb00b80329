"""What the network shell needs and offers. Importing this costs nothing: libp2p is not touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

_INBOUND, _SEED_INBOUND = 32, 64
"""A seed is whom everybody dials first."""


class NetworkError(Exception):
    """A peer could not be reached, or did not answer; the message says what happened."""


class Unreachable(NetworkError):
    """No connection could be made."""


class NotConnected(NetworkError):
    """There is no connection to that peer."""


class TimedOut(NetworkError):
    """No answer came in time."""


class NotSpoken(NetworkError):
    """The peer does not speak that protocol."""


class RemoteFailed(NetworkError):
    """The peer is busy or failed on its side."""


class BadReply(RemoteFailed):
    """The peer sent what is no reply at all."""


class Inbound(Protocol):
    """What the node does with what the network brings."""

    def heard(self, topic: str, data: bytes, peer: str) -> bool:
        """One gossip message; True relays it. Quick, and never raises."""
        ...

    async def answer(self, peer: str, request: bytes) -> bytes:
        """One request; its reply. Never raises."""
        ...

    def joined(self, peer: str) -> None:
        """The first connection to a peer is up."""
        ...

    def left(self, peer: str) -> None:
        """The last connection to a peer is gone."""
        ...

    def talk_opened(self, peer: str) -> int:
        """A peer opens a conversation; the number that it has here from now on. Never raises."""
        ...

    async def talk_heard(self, number: int, frame: bytes) -> tuple[Sequence[bytes], bool]:
        """The next frame of a conversation: what to say, and whether that is all. Never raises."""
        ...

    def talk_ended(self, number: int, trouble: str) -> None:
        """A conversation is over; `trouble` says why, if it was not at its end. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class NetConfig:
    """Addresses are multiaddrs; `topics` are the only ones that exist; `protocol` is the request stream's name,
    `talk_protocol` that of conversations (empty: none are held)."""

    listen: tuple[str, ...]
    seeds: tuple[str, ...]
    topics: tuple[str, ...]
    protocol: str
    talk_protocol: str = ""
    is_seed: bool = False
    outbound: int = 8

    @property
    def inbound(self) -> int:
        """Inbound connections that are let in."""
        return _SEED_INBOUND if self.is_seed else _INBOUND


@dataclass(frozen=True, slots=True)
class PeerInfo:
    """A connected peer. `since` is ms since the epoch; `direction` is `in` or `out`."""

    peer: str
    address: str
    direction: str
    since: int
