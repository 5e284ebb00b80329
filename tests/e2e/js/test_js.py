"""A js-libp2p peer is a neighbour like any other: nothing of the wire is py-libp2p's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio

from freehold.protocol.envelope import pack, unpack
from freehold.protocol.frame import pack_batch, unpack_batch
from tests.cast import offer
from tests.e2e.js.conftest import js_peer
from tests.node.net.neighbours import OFFERS, PATIENCE_S, PROTOCOL, TOPICS, Neighbour, running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.js.conftest import JsPeer

pytestmark = pytest.mark.js


async def _meshed(peer: JsPeer) -> None:
    """Wait until gossip goes both ways."""
    with trio.fail_after(PATIENCE_S):
        while not (await peer.do("mesh", topic=OFFERS))["mesh"]:
            await trio.lowlevel.checkpoint()  # the other process tells of its mesh only when asked


async def test_a_js_peer_dials_us_identifies_us_and_pings_us(js_folder: Path) -> None:
    alice = Neighbour("alice")
    async with running(alice), js_peer(js_folder, *TOPICS, PROTOCOL) as bob:
        answer = await bob.do("dial", address=alice.address)
        assert answer["peer"] == alice.id
        assert (answer["encryption"], answer["muxer"]) == ("/noise", "/yamux/1.0.0")
        await bob.until(lambda: bool(bob.said("identified")))
        identified = bob.said("identified")[0]
        assert identified["peer"] == alice.id
        assert {"/meshsub/1.1.0", PROTOCOL} <= set(identified["protocols"])
        assert (await bob.do("ping", address=alice.address))["ms"] >= 0


async def test_an_offer_is_gossiped_to_a_js_peer_and_another_comes_back(js_folder: Path) -> None:
    alice = Neighbour("alice")
    async with running(alice), js_peer(js_folder, *TOPICS, PROTOCOL) as bob:
        await bob.do("dial", address=alice.address)
        await _meshed(bob)
        record = pack(offer())
        await alice.network.announce(OFFERS, record)
        await bob.until(lambda: bool(bob.said("gossip")))
        (message,) = bob.said("gossip")
        assert (message["topic"], message["type"]) == (OFFERS, "unsigned")
        assert unpack_batch(bytes.fromhex(message["data"])) == [record]
        another = pack(offer(number=2, title="A shop sign"))
        assert (await bob.do("publish", topic=OFFERS, data=pack_batch([another]).hex()))["recipients"] == 1
        await alice.ears.until(lambda: another in alice.ears.records)
        assert unpack(alice.ears.records[0]).id == offer(number=2, title="A shop sign").id


async def test_a_burst_of_records_reaches_a_js_peer_whole(js_folder: Path) -> None:
    alice = Neighbour("alice")
    async with running(alice), js_peer(js_folder, *TOPICS, PROTOCOL) as bob:
        await bob.do("dial", address=alice.address)
        await _meshed(bob)
        for number in range(1_000):
            await alice.network.announce(OFFERS, b"record %d" % number)

        def heard() -> list[bytes]:
            return [record for one in bob.said("gossip") for record in unpack_batch(bytes.fromhex(one["data"]))]

        await bob.until(lambda: len(heard()) >= 1_000)
        assert sorted(heard()) == sorted(b"record %d" % number for number in range(1_000))


async def test_requests_go_both_ways_with_a_js_peer(js_folder: Path) -> None:
    alice = Neighbour("alice")
    async with running(alice), js_peer(js_folder, *TOPICS, PROTOCOL) as bob:
        (address, *_) = bob.said("up")[0]["addresses"]
        peer = await alice.network.connect(address)
        assert await alice.network.request(peer, b"hello") == b"js hello"
        answer = await bob.do("request", address=alice.address, payload=b"hello".hex())
        assert (answer["status"], bytes.fromhex(answer["reply"])) == (0, b"echo hello")
        alice.ears.answers = lambda request: bytes(1 // len(request))
        answer = await bob.do("request", address=alice.address, payload="")
        assert answer["status"] == 2
