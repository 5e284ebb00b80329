"""What the node asks of others and hands to them: nobody who answers slowly keeps the rest waiting."""

from __future__ import annotations

from collections import Counter

import pytest
import trio

from freehold.node.core.effects import Ask, Hand
from freehold.node.core.ports import Parcel
from freehold.node.courier import ANSWER_S, ASKED_AT_ONCE, Courier
from freehold.node.net.port import NetworkError
from freehold.node.questions import AT_ONCE_A_PEER, WAITING_A_PEER
from freehold.protocol.envelope import RecordId
from freehold.protocol.requests import Logs
from tests.cast import alice, bob

SLOW_S = 1.5
"""Fast enough never to be taken for gone."""
SLOW = ("slow 0", "slow 1", "slow 2")


class Lines:
    """A network on which some answer slowly, four questions at a time, and others at once."""

    def __init__(self) -> None:
        self._turns = {peer: trio.CapacityLimiter(AT_ONCE_A_PEER) for peer in SLOW}
        self.most = 0

    async def request(self, peer: str, payload: bytes, *, timeout_s: float) -> bytes:
        if peer == "silent":
            await trio.sleep(timeout_s)
            raise NetworkError("it did not answer")
        if peer in SLOW:
            async with self._turns[peer]:
                self.most = max(self.most, sum(turn.borrowed_tokens for turn in self._turns.values()))
                await trio.sleep(SLOW_S)
        return b"reply"

    async def connect(self, address: str) -> str:
        if address == "nowhere":
            await trio.sleep(ANSWER_S)
            raise NetworkError("nobody is there")
        return "recipient"


class Gate:
    """A border that notes when it hears of what."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, float]] = []

    def replied(self, ask: Ask, reply: bytes) -> None:
        self.heard.append((ask.peer, trio.current_time()))

    def failed(self, ask: Ask) -> None:
        self.heard.append((ask.peer, trio.current_time()))

    def handed(self, parcel: Parcel, reply: bytes) -> None:
        self.heard.append(("parcel", trio.current_time()))

    def not_handed(self, parcel: Parcel, reason: str) -> None:
        self.heard.append(("not handed", trio.current_time()))


def question(peer: str) -> Ask:
    return Ask(peer, Logs((bob.id,)))


def parcel(*nodes: str) -> Hand:
    return Hand(Parcel(RecordId(bytes(32)), alice.id, b"sealed", 0), nodes)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def courier(nursery, gate) -> Courier:
    made = Courier({})
    nursery.start_soon(made.run, Lines(), gate)
    return made


async def first(gate: Gate, who: str) -> float:
    """When something came of it, s after now."""
    began = trio.current_time()
    await trio.sleep(900)
    return min((at - began for heard, at in gate.heard if heard == who), default=float("inf"))


async def test_who_answers_slowly_keeps_nobody_waiting(courier, gate, autojump_clock) -> None:
    """A peer makes a node ask for as many logs as it likes: it gossips records of people whom it has just invented."""
    for _ in range(4 * WAITING_A_PEER):
        for peer in SLOW:
            courier.carry(question(peer))
    courier.carry(parcel("here"))
    courier.carry(question("honest"))
    assert await first(gate, "parcel") < 1
    assert await first(gate, "honest") < 1


async def test_parcels_for_nodes_that_are_gone_keep_no_question_waiting(courier, gate, autojump_clock) -> None:
    for _ in range(3 * ASKED_AT_ONCE):
        courier.carry(parcel("nowhere", "nowhere"))
    await trio.sleep(1)
    courier.carry(question("honest"))
    assert await first(gate, "honest") < 1


async def test_all_that_a_peer_is_asked_is_asked_in_turn_and_what_comes_of_it_is_told(
    courier, gate, autojump_clock
) -> None:
    for _ in range(20):
        for peer in ("silent", *SLOW):
            courier.carry(question(peer))
    await trio.sleep(20 * ANSWER_S)
    assert Counter(peer for peer, _ in gate.heard) == dict.fromkeys(("silent", *SLOW), 20)
    assert courier.dropped == 0
