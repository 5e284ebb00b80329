"""What reputation is compared with, each as its paper has it and untuned.

Personalised PageRank, EigenTrust, MeritRank and SybilRank say whom to trust, not whose work is good: ranking by them is
a test of that category. The fair rival is the Bayesian mean whose reviews weigh what PageRank trusts their author.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from .market import OF_FREELANCER, Bools, Floats, Ints, Market
from .viewpoint import POSITIVE, Viewpoint

RESTART = 0.15
WALKS = 10_000
VALUES = np.array((0.0, 0.1, 0.3, 0.7, 1.0))
PRIOR = np.array((0.06, 0.06, 0.14, 0.34, 0.40))
_CLOSE = 1e-9


@dataclass(frozen=True)
class Verdict:
    """A score for everybody, and what else was handed out: to each freelancer the weight of the reviews that speak of
    them (`counts`), or trust, which has no unit."""

    score: Floats
    held: Floats
    counts: bool = False


Ranker = Callable[[Market, Viewpoint], Verdict]


def summed(where: Ints, values: Floats, size: int) -> Floats:
    """Values added up at their places."""
    return np.bincount(where, weights=values, minlength=size).astype(np.float64)


@dataclass(frozen=True)
class Graph:
    """Who praised whom, one edge for each pair, sorted by author. `share` is an edge's part of its author's praise."""

    size: int
    by: Ints
    subject: Ints
    share: Floats

    def step(self, mass: Floats) -> Floats:
        """Everybody passes their mass on to those they praised."""
        return summed(self.subject, mass[self.by] * self.share, self.size)


@lru_cache(maxsize=1)
def praise(market: Market) -> Graph:
    """The graph of positive reviews, weighted by their number."""
    good, size = market.reviews.where(market.reviews.level >= POSITIVE), market.size
    pairs, times = np.unique(good.by * size + good.subject, return_counts=True)
    by, subject = np.divmod(pairs, size)
    given = np.bincount(by, weights=times, minlength=size)
    return Graph(size, by, subject, times / given[by])


def walked(graph: Graph, start: Floats) -> Floats:
    """Personalised PageRank by iteration until it stands still."""
    mass = start
    while True:
        moved = (1 - RESTART) * graph.step(mass)
        moved += (1 - moved.sum()) * start
        if np.abs(moved - mass).sum() < _CLOSE:
            return moved
        mass = moved


def even(ids: Ints, size: int) -> Floats:
    """Mass spread evenly over some."""
    start = np.zeros(size)
    start[ids] = 1 / len(ids)
    return start


def dirichlet(market: Market, weight: Floats) -> Floats:
    """Mean less one standard deviation of what to expect of freelancers, with one review's worth of prior."""
    rows = market.reviews.of == OF_FREELANCER
    place = market.reviews.subject[rows] * len(VALUES) + market.reviews.level[rows]
    seen = np.bincount(place, weights=weight[rows], minlength=market.size * len(VALUES)).reshape(-1, len(VALUES))
    counts = seen + PRIOR
    total = counts.sum(axis=1)
    mean = counts @ VALUES / total
    variance = counts @ VALUES**2 / total - mean**2
    return mean - np.sqrt(np.maximum(variance, 0) / (total + 1))


def received(market: Market, weight: Floats) -> Floats:
    """The weight of the reviews about each freelancer."""
    rows = market.reviews.of == OF_FREELANCER
    return summed(market.reviews.subject[rows], weight[rows], market.size)


def plain_mean(market: Market, view: Viewpoint) -> Verdict:
    """The average level, as stars on a web page; nothing for whoever has no review."""
    del view
    rows = market.reviews.where(market.reviews.of == OF_FREELANCER)
    count = np.bincount(rows.subject, minlength=market.size)
    total = np.bincount(rows.subject, weights=rows.level.astype(float), minlength=market.size)
    return Verdict(total / np.maximum(count, 1), count.astype(float), counts=True)


