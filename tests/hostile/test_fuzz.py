"""Random bytes where a peer can put them: protocols, Yamux frames, sockets, and answers to our own dials."""

from __future__ import annotations

import os
import random
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import trio
from libp2p import new_host
from libp2p.pubsub.pb import rpc_pb2
from libp2p.utils import encode_varint_prefixed
from multiaddr import Multiaddr

from freehold.node.net.port import NetworkError
from tests.hostile.mallory import BROKEN, MESHSUB, Mallory, mallory
from tests.hostile.stock import OFFERS, PROTOCOL
from tests.node.net.neighbours import PATIENCE_S, Neighbour, running

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hostile.conftest import Victim

pytestmark = pytest.mark.slow

_PROTOCOLS = ("/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0", MESHSUB, PROTOCOL)
_ROUNDS = 400
_ATTACK_S = 3.0


def _bytes(dice: random.Random) -> bytes:
    return dice.randbytes(dice.choice([0, 1, 5, 50, 500, 5_000]))


def _protobuf(dice: random.Random) -> bytes:
    """Fields of random numbers and types, such as protobuf takes for a message of some kind."""
    out = b""
    for _ in range(dice.randrange(1, 8)):
        number, kind = dice.randrange(1, 14), dice.choice([0, 2, 2, 2])
        value = dice.randbytes(dice.randrange(40)) if kind else bytes([dice.choice([0, 1, 2, 5, 127])])
        out += bytes([number << 3 | kind]) + (bytes([len(value)]) if kind else b"") + value
    return encode_varint_prefixed(out)


def _almost_gossip(dice: random.Random) -> bytes:
    """An RPC that is in order but for a few bytes."""
    rpc = rpc_pb2.RPC(
        publish=[rpc_pb2.Message(data=dice.randbytes(50), topicIDs=[OFFERS])],
        subscriptions=[rpc_pb2.RPC.SubOpts(subscribe=True, topicid=OFFERS)],
        control=rpc_pb2.ControlMessage(
            ihave=[rpc_pb2.ControlIHave(topicID=OFFERS, messageIDs=[dice.randbytes(20)])],
            iwant=[rpc_pb2.ControlIWant(messageIDs=[dice.randbytes(20)])],
            graft=[rpc_pb2.ControlGraft(topicID=OFFERS)],
            prune=[rpc_pb2.ControlPrune(topicID=OFFERS, backoff=dice.randrange(2**63))],
        ),
        senderRecord=dice.randbytes(60),
    )
    data = bytearray(rpc.SerializeToString())
    for _ in range(dice.randrange(4)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return encode_varint_prefixed(bytes(data))


async def _attack(victim: Victim, how: Callable[[Mallory], Any]) -> None:
    """Connect, which must succeed, and do something, which need not."""
    async with mallory(victim.address) as who:
        with suppress(*BROKEN, IndexError), trio.move_on_after(_ATTACK_S):  # IndexError: the connection is gone already
            await how(who)


async def _stands(victim: Victim) -> None:
    """It has not ended, nor begun again, and serves somebody who comes now."""
    facts = await victim.look()
    assert (facts["ended"], facts["life"], facts["restarts"]) == ("", 1, 0)
    alice = Neighbour("alice")
    async with running(alice):
        await alice.network.connect(victim.address)
        assert await alice.network.request(victim.peer, b"hello") == b"echo hello"


@pytest.mark.parametrize("protocol", _PROTOCOLS)
@pytest.mark.parametrize("make", [_bytes, _protobuf, _almost_gossip])
async def test_random_payloads_on_every_protocol(
    ours: Victim, protocol: str, make: Callable[[random.Random], bytes]
) -> None:
    dice = random.Random(f"{protocol} {make.__name__}")

    async def send(who: Mallory) -> None:
        for number in range(4):
            stream = await who.stream(protocol)
            await stream.write(make(dice))
            await (stream.close() if number % 2 else stream.reset())

    for _ in range(_ROUNDS // 4):
        await _attack(ours, send)
    await _stands(ours)


async def test_random_yamux_frames(ours: Victim) -> None:
    dice = random.Random(7)

    async def send(who: Mallory) -> None:
        line = who.connection.secured_conn
        for _ in range(20):
            kind, flags = dice.choice([0, 0, 1, 2, 3, 7]), dice.choice([0, 1, 2, 3, 4, 5, 8, 9, 15])
            stream, length = dice.choice([0, 1, 2, 3, 7, 2**32 - 1]), dice.choice([0, 1, 12, 300, 65_536, 2**32 - 1])
            head = struct.pack("!BBHII", dice.choice([0, 0, 0, 1, 255]), kind, flags, stream, length)
            await line.write(head + dice.randbytes(dice.choice([0, 12, 300])))

    for _ in range(3 * _ROUNDS):
        await _attack(ours, send)
    await _stands(ours)
    held = await ours.settled(lambda facts: facts["slots"] == 0)
    assert held["slots"] == 0


@pytest.mark.parametrize(
    "payload",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x13/multistream/1.0.0\n" + b"\x08/x12345\n" * 2_000,
        b"\x13/multistream/1.0.0\n\x07/noise\n\xff\xff" + b"A" * 65_535,
        b"\x13/multistream/1.0.0\n\x07/noise\n\x00\x00",
        b"\xff\xff\xff\xff\x7f" + b"A" * 100_000,
        b"",
    ],
    ids=["HTTP", "2000 protocols", "long noise", "empty noise", "long line", "nothing"],
)
async def test_a_socket_that_speaks_something_else(ours: Victim, payload: bytes) -> None:
    parts = ours.address.split("/")
    for _ in range(5):
        end = await trio.open_tcp_stream(parts[2], int(parts[4]))
        async with end:
            with suppress(*BROKEN), trio.move_on_after(0.2):
                await end.send_all(payload)
                await end.receive_some(1)
    await _stands(ours)


@pytest.mark.parametrize("how", ["garbage", "framed garbage", "endless length", "silence", "enormous identity"])
async def test_whom_we_dial_answers_nonsense_on_every_protocol(how: str) -> None:
    identity = b"".join(b"\x1a" + bytes([len(p)]) + p for p in (b"/p/%d" % number for number in range(3_000)))
    replies = {
        "garbage": os.urandom(300),
        "framed garbage": encode_varint_prefixed(os.urandom(200)),
        "endless length": b"\xff" * 8 + b"\x01" + b"A" * 5_000,
        "silence": b"",
        "enormous identity": encode_varint_prefixed(identity),
    }

    async def answer(stream: Any) -> None:
        with suppress(*BROKEN):
            await stream.write(replies[how])
            if not replies[how]:
                await trio.sleep_forever()
            await stream.close()

    host: Any = new_host()
    alice, bob = Neighbour("alice"), Neighbour("bob")
    for protocol in _PROTOCOLS:
        host.set_stream_handler(protocol, answer)
    async with running(alice, bob), host.run(listen_addrs=[Multiaddr("/ip4/127.0.0.1/tcp/0")]):
        peer = await alice.network.connect(str(host.get_addrs()[0]))
        with pytest.raises(NetworkError):
            await alice.network.request(peer, b"hello", timeout_s=0.5)
        await alice.network.drop(peer)
        await alice.ears.until(lambda: ("left", peer) in alice.ears.comings)
        await bob.meet(alice)
        with trio.fail_after(PATIENCE_S):
            assert await bob.network.request(alice.id, b"hello") == b"echo hello"
        assert alice.network.statistics()["restarts"] == 0
