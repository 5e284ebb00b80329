"""Who is connected, as the node sees it: one entry a peer, however many connections carry it."""

# pyright: reportUnknownMemberType=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from libp2p.abc import INotifee
from libp2p.peer.peerstore import PeerStoreError

from .door import quietly
from .port import PeerInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    from .port import Inbound

OUT, IN = "out", "in"


class Connections(INotifee):
    """Follows libp2p's notices, and tells the node of the first and the last connection of a peer."""

    def __init__(self, inbound: Inbound, banned: Callable[[str], bool], now_ms: Callable[[], int]) -> None:
        self._inbound, self._banned, self._now = inbound, banned, now_ms
        self._peers: dict[str, PeerInfo] = {}
        self._open: set[Any] = set()
        self.on_change: Callable[[], None] = lambda: None
        self.drop: Callable[[Any], None] = lambda peer: None
        """Close a peer's connections; set by whoever can."""
        self.on_lost: Callable[[Any], None] = lambda connection: None

    def __contains__(self, peer: str) -> bool:
        return peer in self._peers

    def peers(self) -> list[PeerInfo]:
        """All of them."""
        return list(self._peers.values())

    def dialled(self, peer: str, address: str) -> None:
        """A dial succeeded: that address is better than what the socket says."""
        known = self._peers.get(peer)
        if known is not None:
            self._peers[peer] = PeerInfo(peer, address, OUT, known.since)

    def all_gone(self) -> None:
        """The host has ended."""
        for peer in list(self._peers):
            self._gone(peer)

    async def close_sockets(self) -> None:
        """Close every connection's socket, without a farewell."""
        while self._open:
            await quietly(self._open.pop().muxed_conn.secured_conn.close)

    async def connected(self, network: Any, conn: Any) -> None:  # noqa: ANN401
        """A connection is up."""
        self._open.add(conn)
        peer = conn.muxed_conn.peer_id
        name = str(peer)
        if self._banned(name):
            self.drop(peer)
        elif name not in self._peers:
            addresses = conn.get_transport_addresses()
            direction = OUT if conn.muxed_conn.is_initiator else IN
            self._peers[name] = PeerInfo(name, str(addresses[0]) if addresses else "", direction, self._now())
            self._inbound.joined(name)

    async def disconnected(self, network: Any, conn: Any) -> None:  # noqa: ANN401
        """A connection is gone; perhaps not the peer's only one."""
        self._open.discard(conn)
        self.on_lost(conn)
        peer = conn.muxed_conn.peer_id
        if any(other is not conn and not other.muxed_conn.is_closed for other in network.get_connections(peer)):
            return
        with suppress(PeerStoreError):  # of a peer that claimed nothing
            network.peerstore.clear_peerdata(peer)  # else every stranger's claims stay in memory for ever
        self._gone(str(peer))
        self.on_change()

    def _gone(self, peer: str) -> None:
        if self._peers.pop(peer, None) is not None:
            self._inbound.left(peer)

    async def opened_stream(self, network: Any, stream: Any) -> None:  # noqa: ANN401
        """Of no interest."""

    async def closed_stream(self, network: Any, stream: Any) -> None:  # noqa: ANN401
        """Of no interest."""

    async def listen(self, network: Any, multiaddr: Any) -> None:  # noqa: ANN401
        """Of no interest."""

    async def listen_close(self, network: Any, multiaddr: Any) -> None:  # noqa: ANN401
        """Of no interest."""
