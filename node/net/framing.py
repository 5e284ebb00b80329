"""Gossip's framing: RPCs after a varint of their length, and what a peer's RPC may hold."""

# pyright: reportAttributeAccessIssue=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# protobuf's generated classes carry no attributes that a type checker sees.
from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from libp2p.pubsub.pb import rpc_pb2

_VARINT_BYTES = 5
_VARINT_END = 0x80
CONTROL_ENTRIES = 64
"""IHAVE, IWANT, GRAFT and PRUNE in one RPC: eight topics need eight of each at most."""
NAMED_MESSAGES = 512
"""Message ids in one RPC: 20 messages a second make 60 in gossip's window of three heartbeats."""


class TooLong(Exception):
    """A length that is more than may be read."""


def next_rpc(buffer: bytearray, max_bytes: int) -> bytes | None:
    """Take the first whole RPC off the buffer; None if it is not all there. Raises TooLong."""
    length = shift = used = 0
    while used < min(len(buffer), _VARINT_BYTES):
        byte = buffer[used]
        used += 1
        length |= (byte & ~_VARINT_END) << shift
        shift += 7
        if not byte & _VARINT_END:
            break
    else:
        if used == _VARINT_BYTES:
            raise TooLong
        return None
    if length > max_bytes:
        raise TooLong
    if len(buffer) - used < length:
        return None
    rpc = bytes(buffer[used : used + length])
    del buffer[: used + length]
    return rpc


def message_id(topic: str, data: bytes) -> bytes:
    """SHA-256 over the topic's length (4 bytes, big endian), the topic and the data (specs/decisions/0003)."""
    name = topic.encode()
    return hashlib.sha256(len(name).to_bytes(4, "big") + name + data).digest()


def message_fault(message: rpc_pb2.Message, topics: AbstractSet[str]) -> str:
    """Why a peer may not send this message; empty if it may."""
    if len(message.topicIDs) != 1 or message.topicIDs[0] not in topics:
        return "a message that is not on one topic of this network"
    if message.from_id or message.seqno or message.signature or message.key:
        return "a signed gossip message, where only records are signed"
    return ""


def control_fault(control: rpc_pb2.ControlMessage, topics: AbstractSet[str]) -> str:
    """Why a peer may not send this control message; empty if it may."""
    entries = (*control.ihave, *control.graft, *control.prune)
    if len(entries) + len(control.iwant) > CONTROL_ENTRIES:
        return "too much gossip control at once"
    if sum(len(entry.messageIDs) for entry in (*control.ihave, *control.iwant)) > NAMED_MESSAGES:
        return "too many message ids at once"
    if any(entry.topicID not in topics for entry in entries):
        return "gossip control of a topic that does not exist"
    return ""
