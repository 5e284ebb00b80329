"""Records verified and stored per second on one core, against the verifier's own rate in the same run.

    python -m tests.bench.ingest [--offers FILE.csv]

The path is that of gossip (`Service.received`): batch, id, "do I have it?", the peer's bucket, unpack and verify, the
author's key, the kind's rules, the author's standing and quota, store with all indexes and full text, commit. Rounds
alternate between verifying alone and the whole path, so that a noisy machine disturbs both; the medians are compared.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from freehold.cli import postings, seeding
from freehold.cli.demo import postings as demo_postings
from freehold.node.core.desk import Desk
from freehold.node.core.effects import Verdict
from freehold.node.core.service import Service
from freehold.node.policies.ranking import PERSONAL
from freehold.node.store.sqlite import SqliteStore
from freehold.protocol import frame, limits, topics
from freehold.protocol.envelope import unpack
from freehold.protocol.identity import verify
from freehold.protocol.kind import Registry
from freehold.protocol.kinds import BUILTIN
from freehold.protocol.network import network

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from freehold.protocol.envelope import Record
    from freehold.protocol.kinds.offer import Offer

NETWORK = "test-bench"
DAY_MS = seeding.DAY_MS
NOW = 1_750_000_000_000 // DAY_MS * DAY_MS
COMMITS = (1, 4)
"""Gossip messages (64 records each) in a commit; four are what 20 ms of a busy node bring together."""
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
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def measure(self, run: Callable[[], None], records: int) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        self.cpu.append((time.process_time() - cpu) / records)
        self.wall.append((time.perf_counter() - wall) / records)


def market(offers: Sequence[Offer], authors: int) -> Market:
    """Offers, dealt out to `authors` identities."""
    signed = list(seeding.records(seeding.Plan(NETWORK, authors, seed=1, day=NOW), offers))
    return Market(signed[: 2 * authors], signed[2 * authors :])


class Ingest:
    """A node's mind over a fresh store in a folder of its own, with the authors' logs and profiles already there."""

    def __init__(self, folder: Path, known: Sequence[Record]) -> None:
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
                self.store.commit()
        self.store.commit()


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


def measure(made: Market, rounds: int) -> list[Series]:
    """Alternate all ways through `rounds` times."""
    frames, only = made.frames, verify_only(made.offers)
    packed = [one for data in frames for one in frame.unpack_batch(data)]
    bound, unpacking = Series("verify only"), Series("unpack (with verify)")
    whole = {size: Series(f"whole path, commits of {size * limits.BATCH_RECORDS}") for size in COMMITS}
    for _ in range(rounds):
        bound.measure(only, len(packed))
        unpacking.measure(lambda: unpack_all(packed), len(packed))
        for size, series in whole.items():
            with tempfile.TemporaryDirectory() as folder:
                ingest = Ingest(Path(folder), made.known)
                series.measure(lambda ingest=ingest, size=size: ingest.take_in(frames, size), len(packed))
                ingest.store.close()
    return [bound, unpacking, *whole.values()]


def table(made: Market, measured: Sequence[Series]) -> str:
    """Medians per record, and each rate as a share of the verifier's."""
    size = statistics.mean(len(record.header_bytes) + len(record.body or b"") + 64 for record in made.offers)
    lines = [f"{len(made.offers)} offers of {size:.0f} bytes by {len({r.author for r in made.offers})} authors"]
    lines.append(f"{'':32}{'CPU us':>9}{'per s':>9}{'of verify':>11}{'wall us':>9}")
    bound = statistics.median(measured[0].cpu)
    for series in measured:
        cpu, wall = statistics.median(series.cpu), statistics.median(series.wall)
        lines.append(f"{series.name:32}{cpu * 1e6:9.1f}{1 / cpu:9,.0f}{bound / cpu:11.2f}{wall * 1e6:9.1f}")
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
    chosen = parser.parse_args(arguments)
    made = market(offers_of(chosen.offers, chosen.records), chosen.authors)
    print(table(made, measure(made, chosen.rounds)))


if __name__ == "__main__":
    main(sys.argv[1:])
