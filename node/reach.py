"""At which addresses others reach this node, as far as it can know by itself."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ANYWHERE = {"/ip4/0.0.0.0/": (socket.AF_INET, "ip4", "192.0.2.1"), "/ip6/::/": (socket.AF_INET6, "ip6", "2001:db8::1")}
"""Wildcard addresses, and an address for documentation (RFC 5737, RFC 3849) by which the system picks its own."""
_DISCARD_PORT = 9


def reachable(listening: Iterable[str], announce: Iterable[str], peer_id: str) -> tuple[str, ...]:
    """Multiaddrs with /p2p/: those the owner announces, else those listened on, wildcards made concrete."""
    announced = tuple(f"{address}/p2p/{peer_id}" for address in announce)
    return announced or tuple(address for given in listening for address in _concrete(given))


def _concrete(address: str) -> list[str]:
    for wildcard, (family, protocol, elsewhere) in _ANYWHERE.items():
        if address.startswith(wildcard):
            own = _own_address(family, elsewhere)
            return [] if own is None else [address.replace(wildcard, f"/{protocol}/{own}/", 1)]
    return [address]


def _own_address(family: socket.AddressFamily, elsewhere: str) -> str | None:
    """The address from which this machine would send; connecting a datagram socket sends nothing."""
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((elsewhere, _DISCARD_PORT))
        except OSError:
            return None  # there is no route: nobody reaches this node from outside
        return str(probe.getsockname()[0])
