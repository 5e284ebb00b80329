"""How long the node's other work waits while a long reputation is exported, in slices and at once.

    python -m tests.bench.exports [--contracts 200]

A task that only lets others run measures the time between its turns while the export runs over a real database. The
baseline is the same export in one go, in the same run. The processor's time counts: a busy machine disturbs it less.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import trio

from freehold.node.api.turns import by_turns
from freehold.node.core import exporting
from freehold.node.store.sqlite import SqliteStore
from freehold.protocol.steps import at_once
from tests.cast import bob, person, profile
from tests.node.core.market import desk_of
from tests.protocol.resume.career import NOW, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from freehold.node.core.desk import Desk
    from freehold.node.core.exporting import Export
    from freehold.protocol.envelope import Record
    from freehold.protocol.steps import Steps

A_CLIENT = 4
"""Contracts with one client."""
DAYS = 30


def career(contracts: int) -> Iterator[Record]:
    """The records of bob's, with a review of every contract."""
    clients = [person(f"client {number}") for number in range(-(-contracts // A_CLIENT))]
    for who in (bob, *clients):
        yield who.inception
        yield profile(who)
    for number in range(contracts):
        yield from said(clients[number % len(clients)], "As agreed.", number % 5, number % DAYS, salt=number)[1]


async def longest_stall_s(work: Callable[[], Steps[Export]], *, sliced: bool) -> tuple[float, float]:
    """Of the processor's time: the longest between two turns of somebody else, and all that the export takes."""
    longest = 0.0

    async def others() -> None:
        nonlocal longest
        last = time.thread_time()
        while True:
            await trio.lowlevel.checkpoint()
            now = time.thread_time()
            longest, last = max(longest, now - last), now

    async with trio.open_nursery() as nursery:
        nursery.start_soon(others)
        for _ in range(2):  # they have begun by then
            await trio.lowlevel.checkpoint()
        start = time.thread_time()
        found = await by_turns(work()) if sliced else at_once(work())
        msgspec.json.encode({"export": found.text})
        took = time.thread_time() - start
        for _ in range(2):  # whoever waited has had a turn by then
            await trio.lowlevel.checkpoint()
        nursery.cancel_scope.cancel()
    return longest, took


def _works(desk: Desk) -> dict[str, Callable[[], Steps[Export]]]:
    return {
        "bundle, signed": lambda: exporting.exporting(desk, bob.id, NOW, sign=True),
        "credentials": lambda: exporting.certifying(desk, bob.id, NOW),
    }


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contracts", type=int, default=200)
    contracts: int = parser.parse_args(arguments).contracts
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore.open(Path(folder) / "node.db")
        desk = replace(desk_of(bob), stores=store)
        for record in career(contracts):
            desk.stores.records.add(record, NOW, shared=True)
        store.commit()
        print(
            f"{contracts} contracts; longest stall of the event loop, and all of the export, in ms of processor's time"
        )
        for name, work in _works(desk).items():
            for how, sliced in (("at once", False), ("in slices", True)):
                stall, took = trio.run(lambda work=work, sliced=sliced: longest_stall_s(work, sliced=sliced))
                print(f"{name:16} {how:10} {stall * 1e3:8.1f} of {took * 1e3:8.1f}")
        store.close()


if __name__ == "__main__":
    main(sys.argv[1:])
