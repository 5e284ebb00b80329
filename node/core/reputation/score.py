"""Step 4: a Dirichlet over five levels with a weak prior. Sums are whole numbers; floats come in at the end."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from .opinions import CODES, FIELDS, decode
from .settings import ONE, PRIOR, WORTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_HUNDRED = 100
UNIT = _HUNDRED * FIELDS * ONE
"""One review of somebody trusted in full, as it is counted."""
_START = tuple(part * FIELDS * ONE for part in PRIOR)


def _spread() -> NDArray[np.int64]:
    table = np.zeros((CODES, len(WORTH)), np.int64)
    for code in range(CODES):
        for level in decode(code):
            table[code, level] += _HUNDRED
    return table


SPREAD = _spread()
"""How a review of each code spreads over the levels, for a weight of one."""


def counts_of(levels: Sequence[int], weights: Sequence[int]) -> list[int]:
    """Prior and reviews (codes and weights) by level."""
    counts = list(_START)
    for code, weight in zip(levels, weights, strict=True):
        if weight:
            for level, part in enumerate(SPREAD[code].tolist()):
                counts[level] += part * weight
    return counts


def counts_in(levels: NDArray[np.uint16], weights: NDArray[np.int64]) -> list[int]:
    """The same of many."""
    return [start + int(weights @ SPREAD[levels, level]) for level, start in enumerate(_START)]


def without(counts: Sequence[int], code: int, weight: int) -> list[int]:
    """The counts if a review were not there."""
    return [count - part * weight for count, part in zip(counts, SPREAD[code].tolist(), strict=True)]


def posterior(counts: Sequence[int]) -> tuple[float, float]:
    """Mean and standard deviation of what is expected, 0 to 1."""
    total = sum(counts)
    mean = sum(count * worth for count, worth in zip(counts, WORTH, strict=True)) / (10 * total)
    square = sum(count * worth * worth for count, worth in zip(counts, WORTH, strict=True)) / (100 * total)
    return mean, sqrt(max(0.0, square - mean * mean) / (total / UNIT + 1))


def posteriors(counts: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same for many subjects, a row each, to the same bit."""
    worth = np.array(WORTH, np.int64)
    total = counts.sum(axis=1)
    mean = (counts @ worth).astype(np.float64) / (10 * total)
    square = (counts @ (worth * worth)).astype(np.float64) / (100 * total)
    return mean, np.sqrt(np.maximum(0.0, square - mean * mean) / (total / UNIT + 1))


def start_counts(people: int) -> NDArray[np.int64]:
    """The prior, for so many people."""
    return np.tile(np.array(_START, np.int64), (people, 1))
