"""How long a record takes to reach everybody, among ten real nodes on loopback, next to the stock library.

    python -m tests.bench.gossip_latency

All nodes of one kind run in one process, so they share a core: the figures compare, they do not promise. Two loads: a
steady 20 records a second from random nodes, and a burst of 300 records from one. A kind is measured in a process of
its own (ours changes the library it runs on), kinds alternate, and medians of the rounds are printed. Latency is from
`announce` (with its batching) to the application of each other node; a record that never comes is only missing from
`delivered`. `stock` is py-libp2p's gossipsub 1.1 with strict signing and the least settings to work at all
(`tests/hostile/stock.py`).
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import trio

from freehold.protocol.frame import unpack_batch
from tests.hostile.stock import Stock
from tests.node.net.neighbours import OFFERS, Ears, Neighbour

_ROOT = Path(__file__).parents[2]
_RECORD_BYTES = 500
_STAMP_BYTES = 8
_CHORDS = 3
"""Random links of each node besides the ring: six or seven a node, as many as the mesh wants."""
_LAST_S = 5.0
"""After the last record was sent; what has not come by then counts as lost."""
_CHILD_S = 300


@dataclass
class Arrivals:
    """Latencies in ms of every copy that came, of so many that should."""

    expected: int
    latencies_ms: list[float] = field(default_factory=list)
    all_here: trio.Event = field(default_factory=trio.Event)

    def note(self, record: bytes) -> None:
        sent_ns = int.from_bytes(record[:_STAMP_BYTES], "big")
        self.latencies_ms.append((time.perf_counter_ns() - sent_ns) / 1e6)
        if len(self.latencies_ms) == self.expected:
            self.all_here.set()


class Node(Protocol):
    """What both kinds offer."""

    address: str

    async def run(self, *, task_status: Any) -> None: ...
    async def meet(self, address: str) -> None: ...
    async def announce(self, record: bytes) -> None: ...


class StockNode(Stock):
    """Every message is one record."""

    def __init__(self, number: int, arrivals: Arrivals) -> None:
        super().__init__(f"node {number}", validator=False)
        self._arrivals = arrivals

    async def announce(self, record: bytes) -> None:
        self._mine = record
        await self.gossip(record)

    def _tell(self) -> None:
        if self.last != getattr(self, "_mine", b""):  # one's own is told as well
            self._arrivals.note(self.last)


class CountingEars(Ears):
    """An application that only looks at the clock."""

    def __init__(self, arrivals: Arrivals) -> None:
        super().__init__()
        self._arrivals = arrivals

    def heard(self, topic: str, data: bytes, peer: str) -> bool:
        for record in unpack_batch(data):
            self._arrivals.note(record)
        return True


class OurNode:
    """Freehold's network."""

    def __init__(self, number: int, arrivals: Arrivals) -> None:
        self._neighbour = Neighbour(f"node {number}", ears=CountingEars(arrivals))
        self.address = ""

    async def run(self, *, task_status: Any = trio.TASK_STATUS_IGNORED) -> None:
        async with trio.open_nursery() as nursery:
            await nursery.start(self._neighbour.network.run)
            self.address = self._neighbour.address
            task_status.started()

    async def meet(self, address: str) -> None:
        await self._neighbour.network.connect(address)

    async def announce(self, record: bytes) -> None:
        await self._neighbour.network.announce(OFFERS, record)


@dataclass(frozen=True)
class Load:
    """How many records, and how many a second (0: all at once, from one node)."""

    name: str
    records: int
    a_second: float


LOADS = (Load("20 a second", 200, 20), Load("a burst of 300", 300, 0))


def _record(number: int) -> bytes:
    stamp = time.perf_counter_ns().to_bytes(_STAMP_BYTES, "big")
    return (stamp + number.to_bytes(4, "big")).ljust(_RECORD_BYTES, b"x")


