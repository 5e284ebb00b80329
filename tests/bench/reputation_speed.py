"""How fast the reputation engine is, and how much memory it takes, against libraries on the same graph in the same run.

    python -m tests.bench.reputation_speed            # 10^4 and 10^5 identities (10^5 and 10^6 reviews)
    python -m tests.bench.reputation_speed --big      # 10^6 identities as well (10^7 reviews); several GB
    pip install 'freehold[bench]'                     # the libraries; without one, its row is left out

Rounds alternate between us and the libraries, so that a noisy machine disturbs all; medians are compared. The libraries
compute personalised PageRank of the graph of good reviews from the same seeds, as a reader would call them; building
their graph is not counted, nor is ours in the row that is compared with theirs.
"""

from __future__ import annotations

import importlib
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any

import numpy as np

from freehold.node.core.reputation.engine import Engine
from freehold.node.core.reputation.graph import graph_of
from freehold.node.core.reputation.opinions import Opinion, Place, Vouch
from freehold.node.core.reputation.settings import H1
from freehold.node.core.reputation.trust import Walk, numpy_sums, scipy_sums, spread
from freehold.node.core.reputation.view import View
from tests.bench.reputation_attacks.baselines import RESTART, Graph, praise
from tests.bench.reputation_attacks.market import Market, made
from tests.bench.reputation_attacks.ours import columns, names
from tests.bench.reputation_attacks.viewpoint import Viewpoint, chosen

SIZES, BIG = (10_000, 100_000), 1_000_000
SEED = 31
ROUNDS = 7
ASKED = 1_000
LISTS = (20, 200)
"""Authors on a page of offers, and of the proposals for an offer that many want."""
NOW_MS = 1 << 41
TOLD, BATCH = 10_000, 1_000
"""Reviews that arrive one by one, and after how many somebody asks again."""
WALKS = 10_000
Work = Callable[[], object]
OURS = "trust from a place"


def spent(work: Work) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def used(work: Work) -> float:
    """Seconds of the processor's time."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def by_turns(works: dict[str, Work], rounds: int) -> dict[str, float]:
    """The median time of each, every round doing all."""
    times = {name: [spent(work)] for name, work in works.items()}  # the first is the slowest, and one of many
    for _ in range(rounds - 1):
        for name, work in works.items():
            times[name].append(spent(work))
    return {name: statistics.median(found) for name, found in times.items()}


def scipy_until_still(graph: Graph, seeds: list[int]) -> Work:
    """Power iteration with scipy's sparse matrices, to 1e-9."""
    matrix = _matrix(graph)
    start = np.zeros(graph.size)
    start[seeds] = 1 / len(seeds)

    def work() -> Any:
        mass = start
        while True:
            moved = (1 - RESTART) * (matrix @ mass)
            moved += (1 - moved.sum()) * start
            if np.abs(moved - mass).sum() < 1e-9:
                return moved
            mass = moved

    return work


def scipy_hops(graph: Graph, seeds: list[int]) -> Work:
    """Our twelve hops with scipy's sparse matrices."""
    matrix = _matrix(graph)
    start = np.zeros(graph.size)
    start[seeds] = 1 / len(seeds)

    def work() -> Any:
        mass, total = start, start.copy()
        for _ in range(H1.hops):
            mass = (1 - RESTART) * (matrix @ mass)
            total += mass
        return total

    return work


def _matrix(graph: Graph) -> Any:
    sparse = importlib.import_module("scipy.sparse")
    return sparse.csr_matrix((graph.share, (graph.subject, graph.by)), shape=(graph.size, graph.size))


def igraph(graph: Graph, seeds: list[int]) -> Work:
    """igraph's PRPACK."""
    module = importlib.import_module("igraph")
    found = module.Graph(n=graph.size, edges=np.column_stack([graph.by, graph.subject]), directed=True)
    found.es["weight"] = graph.share.tolist()
    return lambda: found.personalized_pagerank(damping=1 - RESTART, reset_vertices=seeds, weights="weight")


