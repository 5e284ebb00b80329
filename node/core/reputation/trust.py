"""Trust from a place: personalised PageRank with restart, a fixed number of hops, in whole numbers.

Sums of whole numbers below 2^53 are exact in 64-bit floats, so neither the order of arrival nor the machine changes a
bit; floats, because numpy adds them fastest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .settings import MASS, ONE, Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .graph import Graph

FAR = 99
"""The hop of those whom no chain reaches."""
CHAIN_HOPS = 3


@dataclass(frozen=True, slots=True)
class Trust:
    """`value`: trust in each identity, of ONE. `hop`: 0 for seeds, 1 to 3 for those they lead to, else FAR."""

    value: NDArray[np.int64]
    hop: NDArray[np.int8]


def spread(walk: Walk, seeds: NDArray[np.int64], settings: Settings) -> Trust:
    """Trust from `seeds` (sorted numbers, at least one)."""
    parts = walk.parts(settings.keep)
    size = len(parts)
    mass = np.zeros(size)
    mass[seeds] = MASS // len(seeds)
    hop = np.full(size, FAR, np.int8)
    hop[seeds] = 0
    total = mass.copy()
    for step in range(1, settings.hops + 1):
        mass = walk.step(mass, parts)
        total += mass
        if step <= CHAIN_HOPS:
            hop[(mass > 0) & (hop == FAR)] = step
    return Trust(_valued(total, seeds, settings), hop)


class Walk:
    """The edges of a graph laid out for walking: the first edge to everybody, then the second to all who have two, and
    so on: each hop is a few additions of whole columns. Edges to people who have very many lie behind one another."""

    def __init__(self, graph: Graph) -> None:
        degree = np.diff(graph.starts)
        self._given = graph.given
        self._few = np.flatnonzero((degree > 0) & (degree <= _FEW))
        self._few = self._few[np.argsort(-degree[self._few], kind="stable")]
        starts, degrees = graph.starts[self._few], degree[self._few]
        self._columns: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = []
        for number in range(int(degrees.max(initial=0))):
            place = starts[: np.count_nonzero(degrees > number)] + number
            self._columns.append((graph.by[place].astype(np.int64), graph.weight[place].astype(np.float64)))
        self._many = np.flatnonzero(degree > _FEW)
        edges = np.repeat(degree > _FEW, degree)
        self._by, self._weight = graph.by[edges].astype(np.int64), graph.weight[edges].astype(np.float64)
        self._starts = np.concatenate([[0], np.cumsum(degree[self._many])]).astype(np.int64)[:-1]
        self._room = np.empty(max(len(self._few), len(self._by)))

    def parts(self, keep: int) -> NDArray[np.float64]:
        """Of each identity's mass, what an edge of weight one hands on."""
        return np.where(self._given > 0, keep / (100.0 * np.maximum(self._given, 1)), 0.0)

    def step(self, mass: NDArray[np.float64], parts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Everybody hands their mass on, by the weights of their edges; fractions are lost."""
        shares = mass * parts
        np.floor(shares, out=shares)
        sums = np.zeros(len(self._few))
        for by, weight in self._columns:
            room = self._room[: len(by)]
            np.take(shares, by, out=room, mode="clip")
            room *= weight
            sums[: len(by)] += room
        after = np.zeros(len(mass))
        after[self._few] = sums
        if len(self._many):
            room = self._room[: len(self._by)]
            np.take(shares, self._by, out=room, mode="clip")
            room *= self._weight
            after[self._many] = np.add.reduceat(room, self._starts)
        return after


_FEW = 64
"""Edges to one person that are added up in columns."""


def _valued(total: NDArray[np.float64], seeds: NDArray[np.int64], settings: Settings) -> NDArray[np.int64]:
    """Full trust from kappa upwards, and in the seeds: above kappa lies `mass_share` of the mass outside the seeds."""
    others = total.copy()
    others[seeds] = 0.0
    ordered = np.sort(others[others > 0])[::-1]
    value = np.zeros(len(total), np.int64)
    if len(ordered):
        sums = np.cumsum(ordered)
        place = int(np.searchsorted(sums, sums[-1] * (settings.mass_share / 100)))
        kappa = ordered[min(place, len(ordered) - 1)].item()
        value = np.minimum(np.floor(others / kappa * ONE), ONE).astype(np.int64)
    value[seeds] = ONE
    return value
