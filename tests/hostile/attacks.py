"""The attacks: what is sent, how the stock library suffers, and what must be true of ours.

Each `stock` and `ours` looks at the victim's facts before and after (see `victim.Victim._look`); `sent_back` is what
the attacker got of its gossip, in bytes.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import trio
from libp2p.pubsub.pb import rpc_pb2

from tests.hostile.mallory import BROKEN, Mallory, mallory
from tests.hostile.stock import OFFERS, POISON, REVIEWS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

Facts = dict[str, Any]
RSA, UNKNOWN = b"\x08\x00", b"\x08\x63"
"""The beginning of a public key's protobuf: its type."""


@dataclass(frozen=True)
class Attack:
    """`launch` is given a connected mallory and how much to send."""

    name: str
    launch: Callable[[Mallory, int], Awaitable[None]]
    stock: Callable[[Facts, Facts], bool]
    ours: Callable[[Facts, Facts], bool]
    size: int = 1
    slow_size: int = 0


def ended(before: Facts, after: Facts) -> bool:
    """One packet was the end of the host."""
    return bool(after["ended"]) and not before["ended"]


def struck(before: Facts, after: Facts) -> bool:
    """It was noted."""
    return after["strikes"] > before["strikes"]


def banned(before: Facts, after: Facts) -> bool:
    """The attacker is gone, and nothing it said was believed."""
    return after["bans"] > before["bans"] and after["heard"] == before["heard"]


def stalled(least_ms: int) -> Callable[[Facts, Facts], bool]:
    """The event loop stood still for this long at least."""
    return lambda before, after: after["stall_ms"] >= least_ms


async def no_protobuf(who: Mallory, size: int) -> None:
    await who.gossip(b"\xff" * 50)


def _with_key(key: bytes, author: bytes = b"\x12\x20" + b"a" * 32) -> Any:
    async def launch(who: Mallory, size: int) -> None:
        message = rpc_pb2.Message(
            data=b"x", topicIDs=[OFFERS], from_id=author, seqno=b"1" * 8, signature=b"s" * 64, key=key
        )
        await who.gossip(rpc_pb2.RPC(publish=[message]))

    return launch


async def no_utf8(who: Mallory, size: int) -> None:
    stream = await who.raw_stream()
    await stream.write(b"\x13/multistream/1.0.0\n\x05\xff\xfe\xfd\xfc\n")


async def poison(who: Mallory, size: int) -> None:
    stream = await who.stream()
    await stream.write(len(POISON).to_bytes(4, "big") + POISON)


async def poisonous_message(who: Mallory, size: int) -> None:
    await who.gossip(rpc_pb2.RPC(publish=[who.signed(POISON, [REVIEWS])]))


async def poisonous_record(who: Mallory, size: int) -> None:
    await who.gossip(rpc_pb2.RPC(publish=[rpc_pb2.Message(data=batch_of(POISON), topicIDs=[REVIEWS])]))


async def bad_signatures(who: Mallory, size: int) -> None:
    message = who.signed(b"x")
    for start in range(0, size, 400):
        rpc = rpc_pb2.RPC()
        for number in range(start, min(start + 400, size)):
            message.data, message.seqno = b"%d" % number, number.to_bytes(8, "big")
            rpc.publish.append(message)
        await who.gossip(rpc)


async def signed_flood(who: Mallory, size: int) -> None:
    await who.gossip(
        *(rpc_pb2.RPC(publish=[who.signed(b"%d" % (s + n)) for n in range(400)]) for s in range(0, size, 400))
    )


async def unsigned_flood(who: Mallory, size: int) -> None:
    for start in range(0, size, 400):
        messages = [rpc_pb2.Message(data=batch_of(b"%d" % (start + n)), topicIDs=[OFFERS]) for n in range(400)]
        await who.gossip(rpc_pb2.RPC(publish=messages))


async def fifty_copies(who: Mallory, size: int) -> None:
    await who.gossip(rpc_pb2.RPC(publish=[who.signed(b"copy")] * 50))


async def fifty_unsigned_copies(who: Mallory, size: int) -> None:
    await who.gossip(rpc_pb2.RPC(publish=[rpc_pb2.Message(data=batch_of(os.urandom(8)), topicIDs=[OFFERS])] * 50))


async def grafts(who: Mallory, size: int) -> None:
    graft = [rpc_pb2.ControlGraft(topicID=f"t{number}") for number in range(size)]
    await who.gossip(rpc_pb2.RPC(control=rpc_pb2.ControlMessage(graft=graft)))


async def ihaves(who: Mallory, size: int) -> None:
    have = rpc_pb2.ControlIHave(topicID=OFFERS, messageIDs=[b"%032d" % number for number in range(size)])
    await who.gossip(rpc_pb2.RPC(control=rpc_pb2.ControlMessage(ihave=[have])))


async def prunes_of_invented_topics(who: Mallory, size: int) -> None:
    for start in range(0, size, 50):
        prune = [rpc_pb2.ControlPrune(topicID=f"t{start + n}", backoff=2**31) for n in range(50)]
        await who.gossip(rpc_pb2.RPC(control=rpc_pb2.ControlMessage(prune=prune)))


async def many_topics(who: Mallory, size: int) -> None:
    await who.gossip(rpc_pb2.RPC(publish=[who.signed(b"x", [OFFERS, *(f"t{number}" for number in range(size))])]))


async def subscriptions(who: Mallory, size: int) -> None:
    options = [rpc_pb2.RPC.SubOpts(subscribe=True, topicid=f"t{number}") for number in range(size)]
    await who.gossip(rpc_pb2.RPC(subscriptions=options))


