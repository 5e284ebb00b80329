"""py-libp2p 0.8.1 as it comes: default host, gossipsub with strict signing, a handler, an asynchronous validator."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import trio
from libp2p import new_host
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.custom_types import TProtocol
from libp2p.peer.id import ID
from libp2p.pubsub.gossipsub import PROTOCOL_ID_V11, GossipSub
from libp2p.pubsub.pubsub import Pubsub
from libp2p.tools.anyio_service import background_trio_service
from multiaddr import Multiaddr

if TYPE_CHECKING:
    from collections.abc import Callable

OFFERS, REVIEWS = "/test-net/offers/1", "/test-net/reviews/1"
PROTOCOL = TProtocol("/test-net/req/1")
POISON = b"poison"
"""A request, or a message, on which the application's own code fails."""
_PATIENCE_S = 10.0
_HEARTBEAT_S = 1  # the default of 120 would keep the mesh empty through every test


def key_pair(name: str) -> Any:
    return create_new_key_pair(hashlib.sha256(name.encode()).digest())


class Stock:
    """One node."""

    def __init__(self, name: str = "stock", *, validator: bool = True) -> None:
        self._host: Any = new_host(key_pair=key_pair(name))
        router = GossipSub(
            protocols=[PROTOCOL_ID_V11],
            degree=6,
            degree_low=4,
            degree_high=12,
            heartbeat_interval=_HEARTBEAT_S,
            spam_protection_enabled=False,  # else ten messages a second are passed on, one's own included
        )
        self.pubsub: Any = Pubsub(self._host, router, strict_signing=True)
        if validator:
            self.pubsub.set_topic_validator(OFFERS, self._validate, True)
            self.pubsub.set_topic_validator(REVIEWS, self._glance, False)
        self._host.set_stream_handler(PROTOCOL, self._handle)
        self.peer = str(self._host.get_id())
        self.address = ""
        self.heard = 0
        self.last = b""
        self._news = trio.Event()

    async def run(self, *, task_status: Any = trio.TASK_STATUS_IGNORED) -> None:
        pubsub, router = self.pubsub, self.pubsub.router
        running = self._host.run(listen_addrs=[Multiaddr("/ip4/127.0.0.1/tcp/0")])
        async with running, background_trio_service(pubsub), background_trio_service(router):
            await pubsub.wait_until_ready()
            subscription = await pubsub.subscribe(OFFERS)
            await pubsub.subscribe(REVIEWS)
            self.address = str(self._host.get_addrs()[0])
            task_status.started()
            while True:
                message = await subscription.get()
                self.last = message.data
                self.heard += 1
                self._tell()

    async def gossip(self, data: bytes) -> None:
        await self.pubsub.publish(OFFERS, data)

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is true; looked at after each message."""
        while not true():
            await self._news.wait()

    async def meet(self, address: str) -> None:
        """Dial, and wait until gossip goes both ways."""
        place = Multiaddr(address)
        peer = ID.from_string(address.rpartition("/")[2])
        connection = await self._host.get_network().dial_addr(place, peer)
        await connection.event_started.wait()
        await self.pubsub.wait_for_subscription(peer, OFFERS, _PATIENCE_S)
        await self.pubsub.wait_for_mesh(peer, OFFERS, _PATIENCE_S)

    async def part(self) -> None:
        """Close every connection."""
        for connection in list(self._host.get_network().get_connections()):
            await connection.close()

    def _tell(self) -> None:
        news, self._news = self._news, trio.Event()
        news.set()

    def facts(self) -> dict[str, int]:
        swarm = self._host.get_network()
        return {
            "connections": len(swarm.get_connections()),
            "slots": swarm._inbound_limiter.borrowed_tokens,
            "streams": sum(len(conn.muxed_conn.streams) for conn in swarm.get_connections()),
            "topics": len(self.pubsub.peer_topics),
            "back_off": sum(map(len, self.pubsub.router.back_off.values())),
            "noted": sum(map(len, self.pubsub.router.recent_message_deliveries.values())),
            "unread": sum(
                len(buffer) for conn in swarm.get_connections() for buffer in conn.muxed_conn.stream_buffers.values()
            ),
        }

    async def _handle(self, stream: Any) -> None:
        request = await stream.read(1024)
        if request.endswith(POISON):
            raise ZeroDivisionError
        await trio.sleep_forever()  # an application that takes its time

    async def _validate(self, forwarder: Any, message: Any) -> bool:
        await trio.sleep(0 if forwarder == self._host.get_id() else 0.005)  # a look into a database, say
        return True

    def _glance(self, forwarder: Any, message: Any) -> bool:
        if message.data.endswith(POISON):
            raise ZeroDivisionError
        return True
