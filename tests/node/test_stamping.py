"""Stamps are looked for in another process; where there is none, here, and everything else goes on."""

from __future__ import annotations

import io
import sys

import pytest
import trio
import trio.lowlevel

from freehold.node import stamper, stamping
from freehold.node.core.effects import Pay
from freehold.node.core.ports import Parcel
from freehold.protocol.stamp import hour_of, question, strength
from tests.cast import START_MS, alice, proposal

SEALED = b"any sealed document"
PAY = Pay(Parcel(proposal().id, alice.id, SEALED, START_MS), 12, hour_of(START_MS))


async def test_a_process_finds_what_is_asked():
    stamp = await stamping.find(PAY)
    assert stamp is not None
    assert strength(stamp, alice.id, SEALED, START_MS) >= 12


async def test_without_a_process_it_is_found_here_while_others_go_on():
    turns = 0

    async def others():
        nonlocal turns
        while True:
            await trio.lowlevel.checkpoint()
            turns += 1

    harder = Pay(PAY.parcel, 15, PAY.hour)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(others)
        stamp = await stamping.find(harder, ("/nowhere/at/all",))
        nursery.cancel_scope.cancel()
    assert stamp is not None
    assert strength(stamp, alice.id, SEALED, START_MS) >= 15
    assert turns > 1


async def test_a_process_that_dies_or_says_something_else_has_found_nothing():
    assert await stamping.find(PAY, (sys.executable, "-c", "raise SystemExit(1)")) is None
    assert await stamping.find(PAY, (sys.executable, "-c", "print('no nonce')")) is None


async def test_a_search_ends_with_its_time(monkeypatch):
    monkeypatch.setattr(stamping, "SEARCH_S", 0.05)
    assert await stamping.find(Pay(PAY.parcel, 32, PAY.hour)) is None


@pytest.mark.parametrize("given", [b"", bytes([12]), bytes([12]) + bytes(71)])
def test_half_a_question_has_no_answer(given):
    sink = io.BytesIO()
    stamper.serve(io.BytesIO(given), sink)
    assert sink.getvalue() == b""


def test_a_whole_one_has():
    sink = io.BytesIO()
    stamper.serve(io.BytesIO(bytes([4]) + question(alice.id, PAY.hour, SEALED)), sink)
    assert len(sink.getvalue()) == 8
