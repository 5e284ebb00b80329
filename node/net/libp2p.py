"""The network: a hardened libp2p host, gossip, requests, and the peers it keeps. It speaks bytes, not records."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false
# libp2p's insides are overridden here, and trio's old stubs (a dependency of libp2p) hide newer names.
from __future__ import annotations

import logging
import socket
from collections import Counter
from typing import TYPE_CHECKING, Any

import trio
from libp2p.abc import INotifee
from libp2p.custom_types import TProtocol
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import info_from_p2p_addr
from libp2p.tools.anyio_service import background_trio_service
from multiaddr import Multiaddr

from freehold.protocol import limits
from freehold.protocol.errors import ProtocolError
from freehold.protocol.frame import pack_batch

from . import streams
from .gossip import MeteredPubsub, SteadyGossipSub
from .host import hardened_host
from .keeper import Keeper
from .port import Inbound, NetConfig, NetworkError, NotConnected, PeerInfo, TimedOut, Unreachable

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from ..core.ports import PeerBook

DIAL_S = 10.0
BATCH_S = 0.05
BATCH_BYTES = 32 * 1024
STRIKES = 20
BAN_MS, LONGEST_BAN_MS = 60 * 60 * 1000, 24 * 60 * 60 * 1000
RESTART_S, LONGEST_RESTART_S = 1.0, 60.0
_RECORD_OVERHEAD = 8
_LOG = logging.getLogger(__name__)


class Network:
    """One node's place in the network. `peer_id` and `addresses` hold from the moment `run` has started."""

    def __init__(
        self,
        config: NetConfig,
        transport_key: bytes,
        inbound: Inbound,
        book: PeerBook,
        now_ms: Callable[[], int],
        rng: random.Random,
    ) -> None:
        self._config, self._key, self._inbound, self._book, self._now = config, transport_key, inbound, book, now_ms
        self._host: Any = None
        self._pubsub: MeteredPubsub | None = None
        self._requests = streams.Requests(inbound)
        self._peers: dict[str, PeerInfo] = {}
        self._strikes: Counter[str] = Counter()
        self._bans: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._out, self._to_send = trio.open_memory_channel[tuple[str, bytes]](4096)
        self._keeper = Keeper(config, book, self, now_ms, rng)
        self._nursery: trio.Nursery | None = None
        self.peer_id = ""
        self.addresses: tuple[str, ...] = ()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Listen and keep connections, for ever. Raises NetworkError if an address cannot be listened on."""
        for address in self._config.listen:
            _check_free(address)
        listen = [Multiaddr(address) for address in self._config.listen]
        wait = RESTART_S
        while True:
            try:
                await self._live(listen, task_status)
            except Exception:  # a host that ended, for whatever reason, is begun again: the node must go on
                if not self.peer_id:
                    raise
                _LOG.exception("the network host ended; it begins again")
            self._counts["restarts"] += 1
            self._drop_all()
            await trio.sleep(wait)
            wait = min(wait * 2, LONGEST_RESTART_S)
            task_status = trio.TASK_STATUS_IGNORED

    async def _live(self, listen: list[Multiaddr], task_status: trio.TaskStatus[None]) -> None:
        host = hardened_host(self._key, listen)
        router = SteadyGossipSub()
        pubsub = MeteredPubsub(host, router, frozenset(self._config.topics), self._heard, self._strike_id)
        host.set_stream_handler(TProtocol(self._config.protocol), self._requests.serve)
        self._host, self._pubsub = host, pubsub
        async with host.run(listen_addrs=listen), trio.open_nursery() as nursery:
            host.get_network().register_notifee(_Watch(self))
            async with background_trio_service(pubsub), background_trio_service(router):
                await pubsub.wait_until_ready()
                for topic in self._config.topics:
                    await pubsub.subscribe(topic)
                self.peer_id = str(host.get_id())
                self.addresses = tuple(str(address) for address in host.get_addrs())
                listen[:] = [Multiaddr(address.rpartition("/p2p/")[0]) for address in self.addresses]
                self._nursery = nursery
                nursery.start_soon(self._announce_all)
                nursery.start_soon(self._keeper.run)
                task_status.started()
                await trio.sleep_forever()

    async def announce(self, topic: str, record: bytes) -> None:
        """Gossip one packed record; several within 50 ms share a message."""
        await self._out.send((topic, record))

    async def request(self, peer: str, payload: bytes, *, timeout_s: float = 10.0) -> bytes:
        """Ask a connected peer. Raises NotConnected, TimedOut or RemoteFailed."""
        if peer not in self._peers:
            raise NotConnected(f"there is no connection to {peer}")
        if len(payload) > limits.FRAME_BYTES:
            raise NetworkError(f"a request of {len(payload)} bytes is more than {limits.FRAME_BYTES}")
        stream = None
        try:
            with trio.fail_after(timeout_s):
                stream = await self._host.new_stream(ID.from_string(peer), [TProtocol(self._config.protocol)])
                return await streams.ask(stream, payload)
        except trio.TooSlowError as error:
            raise TimedOut(f"{peer} did not answer within {timeout_s:.0f} seconds") from error
        except streams.STREAM_ERRORS as error:
            raise NotConnected(f"the connection to {peer} failed: {error}") from error
        finally:
            if stream is not None:
                await streams.discard(stream)

    async def connect(self, address: str) -> str:
        """Dial a multiaddr that ends in /p2p/ and a peer's id; the id. Raises Unreachable."""
        try:
            info = info_from_p2p_addr(Multiaddr(address))
        except (*streams.STREAM_ERRORS, ValueError) as error:
            raise Unreachable(f"{address} is not an address such as /ip4/203.0.113.5/tcp/7747/p2p/12D3...") from error
        peer = str(info.peer_id)
        if peer in self._peers or peer == self.peer_id:
            return peer
        if self._book.banned_until(peer) > self._now():
            raise Unreachable(f"{peer} is banned here")
        network = self._host.get_network()
        network._negative_peer_cache.evict(peer)  # noqa: SLF001  -- upstream refuses for 60 s after one failure
        self._host.get_peerstore().clear_addrs(info.peer_id)
        try:
            with trio.fail_after(DIAL_S):
                await self._host.connect(info)
        except trio.TooSlowError as error:
            raise Unreachable(f"{address} did not answer within {DIAL_S:.0f} seconds") from error
        except streams.STREAM_ERRORS as error:
            raise Unreachable(f"{address} cannot be reached: {error}") from error
        self._note(peer, address, "out")
        self._book.remember(peer, address, self._now())
        return peer

    async def drop(self, peer: str) -> None:
        """Close every connection to a peer."""
        if self._host is not None and peer in self._peers:
            try:
                await self._host.disconnect(ID.from_string(peer))
            except streams.STREAM_ERRORS as error:
                _LOG.debug("disconnecting %s failed: %r", peer, error)

    def peers(self) -> list[PeerInfo]:
        """Who is connected."""
        return list(self._peers.values())

    def offer_address(self, address: str) -> None:
        """Another address worth a dial when a place is free."""
        self._keeper.offer(address)

    def penalize(self, peer: str, reason: str, weight: int = 1) -> None:
        """Strike a peer; at 20 it is disconnected and banned, for an hour at first, doubling to a day."""
        self._counts["strikes"] += weight
        self._strikes[peer] += weight
        _LOG.info("strike against %s: %s", peer, reason)
        if self._strikes[peer] < STRIKES:
            return
        del self._strikes[peer]
        self._bans[peer] += 1
        length = min(BAN_MS * 2 ** (self._bans[peer] - 1), LONGEST_BAN_MS)
        self._book.ban(peer, self._now() + length, reason)
        if self._nursery is not None:
            self._nursery.start_soon(self.drop, peer)

    def statistics(self) -> dict[str, int]:
        """Counts since the start."""
        dropped = self._pubsub.dropped if self._pubsub else 0
        return {**self._counts, "connections": len(self._peers), "gossip over the rate": dropped}

    def _heard(self, topic: str, data: bytes, peer: str) -> bool:
        self._counts["gossip heard"] += 1
        return self._inbound.heard(topic, data, peer)

    def _strike_id(self, peer: ID, reason: str, weight: int) -> None:
        self.penalize(str(peer), reason, weight)

    def _note(self, peer: str, address: str, direction: str) -> None:
        """A connection is up; the first of a peer is told to the node, unless the peer is banned."""
        if self._book.banned_until(peer) > self._now() and self._nursery is not None:
            self._nursery.start_soon(self.drop, peer)
            return
        known = peer in self._peers
        if not known or direction == "out":
            self._peers[peer] = PeerInfo(peer, address, direction, self._now())
        if not known:
            self._inbound.joined(peer)

    def _gone(self, peer: str) -> None:
        if self._peers.pop(peer, None) is not None:
            self._requests.forget(peer)
            self._inbound.left(peer)

    def _drop_all(self) -> None:
        self._nursery = None
        for peer in list(self._peers):
            self._gone(peer)

    async def _announce_all(self) -> None:
        async for topic, record in self._to_send:
            batches: dict[str, list[bytes]] = {topic: [record]}
            size = len(record)
            with trio.move_on_after(BATCH_S):
                while size < BATCH_BYTES and sum(map(len, batches.values())) < limits.BATCH_RECORDS:
                    topic, record = await self._to_send.receive()  # noqa: PLW2901
                    batches.setdefault(topic, []).append(record)
                    size += len(record) + _RECORD_OVERHEAD
            for name, records in batches.items():
                await self._publish(name, records)

    async def _publish(self, topic: str, records: list[bytes]) -> None:
        if self._pubsub is None:
            return
        try:
            await self._pubsub.publish(topic, pack_batch(records))
            self._counts["gossip sent"] += 1
        except (*streams.STREAM_ERRORS, ProtocolError) as error:
            _LOG.warning("publishing failed, catch-up brings it: %r", error)


