"""Multiaddrs: whose, of which kind, and whether one can be listened on."""

from __future__ import annotations

import ipaddress
import socket

from .port import NetworkError

_LOOPBACK, _LOCAL, _GLOBAL, _EVERY = "loopback", "local", "global", "every"


def peer_of(address: str) -> str:
    """The peer id at the end of a multiaddr; empty if there is none."""
    _, found, peer = address.rpartition("/p2p/")
    return peer if found else ""


def worth_a_dial(address: str, own: tuple[str, ...]) -> bool:
    """Whether an address that a stranger named may be dialled by a node that listens on `own`.

    Strangers must not make this machine knock at itself or in its local network, unless it is there that it listens.
    """
    kind, kinds = _kind(address), {_kind(known) for known in own}
    if kind == _LOCAL:
        return not kinds.isdisjoint({_LOCAL, _EVERY})
    return kind == _GLOBAL or (kind == _LOOPBACK and _LOOPBACK in kinds)


def check_free(address: str) -> None:
    """Raises NetworkError if this address cannot be listened on.

    libp2p listens with SO_REUSEPORT: a port that another node listens on would be no error at all, only strange.
    """
    parts = address.split("/")
    family = {"ip4": socket.AF_INET, "ip6": socket.AF_INET6}.get(parts[1] if len(parts) > 1 else "")
    try:
        host, port = parts[2], int(parts[4])
    except (IndexError, ValueError) as error:
        raise NetworkError(f"{address} is not an address such as /ip4/0.0.0.0/tcp/7747") from error
    if family is None or parts[3] != "tcp":
        raise NetworkError(f"cannot listen on {address}: it must be /ip4/ or /ip6/, a numeric address and /tcp/")
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise NetworkError(f"cannot listen on {address}: {error.strerror}") from error


def _kind(address: str) -> str | None:
    parts = address.split("/")
    if len(parts) < 3:  # noqa: PLR2004  -- "", the family, the host
        return None
    if parts[1].startswith("dns"):
        return _GLOBAL
    try:
        number = ipaddress.ip_address(parts[2])
    except ValueError:
        return None
    if number.is_unspecified:
        return _EVERY
    if number.is_loopback:
        return _LOOPBACK
    if number.is_multicast or number.is_link_local:
        return None
    return _GLOBAL if number.is_global else _LOCAL