def bayesian(market: Market, view: Viewpoint) -> Verdict:
    """Every review alike, with a prior."""
    del view
    ones = np.ones(len(market.reviews))
    return Verdict(dirichlet(market, ones), received(market, ones), counts=True)


def pagerank(market: Market, view: Viewpoint) -> Verdict:
    """Personalised PageRank, from the owner, own counterparties and anchors."""
    mass = _from_seeds(market, view)
    return Verdict(mass, mass)


@lru_cache(maxsize=1)
def _from_seeds(market: Market, view: Viewpoint) -> Floats:
    return walked(praise(market), even(view.seeds, market.size))


def eigentrust(market: Market, view: Viewpoint) -> Verdict:
    """EigenTrust: the same for everybody, from the anchors as those trusted beforehand."""
    mass = walked(praise(market), even(view.anchors, market.size))
    return Verdict(mass, mass)


def trusted_bayesian(market: Market, view: Viewpoint) -> Verdict:
    """The Bayesian mean, each review weighing what PageRank trusts its author ."""
    mass = _from_seeds(market, view)
    others = mass.copy()
    others[view.seeds] = 0
    ordered = np.sort(others[others > 0])[::-1]
    held = np.cumsum(ordered)
    trust = np.minimum(1, mass / ordered[np.searchsorted(held, 0.9 * held[-1])])
    trust[view.seeds] = 1
    weight = trust[market.reviews.by]
    return Verdict(dirichlet(market, weight), received(market, weight), counts=True)


def meritrank(market: Market, view: Viewpoint, seed: int = 1) -> Verdict:
    """MeritRank: the share of ten thousand random walks that come by, so that going round in circles is no use."""
    graph = praise(market)
    dice = np.random.default_rng(seed)
    first = np.searchsorted(graph.by, np.arange(market.size + 1))
    total = np.concatenate([[0], np.cumsum(graph.share)])
    here, walk = dice.choice(view.seeds, WALKS), np.arange(WALKS)
    visits = [walk * market.size + here]
    while len(walk):
        goes = (dice.random(len(walk)) < 1 - RESTART) & (first[here + 1] > first[here])
        here, walk = here[goes], walk[goes]
        at = total[first[here]] + dice.random(len(here)) * (total[first[here + 1]] - total[first[here]])
        edge = np.clip(np.searchsorted(total, at, side="right") - 1, first[here], first[here + 1] - 1)
        here = graph.subject[edge]
        visits.append(walk * market.size + here)
    score = np.bincount(np.unique(np.concatenate(visits)) % market.size, minlength=market.size) / WALKS
    return Verdict(score, score)


def sybilrank(market: Market, view: Viewpoint) -> Verdict:
    """SybilRank: short walks from the anchors over praise in either direction, divided by the number of neighbours."""
    graph = praise(market)
    one, other = np.concatenate([graph.by, graph.subject]), np.concatenate([graph.subject, graph.by])
    degree = np.maximum(np.bincount(one, minlength=market.size), 1)
    mass = even(view.anchors, market.size)
    for _ in range(int(np.ceil(np.log2(market.size)))):
        mass = summed(other, (mass / degree)[one], market.size)
    return Verdict(mass / degree, mass)


def captured(verdict: Verdict, attacker: Bools, edges: int, honest: int) -> float:
    """The share of all that is handed out which attackers hold, per attack edge, in shares of an average honest person.

    In an attack by sybils nobody else reviews them as freelancers: all weight that they hold is fake.
    """
    return float(verdict.held[attacker].sum() / verdict.held.sum() / edges * honest)


ALL: dict[str, Ranker] = {
    "plain mean": plain_mean,
    "Bayesian mean": bayesian,
    "PageRank": pagerank,
    "EigenTrust": eigentrust,
    "MeritRank": partial(meritrank, seed=1),
    "SybilRank": sybilrank,
    "PageRank x Bayes": trusted_bayesian,
}
