"""Processes that check signatures: each answer to its own question, and none when there is nothing to check."""

from __future__ import annotations

import pytest
import trio
import trio.testing

from freehold.node import checking
from freehold.node.checking import Checking
from freehold.protocol.envelope import pack, split, verify_proof
from tests.node.backlog import COUNT, FORGED, OFFERS, PACKED


@pytest.mark.parametrize("processes", [1, 2])
async def test_many_messages_at_once_are_answered_each_with_its_own(nursery: trio.Nursery, processes: int) -> None:
    workers = Checking(processes)
    nursery.start_soon(workers.run)
    await trio.testing.wait_all_tasks_blocked()
    answers: dict[int, bytes | None] = {}

    async def ask(number: int) -> None:
        part = PACKED[number : number + 1 + number % 7]
        answers[number] = await workers.check([split(one).proof() for one in part])

    with trio.fail_after(60):
        async with trio.open_nursery() as asking:
            for number in range(0, COUNT - 8, 3):
                asking.start_soon(ask, number)
    for number, answer in answers.items():
        assert answer == bytes(at not in FORGED for at in range(number, number + 1 + number % 7))
    assert (workers.running, workers.deaths) == (processes, 0)


async def test_who_does_not_wait_for_an_answer_costs_the_process_and_nobody_else_gets_it(
    nursery: trio.Nursery,
) -> None:
    workers = Checking(1)
    nursery.start_soon(workers.run)
    await trio.testing.wait_all_tasks_blocked()
    bad, good = [split(PACKED[5]).proof()], [split(PACKED[6]).proof()]
    with trio.fail_after(60):
        assert await workers.check(good) == b"\1"
        with trio.CancelScope() as scope:
            scope.cancel()
            await workers.check(bad)
        while workers.running and await workers.check(good) not in (None, b"\1"):
            raise AssertionError("somebody else's answer")
        assert await workers.check(good) == b"\1"


async def test_processes_end_when_there_is_nothing_to_check(
    monkeypatch: pytest.MonkeyPatch, nursery: trio.Nursery
) -> None:
    monkeypatch.setattr(checking, "IDLE_S", 0.05)
    workers = Checking(1)
    nursery.start_soon(workers.run)
    await trio.testing.wait_all_tasks_blocked()
    proofs = [split(pack(OFFERS[0])).proof(), split(PACKED[5]).proof()]
    with trio.fail_after(60):
        assert await workers.check(proofs) == b"\1\0"
        while workers.running:
            await trio.lowlevel.checkpoint()
        assert await workers.check(proofs) == b"\1\0"


def test_a_proof_is_what_a_signature_is_checked_by() -> None:
    proof = split(pack(OFFERS[0])).proof()
    assert verify_proof(proof)
    assert not any(verify_proof(bytes(proof[:at]) + bytes([proof[at] ^ 1]) + proof[at + 1 :]) for at in (0, 40, 127))


async def test_deaths_are_forgiven_after_a_while(nursery: trio.Nursery, mock_clock: trio.testing.MockClock) -> None:
    """As of processes that a sleeping machine kept from answering."""
    workers, proofs = Checking(1, ("/nonexistent/checker",)), [split(PACKED[5]).proof()]
    nursery.start_soon(workers.run)
    await trio.testing.wait_all_tasks_blocked()
    for _ in range(2):
        assert workers.at_once
        assert await workers.check(proofs) is None
        assert not workers.at_once
        mock_clock.jump(checking.FORGIVEN_S - 1)
        assert not workers.at_once
        mock_clock.jump(1)
    assert workers.deaths == checking.DEATHS
