"""From whose place a market is seen: its owner, whom the owner dealt with, and a list of anchors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .market import OF_FREELANCER, Ints, Market

POSITIVE = 3
"""From this level on a review says: I would again."""
ANCHORS = {10_000: 20, 100_000: 100}
"""How many anchors by size of the market: random honest people who wrote ten reviews or more. That is optimistic."""


@dataclass(frozen=True, eq=False)
class Viewpoint:
    """A person who has hired five times or more, and that person's roots of trust."""

    owner: int
    anchors: Ints
    counterparties: Ints
    hop_one: Ints

    @property
    def seeds(self) -> Ints:
        """Everybody who is trusted without asking: owner, own counterparties, anchors."""
        return np.unique(np.concatenate([self.anchors, self.counterparties, [self.owner]]))


def chosen(market: Market, seed: int, anchors: int | None = None) -> Viewpoint:
    """A viewpoint in an honest market."""
    dice = np.random.default_rng((seed, 1))
    reviews = market.reviews
    wrote = np.bincount(reviews.by, minlength=market.size)
    count = ANCHORS.get(market.honest, max(5, market.honest // 500)) if anchors is None else anchors
    listed = dice.choice(np.flatnonzero(wrote >= min(10, int(wrote.max()))), count, replace=False)
    hired = np.bincount(reviews.by[reviews.of == OF_FREELANCER], minlength=market.size)
    owner = int(dice.choice(np.flatnonzero((hired >= 5) & ~market.freelancer)))
    liked = reviews.level >= POSITIVE
    met = np.unique(reviews.subject[(reviews.by == owner) & liked])
    seeds = np.unique(np.concatenate([listed, met, [owner]]))
    next_to = np.unique(reviews.subject[np.isin(reviews.by, seeds) & liked])
    return Viewpoint(owner, listed, met, np.setdiff1d(next_to, seeds))