class _Watch(INotifee):
    """Tells the network of connections that come and go."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def connected(self, network: Any, conn: Any) -> None:  # noqa: ANN401
        peer = str(conn.muxed_conn.peer_id)
        addresses = conn.get_transport_addresses()
        direction = "out" if conn.muxed_conn.is_initiator else "in"
        self._network._note(peer, str(addresses[0]) if addresses else "", direction)  # noqa: SLF001

    async def disconnected(self, network: Any, conn: Any) -> None:  # noqa: ANN401
        peer = conn.muxed_conn.peer_id
        if not any(other is not conn and not other.muxed_conn.is_closed for other in network.get_connections(peer)):
            self._network._gone(str(peer))  # noqa: SLF001

    async def opened_stream(self, network: Any, stream: Any) -> None: ...  # noqa: ANN401
    async def closed_stream(self, network: Any, stream: Any) -> None: ...  # noqa: ANN401
    async def listen(self, network: Any, multiaddr: Any) -> None: ...  # noqa: ANN401
    async def listen_close(self, network: Any, multiaddr: Any) -> None: ...  # noqa: ANN401


def _check_free(address: str) -> None:
    """Upstream listens with SO_REUSEPORT, so a taken port would be no error at all. Raises NetworkError."""
    parts = Multiaddr(address)
    port = int(parts.value_for_protocol("tcp") or 0)
    family = socket.AF_INET6 if address.startswith("/ip6/") else socket.AF_INET
    host = parts.value_for_protocol("ip6" if family == socket.AF_INET6 else "ip4") or ""
    if not port:
        return
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise NetworkError(f"cannot listen on {address}: {error.strerror}") from error
