"""What a node says of where it can be reached."""

import pytest

from freehold.node import reach
from freehold.node.reach import reachable

PEER = "12D3KooWGzxzKZYveHXtpG6AsrUJBcWxHBFS2HsEoGTxrMLvKXtf"


def test_a_concrete_address_is_told_as_it_is():
    address = f"/ip4/127.0.0.1/tcp/4001/p2p/{PEER}"
    assert reachable([address], [], PEER) == (address,)


def test_what_the_owner_announces_replaces_everything():
    assert reachable([f"/ip4/127.0.0.1/tcp/1/p2p/{PEER}"], ["/dns/node.example/tcp/7747"], PEER) == (
        f"/dns/node.example/tcp/7747/p2p/{PEER}",
    )


@pytest.mark.parametrize("wildcard", ["/ip4/0.0.0.0", "/ip6/::"])
@pytest.mark.parametrize("own", ["198.51.100.7", None])
def test_a_wildcard_is_never_told(wildcard, own, monkeypatch):
    monkeypatch.setattr(reach, "_own_address", lambda *_: own)
    protocol = wildcard.split("/")[1]
    expected = () if own is None else (f"/{protocol}/{own}/tcp/4001/p2p/{PEER}",)
    assert reachable([f"{wildcard}/tcp/4001/p2p/{PEER}"], [], PEER) == expected


def test_the_real_system_gives_an_address_or_none():
    for address in reachable([f"/ip4/0.0.0.0/tcp/4001/p2p/{PEER}"], [], PEER):
        assert address.startswith("/ip4/")
        assert "/0.0.0.0/" not in address
