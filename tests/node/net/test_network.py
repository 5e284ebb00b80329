"""Two and three real nodes on loopback: connecting, gossip, requests, and what can go wrong with each."""

from __future__ import annotations

import errno
import socket

import pytest
import trio
from trio.testing import MockClock

from freehold.node.net.port import NetworkError, NotConnected, RemoteFailed, TimedOut, Unreachable
from freehold.protocol import limits
from tests.node.net.neighbours import OFFERS, PATIENCE_S, Neighbour, running


async def test_two_nodes_connect_and_each_is_told_once() -> None:
    alice, bob = Neighbour("alice"), Neighbour("bob")
    async with running(alice, bob):
        await alice.meet(bob)
        assert await alice.network.connect(bob.address) == bob.id
        assert alice.ears.comings == [("joined", bob.id)]
        assert [(peer.peer, peer.address, peer.direction) for peer in alice.network.peers()] == [
            (bob.id, bob.address, "out")
        ]
        assert [(peer.peer, peer.direction) for peer in bob.network.peers()] == [(alice.id, "in")]
        assert alice.book.addresses == {bob.id: bob.address}


async def test_a_record_reaches_somebody_two_hops_away_once() -> None:
    alice, bob, carol = Neighbour("alice"), Neighbour("bob"), Neighbour("carol")
    async with running(alice, bob, carol):
        await alice.meet(bob)
        await bob.meet(carol)
        await alice.subscribed(bob)
        await bob.subscribed(carol)
        await alice.network.announce(OFFERS, b"a record")
        await carol.ears.until(lambda: b"a record" in carol.ears.records)
        assert carol.ears.records == [b"a record"]
        assert [(topic, peer) for topic, _, peer in carol.ears.messages] == [(OFFERS, bob.id)]


async def test_what_a_node_does_not_accept_it_does_not_relay() -> None:
    alice, bob, carol = Neighbour("alice"), Neighbour("bob"), Neighbour("carol")
    bob.ears.relays = False
    async with running(alice, bob, carol):
        await alice.meet(bob)
        await bob.meet(carol)
        await alice.subscribed(bob)
        await bob.subscribed(carol)
        await alice.network.announce(OFFERS, b"refused")
        await bob.ears.until(lambda: b"refused" in bob.ears.records)
        await bob.network.announce(OFFERS, b"bob's own")
        await carol.ears.until(lambda: bool(carol.ears.records))
        assert carol.ears.records == [b"bob's own"]


async def test_a_burst_of_a_thousand_records_arrives_in_a_few_messages() -> None:
    alice, bob = Neighbour("alice"), Neighbour("bob")
    async with running(alice, bob):
        await alice.meet(bob)
        await alice.subscribed(bob)
        for number in range(1_000):
            await alice.network.announce(OFFERS, b"record %d" % number)
        await bob.ears.until(lambda: len(bob.ears.records) >= 1_000)
        assert sorted(bob.ears.records) == sorted(b"record %d" % number for number in range(1_000))
        assert len(bob.ears.messages) < 64


async def test_somebody_who_comes_a_moment_late_still_gets_what_was_said() -> None:
    alice, bob = Neighbour("alice"), Neighbour("bob")
    async with running(alice, bob):
        await alice.network.announce(OFFERS, b"early")
        with trio.fail_after(PATIENCE_S):
            while not alice.network.statistics().get("gossip sent"):
                await trio.testing.wait_all_tasks_blocked(0.001)
        await bob.meet(alice)
        await bob.ears.until(lambda: bob.ears.records == [b"early"])


async def test_a_request_is_answered() -> None:
    alice, bob = Neighbour("alice"), Neighbour("bob")
    async with running(alice, bob):
        await alice.meet(bob)
        assert await alice.network.request(bob.id, b"hello") == b"echo hello"
        assert await bob.network.request(alice.id, b"hello") == b"echo hello"
        longest = b"x" * limits.FRAME_BYTES
        bob.ears.answers = lambda request: b"y" * limits.REPLY_BYTES
        assert len(await alice.network.request(bob.id, longest)) == limits.REPLY_BYTES


