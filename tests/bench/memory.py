"""What a full store costs a node: memory a record, and the time until it can reconcile, next to an empty one.

    python -m tests.bench.memory [--stored 1000000] [--warehouse FOLDER]

Real nodes that only relay, on an empty folder and on one with so many records, in turns; from the start of the process
to "ready", and its resident memory when it has grown no more for some seconds: by then the index has been read whole, a
bucket at a time. Below: the index alone, in this process: from opening the database to the first message that a
conversation begins with, and what it holds when every bucket is there, and when each was searched and summed once.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import time
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from freehold.node.store.sqlite import SqliteStore
from freehold.protocol.reconcile.domain import EVERYTHING
from freehold.protocol.reconcile.keys import KEY_BYTES
from tests.bench.start import Start, so_far
from tests.bench.warehouse import AT, FILE, add_option, stock
from tests.e2e.household import Household, household

if TYPE_CHECKING:
    from collections.abc import Sequence

_MIB = 1024 * 1024
_LOOK_S, _STEADY_S = 0.5, 8.0
_GROWN_MIB = 0.5
"""Less than this is no growth."""


class Node(NamedTuple):
    """One start: until it was ready, what it held then, and in the end."""

    ready: Start
    settled_mib: float


class Index(NamedTuple):
    """Milliseconds from a closed file to a first message; bytes a key in memory: all read, and all used."""

    open_ms: float
    loaded: float
    used: float


def started(home: Household, name: str) -> Node:
    """Start the node of that name, and watch it until it grows no more."""
    began = time.perf_counter()
    resident = home.start(name, relay=True)
    pid = resident.process.pid
    ready = so_far(pid, began)
    most, since = ready.mib, time.monotonic()
    while time.monotonic() < since + _STEADY_S:
        time.sleep(_LOOK_S)
        mib = so_far(pid, began).mib
        if mib > most + _GROWN_MIB:
            most, since = mib, time.monotonic()
    resident.process.stop()
    return Node(ready, most)


def index(path: Path) -> Index:
    """The index of the store in that file."""
    began = time.perf_counter()
    store = SqliteStore.open(path)
    view = store.ranges.view(EVERYTHING)
    assert view is not None
    count, _ = len(view.keys), view.keys.total
    assert view.sketch() is not None, "the sketch was not on the disk"
    open_ms = (time.perf_counter() - began) * 1e3
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    while store.ranges.tend(AT):
        pass
    loaded = tracemalloc.get_traced_memory()[0]
    for low, _, _ in view.keys.rows(list(view.keys._lows)):
        view.keys.summed(low[:KEY_BYTES] + b"\0", None)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    store.close()
    return Index(open_ms, (loaded - before) / count, (used - before) / count)


def table(stored: int, measured: dict[str, list[Node]], one: Index) -> str:
    """Medians, what the records make of it, and the index alone."""
    lines = [f"{'a node, medians':32}{'ready in s':>11}{'CPU s':>8}{'MiB then':>10}{'MiB settled':>13}"]
    found: list[tuple[float, ...]] = []
    for name, nodes in measured.items():
        row = (*_median([node.ready for node in nodes]), statistics.median(node.settled_mib for node in nodes))
        found.append(row)
        lines.append(f"{name:32}{row[0]:11.2f}{row[1]:8.2f}{row[2]:10.1f}{row[3]:13.1f}")
    empty, full = found
    more = [b - a for a, b in zip(empty, full, strict=True)]
    bytes_each = more[3] * _MIB / stored
    lines.append(f"{'more with records':32}{more[0]:11.2f}{more[1]:8.2f}{more[2]:10.1f}{more[3]:13.1f}")
    lines.append(f"{bytes_each:.0f} bytes of resident memory a record ({bytes_each * 1e6 / _MIB:.0f} MiB a million)")
    lines.append(
        f"the index alone: {one.open_ms:.0f} ms from a closed file to a first message; {one.loaded:.1f} bytes a record "
        f"when all of it is read, {one.used:.1f} when every bucket was searched and summed"
    )
    return "\n".join(lines)


def _median(starts: Sequence[Start]) -> Start:
    return Start(*(statistics.median(column) for column in zip(*starts, strict=True)))


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stored", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    add_option(parser)
    chosen = parser.parse_args(arguments)
    empty, full = "an empty store", f"{chosen.stored:,} records stored"
    measured: dict[str, list[Node]] = {empty: [], full: []}
    with household() as home, TemporaryDirectory() as folder:
        for root in (home.root / "full", Path(folder)):
            stock(root, chosen.stored, chosen.warehouse)
        for _ in itertools.repeat(None, chosen.rounds):
            measured[empty].append(started(home, "empty"))
            measured[full].append(started(home, "full"))
        alone = index(Path(folder) / FILE)
    print(table(chosen.stored, measured, alone))


if __name__ == "__main__":
    main(sys.argv[1:])
