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


def spread(graph: Graph, seeds: NDArray[np.int64], settings: Settings) -> Trust:
    """Trust from `seeds` (sorted numbers, at least one)."""
    size = graph.size
    mass = np.zeros(size)
    mass[seeds] = MASS // len(seeds)
    hop = np.full(size, FAR, np.int8)
    hop[seeds] = 0
    total = mass.copy()
    walk = _Walk(graph, settings.keep)
    for step in range(1, settings.hops + 1):
        mass = walk.step(mass)
        total += mass
        if step <= CHAIN_HOPS:
            hop[(mass > 0) & (hop == FAR)] = step
    return Trust(_valued(total, seeds, settings), hop)


class _Walk:
    """One hop after the other over the same edges; the working copies are as large as the processor's cache."""

    def __init__(self, graph: Graph, keep: int) -> None:
        self._by = graph.by.astype(np.int64)
        self._weight = graph.weight.astype(np.float64)
        given = np.maximum(graph.given, 1)
        self._part = np.where(graph.given > 0, keep / (100.0 * given), 0.0)
        self._to = np.flatnonzero(np.diff(graph.starts))
        self._chunks = _chunks(graph.starts[self._to], len(graph.by))
        longest = max((high - low for low, high, _, _ in self._chunks), default=0)
        self._room = np.empty(longest)

    def step(self, mass: NDArray[np.float64]) -> NDArray[np.float64]:
        """Everybody hands their mass on, by the weights of their edges; fractions are lost."""
        shares = np.floor(mass * self._part)
        after = np.zeros(len(mass))
        sums = np.empty(len(self._to))
        for low, high, rows, (begin, end) in self._chunks:
            room = self._room[: high - low]
            np.take(shares, self._by[low:high], out=room, mode="clip")
            np.multiply(room, self._weight[low:high], out=room)
            np.add.reduceat(room, rows, out=sums[begin:end])
        after[self._to] = sums
        return after


_CHUNK = 1 << 15

_Chunk = tuple[int, int, "NDArray[np.int64]", tuple[int, int]]


def _chunks(starts: NDArray[np.int64], count: int) -> list[_Chunk]:
    """Edges cut between identities: from, to, where each identity's begin, and which identities."""
    found: list[_Chunk] = []
    begin = 0
    while begin < len(starts):
        low = int(starts[begin])
        end = max(begin + 1, int(np.searchsorted(starts, low + _CHUNK)))
        high = int(starts[end]) if end < len(starts) else count
        found.append((low, high, starts[begin:end] - low, (begin, end)))
        begin = end
    return found


def _valued(total: NDArray[np.float64], seeds: NDArray[np.int64], settings: Settings) -> NDArray[np.int64]:
    """Full trust from kappa upwards, and in the seeds: above kappa lies `mass_share` of the mass outside the seeds."""
    others = total.copy()
    others[seeds] = 0.0
    ordered = np.sort(others[others > 0])[::-1]
    value = np.zeros(len(total), np.int64)
    if len(ordered):
        sums = np.cumsum(ordered)
        place = int(np.searchsorted(sums, sums[-1] * (settings.mass_share / 100)))
        kappa = float(ordered[min(place, len(ordered) - 1)])
        value = np.minimum(np.floor(others / kappa * ONE), ONE).astype(np.int64)
    value[seeds] = ONE
    return value
