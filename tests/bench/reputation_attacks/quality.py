"""How good a ranking is: against true quality, and against what attackers wanted."""

from __future__ import annotations

import numpy as np

from .market import OF_FREELANCER, Bools, Floats, Ints, Market

TOP = 100
_COMPARED = 2_000


def top(score: Floats, market: Market) -> Ints:
    """The first hundred freelancers; equal scores in an order that has to do with nothing."""
    pool = np.flatnonzero(market.freelancer)
    shuffled = np.random.default_rng(1).random(len(pool))
    return pool[np.lexsort((shuffled, -score[pool]))[:TOP]]


def ndcg(score: Floats, market: Market) -> float:
    """NDCG@100 with the fourth power of true quality as gain: who looks at a first page wants the best."""
    gain = market.quality**4 * ~market.attacker
    discount = 1 / np.log2(2 + np.arange(TOP))
    best = np.sort(gain[market.freelancer])[::-1][:TOP]
    found = gain[top(score, market)]
    return float((found * discount[: len(found)]).sum() / (best * discount[: len(best)]).sum())


def intruders(score: Floats, market: Market) -> int:
    """Attackers among the first hundred."""
    return int(market.attacker[top(score, market)].sum())


def tau(score: Floats, market: Market) -> float:
    """Kendall's tau-b with true quality, over up to 2,000 honest freelancers with three reviews or more."""
    known = np.bincount(market.reviews.subject[market.reviews.of == OF_FREELANCER], minlength=market.size)
    ids = np.flatnonzero(market.freelancer & ~market.attacker & (known >= 3))
    if len(ids) > _COMPARED:
        ids = np.random.default_rng(2).choice(ids, _COMPARED, replace=False)
    first, second = (np.sign(np.subtract.outer(values[ids], values[ids])) for values in (score, market.quality))
    return float((first * second).sum() / np.sqrt(np.abs(first).sum() * np.abs(second).sum()))


def percentile(score: Floats, ids: Ints, honest: Market) -> float:
    """Where these stand on average among honest freelancers whom somebody has reviewed."""
    known = np.bincount(honest.reviews.subject[honest.reviews.of == OF_FREELANCER], minlength=honest.size)
    others = np.flatnonzero(honest.freelancer[: honest.honest] & (known[: honest.honest] > 0))
    sorted_scores = np.sort(score[others])
    below = np.searchsorted(sorted_scores, score[ids], "left")
    upto = np.searchsorted(sorted_scores, score[ids], "right")
    return float((below + upto).mean() / 2 / len(others) * 100)


def auc(score: Floats, positive: Bools) -> float:
    """How often a positive case scores higher than a negative one; equal scores count half."""
    _, place, times = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(times) - (times - 1) / 2)[place]
    ones = int(positive.sum())
    return float((rank[positive].sum() - ones * (ones + 1) / 2) / (ones * (len(score) - ones)))
