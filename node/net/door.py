"""Inbound connections: how many, from where, and how fast; and a handshake that cannot hold the door for others."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false
from __future__ import annotations

import ipaddress
import logging
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import trio
from libp2p.network.connection.raw_connection import RawConnection

from .buckets import Buckets

if TYPE_CHECKING:
    from multiaddr import Multiaddr

HANDSHAKE_S = 5.0
CLOSE_S = 2.0
SHAKING_AN_ADDRESS = 3
"""Handshakes of one address at a time: a slow client keeps its own address waiting, and nobody else's."""
WAITING_AN_ADDRESS = 16
"""Connections of one address that wait for their handshake: a household that comes back after a power cut."""
AN_ADDRESS, A_NETWORK = 2, 4
"""Connections of one public address, and of one public /24 (IPv6: /56): what one person controls cheaply."""
ARRIVALS_A_SECOND, ARRIVALS_BURST = 2.0, 10.0
"""Of one public address. A handshake costs about 20 ms of processor time."""
_IPV4_BITS, _IPV6_BITS = 24, 56
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a connection comes from. Addresses of this machine and of a local network are only counted in total."""

    address: str
    network: str
    public: bool

    @classmethod
    def of(cls, address: str) -> Origin:
        """The origin of a numeric address; one that cannot be read counts as public."""
        try:
            number = ipaddress.ip_address(address)
        except ValueError:
            return cls(address, address, public=True)
        if isinstance(number, ipaddress.IPv6Address):
            if number.ipv4_mapped:
                return cls.of(str(number.ipv4_mapped))
            network = ipaddress.ip_network((number, _IPV6_BITS), strict=False)
            return cls(str(network), str(network), number.is_global)
        network = ipaddress.ip_network((number, _IPV4_BITS), strict=False)
        return cls(address, str(network), number.is_global)


class Room:
    """Counts who is inside, and says who may come in. `now` is a monotonic clock's seconds."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._inside: Counter[str] = Counter()
        self._arrivals = Buckets(ARRIVALS_A_SECOND, ARRIVALS_BURST)
        self._total = 0

    def admits(self, origin: Origin, now: float) -> bool:
        """Whether a new connection may even shake hands."""
        if self._total >= self._most:
            return False
        if not origin.public:
            return True
        crowded = self._inside[origin.address] >= AN_ADDRESS or self._inside[origin.network] >= A_NETWORK
        return not crowded and self._arrivals.take(origin.address, now)

    def enter(self, origin: Origin) -> bool:
        """Count an established connection, if there is still room (several may have shaken hands meanwhile)."""
        if self._total >= self._most:
            return False
        self._count(origin, 1)
        return True

    def leave(self, origin: Origin) -> None:
        """Take back `enter`."""
        self._count(origin, -1)

    def _count(self, origin: Origin, change: int) -> None:
        self._total += change
        if origin.public:
            self._inside[origin.address] += change
            if origin.network != origin.address:
                self._inside[origin.network] += change
            self._inside += Counter()  # forgets those that are at zero


class Door:
    """Takes inbound connections in. Upstream's waits for the host's end in each: its 251st ever is refused."""

    def __init__(self, swarm: Any, most: int) -> None:  # noqa: ANN401
        self._swarm = swarm
        self._room = Room(most)
        self._shaking: dict[str, trio.CapacityLimiter] = {}
        self._waiting: Counter[str] = Counter()
        self.turned_away = 0

    async def open(self, end: Any, maddr: Multiaddr, _failed: Any) -> None:  # noqa: ANN401
        """Shake hands, then wait for the connection's end, so that its slot and its task are free again."""
        raw = RawConnection(end, False)  # noqa: FBT003  -- upstream's signature: not the initiator
        remote = end.get_remote_address()
        origin = Origin.of(remote[0] if remote else "")
        try:
            if self._waiting[origin.address] < WAITING_AN_ADDRESS and self._room.admits(origin, trio.current_time()):
                await self._receive(raw, maddr, origin)
            else:
                self.turned_away += 1
        finally:
            await quietly(raw.close)

    async def _receive(self, raw: RawConnection, maddr: Multiaddr, origin: Origin) -> None:
        connection = await self._in_turn(raw, maddr, origin.address)
        if connection is None:
            return
        if not self._room.enter(origin):
            self.turned_away += 1
            await quietly(connection.close)
            return
        try:
            await connection.event_closed.wait()
        finally:
            self._room.leave(origin)

    async def _in_turn(self, raw: RawConnection, maddr: Multiaddr, address: str) -> Any:  # noqa: ANN401
        limiter = self._shaking.setdefault(address, trio.CapacityLimiter(SHAKING_AN_ADDRESS))
        self._waiting[address] += 1
        try:
            async with limiter:
                return await self._shake_hands(raw, maddr)
        finally:
            self._waiting[address] -= 1
            if not self._waiting[address]:
                del self._waiting[address], self._shaking[address]

    async def _shake_hands(self, raw: RawConnection, maddr: Multiaddr) -> Any:  # noqa: ANN401
        try:
            with trio.move_on_after(HANDSHAKE_S):
                return await self._swarm.upgrade_inbound_raw_conn(raw, maddr)
        except Exception as error:  # noqa: BLE001  -- a failed handshake, whatever its form, is the dialler's matter
            _LOG.debug("a handshake failed: %r", error)
        return None


async def quietly(close: Any) -> None:  # noqa: ANN401
    """Close something that is being thrown away."""
    with trio.CancelScope(shield=True), trio.move_on_after(CLOSE_S):
        try:
            await close()
        except Exception as error:  # noqa: BLE001  -- how it fails does not matter any more
            _LOG.debug("closing failed: %r", error)
