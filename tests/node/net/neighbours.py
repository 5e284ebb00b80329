"""Nodes on loopback for the tests of the network: a book of peers in memory, and somebody who listens."""

from __future__ import annotations

import hashlib
import random
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import trio

from freehold.node.net.libp2p import Network
from freehold.node.net.port import NetConfig
from freehold.protocol.frame import unpack_batch

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

OFFERS, REVIEWS = "/test-net/offers/1", "/test-net/reviews/1"
TOPICS = (OFFERS, REVIEWS)
PROTOCOL = "/test-net/req/1"
TALK = "/test-net/sync/1"
ANYWHERE = "/ip4/127.0.0.1/tcp/0"
NOW_MS = 1_750_000_000_000
PATIENCE_S = 15.0


def key(name: str) -> bytes:
    """The transport key of somebody; always the same."""
    return hashlib.sha256(b"freehold test transport: " + name.encode()).digest()


class Book:
    """A `PeerBook` in memory."""

    def __init__(self) -> None:
        self.addresses: dict[str, str] = {}
        self.banned: dict[str, tuple[int, str]] = {}

    def remember(self, peer: str, address: str, now: int) -> None:
        self.addresses[peer] = address

    def known(self, limit: int) -> list[tuple[str, str]]:
        return list(self.addresses.items())[:limit]

    def ban(self, peer: str, until: int, reason: str) -> None:
        self.banned[peer] = (until, reason)

    def banned_until(self, peer: str) -> int:
        return self.banned.get(peer, (0, ""))[0]

    def bans(self, now: int) -> list[tuple[str, int, str]]:
        return [(peer, until, reason) for peer, (until, reason) in self.banned.items() if until > now]


class Ears:
    """An `Inbound` that keeps what it hears and echoes requests; `until` waits for something to have happened."""

    def __init__(self) -> None:
        self.records: list[bytes] = []
        self.messages: list[tuple[str, bytes, str]] = []
        self.comings: list[tuple[str, str]] = []
        self.requests = 0
        self.relays = True
        self.answers: Callable[[bytes], bytes] = lambda request: b"echo " + request
        self.gate: trio.Event | None = None
        self.talks: list[tuple[str, str]] = []
        self.says: Callable[[bytes | None], tuple[Sequence[bytes], bool, bool]] = lambda frame: ((), True, False)
        self._news = trio.Event()

    def heard(self, topic: str, data: bytes, peer: str) -> bool:
        self.messages.append((topic, data, peer))
        self.records += unpack_batch(data)
        self._tell()
        return self.relays

    async def answer(self, peer: str, request: bytes) -> bytes:
        self.requests += 1
        self._tell()
        if self.gate is not None:
            await self.gate.wait()
        return self.answers(request)

    def joined(self, peer: str) -> None:
        self.comings.append(("joined", peer))
        self._tell()

    def left(self, peer: str) -> None:
        self.comings.append(("left", peer))
        self._tell()

    def talk_opened(self, peer: str) -> int:
        self.talks.append(("opened", peer))
        self._tell()
        return len(self.talks)

    async def talk_heard(self, number: int, frame: bytes) -> tuple[Sequence[bytes], bool]:
        self._tell()
        frames, over, busy = self.says(frame)
        while busy:
            await trio.lowlevel.checkpoint()
            frames, over, busy = self.says(None)
        return frames, over

    def talk_ended(self, number: int, trouble: str) -> None:
        self.talks.append(("ended", trouble))
        self._tell()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is true; looked at after each event here."""
        with trio.fail_after(PATIENCE_S):
            while not true():
                await self._news.wait()

    def _tell(self) -> None:
        news, self._news = self._news, trio.Event()
        news.set()


class Neighbour:
    """A running node of the network, and what it heard."""

    def __init__(
        self,
        name: str,
        seeds: tuple[str, ...] = (),
        listen: tuple[str, ...] = (ANYWHERE,),
        ears: Ears | None = None,
    ) -> None:
        self.name, self.ears, self.book = name, ears or Ears(), Book()
        self.now_ms = NOW_MS
        self.config = NetConfig(listen=listen, seeds=seeds, topics=TOPICS, protocol=PROTOCOL, talk_protocol=TALK)
        self.network = Network(self.config, key(name), self.ears, self.book, lambda: self.now_ms, random.Random(name))

    @property
    def id(self) -> str:
        return self.network.peer_id

    @property
    def address(self) -> str:
        return self.network.addresses[0]

    async def meet(self, other: Neighbour) -> None:
        """Connect, and wait until both know."""
        await self.network.connect(other.address)
        await self.ears.until(lambda: ("joined", other.id) in self.ears.comings)
        await other.ears.until(lambda: ("joined", self.id) in other.ears.comings)

    async def subscribed(self, other: Neighbour, topic: str = OFFERS) -> None:
        """Wait until gossip knows that the other wants to hear a topic."""
        life = self.network._life
        assert life is not None
        from libp2p.peer.id import ID  # noqa: PLC0415  -- the network's own package pays for this import

        peer = ID.from_string(other.id)
        await life._pubsub.wait_for_peer(peer, PATIENCE_S)
        await life._pubsub.wait_for_subscription(peer, topic, PATIENCE_S)


@asynccontextmanager
async def running(*neighbours: Neighbour) -> AsyncGenerator[None]:
    """Run nodes; they are stopped at the end."""
    async with trio.open_nursery() as nursery:
        for neighbour in neighbours:
            await nursery.start(neighbour.network.run)
        yield
        nursery.cancel_scope.cancel()
