"""Records verified and stored per second, against the verifier's own rate in the same run.

    python -m tests.bench.ingest [--offers FILE.csv] [--stored 1000000 [--warehouse FOLDER]]

The path of gossip (`Service.received`): batch, id, "do I have it?", the peer's bucket, unpack and verify, the author's
key, the kind's rules, the author's standing and quota, store with all indexes and full text, commit. The path of bulk
(`Inflow`), as records come that were asked for: here alone, and with a process that checks signatures. Rounds
alternate between verifying alone and the whole path, so that a noisy machine disturbs both; the medians are compared.
One process is compared by its processor time, two cores by the clock, with twice what one core verifies as the bound.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

import trio

from freehold.cli import postings, seeding
from freehold.cli.demo import postings as demo_postings
from freehold.node.checking import Checking
from freehold.node.core.desk import Desk
from freehold.node.core.effects import Verdict
from freehold.node.core.service import Service
from freehold.node.inflow import Inflow
from freehold.node.ledger import Ledger
from freehold.node.policies.ranking import PERSONAL
from freehold.node.store.sqlite import SqliteStore
from freehold.protocol import frame, limits, topics
from freehold.protocol.envelope import pack, split, unpack
from freehold.protocol.identity import verify
from freehold.protocol.kind import Registry
from freehold.protocol.kinds import BUILTIN
from freehold.protocol.network import network
from tests.bench.warehouse import NETWORK, add_option, stock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from freehold.protocol.envelope import Record, Sealed
    from freehold.protocol.kinds.offer import Offer

DAY_MS = seeding.DAY_MS
NOW = 1_750_000_000_000 // DAY_MS * DAY_MS
COMMITS = (1, 4)
"""Gossip messages (64 records each) in a commit; four are what 20 ms of a busy node bring together."""
BULK = {0: "bulk, one process", 1: "bulk, with one that checks"}
FRAME_MS = 20
"""Between two messages: at 64 records each, below the rate at which a node begins to turn records away."""


@dataclass
class Market:
    """Signed records of postings: `known` are stored before the clock runs, `offers` are measured."""

    known: list[Record]
    offers: list[Record]

    @property
    def frames(self) -> list[bytes]:
        return [data for _, data in seeding.batches(self.offers)]


@dataclass
class Series:
    """Seconds per record of one way through, one figure a round."""

    name: str
    cores: int = 1
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def measure(self, run: Callable[[], None], records: int) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        self.note((time.perf_counter() - wall, time.process_time() - cpu), records)

    def note(self, took: tuple[float, float], records: int) -> None:
        """Seconds by the clock and of processor time, for so many records."""
        self.wall.append(took[0] / records)
        self.cpu.append(took[1] / records)


def market(offers: Sequence[Offer], authors: int) -> Market:
    """Offers, dealt out to `authors` identities."""
    signed = list(seeding.records(seeding.Plan(NETWORK, authors, seed=1, day=NOW), offers))
    return Market(signed[: 2 * authors], signed[2 * authors :])


class Ingest:
    """A node's mind over a store in a folder of its own, with the authors' logs and profiles already there, and with
    so many records of others."""

    def __init__(self, folder: Path, known: Sequence[Record], stored: int = 0, warehouse: Path | None = None) -> None:
        if stored:
            stock(folder, stored, warehouse)
        self.store = SqliteStore.open(folder / "node.db")
        self.service = Service(Desk(network(NETWORK), Registry(BUILTIN), self.store, PERSONAL, bytes))
        for record in known:
            self.store.records.add(record, NOW, shared=True)
        self.store.commit()
        self.store.checkpoint()

    def take_in(self, frames: Sequence[bytes], frames_a_commit: int) -> None:
        """Every record of the frames, each frame from another peer. Raises AssertionError if one is not kept."""
        for number, data in enumerate(frames, start=1):
            judgement = self.service.received(data, f"peer {number}", NOW + number * FRAME_MS, topics.OFFERS)
            assert judgement.verdict is Verdict.ACCEPT, judgement.reason
            if number % frames_a_commit == 0:
                self.store.commit(passing=True)
        self.store.commit()

    def bring(self, packed: Sequence[bytes], processes: int) -> tuple[float, float]:
        """Every record, as one backlog that was asked for, the ledger settling as in a node. Seconds by the clock and
        of processor time, from when the processes answer."""
        return trio.run(self._bring, packed, processes)

    async def _bring(self, packed: Sequence[bytes], processes: int) -> tuple[float, float]:
        ledger, checking = Ledger(self.store, lambda _effect: None), Checking(processes)

        def take(some: Sequence[bytes], genuine: Mapping[bytes, Sealed]) -> bool:
            findings, effects = self.service.received_many(some, "peer", NOW, genuine)
            assert all(finding.verdict is Verdict.ACCEPT for finding in findings), findings
            ledger.note(effects, passing=True)
            return True

        async with trio.open_nursery() as nursery:
            nursery.start_soon(ledger.run)
            nursery.start_soon(checking.run)
            await _started(checking, processes, packed[0])
            wall, cpu = time.perf_counter(), time.process_time()
            await Inflow(checking).bring(packed, take)
            ledger.settle()
            took = time.perf_counter() - wall, time.process_time() - cpu
            nursery.cancel_scope.cancel()
        return took


async def _started(checking: Checking, processes: int, packed: bytes) -> None:
    """Return when so many processes have answered."""
    while processes and not checking.at_once:
        await trio.lowlevel.checkpoint()
    async with trio.open_nursery() as nursery:
        for _ in range(processes):
            nursery.start_soon(checking.check, [split(packed).proof()])
    assert checking.running == processes, f"{checking.running} processes instead of {processes}"


def verify_only(offers: Sequence[Record]) -> Callable[[], None]:
    """Nothing but signatures: what no path can beat."""
    signed = [(record.header.key, record.signature, b"freehold/sig/1\0" + record.id) for record in offers]

    def run() -> None:
        for key, signature, message in signed:
            verify(key, signature, message)

    return run


def unpack_all(packed: Sequence[bytes]) -> None:
    for one in packed:
        unpack(one)


def measure(made: Market, rounds: int, stored: int, warehouse: Path | None = None) -> list[Series]:
    """Alternate all ways through `rounds` times. A store with many records is filled once, and each round brings it
    other offers."""
    if stored:
        return measure_full(made, rounds, stored, warehouse)
    frames, only = made.frames, verify_only(made.offers)
    packed = [one for data in frames for one in frame.unpack_batch(data)]
    bound, unpacking = Series("verify only"), Series("unpack (with verify)")
    whole = {size: Series(f"gossip, commits of {size * limits.BATCH_RECORDS}") for size in COMMITS}
    bulk = {processes: Series(BULK[processes], cores=1 + processes) for processes in BULK}
    for _ in range(rounds):
        bound.measure(only, len(packed))
        unpacking.measure(lambda: unpack_all(packed), len(packed))
        for size, series in whole.items():
            with tempfile.TemporaryDirectory() as folder:
                ingest = Ingest(Path(folder), made.known)
                series.measure(lambda ingest=ingest, size=size: ingest.take_in(frames, size), len(packed))
                ingest.store.close()
        for processes, series in bulk.items():
            with tempfile.TemporaryDirectory() as folder:
                ingest = Ingest(Path(folder), made.known)
                series.note(ingest.bring(packed, processes), len(packed))
                ingest.store.close()
    return [bound, unpacking, *whole.values(), *bulk.values()]


def measure_full(made: Market, rounds: int, stored: int, warehouse: Path | None) -> list[Series]:
    """Gossip and bulk into a store that is full already."""
    share = len(made.offers) // (rounds * 3)
    parts = [made.offers[start : start + share] for start in range(0, share * rounds * 3, share)]
    bound = Series("verify only")
    series = [Series(f"gossip, {stored:,} stored"), *(Series(BULK[each], cores=1 + each) for each in BULK)]
    with tempfile.TemporaryDirectory() as folder:
        ingest = Ingest(Path(folder), made.known, stored, warehouse)
        for start in range(0, len(parts), 3):
            gossip, alone, together = parts[start : start + 3]
            bound.measure(verify_only(gossip), len(gossip))
            frames = [data for _, data in seeding.batches(gossip)]
            series[0].measure(partial(ingest.take_in, frames, COMMITS[-1]), len(gossip))
            for each, offers, processes in ((series[1], alone, 0), (series[2], together, 1)):
                each.note(ingest.bring([pack(one) for one in offers], processes), len(offers))
            ingest.store.checkpoint()
        ingest.store.close()
    return [bound, *series]


def table(made: Market, measured: Sequence[Series]) -> str:
    """Medians per record, and each rate as a share of the verifier's."""
    size = statistics.mean(len(record.header_bytes) + len(record.body or b"") + 64 for record in made.offers)
    lines = [f"{len(made.offers)} offers of {size:.0f} bytes by {len({r.author for r in made.offers})} authors"]
    lines.append(f"{'':32}{'CPU us':>9}{'per s':>9}{'of verify':>11}{'wall us':>9}")
    for series in measured:
        cpu, wall = statistics.median(series.cpu), statistics.median(series.wall)
        if series.cores == 1:
            took, share = cpu, statistics.median(measured[0].cpu) / cpu
        else:
            took, share = wall, statistics.median(measured[0].wall) / series.cores / wall
        lines.append(f"{series.name:32}{cpu * 1e6:9.1f}{1 / took:9,.0f}{share:11.2f}{wall * 1e6:9.1f}")
    return "\n".join(lines)


def offers_of(file: Path | None, most: int) -> list[Offer]:
    """The first rows of a file; without one, the demo's own short texts again and again."""
    if file is None:
        return list(islice(cycle(demo_postings.our_own()), most))
    return [row.offer for row in postings.read(file) if isinstance(row, postings.Posting)][:most]


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--offers", type=Path, help="CSV file of postings (else: those of the demo, repeated)")
    parser.add_argument("--records", type=int, default=5_000)
    parser.add_argument("--authors", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--stored", type=int, default=0, help="records that are in the store before the clock runs")
    add_option(parser)
    chosen = parser.parse_args(arguments)
    made = market(offers_of(chosen.offers, chosen.records), chosen.authors)
    print(table(made, measure(made, chosen.rounds, chosen.stored, chosen.warehouse)))


if __name__ == "__main__":
    main(sys.argv[1:])
