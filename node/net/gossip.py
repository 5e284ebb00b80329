"""Gossipsub 1.1 as an accelerator: fixed topics, metered peers, and nothing in it that a peer's bytes can end.

What upstream gets wrong is in specs/decisions/0003 and in tests/hostile.
"""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false
# libp2p's insides are overridden here, and trio's old stubs (a dependency of libp2p) hide newer names.
from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

import trio
from libp2p.io.exceptions import IncompleteReadError, IOException, MessageTooLarge
from libp2p.network.stream.exceptions import StreamError
from libp2p.pubsub.gossipsub import PROTOCOL_ID_V11, GossipSub
from libp2p.pubsub.pb import rpc_pb2
from libp2p.pubsub.pubsub import Pubsub
from libp2p.pubsub.utils import maybe_consume_signed_record
from libp2p.pubsub.validators import signature_validator

if TYPE_CHECKING:
    from collections.abc import Callable

    from libp2p.peer.id import ID

RPC_BYTES = 128 * 1024
QUEUED_RPCS = 4_096
"""Upstream's 32 lose half of a burst of 64."""
MESSAGES_A_SECOND, MESSAGES_BURST = 20.0, 200.0
CONTROL_ENTRIES = 64
IHAVE_IDS = 512
SEEN_S = 120
STRIKE, HEAVY_STRIKE = 1, 5
_READ_BYTES = 64 * 1024
_VARINT_BYTES = 5
_LOG = logging.getLogger(__name__)


class MeteredPubsub(Pubsub):
    """`heard(topic, data, peer)` decides what is relayed; `strike(peer, reason, weight)` notes misbehaviour."""

    def __init__(
        self,
        host: Any,  # noqa: ANN401
        router: Any,  # noqa: ANN401
        topics: frozenset[str],
        heard: Callable[[str, bytes, str], bool],
        strike: Callable[[ID, str, int], None],
    ) -> None:
        super().__init__(
            host,
            router,
            seen_ttl=SEEN_S,
            strict_signing=True,
            max_inbound_rpc_size=RPC_BYTES,
            allowed_topics=topics,
            max_subscriptions_per_rpc=2 * len(topics),
            max_subscriptions_per_peer=len(topics),
        )
        self.counter = time.time_ns()  # upstream counts from the second of the start: a restart repeats numbers
        self._topics, self._heard, self._strike = topics, heard, strike
        self._under_way: set[bytes] = set()
        self._buckets: dict[ID, tuple[float, float]] = {}
        self.dropped = 0

    async def push_msg(self, msg_forwarder: ID, msg: rpc_pb2.Message) -> None:
        """One message: metered before its signature is checked, judged, relayed."""
        own = msg_forwarder == self.my_id
        if len(msg.topicIDs) != 1 or msg.topicIDs[0] not in self._topics:
            self._strike(msg_forwarder, "a message on a topic that does not exist", STRIKE)
            return
        name = self.get_message_id(msg)
        if name in self._under_way or self._is_msg_seen(msg):
            return
        if not own and not self._within_rate(msg_forwarder):
            self.dropped += 1
            return
        self._under_way.add(name)
        try:
            if own or self._authentic(msg_forwarder, msg):
                self._mark_msg_seen(msg)
                if own or self._heard(msg.topicIDs[0], msg.data, str(msg_forwarder)):
                    await self.router.publish(msg_forwarder, msg)
        finally:
            self._under_way.discard(name)

    def _authentic(self, forwarder: ID, msg: rpc_pb2.Message) -> bool:
        try:
            good = msg.from_id != self.my_id.to_bytes() and signature_validator(msg)
        except Exception as error:  # noqa: BLE001  -- upstream's key parsers raise half a dozen unrelated types
            _LOG.debug("a key or signature from %s cannot be read: %r", forwarder, error)
            good = False
        if not good:
            self._strike(forwarder, "a gossip message with a bad signature", STRIKE)
        return good

    def _within_rate(self, peer: ID) -> bool:
        now = trio.current_time()
        tokens, at = self._buckets.get(peer, (MESSAGES_BURST, now))
        tokens = min(MESSAGES_BURST, tokens + (now - at) * MESSAGES_A_SECOND)
        self._buckets[peer] = (max(0.0, tokens - 1), now)
        return tokens >= 1

    async def continuously_read_stream(self, stream: Any) -> None:  # noqa: ANN401
        """Read whole RPCs through a buffer; an unreadable one ends the stream, not the host."""
        peer = stream.muxed_conn.peer_id
        buffer = bytearray()
        try:
            while self.manager.is_running:
                rpc = _next_rpc(buffer)
                if rpc is not None:
                    await self._handle(stream, peer, rpc)
                    continue
                chunk = await stream.read(_READ_BYTES)
                if not chunk:
                    return
                buffer += chunk
        except (StreamError, IncompleteReadError, IOException) as error:
            _LOG.debug("the gossip stream of %s ended: %r", peer, error)
        except Exception as error:  # noqa: BLE001  -- whatever the bytes made upstream raise ends this stream alone
            _LOG.info("unreadable gossip from %s: %r", peer, error)
            self._strike(peer, "unreadable gossip", HEAVY_STRIKE)
        await self._end(stream, peer)

    async def _end(self, stream: Any, peer: ID) -> None:  # noqa: ANN401
        with trio.move_on_after(2):
            try:
                await stream.reset()
            except (StreamError, IOException) as error:
                _LOG.debug("resetting failed: %r", error)
        self._handle_dead_peer(peer)

    async def _handle(self, stream: Any, peer: ID, raw: bytes) -> None:  # noqa: ANN401
        rpc = rpc_pb2.RPC()
        rpc.ParseFromString(raw)
        if not maybe_consume_signed_record(rpc, self.host, peer):
            self._strike(peer, "a bad peer record", STRIKE)
            return
        for message in rpc.publish:
            await self.push_msg(peer, message)  # one after the other: the peer's stream waits, not our memory
        if len(rpc.subscriptions) > self.max_subscriptions_per_rpc:
            self._strike(peer, "too many subscriptions", HEAVY_STRIKE)
            return
        for subscription in rpc.subscriptions:
            self.handle_subscription(peer, subscription)
        if rpc.HasField("control"):
            if _too_much_control(rpc.control):
                self._strike(peer, "too much gossip control", HEAVY_STRIKE)
                return
            await self.router.handle_rpc(rpc, peer)

    def notify_subscriptions(self, publish_message: rpc_pb2.Message) -> None:
        """Nobody reads upstream's subscription channels here: `heard` has had the message."""

    async def _handle_new_peer(self, peer_id: ID) -> None:
        await super()._handle_new_peer(peer_id)
        queue = self.peer_queues.get(peer_id)
        if queue is not None:
            queue._queue.max_size = QUEUED_RPCS  # noqa: SLF001

    def _handle_dead_peer(self, peer_id: ID) -> None:
        self._buckets.pop(peer_id, None)
        super()._handle_dead_peer(peer_id)


