"""Records stored per second, and memory by the million, beside nostr-sdk's LMDB database in the same run.

    python -m tests.bench.nostr

Theirs: `save_event` of signed events of equal size, as many at once as serves it best, with neither verification nor
full text. Ours: bulk with everything (signatures, rules, indexes, full text, commit), in one process, and the store
alone (`add_many` and commit). Without nostr-sdk (`pip install nostr-sdk`) theirs is missing, and that is said.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import inspect
import os
import statistics
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freehold.cli.demo import postings as demo_postings
from freehold.protocol.envelope import pack
from tests.bench.ingest import NOW, Ingest, market

if TYPE_CHECKING:
    from collections.abc import Sequence

    from freehold.protocol.envelope import Record

AT_ONCE = 512
_EVENT_BYTES = 144
"""Id, key, signature, kind and time of an event."""
BATCH, BATCHES_A_COMMIT = 64, 4


def theirs(module: Any, sizes: Sequence[int], folder: Path) -> float:
    """Events a second."""
    keys = module.Keys.generate()
    events = [
        module.EventBuilder(module.Kind(1), f"{number} ".ljust(max(1, size - _EVENT_BYTES), "x")).finalize(keys)
        for number, size in enumerate(sizes)
    ]

    async def save() -> float:
        opened = module.NostrLmdb.open(str(folder / "lmdb"))
        database = await opened if inspect.isawaitable(opened) else opened

        async def each(some: Sequence[Any]) -> None:
            for event in some:
                done = database.save_event(event)
                if inspect.isawaitable(done):
                    await done

        began = time.perf_counter()
        await asyncio.gather(*(each(events[start::AT_ONCE]) for start in range(AT_ONCE)))
        return len(events) / (time.perf_counter() - began)

    return asyncio.run(save())


def whole(known: Sequence[Record], packed: Sequence[bytes], folder: Path) -> float:
    """Records a second through all of bulk."""
    ingest = Ingest(folder, known)
    began = time.perf_counter()
    ingest.bring(packed, 0)
    rate = len(packed) / (time.perf_counter() - began)
    ingest.store.close()
    return rate


def stored(known: Sequence[Record], records: Sequence[Record], folder: Path) -> tuple[float, float]:
    """Records a second through the store alone, and bytes of this process by which each made it grow."""
    ingest = Ingest(folder, known)
    before, began = _resident(), time.perf_counter()
    for number, start in enumerate(range(0, len(records), BATCH), start=1):
        ingest.store.records.add_many(records[start : start + BATCH], NOW, shared=True)
        if number % BATCHES_A_COMMIT == 0:
            ingest.store.commit(passing=True)
    ingest.store.commit()
    rate, grown = len(records) / (time.perf_counter() - began), _resident() - before
    ingest.store.close()
    return rate, grown / len(records)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    made = market(list(islice(cycle(demo_postings.our_own()), chosen.records)), max(1, chosen.records // 5))
    packed = [pack(record) for record in made.offers]
    try:
        module: Any = importlib.import_module("nostr_sdk")
    except ImportError:
        module = None
        print("nostr-sdk is not installed: its figure is missing (pip install nostr-sdk)")
    rates: dict[str, list[float]] = {"bulk, everything": [], "the store alone": [], "nostr-sdk, LMDB": []}
    memory = 0.0
    for _ in range(chosen.rounds):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            rates["bulk, everything"].append(whole(made.known, packed, Path(one)))
            rate, memory = stored(made.known, made.offers, Path(two))
            rates["the store alone"].append(rate)
        if module is not None:
            with tempfile.TemporaryDirectory() as folder:
                rates["nostr-sdk, LMDB"].append(theirs(module, [len(one) for one in packed], Path(folder)))
    bound = statistics.median(rates["nostr-sdk, LMDB"]) if module is not None else None
    for name, found in rates.items():
        if found:
            rate = statistics.median(found)
            print(f"{name:24}{rate:10,.0f} a second" + ("" if bound is None else f"{rate / bound:8.2f} of nostr-sdk's"))
    print(f"memory: {memory:,.0f} bytes a record while {len(packed):,} came in (the page cache of SQLite is in it)")


if __name__ == "__main__":
    main(sys.argv[1:])
