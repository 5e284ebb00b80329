"""Conversations on streams: frame by frame, and an end whoever is at the other side."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import trio

from freehold.node.net import libp2p, talks
from freehold.node.net.port import NotConnected, NotSpoken
from freehold.protocol.reconcile.messages import FRAME_BYTES
from tests.hostile.mallory import BROKEN, mallory
from tests.node.net.neighbours import TALK, Neighbour, running


def _frame(payload: bytes) -> bytes:
    return len(payload).to_bytes(4, "big") + payload


def ended(who: Neighbour) -> list[str]:
    return [trouble for what, trouble in who.ears.talks if what == "ended"]


async def test_frames_go_to_and_fro_until_one_side_says_that_it_is_over() -> None:
    alice, bob = Neighbour("alice"), Neighbour("bob")
    heard: list[bytes | None] = []

    def counts_down(frame: bytes | None) -> tuple[list[bytes], bool, bool]:
        heard.append(frame)
        left = (frame or b"\0")[0]
        return [bytes([left - 1])] if left > 1 else [], left == 1, False

    alice.ears.says = bob.ears.says = counts_down
    async with running(alice, bob):
        await bob.meet(alice)
        await bob.network.converse(alice.id, 7, b"\x05")
        await alice.ears.until(lambda: len(ended(alice)) == 1)
    assert heard == [b"\5", b"\4", b"\3", b"\2", b"\1"]
    assert ended(alice) == [""]
    assert ended(bob) == ["the other side left"]


async def test_work_that_takes_several_turns_is_done_before_the_next_frame() -> None:
    alice, bob = Neighbour("alice"), Neighbour("bob")
    turns: list[bytes | None] = []

    def slowly(frame: bytes | None) -> tuple[list[bytes], bool, bool]:
        turns.append(frame)
        busy = len(turns) < 4
        return ([], False, True) if busy else ([b"at last"], True, False)

    alice.ears.says = slowly
    async with running(alice, bob):
        await bob.meet(alice)
        await bob.network.converse(alice.id, 1, b"go")
    assert turns == [b"go", None, None, None]


async def test_who_does_not_speak_it_is_told_from_who_is_not_there() -> None:
    alice = Neighbour("alice")
    async with running(alice), mallory(alice.address) as who:
        peer = str(who.host.get_id())
        await alice.ears.until(lambda: ("joined", peer) in alice.ears.comings)
        with pytest.raises(NotSpoken):
            await alice.network.converse(peer, 1, b"hello")
        with pytest.raises(NotConnected):
            await alice.network.converse("12D3KooWnobody", 1, b"hello")
    assert ended(alice) == []


async def test_a_line_that_fails_while_a_stream_is_opened_says_nothing_of_what_its_peer_speaks() -> None:
    alice = Neighbour("alice")
    async with running(alice), mallory(alice.address) as who:
        who.host.get_network().set_stream_handler(lambda stream: stream.reset())
        peer = str(who.host.get_id())
        await alice.ears.until(lambda: ("joined", peer) in alice.ears.comings)
        with pytest.raises(NotConnected):
            await alice.network.converse(peer, 1, b"hello")


async def test_a_peer_that_opens_no_stream_again_and_again_is_taken_for_gone(monkeypatch) -> None:
    """A line that died without a word; whoever only reconciles asks nothing else of its peer."""
    monkeypatch.setattr(libp2p, "DIAL_S", 0.1)
    alice = Neighbour("alice")
    async with running(alice), mallory(alice.address) as who:
        who.host.get_network().set_stream_handler(_never_reads)
        peer = str(who.host.get_id())
        await alice.ears.until(lambda: ("joined", peer) in alice.ears.comings)
        for _ in range(libp2p.SILENT):
            assert ("left", peer) not in alice.ears.comings
            with pytest.raises(NotConnected):
                await alice.network.converse(peer, 1, b"hello")
        await alice.ears.until(lambda: ("left", peer) in alice.ears.comings)


async def _never_reads(stream: Any) -> None:
    await trio.sleep_forever()


async def _says_too_much(stream: Any) -> None:
    await stream.write((FRAME_BYTES + 1).to_bytes(4, "big"))
    await trio.sleep_forever()


async def _dies(stream: Any) -> None:
    await stream.write(b"\0\0\0\7only")
    await stream.reset()


async def _drips(stream: Any) -> None:
    for byte in _frame(b"slowly"):
        await stream.write(bytes([byte]))
        await trio.sleep(talks.STEP_S / 4)


PARTNERS = {"never answers": _never_reads, "says too much": _says_too_much, "dies": _dies, "drips": _drips}


@pytest.mark.parametrize("partner", PARTNERS.values(), ids=list(PARTNERS))
async def test_a_partner_that_is_no_use_is_left_in_time(partner, monkeypatch) -> None:
    monkeypatch.setattr(talks, "STEP_S", 0.3)
    alice = Neighbour("alice")

    async def answer(stream: Any) -> None:
        with suppress(*BROKEN):
            await partner(stream)

    async with running(alice), mallory(alice.address) as who:
        who.host.set_stream_handler(TALK, answer)
        peer = str(who.host.get_id())
        await alice.ears.until(lambda: ("joined", peer) in alice.ears.comings)
        await alice.network.converse(peer, 3, b"hello")
        assert len(ended(alice)) == 1
        assert ended(alice)[0]
        assert alice.network.statistics()["conversations broken off"] == 1


async def test_a_partner_that_never_reads_what_it_makes_us_say_is_left_in_time(monkeypatch) -> None:
    monkeypatch.setattr(talks, "STEP_S", 0.3)
    alice = Neighbour("alice")
    alice.ears.says = lambda frame: ([bytes(FRAME_BYTES)] * 50, False, False)
    async with running(alice), mallory(alice.address) as who:
        stream = await who.stream(TALK)
        await stream.write(_frame(b"tell me everything"))
        await alice.ears.until(lambda: len(ended(alice)) == 1)
    assert "nothing moved" in ended(alice)[0]


async def test_a_conversation_that_never_ends_is_ended(monkeypatch) -> None:
    monkeypatch.setattr(talks, "TALK_S", 0.3)
    alice, bob = Neighbour("alice"), Neighbour("bob")
    alice.ears.says = bob.ears.says = lambda frame: ([b"and on"], False, False)
    async with running(alice, bob):
        await bob.meet(alice)
        await bob.network.converse(alice.id, 1, b"on")
        await alice.ears.until(lambda: len(ended(alice)) == 1)
    assert "longer than" in ended(bob)[0] + ended(alice)[0]


async def test_a_peer_has_two_streams_at_a_time() -> None:
    alice = Neighbour("alice")
    alice.ears.says = lambda frame: ([], False, False)
    async with running(alice), mallory(alice.address) as who:
        for _ in range(2):
            await (await who.stream(TALK)).write(_frame(b"one"))
        await alice.ears.until(lambda: len(alice.ears.talks) == 2)
        third = await who.stream(TALK)
        with pytest.raises(BROKEN):
            await third.read(1)
        assert alice.network.statistics()["conversations turned away"] == 1


async def test_why_it_broke_off_is_said_when_the_error_has_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(_stream: Any, _most: int) -> bytes:
        raise trio.BrokenResourceError

    alice, bob = Neighbour("alice"), Neighbour("bob")
    async with running(alice, bob):
        await bob.meet(alice)
        monkeypatch.setattr(talks, "read_frame", breaks)
        await bob.network.converse(alice.id, 1, b"go")
    said = {f"it broke off: {name}" for name in ("StreamReset", "BrokenResourceError")}  # whose end comes first is open
    assert ended(bob)
    assert set(ended(bob)) <= said
