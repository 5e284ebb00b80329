"""Real ratings of a real market: are the last fifth of them positive, as the first four fifths let expect?

The file is the `soc-sign-bitcoin-otc` graph (rater, rated, rating from -10 to 10, Unix time): people who traded by
name, without contracts and without anchors. It is given as an argument, never kept here. A forecast is made for every
later rating, from the place of whoever gives it. Twenty anchors: who had the most positive ratings before the split.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .baselines import Ranker
from .market import SIGNED, Bools, Contracts, Floats, Ints, Market, written
from .ours import Ours
from .quality import auc
from .viewpoint import POSITIVE, Viewpoint

HELD_OUT = 0.2
ANCHORS = 20
PERSONAL = ("PageRank", "MeritRank", "PageRank x Bayes", "ours, H1", "ours, H2")
"""Rankers that depend on who asks."""
_BOUNDS = (-5, 0, 1, 5)
"""As levels: -10 to -6 is 0, to -1 is 1, 0 is 2, 1 to 4 is 3, 5 to 10 is 4. Fixed before anything was run."""
_DAY_S = 86_400
_RESAMPLED = 200


@dataclass(frozen=True)
class Ratings:
    """Columns, in order of time; people are numbered from 0."""

    by: Ints
    of: Ints
    rating: Ints
    at: Floats

    @property
    def people(self) -> int:
        return int(max(self.by.max(), self.of.max())) + 1


@dataclass(frozen=True)
class Forecast:
    """AUC of a ranker with the middle 95 % of resampled ratings; and of those whose subject somebody had rated."""

    auc: float
    low: float
    high: float
    known: float


def read(path: Path) -> Ratings:
    """The file, with or without a line of names."""
    with path.open(newline="") as file:
        rows = [row for row in csv.reader(file) if row and row[0].isdigit()]
    table = np.array(rows, dtype=np.float64)
    table = table[np.argsort(table[:, 3], kind="stable")]
    _, numbers = np.unique(table[:, :2], return_inverse=True)
    people = numbers.reshape(-1, 2)
    return Ratings(people[:, 0], people[:, 1], table[:, 2].astype(np.int64), table[:, 3])


def forecasts(ratings: Ratings, rankers: Mapping[str, Ranker]) -> dict[str, Forecast]:
    """What each ranker foresees."""
    split = int(len(ratings.by) * (1 - HELD_OUT))
    market = _before(ratings, split)
    by, of, positive = ratings.by[split:], ratings.of[split:], ratings.rating[split:] > 0
    known = np.isin(of, market.reviews.subject)
    anchors = np.argsort(-np.bincount(market.reviews.subject[market.reviews.level >= POSITIVE]), kind="stable")[
        :ANCHORS
    ]
    found: dict[str, Forecast] = {}
    for name, ranker in rankers.items():
        score = _foreseen(market, by, of, anchors, ranker, personal=name in PERSONAL)
        low, high = _interval(score, positive)
        found[name] = Forecast(auc(score, positive), low, high, auc(score[known], positive[known]))
    return found


def _before(ratings: Ratings, split: int) -> Market:
    """What was known at the split, as a market of contracts that are worth the same."""
    size = ratings.people
    level = np.searchsorted(_BOUNDS, ratings.rating[:split], side="right")
    day = (ratings.at[:split] - ratings.at[0]) / _DAY_S
    reviews = written(ratings.by[:split], ratings.of[:split], level, value=250.0, day=day, grade=SIGNED)
    none, nothing, never = np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=np.bool_)
    contracts = Contracts(none, none, nothing, nothing, none, nothing, nothing, never, never)
    everybody, zero = np.ones(size, dtype=np.bool_), np.zeros(size)
    return Market(size, zero, everybody, ~everybody, reviews, contracts, zero)


_NOBODY = -1


def _foreseen(market: Market, by: Ints, of: Ints, anchors: Ints, ranker: Ranker, *, personal: bool) -> Floats:
    score = np.zeros(len(by))
    for owner in np.unique(by) if personal else [_NOBODY]:
        rows = by == owner if personal else np.ones(len(by), dtype=np.bool_)
        view = _seen_by(market, int(owner), anchors)
        few = isinstance(ranker, Ours)
        score[rows] = ranker.of(market, view, of[rows]) if few else ranker(market, view).score[of[rows]]
    return score


def _seen_by(market: Market, owner: int, anchors: Ints) -> Viewpoint:
    reviews = market.reviews
    met = np.unique(reviews.subject[(reviews.by == owner) & (reviews.level >= POSITIVE)])
    return Viewpoint(int(anchors[0]) if owner == _NOBODY else owner, anchors, met, met)


def _interval(score: Floats, positive: Bools) -> tuple[float, float]:
    dice = np.random.default_rng(1)
    drawn = [dice.integers(0, len(score), len(score)) for _ in range(_RESAMPLED)]
    low, high = np.percentile([auc(score[rows], positive[rows]) for rows in drawn], (2.5, 97.5))
    return float(low), float(high)
