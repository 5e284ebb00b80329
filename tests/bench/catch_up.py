"""A node that begins with nothing beside one that has a market, over libp2p on loopback, against ingest alone.

    python -m tests.bench.catch_up [--records 20000] [--big]

Two real node processes. The first is filled through its API; then the second starts with the first as its seed; the
clock runs from there until it has every record. The baseline, in the same run: the same records judged and stored by
one core in this process, in the same batches, committed every 256. Wire bytes are what conversations carried, raw bytes
those of the packed records.
"""

from __future__ import annotations

import argparse
import base64
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from itertools import cycle, islice, product
from pathlib import Path
from typing import TYPE_CHECKING

from freehold.cli import seeding
from freehold.cli.demo import postings
from freehold.node.core.admission import BATCH
from freehold.node.core.desk import Desk
from freehold.node.core.service import Service
from freehold.node.policies.ranking import PERSONAL
from freehold.node.store.sqlite import SqliteStore
from freehold.protocol.envelope import pack
from freehold.protocol.kind import Registry
from freehold.protocol.kinds import BUILTIN
from freehold.protocol.network import network
from tests.bench.start import so_far
from tests.e2e.household import NETWORK, household

if TYPE_CHECKING:
    from collections.abc import Sequence

    from freehold.protocol.envelope import Record
    from freehold.protocol.kinds.offer import Offer
    from tests.e2e.household import Resident

AUTHORS = 500
COMMIT = 256
PATIENCE_S = 1_800.0
LOOK_S = 0.5


def market(count: int) -> list[Record]:
    """Signed records: logs, profiles, offers with the demo's texts."""
    plan = seeding.Plan(NETWORK, AUTHORS, 1, seeding.Plan.day_of(time.time_ns() // 1_000_000))
    own = [replace(offer, title=f"{offer.title} {number}") for number, offer in enumerate(texts(count - 2 * AUTHORS))]
    return list(seeding.records(plan, own))


def texts(count: int) -> list[Offer]:
    return list(islice(cycle(postings.our_own()), count))


@dataclass(frozen=True)
class Took:
    """Seconds by the clock and of processor time."""

    wall_s: float
    cpu_s: float


def ingest_alone(packed: Sequence[bytes]) -> Took:
    """What it takes to judge and store them in this process, with every commit."""
    now = time.time_ns() // 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore.open(Path(folder) / "node.db")
        service = Service(Desk(network(NETWORK), Registry(BUILTIN), store, PERSONAL, bytes))
        began, cpu = time.perf_counter(), time.process_time()
        for at in range(0, len(packed), BATCH):
            service.received_many(packed[at : at + BATCH], "a peer", now)
            if at % COMMIT == 0:
                store.commit()
        store.commit()
        took = Took(time.perf_counter() - began, time.process_time() - cpu)
        kept = sum(store.records.totals().values())
        store.close()
    assert kept == len(packed), f"{kept} of {len(packed)} were kept"
    return took


def used(node: Resident) -> float:
    """Seconds of processor time of a node's own process so far; that of those which check for it is not in it."""
    return so_far(node.process.pid, 0).cpu_s


def records_of(node: Resident) -> int:
    """By the index of what is shared, which is exact: the numbers by kind may be some seconds old."""
    return int(node.api.get("/status")["sync"]["records"])


def told(node: Resident) -> str:
    """How a node's conversations ended."""
    core = node.api.get("/node/statistics")["core"]
    ends = {name.rpartition(": ")[2]: count for name, count in core.items() if name.startswith("sync: ended")}
    return ", ".join(f"{count} {name}" for name, count in ends.items())


def caught_up(first: Resident, second: Resident) -> Took:
    """What it takes the second until it has what the first has, from now on."""
    wanted, began, cpu = records_of(first), time.perf_counter(), used(second)
    while records_of(second) < wanted:
        if time.perf_counter() - began > PATIENCE_S:
            raise TimeoutError(f"{records_of(second)} of {wanted} records after {PATIENCE_S:g} s")
        time.sleep(LOOK_S)
    return Took(time.perf_counter() - began, used(second) - cpu)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--big", action="store_true", help="100,000 records")
    parser.add_argument("--partners", type=int, default=1, help="nodes that have the market (1)")
    given = parser.parse_args()
    records = market(100_000 if given.big else given.records)
    packed = [pack(record) for record in records]
    with household() as home:
        givers = [home.start(f"giver {number}", relay=True) for number in range(given.partners)]
        for giver, (_, batch) in product(givers, seeding.batches(records)):
            giver.api.post("/dev/ingest", {"batches": [base64.b64encode(batch).decode()]})
        first = givers[0]
        alone = ingest_alone(packed)
        second = home.start("second", relay=True, seeds=[giver.address for giver in givers])
        given_before = used(first)
        caught = caught_up(first, second)
        giving_s = used(first) - given_before
        core, ends = second.api.get("/node/statistics")["core"], (told(first), told(second))
    raw, wire = sum(map(len, packed)), int(core["sync: bytes in"]) + int(core["sync: bytes out"])
    sys.stdout.write(
        f"{len(packed):,} records, {raw / len(packed):.0f} bytes each\n"
        f"ingest alone: {alone.wall_s:.1f} s ({len(packed) / alone.wall_s:,.0f}/s)\n"
        f"caught up: {caught.wall_s:.1f} s ({len(packed) / caught.wall_s:,.0f}/s), "
        f"{caught.wall_s / alone.wall_s:.2f} times as long\n"
        f"processor time: alone {alone.cpu_s:.1f} s, the taker {caught.cpu_s:.1f} s, the giver {giving_s:.1f} s\n"
        f"on the wire: {wire:,} bytes, {wire / raw:.2f} of the raw ones; taken from {given.partners} partners: "
        f"{core['sync: records taken']:,} records\n"
        f"conversations, as the giver saw them end: {ends[0]}; the taker: {ends[1]}\n"
    )


if __name__ == "__main__":
    main()
