"""Everybody's scores at once, from what each review of the market weighs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..ports import Score
from .score import SPREAD, posteriors, start_counts
from .settings import ONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .table import Table


@dataclass(frozen=True, slots=True)
class Standing:
    """Everybody's scores, in the order of `Engine.identities`; see `ports.Score`. `counted`: reviews that have weight,
    `witnesses`: their authors."""

    lower: NDArray[np.float64]
    mean: NDArray[np.float64]
    upper: NDArray[np.float64]
    weight: NDArray[np.float64]
    counted: NDArray[np.int64]
    witnesses: NDArray[np.int64]

    @property
    def order(self) -> NDArray[np.float64]:
        """See `ports.Score.order`."""
        return (self.lower + self.mean) / 2

    def score(self, number: int) -> Score:
        """That of one."""
        return Score(
            self.lower.item(number),
            self.mean.item(number),
            self.upper.item(number),
            self.counted.item(number),
            self.weight.item(number),
            self.witnesses.item(number),
        )


def standing(table: Table, weight: NDArray[np.int64]) -> Standing:
    """Step 4 for everybody. Sums of whole numbers below 2^53 are exact in the floats of `bincount`."""
    people, heavy = len(table.roll), np.flatnonzero(weight)
    of, by, weighs = table.subjects[heavy], table.by[heavy], weight[heavy]
    counts, spread = start_counts(people), SPREAD[table.levels[heavy]]
    for level in range(counts.shape[1]):
        counts[:, level] += np.bincount(of, weights=spread[:, level] * weighs, minlength=people).astype(np.int64)
    mean, deviation = posteriors(counts)
    another = np.ones(len(heavy), np.bool_)
    another[1:] = (of[1:] != of[:-1]) | (by[1:] != by[:-1])
    return Standing(
        np.maximum(0.0, mean - deviation),
        mean,
        np.minimum(1.0, mean + deviation),
        np.bincount(of, weights=weighs, minlength=people) / ONE,
        np.bincount(of, minlength=people),
        np.bincount(of[another], minlength=people),
    )
