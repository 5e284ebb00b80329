"""Gossip as an accelerator: fixed topics, metered peers, and nothing in it that a peer's bytes can end.

Messages are not signed, since the records in them are (specs/decisions/0003); tests/hostile shows what the stock
library makes of the same input.
"""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false, reportUnknownVariableType=false
from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from typing import TYPE_CHECKING, Any, Protocol

import trio
from libp2p.io.exceptions import IOException
from libp2p.network.stream.exceptions import StreamError
from libp2p.pubsub.pb import rpc_pb2
from libp2p.pubsub.pubsub import Pubsub

from . import framing, outgoing
from .buckets import Buckets

if TYPE_CHECKING:
    from libp2p.peer.id import ID

MESSAGES_A_SECOND, MESSAGES_BURST = 20.0, 200.0
"""The rate that the network is planned for, and ten seconds of it."""
BYTES_A_SECOND, BYTES_BURST = 256.0 * 1024, 1024.0 * 1024
SEEN = 65_536
"""Message ids remembered: two minutes of 500 messages a second; an id costs about 130 bytes."""
STREAMS_A_PEER = 4
"""Gossip streams that a peer has open towards us: one, twice while two connections cross, and some that end."""
STRIKE, HEAVY_STRIKE = 1, 5
_READ_BYTES = 64 * 1024
_RESET_S = 2.0
_LOG = logging.getLogger(__name__)


class Judge(Protocol):
    """What gossip asks of the network. All of it is quick and never raises."""

    def heard(self, topic: str, data: bytes, peer: str) -> bool:
        """A message that is new here; True relays it."""
        ...

    def penalize(self, peer: str, reason: str, weight: int = 1) -> None:
        """Note misbehaviour."""
        ...

    def refuses(self, peer: str) -> bool:
        """Whether a peer is banned."""
        ...


