"""How long the event loop stands still while records come in bulk, beside SQLite's own way of checkpointing.

    python -m tests.bench.stalls [--stored 1000000 [--warehouse FOLDER]]

A task that only lets others run measures the time between its turns while `Inflow` brings a backlog and the ledger
commits. Ours: automatic checkpoints off, a helper moves the log into the database on a connection and a thread of its
own. The baseline is the same with SQLite's default instead: whoever commits past 1,000 pages of log pays for it.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import trio

from freehold.cli.demo import postings as demo_postings
from freehold.node.checking import Checking
from freehold.node.checkpoints import Checkpoints
from freehold.node.inflow import Inflow
from freehold.node.ledger import Ledger
from freehold.protocol.envelope import pack
from tests.bench.ingest import NOW, Ingest, market
from tests.bench.warehouse import add_option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from freehold.protocol.envelope import Sealed

OURS, DEFAULT = "helper's checkpoints", "SQLite's default"
A_BLOCK = 256
"""Records that conversations bring at once."""
_DEFAULT_PAGES = 1_000
LONG_S = 0.05
"""Nobody should ever wait for so long."""
_IDLE_TURN_S = 0.0002


class Stall(NamedTuple):
    """One, in seconds: by the clock, and of the processor's time (which a busy machine disturbs less)."""

    wall: float
    cpu: float


async def _turns(stalls: list[Stall]) -> None:
    """Seconds between the turns of somebody who only lets others run."""
    last, used = time.perf_counter(), time.thread_time()
    while True:
        await trio.lowlevel.checkpoint()
        now, using = time.perf_counter(), time.thread_time()
        if now - last > _IDLE_TURN_S:
            stalls.append(Stall(now - last, using - used))
        last, used = now, using


async def stalls_of(ingest: Ingest, packed: Sequence[bytes], *, ours: bool) -> list[Stall]:
    """Stalls longer than an idle turn while all of it comes in."""
    ledger, stalls = Ledger(ingest.store, lambda _effect: None), list[Stall]()
    ingest.store._database._connection.execute(f"PRAGMA wal_autocheckpoint = {0 if ours else _DEFAULT_PAGES}")

    def take(some: Sequence[bytes], genuine: Mapping[bytes, Sealed]) -> bool:
        ledger.note(ingest.service.received_many(some, "peer", NOW, genuine)[1], passing=True)
        return True

    async with trio.open_nursery() as nursery:
        nursery.start_soon(ledger.run)
        nursery.start_soon(_turns, stalls)
        if ours:
            nursery.start_soon(Checkpoints(ingest.store, ledger).run)
        inflow = Inflow(Checking(0))
        for start in range(0, len(packed), A_BLOCK):
            async with ledger.bulk():
                await inflow.bring(packed[start : start + A_BLOCK], take)
        ledger.settle()
        nursery.cancel_scope.cancel()
    return stalls


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=6_000)
    parser.add_argument("--stored", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    add_option(parser)
    chosen = parser.parse_args(arguments)
    made = market(list(islice(cycle(demo_postings.our_own()), chosen.records)), max(1, chosen.records // 5))
    packed = [pack(record) for record in made.offers]
    share = len(packed) // (2 * chosen.rounds)
    found: dict[str, list[Stall]] = {OURS: [], DEFAULT: []}
    with tempfile.TemporaryDirectory() as folder:
        ingest = Ingest(Path(folder), made.known, chosen.stored, chosen.warehouse)
        gc.collect()
        gc.freeze()  # as a node does when it is ready
        for number in range(2 * chosen.rounds):
            name = (OURS, DEFAULT)[number % 2]
            some = packed[number * share : (number + 1) * share]
            found[name] += trio.run(_measured, ingest, some, name == OURS)
        ingest.store.close()
    print(f"{chosen.stored:,} stored, {len(packed):,} come in; stalls in ms")
    for clock in Stall._fields:
        default = _p50_and_p99([getattr(stall, clock) for stall in found[DEFAULT]])
        for name, stalls in found.items():
            p50, p99 = _p50_and_p99([getattr(stall, clock) for stall in stalls])
            ratio = p99 / default[1]
            values = [getattr(stall, clock) for stall in stalls]
            print(
                f"{clock:5} {name:24} p50 {p50 * 1e3:6.2f}   p99 {p99 * 1e3:6.2f}   longest {max(values) * 1e3:6.2f}   "
                f"{sum(value > LONG_S for value in values)} of {len(values):,} over {LONG_S * 1e3:.0f}   "
                f"{ratio:5.2f} of the default's p99"
            )


def _p50_and_p99(values: Sequence[float]) -> tuple[float, float]:
    at = statistics.quantiles(values, n=100)
    return at[49], at[98]


async def _measured(ingest: Ingest, packed: Sequence[bytes], ours: bool) -> list[Stall]:
    return await stalls_of(ingest, packed, ours=ours)


if __name__ == "__main__":
    main(sys.argv[1:])