async def over_the_window(who: Mallory, size: int) -> None:
    stream = await who.stream()
    for _ in range(size):
        stream.muxed_stream.send_window = 1 << 30
        await stream.write(bytes(65_536))


async def many_streams(who: Mallory, size: int) -> None:
    connection = who.connection
    with trio.move_on_after(10):
        for _ in range(size):
            await connection.open_stream()


async def comings_and_goings(who: Mallory, size: int) -> None:
    address = f"{who.host.get_network().get_connections(who.victim)[0].get_transport_addresses()[0]}/p2p/{who.victim}"
    for _ in range(size):
        async with mallory(address) as other:
            await other.until_noticed()


def batch_of(record: bytes) -> bytes:
    """A gossip message with one record."""
    from freehold.protocol.frame import pack_batch  # noqa: PLC0415

    return pack_batch([record])


@asynccontextmanager
async def launched(attack: Attack, kind: str, address: str, size: int) -> AsyncGenerator[Mallory]:
    """Inside, the attack was sent and its connection is still there, unless the victim ended it."""
    how = OURS_INSTEAD.get(attack.launch, attack.launch) if kind == "ours" else attack.launch
    async with mallory(address) as who:
        with suppress(*BROKEN):
            await how(who, size)
        yield who


OURS_INSTEAD: dict[Any, Any] = {
    signed_flood: unsigned_flood,
    fifty_copies: fifty_unsigned_copies,
    poisonous_message: poisonous_record,
}
"""What is in order in a network that does not sign gossip."""

KEY_OF_NOBODY = b"\xff\xff\xff"
ATTACKS = [
    Attack("bytes that are no protobuf end the stock host", no_protobuf, ended, struck),
    Attack("an undecodable key ends the stock host", _with_key(KEY_OF_NOBODY), ended, struck),
    Attack("a truncated RSA key ends the stock host", _with_key(RSA + b"\x12\x04abcd"), ended, struck),
    Attack("a key of unknown type ends the stock host", _with_key(UNKNOWN + b"\x12\x04abcd"), ended, struck),
    Attack(
        "a peer id that is no key ends the stock host",
        _with_key(b"\x08\x01\x12\x00", author=b"\x00\x05hello"),
        ended,
        struck,
    ),
    Attack(
        "a protocol name that is no UTF-8 ends the stock host", no_utf8, ended, lambda before, after: not after["ended"]
    ),
    Attack(
        "an exception in the application's handler ends the stock host",
        poison,
        ended,
        lambda before, after: after["requests"] > before.get("requests", 0),
    ),
    Attack(
        "an exception in the application's validator ends the stock host",
        poisonous_message,
        ended,
        lambda before, after: (
            after["gossip heard"] > before.get("gossip heard", 0) and not struck(before, after)
        ),  # the mistake is ours, not the sender's
    ),
    Attack(
        "bad signatures cost the stock host a task each, and the sender nothing",
        bad_signatures,
        lambda before, after: after["spawned"] >= 2_000 and after["connections"] == 1,
        banned,
        2_000,
        20_000,
    ),
    Attack(
        "a flood of good messages makes a task of each in the stock host",
        signed_flood,
        lambda before, after: after["spawned"] >= 2_000,
        lambda before, after: after["heard"] - before["heard"] <= 300 and after["spawned"] < 200,
        2_000,
        16_000,
    ),
    Attack(
        "fifty copies of one message are fifty messages in the stock host",
        fifty_copies,
        lambda before, after: after["heard"] > before["heard"] + 1,
        lambda before, after: after["heard"] == before["heard"] + 1,
    ),
    Attack(
        "every message that comes is noted for ever by the stock host",
        signed_flood,
        lambda before, after: after["noted"] >= before["noted"] + 40,
        lambda before, after: after["heard"] > before["heard"] and after["noted"] == 0,
        50,
    ),
    Attack("thousands of GRAFTs stall the stock host", grafts, stalled(100), struck, 5_000),
    Attack(
        "25,000 invented message ids are all asked for by the stock host",
        ihaves,
        lambda before, after: after["sent_back"] > 25_000 * 16,
        lambda before, after: struck(before, after) and after["sent_back"] < 4_096,
        25_000,
    ),
    Attack(
        "back-off times of invented topics pile up in the stock host",
        prunes_of_invented_topics,
        lambda before, after: after["back_off"] >= 1_000,
        lambda before, after: after["back_off"] == 0 and struck(before, after),
        1_000,
    ),
    Attack(
        "a message on 10,000 topics is passed on by the stock host",
        many_topics,
        lambda before, after: after["heard"] == before["heard"] + 1,
        lambda before, after: struck(before, after) and after["heard"] == before["heard"],
        10_000,
    ),
    Attack(
        "subscriptions to invented topics are believed by the stock host",
        subscriptions,
        lambda before, after: after["topics"] >= 90,
        lambda before, after: after["topics"] <= 2 and struck(before, after),
        4_000,
    ),
    Attack(
        "who ignores the window fills the stock host's memory",
        over_the_window,
        lambda before, after: after["unread"] >= 8 * 1024 * 1024,
        lambda before, after: after["unread"] <= 1024 * 1024 and after["rss_kib"] < before["rss_kib"] + 4_096,
        160,
        4_000,
    ),
    Attack(
        "any number of streams is open in the stock host",
        many_streams,
        lambda before, after: after["streams"] >= 200,
        lambda before, after: after["streams"] <= 66,
        200,
        2_000,
    ),
    Attack(
        "connections that are gone keep their place in the stock host",
        comings_and_goings,
        lambda before, after: after["slots"] >= 24 and after["tasks"] >= before["tasks"] + 24,
        lambda before, after: after["slots"] <= 1 and after["tasks"] <= before["tasks"] + 16,  # the last one's own
        24,
        260,
    ),
]
