"""Somebody who means harm: a stock libp2p host without scruples, or bare sockets."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import trio
from libp2p import new_host
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.exceptions import BaseLibp2pError
from libp2p.peer.id import ID
from libp2p.pubsub.pb import rpc_pb2
from libp2p.pubsub.validators import PUBSUB_SIGNING_PREFIX
from libp2p.utils import encode_varint_prefixed
from multiaddr import Multiaddr

from tests.hostile.stock import OFFERS, PROTOCOL

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

MESHSUB = "/meshsub/1.1.0"
_DIAL_S = 5.0
_WRITE_BYTES = 60_000
BROKEN = (BaseLibp2pError, OSError, EOFError, trio.BrokenResourceError, trio.ClosedResourceError)
"""What the victim's end may do to an attacker."""


class Mallory:
    """A host with a key of its own, connected to the victim."""

    def __init__(self, host: Any, keys: Any, victim: ID) -> None:
        self.host, self.keys, self.victim = host, keys, victim
        self._gossip: Any = None
        self.sent_back = 0
        """Bytes of gossip that the victim sent."""
        host.set_stream_handler(MESHSUB, self._take)

    @property
    def connection(self) -> Any:
        return self.host.get_network().get_connections(self.victim)[0].muxed_conn

    async def stream(self, protocol: str = PROTOCOL) -> Any:
        return await self.host.new_stream(self.victim, [protocol])

    async def raw_stream(self) -> Any:
        """A stream on which no protocol has been agreed."""
        return await self.host.get_network().new_stream(self.victim)

    async def gossip(self, *rpcs: rpc_pb2.RPC | bytes) -> None:
        """Send RPCs, or bytes in place of one, on one gossip stream."""
        if self._gossip is None:
            self._gossip = await self.stream(MESHSUB)
        for rpc in rpcs:
            data = encode_varint_prefixed(rpc if isinstance(rpc, bytes) else rpc.SerializeToString())
            for start in range(0, len(data), _WRITE_BYTES):
                await self._gossip.write(data[start : start + _WRITE_BYTES])

    async def _take(self, stream: Any) -> None:
        with suppress(*BROKEN):
            while chunk := await stream.read(_WRITE_BYTES):
                self.sent_back += len(chunk)

    async def until_noticed(self) -> None:
        """Return when the victim has read what was sent before, as far as that can be told from here."""
        with suppress(*BROKEN), trio.move_on_after(_DIAL_S):
            stream = await self.stream("/ipfs/ping/1.0.0")
            await stream.write(os.urandom(32))
            await stream.read(32)
            await stream.reset()

    def signed(self, data: bytes, topics: Sequence[str] = (OFFERS,)) -> rpc_pb2.Message:
        """A message that is in order for who signs gossip."""
        message = rpc_pb2.Message(
            data=data, topicIDs=topics, from_id=self.host.get_id().to_bytes(), seqno=os.urandom(8)
        )
        message.signature = self.keys.private_key.sign(PUBSUB_SIGNING_PREFIX.encode() + message.SerializeToString())
        message.key = self.keys.public_key.serialize()
        return message


@asynccontextmanager
async def mallory(
    address: str, before: Callable[[Mallory], object] = lambda _: None, **options: Any
) -> AsyncGenerator[Mallory]:
    """Connect to a victim, after `before`; `options` are those of libp2p's `new_host`. Raises as a failed dial."""
    keys = create_new_key_pair()
    host: Any = new_host(key_pair=keys, **options)
    host._schedule_identify = lambda peer_id, reason: None
    place = Multiaddr(address)
    victim = ID.from_string(address.rpartition("/")[2])
    who = Mallory(host, keys, victim)
    before(who)
    try:
        async with host.run(listen_addrs=[]):
            with trio.fail_after(_DIAL_S):
                connection = await host.get_network().dial_addr(place, victim)
                await connection.event_started.wait()
            try:
                yield who
            finally:
                with trio.CancelScope(shield=True), trio.move_on_after(1), suppress(*BROKEN):
                    await connection.muxed_conn.secured_conn.close()
    except BaseExceptionGroup as group:
        raise _only(group) from None


def _only(group: BaseExceptionGroup[BaseException]) -> BaseException:
    inner = group.exceptions[0]
    if len(group.exceptions) > 1:
        return group
    return _only(inner) if isinstance(inner, BaseExceptionGroup) else inner


@asynccontextmanager
async def idle_sockets(address: str, count: int, source: str) -> AsyncGenerator[None]:
    """Connections from another address of this machine that never say anything."""
    parts = address.split("/")
    sockets: list[trio.socket.SocketType] = []
    try:
        for _ in range(count):
            end = trio.socket.socket()
            sockets.append(end)
            await end.bind((source, 0))
            await end.connect((parts[2], int(parts[4])))
        yield
    finally:
        for end in sockets:
            end.close()