class SteadyGossipSub(GossipSub):
    """Gossipsub 1.1 that never prunes to starvation and whose heartbeat survives its own mistakes."""

    def __init__(self) -> None:
        super().__init__(
            protocols=[PROTOCOL_ID_V11],
            degree=6,
            degree_low=4,
            degree_high=1000,
            heartbeat_initial_delay=0.1,
            heartbeat_interval=1,
            adaptive_gossip_enabled=False,
            spam_protection_enabled=False,
            eclipse_protection_enabled=False,
            do_px=False,
        )

    async def heartbeat(self) -> None:
        """Upstream's loop, begun again when it fails."""
        while True:
            try:
                await super().heartbeat()
            except Exception:  # noqa: BLE001  -- one peer's odd state must not stop the mesh for all
                _LOG.exception("the gossip heartbeat failed")
            await trio.sleep(1)


def _next_rpc(buffer: bytearray) -> bytes | None:
    length = shift = used = 0
    while used < min(len(buffer), _VARINT_BYTES):
        byte = buffer[used]
        used += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
    else:
        if used == _VARINT_BYTES:
            raise MessageTooLarge("length prefix")
        return None
    if length > RPC_BYTES:
        raise MessageTooLarge("RPC")
    if len(buffer) - used < length:
        return None
    rpc = bytes(buffer[used : used + length])
    del buffer[: used + length]
    return rpc


def _too_much_control(control: rpc_pb2.ControlMessage) -> bool:
    entries = len(control.ihave) + len(control.iwant) + len(control.graft) + len(control.prune)
    ids = sum(len(have.messageIDs) for have in control.ihave) + sum(len(want.messageIDs) for want in control.iwant)
    return entries > CONTROL_ENTRIES or ids > IHAVE_IDS
