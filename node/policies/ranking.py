"""The built-in ranking: a Dirichlet over five levels with a weak prior (design: reputation, steps 2 and 4).

Opinion only: what reviewers of finished contracts said, each pair's k-th review weighing 2^-(k-1). Every reviewer is
trusted alike (T = 1): this first version does not yet resist a ring of invented people, and says so where it is shown.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from ..core.ports import Score, Share

if TYPE_CHECKING:
    from collections.abc import Iterable

    from freehold.protocol.evidence import Evidence

VALUES = (0.0, 0.1, 0.3, 0.7, 1.0)
"""What each level is worth."""
PRIOR = (0.06, 0.06, 0.14, 0.34, 0.40)
"""Somebody nobody has reviewed: as much as one review, spread as ratings of real markets are."""


@dataclass(frozen=True, slots=True)
class Bayesian:
    """See the module."""

    name: str = "bayesian"
    note: str = (
        "Every reviewer counts alike, so far: people who know each other, or one person under many names, can still "
        "lift a score. Look at who wrote the reviews."
    )

    def score(self, subject: bytes, evidence: Iterable[Evidence]) -> tuple[Score, tuple[Share, ...]]:
        """See `ports.Ranking`. Evidence is taken by date and id, whatever order it comes in."""
        del subject
        ordered = sorted(evidence, key=lambda item: (item.record.header.at, item.record.id))
        pairs: Counter[bytes] = Counter()
        weighted: list[tuple[Evidence, float]] = []
        for item in ordered:
            weighted.append((item, 2.0 ** -pairs[item.record.author]))
            pairs[item.record.author] += 1
        counts = list(PRIOR)
        for item, weight in weighted:
            _add(counts, item, weight)
        mean, deviation = _posterior(counts)
        shares = tuple(Share(item, weight, mean - _without(counts, item, weight)) for item, weight in weighted)
        low, high = max(0.0, mean - deviation), min(1.0, mean + deviation)
        return Score(low, mean, high, len(ordered)), shares


def _add(counts: list[float], item: Evidence, weight: float) -> None:
    """A review spreads its weight over its fields' levels."""
    for level in item.review.levels:
        counts[level] += weight / len(item.review.levels)


def _without(counts: list[float], item: Evidence, weight: float) -> float:
    """The mean if this one review were not there."""
    others = list(counts)
    _add(others, item, -weight)
    return _posterior(others)[0]


def _posterior(counts: list[float]) -> tuple[float, float]:
    """Mean and standard deviation of the expected value."""
    total = sum(counts)
    mean = sum(count * value for count, value in zip(counts, VALUES, strict=True)) / total
    square = sum(count * value * value for count, value in zip(counts, VALUES, strict=True)) / total
    return mean, sqrt(max(0.0, square - mean * mean) / (total + 1))


BAYESIAN = Bayesian()