class MeteredPubsub(Pubsub):
    """`judge` decides what is relayed, and hears of misbehaviour."""

    def __init__(self, host: Any, router: Any, topics: frozenset[str], judge: Judge) -> None:  # noqa: ANN401
        outgoing.install()
        super().__init__(
            host,
            router,
            strict_signing=False,
            msg_id_constructor=lambda message: framing.message_id(message.topicIDs[0], message.data),
            max_inbound_rpc_size=outgoing.RPC_BYTES,
            allowed_topics=topics,
            max_subscriptions_per_rpc=2 * len(topics),
            max_subscriptions_per_peer=len(topics),
        )
        self.seen_messages.stop()  # a thread of upstream's, for a cache without a bound
        self.seen_messages: Any = Seen(SEEN)
        self._topics, self._judge = topics, judge
        self._messages = Buckets(MESSAGES_A_SECOND, MESSAGES_BURST)
        self._bytes = Buckets(BYTES_A_SECOND, BYTES_BURST)
        self._streams: Counter[ID] = Counter()
        self.counts: Counter[str] = Counter()

    async def publish(self, topic_id: str | list[str], data: bytes) -> None:
        """Send a message of our own, unsigned."""
        topics = [topic_id] if isinstance(topic_id, str) else topic_id
        await self.push_msg(self.my_id, rpc_pb2.Message(data=data, topicIDs=topics))

    async def push_msg(self, msg_forwarder: ID, msg: rpc_pb2.Message) -> None:
        """One message: once only, metered before anybody looks into it, judged, relayed."""
        peer, own = str(msg_forwarder), msg_forwarder == self.my_id
        fault = framing.message_fault(msg, self._topics)
        if fault:
            self._judge.penalize(peer, fault, STRIKE)
            return
        name = framing.message_id(msg.topicIDs[0], msg.data)
        if self.seen_messages.has(name) and not own:  # one's own goes out again: perhaps nobody was there to hear it
            self.counts["gossip known"] += 1
        elif not own and not self._messages.take(peer, trio.current_time()):
            self.counts["gossip over the rate"] += 1
        else:
            self.seen_messages.add(name)  # before anything is awaited: a copy that comes meanwhile is known
            if own or self._judge.heard(msg.topicIDs[0], msg.data, peer):
                await self.router.publish(msg_forwarder, msg)

    async def continuously_read_stream(self, stream: Any) -> None:  # noqa: ANN401
        """Read a peer's gossip; whatever it sends ends this stream at worst, never the host."""
        peer = stream.muxed_conn.peer_id
        self._streams[peer] += 1
        try:
            if self._streams[peer] <= STREAMS_A_PEER:
                await self._read_all(stream, peer)
        except (StreamError, IOException) as error:
            _LOG.debug("the gossip stream of %s ended: %r", peer, error)
        except Exception as error:  # noqa: BLE001  -- protobuf and upstream raise many unrelated types on odd bytes
            _LOG.debug("unreadable gossip from %s: %r", peer, error)
            self._judge.penalize(str(peer), "unreadable gossip", HEAVY_STRIKE)
        finally:
            self._streams[peer] -= 1
            self._streams += Counter()  # forgets peers without streams
        await _reset(stream)

    async def _read_all(self, stream: Any, peer: ID) -> None:  # noqa: ANN401
        buffer = bytearray()
        while self.manager.is_running:
            raw = framing.next_rpc(buffer, outgoing.RPC_BYTES)
            if raw is not None:
                await self._take(raw, peer)
                continue
            chunk = await stream.read(_READ_BYTES)
            if not chunk:
                return
            await trio.sleep(self._bytes.borrow(str(peer), trio.current_time(), len(chunk)))
            buffer += chunk

    async def _take(self, raw: bytes, peer: ID) -> None:
        """One RPC. What it carries of peer records is ignored: nothing here dials by them."""
        rpc = rpc_pb2.RPC()
        rpc.ParseFromString(raw)
        rpc.ClearField("senderRecord")
        for message in rpc.publish:
            await self.push_msg(peer, message)  # one after the other: the peer's stream waits, not our memory
            await trio.lowlevel.checkpoint()
        if len(rpc.subscriptions) > self.max_subscriptions_per_rpc:
            self._judge.penalize(str(peer), "too many subscriptions at once", HEAVY_STRIKE)
        else:
            for subscription in rpc.subscriptions:
                self.handle_subscription(peer, subscription)
        if rpc.HasField("control"):
            fault = framing.control_fault(rpc.control, self._topics)
            if fault:
                self._judge.penalize(str(peer), fault, HEAVY_STRIKE)
            else:
                await self.router.handle_rpc(rpc, peer)

    def connection_lost(self, connection: Any) -> None:  # noqa: ANN401
        """A connection ended. If gossip to its peer went by it and there is another, go on by that.

        Upstream notices only when it next writes: until then somebody who came back at once hears nothing of us.
        """
        peer = connection.muxed_conn.peer_id
        stream: Any = self.peers.get(peer)
        if stream is not None and stream.muxed_conn is connection.muxed_conn and self._peer_is_connected(peer):
            del self.peers[peer]
            self.peer_queues.pop(peer).close()
            self._schedule_peer_stream_retry(peer)

    async def _replay_recent_messages(self, peer_id: ID, topic: str) -> None:
        """What a new peer may have missed: into the mesh first, so that nothing falls between the two."""
        await self.router.on_peer_subscribed(peer_id, topic)
        await super()._replay_recent_messages(peer_id, topic)

    def is_peer_blacklisted(self, peer_id: ID) -> bool:
        """Whether a peer is banned."""
        return self._judge.refuses(str(peer_id))

    def notify_subscriptions(self, publish_message: rpc_pb2.Message) -> None:
        """Nobody reads upstream's subscription channels here: the judge has had the message."""


class Seen:
    """The ids of the last messages, in place of upstream's cache, which a peer could fill without end."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._names: OrderedDict[bytes, None] = OrderedDict()

    def has(self, name: bytes) -> bool:
        """Whether it is among them."""
        return name in self._names

    def add(self, name: bytes) -> bool:
        """Remember it; False if it was known."""
        if name in self._names:
            return False
        self._names[name] = None
        if len(self._names) > self._most:
            self._names.popitem(last=False)
        return True


async def _reset(stream: Any) -> None:  # noqa: ANN401
    with trio.move_on_after(_RESET_S):
        try:
            await stream.reset()
        except (StreamError, IOException) as error:
            _LOG.debug("resetting a gossip stream failed: %r", error)
