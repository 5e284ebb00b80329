"""Gossip's own rules, told by somebody who speaks it byte by byte."""

from __future__ import annotations

import pytest
import trio
from libp2p.network.stream.exceptions import StreamError
from libp2p.pubsub.pb import rpc_pb2
from libp2p.utils import encode_varint_prefixed

from freehold.node.net import framing, outgoing
from freehold.node.net.gossip import Seen
from freehold.node.net.outgoing import OutgoingQueue
from freehold.protocol.frame import pack_batch
from tests.hostile.mallory import MESHSUB, mallory
from tests.node.net.neighbours import OFFERS, PATIENCE_S, REVIEWS, Neighbour, running

_BATCH = pack_batch([b"a record"])


def _message(data: bytes = _BATCH, topic: str = OFFERS) -> rpc_pb2.RPC:
    return rpc_pb2.RPC(publish=[rpc_pb2.Message(data=data, topicIDs=[topic])])


async def test_a_message_that_is_asked_for_by_its_id_is_sent_once() -> None:
    alice = Neighbour("alice")
    data = pack_batch([bytes(10_000)])
    name = framing.message_id(OFFERS, data)
    async with running(alice), mallory(alice.address) as carol:
        await alice.network.announce(OFFERS, bytes(10_000))
        with trio.fail_after(PATIENCE_S):
            while not alice.network.statistics().get("gossip sent"):
                await trio.testing.wait_all_tasks_blocked(0.001)
        want = rpc_pb2.ControlIWant(messageIDs=[name] * 500)
        await carol.gossip(rpc_pb2.RPC(control=rpc_pb2.ControlMessage(iwant=[want])))
        with trio.fail_after(PATIENCE_S):
            while carol.sent_back < 10_000:
                await trio.testing.wait_all_tasks_blocked(0.001)
        await carol.until_noticed()
        assert carol.sent_back < 20_000


async def test_a_message_that_is_offered_and_not_known_is_asked_for() -> None:
    alice = Neighbour("alice")
    async with running(alice), mallory(alice.address) as carol:
        have = rpc_pb2.ControlIHave(topicID=OFFERS, messageIDs=[bytes([number]) * 32 for number in range(200, 220)])
        await carol.gossip(rpc_pb2.RPC(control=rpc_pb2.ControlMessage(ihave=[have])))
        with trio.fail_after(PATIENCE_S):
            while carol.sent_back < 20 * 32:
                await trio.testing.wait_all_tasks_blocked(0.001)
        assert not alice.book.banned


async def test_the_same_bytes_on_another_topic_do_not_suppress_them_on_the_right_one() -> None:
    alice = Neighbour("alice")
    async with running(alice), mallory(alice.address) as who:
        await who.gossip(_message(topic=REVIEWS), _message(topic=OFFERS), _message(topic=OFFERS))
        await alice.ears.until(lambda: len(alice.ears.messages) >= 2)
        await who.until_noticed()
        assert [topic for topic, _, _ in alice.ears.messages] == [REVIEWS, OFFERS]


async def test_a_peer_that_sends_too_much_is_heard_at_its_rate_and_not_struck() -> None:
    alice = Neighbour("alice")
    async with running(alice), mallory(alice.address) as who:
        for start in range(0, 1_000, 100):
            messages = [_message(pack_batch([b"%d" % (start + number)])).publish[0] for number in range(100)]
            await who.gossip(rpc_pb2.RPC(publish=messages))
        with trio.fail_after(PATIENCE_S):
            while alice.network.statistics().get("gossip over the rate", 0) < 700:
                await trio.testing.wait_all_tasks_blocked(0.001)
        assert 200 <= len(alice.ears.messages) <= 300
        assert alice.network.statistics()["strikes"] == 0


async def test_what_was_said_when_nobody_was_there_can_be_said_again_later() -> None:
    alice, bob = Neighbour("alice"), Neighbour("bob")
    async with running(alice, bob):
        await alice.network._publish(OFFERS, _BATCH)
        life = alice.network._life
        assert life is not None
        life._router.mcache.msgs.clear()  # as it will be after five heartbeats
        await alice.meet(bob)
        await alice.subscribed(bob)
        await alice.network._publish(OFFERS, _BATCH)
        await bob.ears.until(lambda: bob.ears.records == [b"a record"])


async def test_somebody_who_comes_back_at_once_hears_gossip_at_once() -> None:
    """Upstream keeps the stream of the old connection until it fails to write to it."""
    alice = Neighbour("alice")
    async with running(alice):
        for life in range(3):
            bob = Neighbour("bob")
            async with running(bob):
                await bob.meet(alice)
                await bob.subscribed(alice)
                await alice.network.announce(OFFERS, b"hello %d" % life)
                await bob.ears.until(lambda: bool(bob.ears.records))  # noqa: B023  -- awaited within the loop


async def test_a_peer_may_have_four_gossip_streams_and_no_more() -> None:
    alice = Neighbour("alice")
    async with running(alice), mallory(alice.address) as who:
        streams = [await who.stream(MESHSUB) for _ in range(6)]
        for stream in streams[4:]:
            with pytest.raises(StreamError), trio.fail_after(PATIENCE_S):
                await stream.read(1)
        await streams[0].write(encode_varint_prefixed(_message().SerializeToString()))
        await alice.ears.until(lambda: bool(alice.ears.messages))


def test_message_ids_are_forgotten_in_order() -> None:
    seen = Seen(3)
    assert [seen.add(name) for name in (b"1", b"2", b"1", b"3", b"4")] == [True, True, False, True, True]
    assert [seen.has(name) for name in (b"1", b"2", b"3", b"4")] == [False, True, True, True]


async def test_a_peer_that_does_not_read_costs_two_mebibytes_at_most() -> None:
    queue = OutgoingQueue()
    rpc = _message(bytes(60_000))
    taken = 0
    while queue.push(rpc):
        taken += 1
    assert taken * rpc.ByteSize() <= outgoing.QUEUED_BYTES < (taken + 1) * rpc.ByteSize()
    assert await queue.pop() == rpc
    assert queue.push(rpc)
    assert not queue.push(rpc)


def test_what_is_sent_is_never_more_than_what_is_read() -> None:
    parts = OutgoingQueue().split_rpc(rpc_pb2.RPC(publish=[_message(bytes(60_000)).publish[0]] * 5))
    assert len(parts) == 3
    assert max(part.ByteSize() for part in parts) <= outgoing.RPC_BYTES
