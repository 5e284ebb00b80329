"""The store over PostgreSQL beside SQLite's, in the same run: keeping, asking, searching, following another node.

    python -m tests.bench.postgres [--offers 20000]

Elapsed time, since the server works in processes of its own; both write through to the disk. PostgreSQL is reached by a
socket of this machine: across a network every statement costs a round trip more.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from freehold.node.store.postgres.store import PostgresStore
from freehold.node.store.sqlite import SqliteStore
from freehold.protocol import keylog
from freehold.protocol.envelope import place_of, seal
from freehold.protocol.identity import Root
from freehold.protocol.kinds.offer import OFFER
from freehold.protocol.reconcile.domain import EVERYTHING
from tests.bench.search import AUTHORS, DAY_MS, NETWORK, NOW, SEED, Texts, offers, sorts
from tests.postgres import binaries, cluster

if TYPE_CHECKING:
    from collections.abc import Callable

    from freehold.node.store.opening import Storage
    from freehold.protocol.envelope import Record

BATCH = 64
ASKED = 300
QUERIES = 20


def records(count: int) -> list[Record]:
    """Offers, signed before anything is measured."""
    roots = [Root((number + 1).to_bytes(32, "big")) for number in range(AUTHORS)]
    keys = [keylog.incept(root, NOW - 60 * DAY_MS, NETWORK)[0] for root in roots]
    made: list[Record] = []
    for number, (author, body) in enumerate(offers(Texts(SEED), count), start=1):
        draft = OFFER.draft(body, NOW - count + number, slot=number.to_bytes(16, "big"), till=NOW + 30 * DAY_MS)
        made.append(seal(draft, NETWORK, keys[author]))
    return made


def keep(store: Storage, some: list[Record], *, quotas: bool) -> float:
    """Seconds to keep them in group commits of 64; `quotas`: each author is counted first, as the node does."""
    start, remaining = time.perf_counter(), iter(some)
    while batch := list(islice(remaining, BATCH)):
        if quotas:
            for record in batch:
                store.records.count(record.author)
                store.records.count_since(record.author, NOW - DAY_MS)
                store.records.open_offers(record.author, NOW)
        store.records.add_many(batch, NOW, shared=True)
        store.commit()
    return time.perf_counter() - start


def each(act: Callable[[Record], object], some: list[Record]) -> tuple[float, float]:
    """Median and 95th percentile, ms."""
    found: list[float] = []
    for record in some:
        start = time.perf_counter()
        act(record)
        found.append((time.perf_counter() - start) * 1e3)
    return _told(found)


def searches(store: Storage) -> dict[str, tuple[float, float]]:
    """Of each sort of query, ms."""
    told: dict[str, tuple[float, float]] = {}
    for sort in sorts():
        texts, found = Texts(SEED + 1), list[float]()
        for query in [sort.make(texts) for _ in range(QUERIES)]:
            store.records.search(query)  # warms the cache
            start = time.perf_counter()
            store.records.search(query)
            found.append((time.perf_counter() - start) * 1e3)
        told[sort.name] = _told(found)
    return told


def settle(store: Storage) -> None:
    """What happens by itself within a minute: the log is moved, and the server learns which words are common."""
    store.checkpoint()
    if isinstance(store, PostgresStore):
        store._server.apart("VACUUM ANALYZE")


def measure(store: Storage, made: list[Record]) -> dict[str, tuple[float, float]]:
    """Every figure of one store: (median, 95th percentile) in ms, of keeping (a record, a record with quotas)."""
    half = len(made) // 2
    plain, counted = keep(store, made[:half], quotas=False), keep(store, made[half:], quotas=True)
    told = {"keep, ms a record": (plain / half * 1e3, 0.0), "with quotas counted": (counted / half * 1e3, 0.0)}
    settle(store)
    some = made[:: max(1, len(made) // ASKED)]
    told["get"] = each(lambda record: store.records.get(record.id), some)
    told["has"] = each(lambda record: store.records.has(record.id), some)
    told["fills"] = each(lambda record: store.records.fills(place_of(record.header) or b""), some)
    told["by_author, 20"] = each(lambda record: store.records.by_author(record.author, OFFER.name, 20), some)
    told["after, 100"] = each(lambda record: store.records.after(record.header.at % len(made), 100), some)
    return told | {f"search: {name}": value for name, value in searches(store).items()}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--offers", type=int, default=20_000)
    count: int = parser.parse_args(arguments).offers
    programs = binaries()
    if programs is None:
        print("PostgreSQL is not installed here: nothing is measured")
        return
    made = records(count)
    with tempfile.TemporaryDirectory() as folder, cluster(programs, "shared_buffers=512MB", fsync=True) as server:
        store, url = SqliteStore.open(Path(folder) / "node.db"), server.url()
        base = measure(store, made)
        store.close()
        shared = PostgresStore.open(url, Path(folder) / "one" / "node.db")
        ours = measure(shared, made)
        start = time.perf_counter()
        second = PostgresStore.open(url, Path(folder) / "other" / "node.db")
        opened = time.perf_counter() - start
        second.ranges.view(EVERYTHING)
        for store in (shared, second):
            store.close()
    print(f"{count:,} offers        {'SQLite p50':>24}{'p95':>9}{'PostgreSQL p50':>16}{'p95':>9}{'ratio of p50':>14}")
    for name, (median, high) in base.items():
        mine = ours[name]
        print(f"{name:40}{median:9.3f}{high:9.3f}{mine[0]:16.3f}{mine[1]:9.3f}{mine[0] / median:14.1f}")
    print(f"a second node has read the whole set after {opened:.2f} s")


def _told(found: list[float]) -> tuple[float, float]:
    found.sort()
    return statistics.median(found), found[int(len(found) * 0.95)]


if __name__ == "__main__":
    main(sys.argv[1:])
