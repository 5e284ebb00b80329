"""Gossipsub 1.1's mesh, as far as we use it: no pruning to starvation, no state that grows, no message signatures."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false, reportUnknownVariableType=false
from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

import trio
from libp2p.pubsub.gossipsub import PROTOCOL_ID_V11, GossipSub
from libp2p.pubsub.mcache import CacheEntry, MessageCache
from libp2p.pubsub.pb import rpc_pb2

from .framing import message_id

if TYPE_CHECKING:
    from libp2p.peer.id import ID

HEARTBEAT_S = 1
"""Upstream's 120 would leave a hole in the mesh for two minutes."""
DEGREE, LEAST_DEGREE, MOST_DEGREE = 6, 4, 1_000
"""A peer that is pruned gets nothing for a minute (upstream gives it no IHAVE either): so nobody is pruned, and the
number of connections bounds the mesh."""
WINDOW, HISTORY = 3, 5
"""Heartbeats for which a message is offered (IHAVE) and kept (IWANT)."""
WANTED_AT_ONCE = 64
"""Messages sent on one IWANT: at most 4 MiB of which the outgoing queue takes what it has room for."""
_LOG = logging.getLogger(__name__)


class ContentCache(MessageCache):
    """Recent messages by our message id; upstream's knows only author and number, which we do not send."""

    def put(self, msg: rpc_pb2.Message) -> None:
        """Keep a message for a few heartbeats."""
        name = message_id(msg.topicIDs[0], msg.data)
        if name not in self.msgs:
            self.msgs[name] = msg
            self.history[0].append(CacheEntry(name, msg.topicIDs))


class SteadyGossipSub(GossipSub):
    """Gossipsub 1.1 that never starves a peer and whose heartbeat survives its own mistakes."""

    def __init__(self) -> None:
        super().__init__(
            protocols=[PROTOCOL_ID_V11],
            degree=DEGREE,
            degree_low=LEAST_DEGREE,
            degree_high=MOST_DEGREE,
            gossip_window=WINDOW,
            gossip_history=HISTORY,
            heartbeat_initial_delay=0.1,
            heartbeat_interval=HEARTBEAT_S,
            adaptive_gossip_enabled=False,
            spam_protection_enabled=False,
            eclipse_protection_enabled=False,
            do_px=False,
        )
        self.mcache = ContentCache(WINDOW, HISTORY)
        self.lost = 0
        """Messages that a peer did not get because its queue was full."""

    async def publish(self, msg_forwarder: ID, pubsub_msg: rpc_pb2.Message) -> None:
        """Pass a message on to the mesh.

        Upstream's adds a signed peer record to each (an eighth of gossip's time), remembers every delivery for ever
        and drops what it takes for two messages of one author and number.
        """
        pubsub: Any = self.pubsub
        self.mcache.put(pubsub_msg)
        rpc = rpc_pb2.RPC(publish=[pubsub_msg])
        for peer in self._get_peers_to_send(pubsub_msg.topicIDs, msg_forwarder, msg_forwarder):
            if peer in pubsub.peers:
                self.send_rpc(peer, rpc)

    async def send_recent_messages(self, peer_id: ID, topic: str) -> None:
        """What a new peer may have missed, through its queue.

        Upstream's writes past the queue, and two writers of one Yamux stream mix their frames.
        """
        for name in self.mcache.window(topic):
            message = self.mcache.get(name)
            if message is not None:
                self.send_rpc(peer_id, rpc_pb2.RPC(publish=[message]))

    async def handle_iwant(self, iwant_msg: rpc_pb2.ControlIWant, sender_peer_id: ID) -> None:
        """Send what a peer wants, each message once."""
        wanted = list(dict.fromkeys(iwant_msg.messageIDs))[:WANTED_AT_ONCE]
        await super().handle_iwant(rpc_pb2.ControlIWant(messageIDs=wanted), sender_peer_id)

    async def heartbeat(self) -> None:
        """Upstream's loop, begun again when it fails."""
        while True:
            try:
                await super().heartbeat()
            except Exception:  # noqa: BLE001  -- one peer's odd state must not stop the mesh for all
                _LOG.exception("the gossip heartbeat failed")
            await trio.sleep(HEARTBEAT_S)

    async def flush_pending_messages(self, peer_id: ID) -> None:
        """Nothing is ever pending: `send_recent_messages` reaches those who subscribe late."""

    async def on_peer_subscribed(self, peer_id: ID, topic: str) -> None:
        """Upstream runs this as a task whose failure would end gossip."""
        try:
            await super().on_peer_subscribed(peer_id, topic)
        except Exception:  # noqa: BLE001  -- see above; the heartbeat mends the mesh
            _LOG.exception("grafting a new subscriber failed")

    async def _do_px(self, px_peers: list[rpc_pb2.PeerInfo]) -> None:
        """Peers that a stranger names are not dialled: addresses come from inbox records."""

    def _periodic_security_cleanup(self) -> None:
        super()._periodic_security_cleanup()
        now = time.time()  # upstream's back-off times are of this clock
        for topic, peers in self.back_off.items():
            self.back_off[topic] = {peer: until for peer, until in peers.items() if until > now}

    def _handle_dropped_rpc(self, peer_id: ID, rpc: rpc_pb2.RPC, reason: str) -> None:
        self.lost += len(rpc.publish)
        super()._handle_dropped_rpc(peer_id, rpc, reason)
