"""Where they are installed, libraries on the same graph: our own PageRank and walks must be theirs."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import numpy as np

from .baselines import RESTART, WALKS, Graph, meritrank, pagerank, praise
from .market import Floats, Market
from .viewpoint import Viewpoint


def agreement(market: Market, view: Viewpoint) -> Iterator[str]:
    """One sentence a library."""
    for module, compared in (("networkx", _networkx), ("meritrank_python", _meritrank)):
        try:
            importlib.import_module(module)
        except ImportError:
            yield f"{module} is not installed: not compared."
        else:
            yield compared(market, view, praise(market))


def _networkx(market: Market, view: Viewpoint, graph: Graph) -> str:
    networkx = importlib.import_module("networkx")
    found = networkx.DiGraph()
    found.add_nodes_from(range(graph.size))
    rows = zip(graph.by.tolist(), graph.subject.tolist(), graph.share.tolist(), strict=True)
    found.add_weighted_edges_from(rows)
    start = dict.fromkeys(view.seeds.tolist(), 1.0)
    ranks = networkx.pagerank(found, alpha=1 - RESTART, personalization=start, tol=1e-12, max_iter=500)
    theirs = np.array([ranks[person] for person in range(graph.size)])
    difference = np.abs(theirs - pagerank(market, view).score).sum()
    return f"PageRank differs from networkx's by {difference:.1e} of all mass."


def _meritrank(market: Market, view: Viewpoint, graph: Graph) -> str:
    """meritrank-python knows one ego, no set of seeds: a person of its own who praises them all."""
    networkx = importlib.import_module("networkx")
    library = importlib.import_module("meritrank_python.rank")
    found = networkx.DiGraph()
    rows = zip(graph.by.tolist(), graph.subject.tolist(), graph.share.tolist(), strict=True)
    found.add_weighted_edges_from(rows)
    found.add_weighted_edges_from((-1, seed, 1.0) for seed in view.seeds.tolist())

    def theirs() -> Floats:
        rank = library.IncrementalMeritRank(found)
        rank.calculate(-1, WALKS)
        scores, answer = rank.get_ranks(-1), np.zeros(graph.size)
        for person, score in scores.items():
            if person >= 0:
                answer[person] = score
        return answer

    one, other = theirs(), theirs()
    near = np.corrcoef(one, meritrank(market, view).score)[0, 1]
    again = np.corrcoef(one, other)[0, 1]
    return f"MeritRank correlates {near:.3f} with meritrank-python's, two runs of which do {again:.3f}."
