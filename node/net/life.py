"""One life of the libp2p host with its gossip: from listening to its end, whatever ends it."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false
from __future__ import annotations

from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import trio
from libp2p.custom_types import TProtocol
from libp2p.tools.anyio_service import background_trio_service
from multiaddr import Multiaddr

from .door import quietly
from .gossip import MeteredPubsub
from .host import hardened_host
from .mesh import SteadyGossipSub
from .port import NetworkError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from libp2p.peer.id import ID

    from .connections import Connections
    from .gossip import Judge
    from .port import NetConfig


class Ended(Exception):
    """A part of the host is no longer running."""


class Life:
    """Use it once: `async with life.running(listen)`, then whatever it offers."""

    def __init__(
        self,
        config: NetConfig,
        key: bytes,
        judge: Judge,
        serve: Callable[[Any], Awaitable[None]],
        talk: Callable[[Any], Awaitable[None]],
        connections: Connections,
    ) -> None:
        self._config, self._key, self._judge, self._serve = config, key, judge, serve
        self._talk = talk
        self._connections = connections
        self._host: Any = None
        self._router = SteadyGossipSub()
        self._pubsub: Any = None
        self._nursery: trio.Nursery | None = None
        self.peer_id = ""
        self.addresses: tuple[str, ...] = ()
        self.listening: tuple[str, ...] = ()

    @asynccontextmanager
    async def running(self, listen: list[str]) -> AsyncGenerator[None]:
        """Listen and gossip inside. Raises NetworkError if an address cannot be listened on."""
        places = [Multiaddr(address) for address in listen]
        host = self._host = hardened_host(self._key, places, self._config.inbound)
        pubsub = self._pubsub = MeteredPubsub(host, self._router, frozenset(self._config.topics), self._judge)
        host.set_stream_handler(TProtocol(self._config.protocol), self._serve)
        if self._config.talk_protocol:
            host.set_stream_handler(TProtocol(self._config.talk_protocol), self._talk)
        host.get_network().register_notifee(self._connections)
        listeners = host.get_network().listeners
        try:
            async with host.run(listen_addrs=places):
                self._note_addresses(len(places))
                async with self._gossiping(pubsub):
                    yield
        finally:
            for listener in list(listeners.values()):
                await quietly(listener.close)  # upstream leaves them listening when it is cancelled

    @asynccontextmanager
    async def _gossiping(self, pubsub: MeteredPubsub) -> AsyncGenerator[None]:
        async with background_trio_service(pubsub), background_trio_service(self._router):
            await pubsub.wait_until_ready()
            for topic in self._config.topics:
                await pubsub.subscribe(topic)
            try:
                async with trio.open_nursery() as nursery:
                    self._nursery = nursery
                    self._connections.drop, self._connections.on_lost = self.drop, pubsub.connection_lost
                    yield
                    nursery.cancel_scope.cancel()
            finally:
                self._nursery = None
                await self._connections.close_sockets()  # upstream leaves them open when it is cancelled

    async def ended(self) -> None:
        """Wait for the end of the host or of its gossip, which should not come. Raises Ended."""
        async with trio.open_nursery() as nursery:
            for service in (self._host.get_network(), self._pubsub, self._router):
                nursery.start_soon(_await_end, service)

    async def dial(self, address: Multiaddr, peer: ID) -> None:
        """Connect to a peer at an address. Raises what libp2p raises.

        Upstream's `connect` tries one address of those it knows, waits 250 ms in any case and, if that fails, refuses
        to dial the peer for a minute.
        """
        connection = await self._host.get_network().dial_addr(address, peer)
        await connection.event_started.wait()

    async def stream(self, peer: ID, protocol: TProtocol) -> Any:  # noqa: ANN401
        """A new stream. Raises what libp2p raises."""
        return await self._host.new_stream(peer, [protocol])

    async def publish(self, topic: str, data: bytes) -> None:
        """Gossip. Raises what libp2p raises."""
        await self._pubsub.publish(topic, data)

    def drop(self, peer: ID) -> None:
        """Close every connection to a peer, soon."""
        if self._nursery is not None:
            self._nursery.start_soon(self.disconnect, peer)

    async def disconnect(self, peer: ID) -> None:
        """Close every connection to a peer."""
        await quietly(lambda: self._host.disconnect(peer))

    def counts(self) -> Counter[str]:
        """What gossip and the door counted in this life."""
        door = self._host.get_network().door
        own = {"gossip not sent, queue full": self._router.lost, "connections turned away": door.turned_away}
        return Counter(own) + self._pubsub.counts

    def _note_addresses(self, wanted: int) -> None:
        self.peer_id = str(self._host.get_id())
        self.listening = tuple(str(address) for address in self._host.get_transport_addrs())
        self.addresses = tuple(f"{address}/p2p/{self.peer_id}" for address in self.listening)
        if len(self.listening) < wanted:
            raise NetworkError(f"only {', '.join(self.listening) or 'nothing'} of what was asked can be listened on")


async def _await_end(service: Any) -> None:  # noqa: ANN401
    await service.manager.wait_finished()
    raise Ended(type(service).__name__)
