"""Witness chains: a reviewer has weight for a subject only if somebody trusted leads to them, and nobody leads to many.

A chain is seed -> ... -> reviewer, each hop one further from the seeds, at most three. Every person on a chain has room
for a few witnesses of one subject (`Settings`), so whoever deceives one trusted person gains one witness, not a crowd.
Reviewers take their chains in turn, the weightiest first: a lower bound of the largest flow, and never more than it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .settings import FAR

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from .graph import Graph

UNBOUNDED = 1 << 30


class Chains:
    """The chains of a view: what leads to whom is found once and kept while the view lives."""

    def __init__(self, graph: Graph, hop: NDArray[np.int8], room: NDArray[np.int32]) -> None:
        self._graph, self._hop, self._room = graph, hop, room
        self._leading: dict[int, list[int]] = {}

    def witnesses(self, subject: int, reviewers: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """The chain of each reviewer who has one; `reviewers` in the order in which they choose."""
        used: dict[int, int] = {subject: UNBOUNDED}
        found: dict[int, tuple[int, ...]] = {}
        for reviewer in reviewers:
            path = self._free(reviewer, used)
            if path is not None:
                found[reviewer] = path
                for person in path:
                    used[person] = used.get(person, 0) + 1
        return found

    def _free(self, person: int, used: dict[int, int]) -> tuple[int, ...] | None:
        """A chain to a person on which everybody has room. Whoever has none is marked as used up: room never grows."""
        hop = int(self._hop[person])
        if hop == FAR or used.get(person, 0) >= int(self._room[person]):
            return None
        if hop == 0:
            return (person,)
        for leader in self._leaders(person, hop):
            path = self._free(leader, used)
            if path is not None:
                return (*path, person)
        used[person] = UNBOUNDED
        return None

    def _leaders(self, person: int, hop: int) -> list[int]:
        """Those one hop nearer who trust a person, by id."""
        known = self._leading.get(person)
        if known is None:
            if len(self._leading) >= _KEPT:
                self._leading.clear()
            start, end = self._graph.starts[person], self._graph.starts[person + 1]
            people = self._graph.by[start:end]
            known = self._leading[person] = people[self._hop[people] == hop - 1].tolist()
        return known


_KEPT = 50_000
"""People whose leaders are kept; a few megabytes."""
