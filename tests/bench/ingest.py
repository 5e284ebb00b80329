"""Records verified and stored per second on one core, against the verifier's own rate in the same run.

    python tests/bench/ingest.py --offers FILE.csv

The path is that of gossip: batch, id, "do I have it?", unpack and verify, the author's key, the kind's rules, the
author's quota, store with all indexes and full text, commit. Rounds alternate between verifying alone and the whole
path, so that a noisy machine disturbs both; the medians are compared.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from freehold.cli import postings, seeding
from freehold.node.store.sqlite import SqliteStore
from freehold.protocol import frame, keylog, limits
from freehold.protocol.envelope import claimed_id, unpack
from freehold.protocol.identity import verify
from freehold.protocol.kind import Registry
from freehold.protocol.kinds import BUILTIN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from freehold.protocol.envelope import Record

NETWORK = "test-bench"
DAY_MS = seeding.DAY_MS
NOW = 1_750_000_000_000 // DAY_MS * DAY_MS
BATCHES = (limits.BATCH_RECORDS, 256)
"""Records in a commit: a full gossip message, and what 20 ms of a busy node bring together."""


@dataclass
class Market:
    """Signed records of real postings: `known` are stored before the clock runs, `offers` are measured."""

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


def market(rows: Sequence[postings.Row], most: int, authors: int) -> Market:
    """Up to `most` offers by `authors` identities."""
    offers = [row.offer for row in rows if isinstance(row, postings.Posting)][:most]
    signed = list(seeding.records(seeding.Plan(NETWORK, authors, seed=1, day=NOW), offers))
    return Market(signed[: 2 * authors], signed[2 * authors :])


class Ingest:
    """A fresh store in a folder of its own, and the path into it."""

    def __init__(self, folder: Path, known: Sequence[Record]) -> None:
        self.store = SqliteStore.open(folder / "node.db")
        self.registry = Registry(BUILTIN)
        for record in known:
            self.store.records.add(record, NOW, shared=True)
        self.store.commit()
        self.store.checkpoint()

    def take_in(self, frames: Sequence[bytes], commit_every: int) -> None:
        """Every record of the frames, committed in groups. Raises AssertionError if one is not kept."""
        waiting = 0
        for data in frames:
            for packed in frame.unpack_batch(data):
                assert self.judge(packed), "every record of the bench is new and valid"
                waiting += 1
                if waiting == commit_every:
                    self.store.commit()
                    waiting = 0
        self.store.commit()

    def judge(self, packed: bytes) -> bool:
        records = self.store.records
        if records.has(claimed_id(packed)):
            return False
        record = unpack(packed)
        log = records.log(record.author)
        assert log is not None
        keylog.state(log).check(record.header)
        self.registry[record.header.kind].open(record)
        quota = (
            records.count(record.author),
            records.count_since(record.author, NOW),
            records.open_offers(record.author, NOW),
        )
        return max(quota) < 10_000 and records.add(record, NOW, shared=True)


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
    whole = {size: Series(f"whole path, commits of {size}") for size in BATCHES}
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


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--offers", type=Path, required=True, help="CSV file of postings")
    parser.add_argument("--records", type=int, default=5_000)
    parser.add_argument("--authors", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    made = market(postings.read(chosen.offers), chosen.records, chosen.authors)
    print(table(made, measure(made, chosen.rounds)))


if __name__ == "__main__":
    main(sys.argv[1:])
