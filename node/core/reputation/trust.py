"""Trust from a place: personalised PageRank with restart, a fixed number of hops, in whole numbers.

Sums of whole numbers below 2^53 are exact in 64-bit floats, so neither the order of arrival nor the machine changes a
bit; floats, because they are added fastest.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .settings import FAR, MASS, ONE, Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .graph import Graph

CHAIN_HOPS = 3


@dataclass(frozen=True, slots=True)
class Trust:
    """`value`: trust in each identity, of ONE. `hop`: 0 for seeds, 1 to 3 for those they lead to, else FAR."""

    value: NDArray[np.int64]
    hop: NDArray[np.int8]


def spread(walk: Walk, seeds: NDArray[np.int64], settings: Settings, blocked: Sequence[int] = ()) -> Trust:
    """Trust from `seeds` (sorted numbers, at least one). It ends at whoever is `blocked`: none is left there."""
    parts, silent = walk.parts(settings.keep), np.array(blocked, np.int64)
    parts[silent] = 0.0
    size = len(parts)
    mass = np.zeros(size)
    mass[seeds] = MASS // len(seeds)
    hop = np.full(size, FAR, np.int8)
    hop[seeds] = 0
    total = mass.copy()
    for step in range(1, settings.hops + 1):
        mass = walk.step(mass, parts)
        mass[silent] = 0.0
        total += mass
        if step <= CHAIN_HOPS:
            hop[(mass > 0) & (hop == FAR)] = step
    return Trust(_valued(total, seeds, settings), hop)


class Walk:
    """The edges of a graph laid out for walking. scipy's sparse matrices are used where they are installed (the extra
    `fast`): they add the same whole numbers, in half the time."""

    def __init__(self, graph: Graph, sums: Callable[[Graph], Sums] | None = None) -> None:
        self._given = graph.given
        self._shares = np.empty(graph.size)
        self._sums = (sums or FASTEST)(graph)

    def parts(self, keep: int) -> NDArray[np.float64]:
        """Of each identity's mass, what an edge of weight one hands on."""
        return np.where(self._given > 0, keep / (100.0 * np.maximum(self._given, 1)), 0.0)

    def step(self, mass: NDArray[np.float64], parts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Everybody hands their mass on, by the weights of their edges; fractions are lost."""
        np.multiply(mass, parts, out=self._shares)
        np.floor(self._shares, out=self._shares)
        return self._sums(self._shares)


Sums = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]
"""What everybody gets, from what each hands on by an edge of weight one."""


def numpy_sums(graph: Graph) -> Sums:
    """With numpy alone."""
    people = np.flatnonzero(np.diff(graph.starts))
    starts = graph.starts[people]
    by, weight = graph.by.astype(np.int64), graph.weight.astype(np.float64)
    room = np.empty(len(by))

    def sums(shares: NDArray[np.float64]) -> NDArray[np.float64]:
        after = np.zeros(graph.size)
        if len(by):
            np.take(shares, by, out=room, mode="clip")
            np.multiply(room, weight, out=room)
            after[people] = np.add.reduceat(room, starts)
        return after

    return sums


def scipy_sums(graph: Graph) -> Sums:
    """With scipy."""
    sparse = importlib.import_module("scipy.sparse")
    columns = (graph.weight.astype(np.float64), graph.by, graph.starts.astype(np.int32))
    matrix = sparse.csr_matrix(columns, shape=(graph.size, graph.size))

    def sums(shares: NDArray[np.float64]) -> NDArray[np.float64]:
        return matrix @ shares

    return sums


FASTEST = numpy_sums if importlib.util.find_spec("scipy") is None else scipy_sums


def _valued(total: NDArray[np.float64], seeds: NDArray[np.int64], settings: Settings) -> NDArray[np.int64]:
    """Full trust from kappa upwards, and in the seeds: above kappa lies `mass_share` of the mass outside the seeds."""
    others = total.copy()
    others[seeds] = 0.0
    ordered: NDArray[np.float64] = np.sort(others[others > 0])[::-1]
    value = np.zeros(len(total), np.int64)
    if ordered.size:
        sums: NDArray[np.float64] = np.cumsum(ordered)
        limit: float = sums.item(-1) * (settings.mass_share / 100)
        place = np.count_nonzero(sums < limit)
        kappa: float = ordered.item(min(place, len(ordered) - 1))
        value = np.minimum(np.floor(others / kappa * ONE), ONE).astype(np.int64)
    value[seeds] = ONE
    return value
