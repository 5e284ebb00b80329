"""What waits to be sent to one gossip peer: bounded in bytes, and large enough for a burst."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

from libp2p.pubsub import pubsub
from libp2p.pubsub.rpc_queue import RpcQueue

if TYPE_CHECKING:
    from libp2p.pubsub.pb import rpc_pb2

RPC_BYTES = 128 * 1024
"""The largest RPC that is read, so the largest that is sent: one gossip message of 64 KiB and some control."""
QUEUED_RPCS = 4_096
"""py-libp2p's 32 lose half of a burst of 64 messages, without a word."""
QUEUED_BYTES = 2 * 1024 * 1024
"""With 64 peers that never read, 128 MiB: what a node may cost in the worst case."""


class OutgoingQueue(RpcQueue):
    """py-libp2p's queue with room for a burst and an end to what a peer that does not read can cost."""

    def __init__(self) -> None:
        super().__init__(max_size=QUEUED_RPCS, max_message_size=RPC_BYTES)
        self._bytes = 0

    def push(self, rpc: rpc_pb2.RPC, priority: bool = False) -> bool:  # noqa: FBT001, FBT002  -- upstream's signature
        """Put an RPC at the end; False if there is no room."""
        size = rpc.ByteSize()
        if self._bytes + size > QUEUED_BYTES or not super().push(rpc, priority):
            return False
        self._bytes += size
        return True

    async def pop(self) -> rpc_pb2.RPC | None:
        """The next RPC; None at the end."""
        rpc = await super().pop()
        if rpc is not None:
            self._bytes -= rpc.ByteSize()
        return rpc


def install() -> None:
    """Use it for every peer of this process. Safe to call again."""
    pubsub.RpcQueue = OutgoingQueue
