"""A libp2p host that strangers may talk to: Noise only, bounded streams, and no input that ends it."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false
from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from libp2p import new_host
from libp2p.crypto.ed25519 import Ed25519PrivateKey
from libp2p.crypto.keys import KeyPair
from libp2p.crypto.x25519 import create_new_key_pair as new_noise_key
from libp2p.custom_types import TProtocol
from libp2p.network.config import ConnectionConfig, RetryConfig
from libp2p.security.noise.transport import PROTOCOL_ID as NOISE, Transport as Noise
from libp2p.stream_muxer.yamux.yamux import PROTOCOL_ID as YAMUX

from . import muxer
from .door import HANDSHAKE_S, Door, quietly

if TYPE_CHECKING:
    from multiaddr import Multiaddr

NEGOTIATION_S = 5
"""For a new stream's protocol; upstream's 30 s let idle streams pile up."""
CONNECTIONS_A_PEER = 2
"""Two nodes that dial each other at the same moment have two for a while."""
SPARE_CONNECTIONS = 128
"""Beyond the inbound ones: our own dials, and handshakes under way, which upstream counts in the same number."""
_LOG = logging.getLogger(__name__)


def hardened_host(seed: bytes, listen: list[Multiaddr], inbound: int) -> Any:  # noqa: ANN401
    """A host with the transport key that grows from 32 bytes, for at most `inbound` inbound connections."""
    muxer.install()
    private = Ed25519PrivateKey.from_bytes(seed)
    keys = KeyPair(private, private.get_public_key())
    most = inbound + SPARE_CONNECTIONS
    host: Any = new_host(
        key_pair=keys,
        listen_addrs=listen,
        sec_opt={TProtocol(NOISE): Noise(keys, noise_privkey=new_noise_key().private_key)},
        muxer_opt={TProtocol(YAMUX): muxer.BoundedYamux},
        negotiate_timeout=NEGOTIATION_S,
        disable_identify_address_discovery=True,  # else strangers' word becomes our address
        connection_config=ConnectionConfig(
            max_connections=most,
            min_connections=0,
            low_watermark=0,
            high_watermark=most - 1,
            inbound_upgrade_timeout=HANDSHAKE_S,
            inbound_stream_protocol_negotiation_timeout=float(NEGOTIATION_S),
            max_connections_per_peer=CONNECTIONS_A_PEER,
        ),
    )
    host.get_network().retry_config = RetryConfig(max_retries=0)  # who dials decides when to try again
    host._schedule_identify = _identify_nobody  # noqa: SLF001
    host.get_network().auto_connector.maybe_connect = _dial_nobody
    _guard(host.get_network(), inbound)
    return host


def _identify_nobody(peer_id: Any, *, reason: str) -> None:  # noqa: ANN401
    """We answer identify, for those who ask, but have no use for what strangers claim of themselves."""


async def _dial_nobody() -> None:
    """Upstream dials whatever addresses it knows; here the keeper decides."""


def _guard(swarm: Any, inbound: int) -> None:  # noqa: ANN401
    """The two places where what a peer sends would end the host, or take a place in it for ever."""
    handle = swarm.common_stream_handler

    async def guarded(stream: Any) -> None:  # noqa: ANN401
        try:
            await handle(stream)
        except Exception as error:  # noqa: BLE001  -- an exception that leaves a stream handler ends the whole host
            _LOG.debug("a stream of %s ended: %r", stream.muxed_conn.peer_id, error)
            await quietly(stream.reset)

    swarm.set_stream_handler(guarded)
    swarm.door = Door(swarm, inbound)
    swarm._do_handle_inbound_connection = swarm.door.open  # noqa: SLF001