async def _send(nodes: list[Node], load: Load, dice: random.Random) -> None:
    for number in range(load.records):
        if load.a_second:
            await trio.sleep(1 / load.a_second)
        await (dice.choice(nodes) if load.a_second else nodes[0]).announce(_record(number))


async def _measure(kind: str, count: int, load: Load) -> dict[str, Any]:
    arrivals, dice = Arrivals(load.records * (count - 1)), random.Random(1)
    make = {"stock": StockNode, "ours": OurNode}[kind]
    nodes: list[Node] = [make(number, arrivals) for number in range(count)]
    async with trio.open_nursery() as nursery:
        for node in nodes:
            await nursery.start(node.run)
        for number, node in enumerate(nodes):
            others = [other for other in nodes if other not in (node, nodes[(number + 1) % count])]
            for other in (nodes[(number + 1) % count], *dice.sample(others, min(_CHORDS, len(others)))):
                await node.meet(other.address)
        await trio.sleep(2)  # two heartbeats: the mesh stands
        cpu = time.process_time()
        await _send(nodes, load, dice)
        with trio.move_on_after(_LAST_S):
            await arrivals.all_here.wait()
        cpu = time.process_time() - cpu
        nursery.cancel_scope.cancel()
    return {"expected": arrivals.expected, "latencies_ms": arrivals.latencies_ms, "cpu_s": cpu}


def _in_a_process(kind: str, count: int, load: Load) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.gossip_latency", "--one", kind, "--load", load.name]
    done = subprocess.run(
        [*command, "--nodes", str(count)], cwd=_ROOT, stdout=subprocess.PIPE, timeout=_CHILD_S, check=True
    )
    return json.loads(done.stdout)


def _figures(runs: list[dict[str, Any]]) -> tuple[float, float, float, float]:
    """Medians over the rounds: p50 and p99 in ms, share delivered, CPU ms a copy that came."""
    rows = [
        (
            *(statistics.quantiles(run["latencies_ms"], n=100)[place] for place in (49, 98)),
            len(run["latencies_ms"]) / run["expected"],
            1e3 * run["cpu_s"] / len(run["latencies_ms"]),
        )
        for run in runs
    ]
    return tuple(statistics.median(column) for column in zip(*rows, strict=True))  # type: ignore[return-value]


def table(count: int, rounds: int) -> str:
    """Measure everything; the table."""
    lines = [f"{count} nodes in one process, {_RECORD_BYTES}-byte records, medians of {rounds} rounds"]
    lines.append(f"{'':28}{'p50 ms':>9}{'p99 ms':>9}{'delivered':>11}{'CPU ms a copy':>15}")
    for load in LOADS:
        runs: dict[str, list[dict[str, Any]]] = {"stock": [], "ours": []}
        for _ in range(rounds):
            for kind, done in runs.items():
                done.append(_in_a_process(kind, count, load))
        figures = {kind: _figures(done) for kind, done in runs.items()}
        for kind, (p50, p99, delivered, cpu) in figures.items():
            lines.append(f"{load.name + ', ' + kind:28}{p50:9.1f}{p99:9.1f}{delivered:10.1%} {cpu:15.2f}")
        ratios = [ours / stock for stock, ours in zip(figures["stock"], figures["ours"], strict=True)]
        lines.append(
            f"{load.name + ', ours/stock':28}{ratios[0]:9.2f}{ratios[1]:9.2f}{ratios[2]:10.2f} {ratios[3]:15.2f}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", choices=("stock", "ours"), help="measure one kind once and print what was measured")
    parser.add_argument("--load", choices=[load.name for load in LOADS])
    chosen = parser.parse_args()
    if chosen.one is None:
        print(table(chosen.nodes, chosen.rounds))
        return
    logging.disable(logging.CRITICAL)
    (load,) = (load for load in LOADS if load.name == chosen.load)
    print(json.dumps(trio.run(_measure, chosen.one, chosen.nodes, load)))


if __name__ == "__main__":
    main()