def networkx(graph: Graph, seeds: list[int]) -> Work:
    """networkx, which hands the numbers to scipy."""
    module = importlib.import_module("networkx")
    found = module.DiGraph()
    found.add_nodes_from(range(graph.size))
    found.add_weighted_edges_from(zip(graph.by.tolist(), graph.subject.tolist(), graph.share.tolist(), strict=True))
    start = dict.fromkeys(seeds, 1.0)
    return lambda: module.pagerank(found, alpha=1 - RESTART, personalization=start)


def meritrank(graph: Graph, seeds: list[int]) -> Work:
    """meritrank-python: random walks from one ego, who praises all seeds."""
    library = importlib.import_module("meritrank_python.rank")
    module = importlib.import_module("networkx")
    found = module.DiGraph()
    found.add_weighted_edges_from(zip(graph.by.tolist(), graph.subject.tolist(), graph.share.tolist(), strict=True))
    found.add_weighted_edges_from((-1, seed, 1.0) for seed in seeds)
    return lambda: library.IncrementalMeritRank(found).calculate(-1, WALKS)


LIBRARIES: dict[str, tuple[Callable[[Graph, list[int]], Work], int]] = {
    "scipy, the same 12 hops": (scipy_hops, BIG),
    "scipy, PageRank to 1e-9": (scipy_until_still, BIG),
    "igraph, PageRank": (igraph, BIG),
    "networkx, PageRank": (networkx, SIZES[-1]),
    "meritrank, 10^4 walks": (meritrank, SIZES[-1]),
}
"""What is compared, up to which size."""


def place_of(view: Viewpoint, named: list[bytes]) -> Place:
    """The same place for the engine."""
    return Place(named[view.owner], frozenset(named[anchor] for anchor in view.anchors.tolist()))


def measured(size: int) -> None:
    """All rows of one size."""
    market = made(size, SEED)
    view, named = chosen(market, SEED), names(market.size)
    told = columns(market, named)
    engine = Engine()
    loading = spent(lambda: engine.load(told))
    place = place_of(view, named)
    print(f"\n{market.size:,} identities, {engine.count:,} reviews")
    _trust(engine, market, view, place, loading)
    _questions(engine, place)
    _memory(engine)
    _arrivals(engine, market, place, named)


def _trust(engine: Engine, market: Market, view: Viewpoint, place: Place, loading: float) -> None:
    table, graph = engine._market.settled(), engine._market.edges(0)
    seen = View(table, graph, place, H1, 0)
    plain = Walk(graph, numpy_sums)
    works: dict[str, Work] = {
        OURS: lambda: spread(graph.walk, seen._seeds, H1),
        "the same with numpy alone": lambda: spread(plain, seen._seeds, H1),
    }
    with suppress(ImportError):
        matrices = Walk(graph, scipy_sums)
        works["the same by scipy's matrices"] = lambda: spread(matrices, seen._seeds, H1)
    for name, (make, most) in LIBRARIES.items():
        if market.size <= most:
            try:
                works[name] = make(praise(market), view.seeds.tolist())
            except ImportError:
                print(f"  {name}: not installed")
    found = by_turns(works, ROUNDS if market.size < BIG else 3)
    edges, layout = spent(lambda: graph_of(table, ())), spent(lambda: Walk(graph))
    ours = found.pop(OURS)
    print(f"  sorted from nothing {loading * 1e3:,.0f} ms, edges {edges * 1e3:.1f} ms, laid out {layout * 1e3:.1f} ms")
    print(f"  {OURS:26} {ours * 1e3:10.2f} ms")
    for name, seconds in found.items():
        print(f"  {name:26} {seconds * 1e3:10.2f} ms   {seconds / ours:8.1f} times ours")
    _everybody(engine, place)


def _everybody(engine: Engine, place: Place) -> None:
    """Everybody's scores, a view that is new each time: what one score costs when a list needs many."""
    table, graph = engine._market.settled(), engine._market.edges(0)
    people = int(np.count_nonzero(np.diff(table.starts)))

    def asked() -> float:
        seen = View(table, graph, place, H1, 0)
        assert len(seen.trust.value) == len(table.roll)  # not part of it
        return spent(seen.everybody)

    took = min(asked() for _ in range(3))
    each = took / people * 1e6
    print(f"  everybody, with chains: {took * 1e3:,.0f} ms, {each:.2f} us for each of {people:,} who were reviewed")


