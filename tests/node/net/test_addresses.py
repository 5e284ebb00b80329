"""Multiaddrs: whose, and which a stranger may make us dial."""

from __future__ import annotations

import pytest

from freehold.node.net.addresses import check_free, peer_of, worth_a_dial
from freehold.node.net.port import NetworkError

_EVERYWHERE = ("/ip4/0.0.0.0/tcp/7747/p2p/x",)
_HERE_ONLY = ("/ip4/127.0.0.1/tcp/7747/p2p/x",)
_AT_HOME = ("/ip4/192.168.1.5/tcp/7747/p2p/x",)


def test_the_peer_is_named_at_the_end() -> None:
    assert peer_of("/ip4/127.0.0.1/tcp/1/p2p/12D3") == "12D3"
    assert peer_of("/ip4/127.0.0.1/tcp/1") == ""


@pytest.mark.parametrize(
    ("address", "own", "worth"),
    [
        ("/ip4/93.184.216.34/tcp/1/p2p/y", _EVERYWHERE, True),
        ("/ip6/2606:2800:220:1::1/tcp/1/p2p/y", _HERE_ONLY, True),
        ("/dns4/example.org/tcp/1/p2p/y", _EVERYWHERE, True),
        ("/ip4/127.0.0.1/tcp/22/p2p/y", _EVERYWHERE, False),
        ("/ip4/127.0.0.1/tcp/22/p2p/y", _HERE_ONLY, True),
        ("/ip4/192.168.1.1/tcp/80/p2p/y", _HERE_ONLY, False),
        ("/ip4/192.168.1.1/tcp/80/p2p/y", _AT_HOME, True),
        ("/ip4/192.168.1.1/tcp/80/p2p/y", _EVERYWHERE, True),
        ("/ip4/169.254.169.254/tcp/80/p2p/y", _EVERYWHERE, False),
        ("/ip4/224.0.0.1/tcp/80/p2p/y", _EVERYWHERE, False),
        ("/ip4/0.0.0.0/tcp/80/p2p/y", _EVERYWHERE, False),
        ("/ip4/not-an-address/tcp/80/p2p/y", _EVERYWHERE, False),
        ("", _EVERYWHERE, False),
    ],
)
def test_a_stranger_cannot_make_us_knock_where_we_do_not_listen(
    address: str, own: tuple[str, ...], worth: bool
) -> None:
    assert worth_a_dial(address, own) is worth


@pytest.mark.parametrize(
    "address",
    ["", "nonsense", "/ip4/127.0.0.1/udp/1", "/dns4/localhost/tcp/1", "/ip4/127.0.0.1/tcp/x", "/ip4/8.8.8.8/tcp/1"],
)
def test_what_cannot_be_listened_on_is_told(address: str) -> None:
    with pytest.raises(NetworkError, match=r"listen on|is not an address"):
        check_free(address)


def test_a_free_port_is_free() -> None:
    check_free("/ip4/127.0.0.1/tcp/0")
    check_free("/ip6/::1/tcp/0")