async def test_ten_requests_at_once_wait_for_their_turn_and_are_all_answered() -> None:
    alice, bob = Neighbour("alice"), Neighbour("bob")
    replies: list[bytes] = []

    async def ask(number: int) -> None:
        replies.append(await alice.network.request(bob.id, b"%d" % number))

    async with running(alice, bob):
        await alice.meet(bob)
        async with trio.open_nursery() as nursery:
            for number in range(10):
                nursery.start_soon(ask, number)
    assert sorted(replies) == [b"echo %d" % number for number in range(10)]


async def test_every_way_that_a_request_fails_has_its_own_error() -> None:
    alice, bob = Neighbour("alice"), Neighbour("bob")
    async with running(alice, bob):
        with pytest.raises(NotConnected):
            await alice.network.request(bob.id, b"hello")
        await alice.meet(bob)
        with pytest.raises(NetworkError, match="65537 bytes is more than 65536"):
            await alice.network.request(bob.id, b"x" * (limits.FRAME_BYTES + 1))
        bob.ears.answers = lambda request: bytes(1 // len(request))
        with pytest.raises(RemoteFailed, match="could not answer"):
            await alice.network.request(bob.id, b"")
        bob.ears.answers = lambda request: bytes(limits.REPLY_BYTES + 1)
        with pytest.raises(RemoteFailed, match="could not answer"):
            await alice.network.request(bob.id, b"too much")
        bob.ears.gate = trio.Event()
        with pytest.raises(TimedOut):
            await alice.network.request(bob.id, b"slow", timeout_s=0.05)


async def test_a_peer_that_never_answers_is_taken_for_gone(mock_clock: MockClock) -> None:
    mock_clock.rate = 1  # time passes by itself, and faster when the request has arrived
    alice, bob = Neighbour("alice"), Neighbour("bob")
    bob.ears.gate = trio.Event()

    async def ask_in_vain() -> None:
        with pytest.raises(TimedOut):
            await alice.network.request(bob.id, b"anybody there?", timeout_s=5)

    async with running(alice, bob):
        await alice.meet(bob)
        for number in (1, 2, 3):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(ask_in_vain)
                await bob.ears.until(lambda number=number: bob.ears.requests == number)
                mock_clock.jump(5)
        await alice.ears.until(lambda: ("left", bob.id) in alice.ears.comings)


async def test_somebody_who_is_not_there_cannot_be_reached_and_one_attempt_is_enough() -> None:
    alice, bob = Neighbour("alice"), Neighbour("bob")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with running(alice, bob):
        nobody = f"/ip4/127.0.0.1/tcp/{port}/p2p/{bob.id}"
        with pytest.raises(Unreachable, match=r"cannot be reached: connection refused$"):
            await alice.network.connect(nobody)
        await alice.meet(bob)  # a failure does not lock the peer out for a minute


async def test_an_address_with_somebody_elses_identity_is_refused() -> None:
    alice, bob, carol = Neighbour("alice"), Neighbour("bob"), Neighbour("carol")
    async with running(alice, bob, carol):
        with pytest.raises(Unreachable, match="somebody else answers there"):
            await alice.network.connect(bob.address.replace(bob.id, carol.id))
        assert not alice.network.peers()


async def test_nobody_is_connected_to_themselves() -> None:
    alice = Neighbour("alice")
    async with running(alice):
        with pytest.raises(Unreachable, match="is this node itself"):
            await alice.network.connect(alice.address)
        assert not alice.network.peers()


@pytest.mark.parametrize("address", ["", "/", "nonsense", "/ip4/127.0.0.1/tcp/1", "/ip4/1.2.3.4/tcp/99999/p2p/x"])
async def test_what_is_no_address_is_said_to_be_none(address: str) -> None:
    alice = Neighbour("alice")
    async with running(alice):
        with pytest.raises(Unreachable, match="is not an address such as"):
            await alice.network.connect(address)


async def test_a_port_that_is_taken_is_an_error_even_if_whoever_has_it_would_share() -> None:
    alice = Neighbour("alice")
    async with running(alice):
        port = alice.address.split("/")[4]
        second = Neighbour("bob", listen=(f"/ip4/127.0.0.1/tcp/{port}",))
        with pytest.raises(NetworkError) as caught:
            await second.network.run()
        assert isinstance(caught.value.__cause__, OSError)
        assert caught.value.__cause__.errno == errno.EADDRINUSE


async def test_twenty_strikes_drop_a_peer_and_keep_it_out() -> None:
    alice, mallory = Neighbour("alice"), Neighbour("mallory")
    async with running(alice, mallory):
        await mallory.meet(alice)
        for _ in range(19):
            alice.network.penalize(mallory.id, "nonsense")
        assert not alice.book.banned
        alice.network.penalize(mallory.id, "nonsense")
        await alice.ears.until(lambda: ("left", mallory.id) in alice.ears.comings)
        assert alice.book.banned == {mallory.id: (alice.now_ms + 3_600_000, "nonsense")}
        await mallory.ears.until(lambda: ("left", alice.id) in mallory.ears.comings)
        await mallory.network.connect(alice.address)  # the handshake succeeds, and then the door is closed
        await mallory.ears.until(lambda: mallory.ears.comings.count(("left", alice.id)) == 2)
        assert alice.ears.comings.count(("joined", mallory.id)) == 1
        with pytest.raises(Unreachable, match="banned"):
            await alice.network.connect(mallory.address)
        alice.now_ms += 3_600_001
        await mallory.network.connect(alice.address)
        await alice.ears.until(lambda: alice.ears.comings.count(("joined", mallory.id)) == 2)


async def test_a_host_that_ends_begins_again_with_its_key_and_port() -> None:
    alice, bob = Neighbour("alice"), Neighbour("bob")
    async with running(alice, bob):
        await bob.meet(alice)
        address, life = alice.address, alice.network._life
        assert life is not None
        life._host.get_network().manager.cancel()
        await alice.ears.until(lambda: ("left", bob.id) in alice.ears.comings)
        await bob.ears.until(lambda: ("left", alice.id) in bob.ears.comings)
        with trio.fail_after(PATIENCE_S):
            while alice.network._life in (None, life):
                await trio.testing.wait_all_tasks_blocked(0.01)
        assert alice.address == address
        assert alice.network.statistics()["restarts"] == 1
        await bob.network.connect(address)
        assert await bob.network.request(alice.id, b"still there?") == b"echo still there?"


async def test_a_node_that_is_restarted_is_heard_at_once() -> None:
    """The stock library's message numbers repeat after a restart; see tests/hostile."""
    bob = Neighbour("bob")
    async with running(bob):
        for life in range(2):
            alice = Neighbour("alice")
            async with running(alice):
                await alice.meet(bob)
                await alice.subscribed(bob)
                for number in range(100):
                    await alice.network.announce(OFFERS, b"life %d, record %d" % (life, number))
                await bob.ears.until(lambda wanted=100 * (life + 1): len(bob.ears.records) >= wanted)
            gone = ("left", alice.id)
            await bob.ears.until(lambda gone=gone, times=life + 1: bob.ears.comings.count(gone) == times)


async def test_seeds_are_dialled_and_dialled_again_when_they_are_lost() -> None:
    seed = Neighbour("seed")
    async with running(seed):
        bob = Neighbour("bob", seeds=(seed.address,))
        async with running(bob):
            await bob.ears.until(lambda: ("joined", seed.id) in bob.ears.comings)
            await seed.network.drop(bob.id)
            await bob.ears.until(lambda: bob.ears.comings.count(("joined", seed.id)) == 2)


async def test_peers_that_were_reached_or_heard_of_fill_the_free_places() -> None:
    alice, carol, dave = Neighbour("alice"), Neighbour("carol"), Neighbour("dave")
    async with running(carol, dave):
        alice.book.remember(carol.id, carol.address, 0)
        async with running(alice):
            await alice.ears.until(lambda: ("joined", carol.id) in alice.ears.comings)
            alice.network.offer_address(dave.address)
            await alice.ears.until(lambda: ("joined", dave.id) in alice.ears.comings)