def _questions(engine: Engine, place: Place) -> None:
    seen = engine.seen_from(place)
    table = engine._market.settled()
    reviewed = np.diff(table.starts)
    some = np.random.default_rng(SEED).choice(np.flatnonzero(reviewed), ASKED)
    busiest = np.argsort(-reviewed, kind="stable")[:100]
    for name, people in (("why of one of those reviewed", some), ("why of the hundred busiest", busiest)):
        asked = [table.roll.identity(int(number)) for number in people]
        _told(name, [spent(lambda subject=subject: seen.of(subject)) for subject in asked])
    _lists(engine, place, [table.roll.identity(int(number)) for number in some])


def _lists(engine: Engine, place: Place, authors: list[bytes]) -> None:
    """What the API's lists ask: with reasons, as they did; without; again, as long as nothing changed. Of the
    processor's time: a page is too short for the clock of a busy machine."""
    for count in LISTS:
        rows: list[list[float]] = [[], [], []]
        for start in range(0, len(authors) - count + 1, count):
            some = authors[start : start + count]
            seen = _afresh(engine, place, 2 * start)
            rows[0].append(used(lambda seen=seen, some=some: [seen.of(who) for who in some]))
            seen = _afresh(engine, place, 2 * start + 1)
            for row in rows[1:]:
                row.append(used(lambda seen=seen, some=some: [seen.score(who) for who in some]))
        of, score, again = (statistics.median(row) * 1e3 for row in rows)
        print(f"  a list of {count} authors: {of:.2f} ms with reasons, {score:.2f} without, {again:.3f} again")


def _afresh(engine: Engine, place: Place, till: int) -> View:
    """The market as after a change, of which nothing is known but the trust. The change is a vouch that was over long
    ago: it moves nothing."""
    one, other = (identity.tobytes() for identity in engine.identities[:2])
    engine.vouch(Vouch(bytes(32), one, other, till))
    seen = engine.seen_from(place, now=NOW_MS)
    seen.of(other)
    return seen


def _memory(engine: Engine) -> None:
    table, graph = engine._market.settled(), engine._market.edges(0)
    parts = {
        "reviews": table.nbytes,
        "edges": graph.nbytes,
        "identities": table.roll.raw.nbytes,
    }
    said = ", ".join(f"{name} {size / table.count:.1f}" for name, size in parts.items())
    print(f"  bytes a review: {said}")


def _arrivals(engine: Engine, market: Market, place: Place, named: list[bytes]) -> None:
    """Reviews told one by one, somebody asking after each thousand: what one costs, and what it costs with its part
    of the answers."""
    dice = np.random.default_rng(SEED)
    pick = dice.choice(len(market.reviews), TOLD, replace=False)
    levels = market.reviews.level[pick].tolist()
    news = [
        Opinion(dice.bytes(32), named[by], named[of], (level, level, level, level, level), 2_000_000_000_000)
        for by, of, level in zip(
            market.reviews.by[pick].tolist(), market.reviews.subject[pick].tolist(), levels, strict=True
        )
    ]
    start = time.perf_counter()
    alone, asking = list[float](), list[float]()
    for low, high in pairwise(range(0, TOLD + 1, BATCH)):
        alone += [spent(lambda one=one: engine.add(one)) for one in news[low:high]]
        asking.append(spent(lambda one=news[low]: engine.seen_from(place).of(one.of)))
    whole = (time.perf_counter() - start) / TOLD
    _told("one review told", alone)
    _told(f"a question after {BATCH:,} reviews", asking)
    print(f"  {'one review, all together':26} {whole * 1e6:10.1f} us")


def _told(name: str, times: list[float]) -> None:
    p50, p99 = np.percentile(times, [50, 99])
    print(f"  {name:26} {p50 * 1e6:10.1f} us   p99 {p99 * 1e6:10.1f} us")


def main(arguments: list[str]) -> None:
    """Print the tables."""
    for size in (*SIZES, BIG) if "--big" in arguments else SIZES:
        measured(size)


if __name__ == "__main__":
    main(sys.argv[1:])
