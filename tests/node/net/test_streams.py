"""Requests, told by somebody who does not keep to their form."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import trio

from freehold.node.net.port import BadReply, RemoteFailed
from freehold.protocol import limits
from tests.hostile.mallory import BROKEN, mallory
from tests.node.net.neighbours import PATIENCE_S, PROTOCOL, Neighbour, running


async def _ask_without_end(who: Neighbour, whom: Neighbour) -> None:
    while True:
        await who.network.request(whom.id, b"again")


def _frame(payload: bytes) -> bytes:
    return len(payload).to_bytes(4, "big") + payload


async def test_a_fifth_request_at_once_is_told_that_we_are_busy() -> None:
    alice = Neighbour("alice")
    alice.ears.gate = trio.Event()
    async with running(alice), mallory(alice.address) as who:
        streams = [await who.stream(PROTOCOL) for _ in range(4)]
        for stream in streams:
            await stream.write(_frame(b"slow"))
        await alice.ears.until(lambda: alice.ears.requests == 4)
        fifth = await who.stream(PROTOCOL)
        await fifth.write(_frame(b"me too"))
        assert await fifth.read(64) == _frame(b"\1")
        alice.ears.gate.set()
        assert await streams[0].read(64) == _frame(b"\0echo slow")


async def test_a_request_that_is_too_long_is_not_read() -> None:
    alice = Neighbour("alice")
    async with running(alice), mallory(alice.address) as who:
        stream = await who.stream(PROTOCOL)
        await stream.write((limits.FRAME_BYTES + 1).to_bytes(4, "big") + b"x")
        with pytest.raises(BROKEN), trio.fail_after(PATIENCE_S):
            await stream.read(1)
        assert alice.ears.requests == 0


async def test_a_peer_that_asks_too_often_is_told_that_we_are_busy() -> None:
    alice, bob = Neighbour("alice"), Neighbour("bob")
    async with running(alice, bob):
        await bob.meet(alice)
        with pytest.raises(RemoteFailed, match="busy"):
            await _ask_without_end(bob, alice)
        assert alice.ears.requests >= 200


@pytest.mark.parametrize(
    "reply", [b"", b"\7what?", bytes(limits.REPLY_BYTES + 2)], ids=["empty", "unknown", "too long"]
)
async def test_who_answers_what_is_no_reply_is_struck_and_sent_away(reply: bytes) -> None:
    alice = Neighbour("alice")

    async def answer(stream: Any) -> None:
        with suppress(*BROKEN):
            await stream.write(_frame(reply))

    async with running(alice), mallory(alice.address) as who:
        who.host.set_stream_handler(PROTOCOL, answer)
        peer = str(who.host.get_id())
        await alice.ears.until(lambda: ("joined", peer) in alice.ears.comings)
        for _ in range(4):
            with pytest.raises(BadReply):
                await alice.network.request(peer, b"hello")
        await alice.ears.until(lambda: ("left", peer) in alice.ears.comings)
        assert peer in alice.book.banned
