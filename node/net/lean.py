"""py-libp2p without what a node never uses: QUIC, WebSocket, mDNS, relays, and certificates by ACME.

The library imports all of it with its first module, in a third of a node's start, and it stays in memory. Here modules
without content stand for those that lead there, with the names that the library takes from them at once.
"""

from __future__ import annotations

import sys
from types import ModuleType

from dns import _features

LEFT_OUT = {
    "libp2p.transport.quic.utils": ("is_quic_multiaddr",),
    "libp2p.transport.quic.transport": ("QUICTransport",),
    "libp2p.transport.quic.config": ("QUICTransportConfig",),
    "libp2p.transport.quic.exceptions": ("QUICStreamClosedError", "QUICStreamResetError"),
    "libp2p.transport.quic.stream": ("QUICStream",),
    "libp2p.transport.websocket.transport": ("WebsocketTransport",),
    "libp2p.discovery.mdns.mdns": ("MDNSDiscovery", "create_mdns_discovery"),
    "libp2p.relay.circuit_v2.nat": ("is_private_ip",),
    "libp2p.security.tls.autotls.acme": ("ACMEClient", "compute_b36_peer_id"),
    "libp2p.security.tls.autotls.broker": ("BrokerClient",),
}
"""Module and names. A release of the library that takes more fails with its import, not when a peer says something."""


class LeftOut(Exception):
    """What stands for each name: the library tells errors and transports apart by it, but nobody can make one."""

    def __init__(self, *_: object) -> None:
        raise NotImplementedError(f"{type(self).__name__} is left out of libp2p here: see {__name__}")


def leave_out() -> None:
    """Put the empty modules in place, unless the library is there already."""
    if "libp2p" in sys.modules:
        return
    for name, held in LEFT_OUT.items():
        module = ModuleType(name, __doc__)
        for each in held:
            setattr(module, each, stand_in(each))
        sys.modules[name] = module
    _features.force("doq", enabled=False)  # names are asked over QUIC by nobody, but dnspython would bring it all


def stand_in(name: str) -> type[LeftOut]:
    """A class of that name which has no objects."""
    return type(name, (LeftOut,), {})
