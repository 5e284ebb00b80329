"""A libp2p host that strangers may talk to: Noise only, bounded streams, and no input that ends it."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false
# libp2p's insides are overridden here, and trio's old stubs (a dependency of libp2p) hide newer names.
from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Any

import trio
from libp2p import new_host
from libp2p.crypto.ed25519 import Ed25519PrivateKey
from libp2p.crypto.keys import KeyPair
from libp2p.crypto.x25519 import create_new_key_pair as new_noise_key
from libp2p.custom_types import TProtocol
from libp2p.network.config import ConnectionConfig
from libp2p.network.connection.raw_connection import RawConnection
from libp2p.security.noise.transport import PROTOCOL_ID as NOISE, Transport as Noise
from libp2p.stream_muxer.yamux.yamux import PROTOCOL_ID as YAMUX

from . import muxer

if TYPE_CHECKING:
    from libp2p.host.basic_host import BasicHost
    from multiaddr import Multiaddr

UPGRADE_S = 5.0
CLOSE_S = 2.0
MAX_CONNECTIONS = 64
PENDING_AN_ADDRESS = 3
"""Inbound connections of one address that have not finished their handshake: one slow client costs 3 places of 64."""
_LOG = logging.getLogger(__name__)


def hardened_host(seed: bytes, listen: list[Multiaddr]) -> BasicHost:
    """A host with the transport key that grows from 32 bytes."""
    muxer.install()
    private = Ed25519PrivateKey.from_bytes(seed)
    keys = KeyPair(private, private.get_public_key())
    host: Any = new_host(
        key_pair=keys,
        listen_addrs=listen,
        sec_opt={TProtocol(NOISE): Noise(keys, noise_privkey=new_noise_key().private_key)},
        muxer_opt={TProtocol(YAMUX): muxer.BoundedYamux},
        connection_config=ConnectionConfig(
            max_connections=MAX_CONNECTIONS * 2,
            min_connections=0,
            low_watermark=0,
            high_watermark=MAX_CONNECTIONS * 2 - 1,
            inbound_upgrade_timeout=UPGRADE_S,
            max_connections_per_peer=2,
        ),
    )
    _guard(host.get_network())
    return host


def _guard(swarm: Any) -> None:  # noqa: ANN401
    """The two places where whatever a peer sends would end the host or leak a place for ever."""
    handle = swarm.common_stream_handler

    async def guarded(stream: Any) -> None:  # noqa: ANN401
        try:
            await handle(stream)
        except Exception as error:  # noqa: BLE001  -- an exception that leaves a stream handler ends the whole host
            _LOG.info("a stream of %s ended: %r", stream.muxed_conn.peer_id, error)
            await _quietly(stream.reset)

    swarm.set_stream_handler(guarded)
    swarm._do_handle_inbound_connection = _Door(swarm).open  # noqa: SLF001


class _Door:
    """Inbound connections. Upstream waits for the host's end in each, so its 251st connection ever is refused."""

    def __init__(self, swarm: Any) -> None:  # noqa: ANN401
        self._swarm = swarm
        self._pending: Counter[str] = Counter()

    async def open(self, end: Any, maddr: Multiaddr, _failed: trio.Event) -> None:  # noqa: ANN401
        """Shake hands, then wait for the connection's end, so that its slot and task are free again."""
        raw = RawConnection(end, False)  # noqa: FBT003
        remote = end.get_remote_address()
        address = remote[0] if remote else ""
        connection = None
        if self._pending[address] < PENDING_AN_ADDRESS:
            self._pending[address] += 1
            connection = await self._shake_hands(raw, maddr)
            self._pending[address] -= 1
        self._pending += Counter()  # forgets addresses that nothing is pending of
        if connection is not None:
            await connection.event_closed.wait()
        await _quietly(raw.close)

    async def _shake_hands(self, raw: RawConnection, maddr: Multiaddr) -> Any:  # noqa: ANN401
        try:
            with trio.move_on_after(UPGRADE_S):
                return await self._swarm.upgrade_inbound_raw_conn(raw, maddr)
        except Exception as error:  # noqa: BLE001  -- a failed handshake, whatever its form, is the dialler's matter
            _LOG.debug("a handshake failed: %r", error)
        return None


async def _quietly(close: Any) -> None:  # noqa: ANN401
    with trio.CancelScope(shield=True), trio.move_on_after(CLOSE_S):
        try:
            await close()
        except Exception as error:  # noqa: BLE001  -- it is being thrown away: how it fails does not matter
            _LOG.debug("closing failed: %r", error)
