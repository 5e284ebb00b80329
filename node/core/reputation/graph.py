"""Who has reason to trust whom: good opinions bound to contracts, and vouches. Edges lie sorted by the trusted one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .opinions import CODES, decode
from .settings import BAD, GOOD, WORTH
from .table import inserted
from .trust import Walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from .opinions import Vouch
    from .table import Table

Pair = tuple[int, int, bool]
"""Subject and reviewer of a new opinion, and whether the one had criticised the other before."""
BEST = 2 * 50 - 50
"""What a review with the best levels hands on: twice its worth less the middle of the scale."""
_HALVES = 3
"""The first review of a pair hands on 8 parts, the second 4, then 2, 1 and nothing: as weights halve."""


@dataclass(frozen=True)
class Graph:
    """Edges `by[e] -> n` for `starts[n] <= e < starts[n + 1]`, in ascending order of `by`, with whole weights.

    `given`: the sum of the weights of each identity's edges. `criticised`: how many people each has criticised.
    """

    starts: NDArray[np.int32]
    by: NDArray[np.int32]
    weight: NDArray[np.uint16]
    given: NDArray[np.int64]
    criticised: NDArray[np.int16]

    @cached_property
    def walk(self) -> Walk:
        """The same edges laid out for walking, made when trust is first asked for."""
        return Walk(self)

    @property
    def size(self) -> int:
        """How many identities there are."""
        return len(self.starts) - 1

    @property
    def nbytes(self) -> int:
        """Bytes of the edges."""
        return self.starts.nbytes + self.by.nbytes + self.weight.nbytes + self.given.nbytes + self.criticised.nbytes


def _worths() -> NDArray[np.int16]:
    return np.array([sum(WORTH[level] for level in decode(code)) for code in range(CODES)], np.int16)


WORTHS = _worths()
"""What the five levels of each code are worth together, of 50."""
_GAINS = np.where(WORTHS >= GOOD, 2 * WORTHS - 50, 0).astype(np.int32)
_BADS = WORTHS <= BAD
CRITICAL = WORTHS < GOOD
"""Whether a review is no good one: its author criticises its subject."""


def graph_of(table: Table, vouches: Sequence[Vouch] = ()) -> Graph:
    """The edges of trust in a market."""
    size = len(table.roll)
    first, place = pair_places(table)
    starts = np.flatnonzero(first)
    if len(starts):
        gains = _GAINS[table.levels] << np.maximum(_HALVES - place, 0)
        gains[place > _HALVES] = 0
        weight = np.add.reduceat(gains, starts)
        weight[np.logical_or.reduceat(_BADS[table.levels], starts)] = 0
    else:
        weight = np.empty(0, np.int32)
    by, of = table.by[starts], table.subjects[starts]
    critical = np.logical_or.reduceat(CRITICAL[table.levels], starts) if len(starts) else np.empty(0, np.bool_)
    criticised = np.bincount(by[critical], minlength=size).astype(np.int16)  # of at most MOST_BY_ONE
    kept = weight > 0
    by, of, weight = by[kept], of[kept], weight[kept]
    if vouches:
        by, of, weight = _with_vouches(table, (by, of, weight), vouches)
    ends = np.cumsum(np.bincount(of, minlength=size))
    given = np.bincount(by, weights=weight, minlength=size).astype(np.int64)
    return Graph(np.concatenate([[0], ends]).astype(np.int32), by, weight.astype(np.uint16), given, criticised)


def patched(graph: Graph, table: Table, pairs: Iterable[Pair]) -> Graph:
    """The edges after opinions of a few pairs have come, and of nobody else."""
    before_it: dict[tuple[int, int], bool] = {}
    for of, who, critical in pairs:
        before_it.setdefault((of, who), critical)
    people = sorted(before_it)
    starts, given, by, weight = graph.starts.copy(), graph.given.copy(), graph.by, graph.weight.copy()
    criticised = graph.criticised.copy()
    places: list[int] = []
    values: list[tuple[int, int]] = []
    gone: list[int] = []
    more = np.zeros(len(starts), np.int32)
    for of, who in people:
        now, place, before = pair_weight(table, of, who), *_edge(graph, of, who)
        given[who] += now - (before or 0)
        criticised[who] += is_critical(table, of, who) - before_it[of, who]
        if before is not None and now:
            weight[place] = now
        elif before is not None:
            gone.append(place)
            more[of + 1] -= 1
        elif now:
            places.append(place)
            values.append((who, now))
            more[of + 1] += 1
    by = inserted(by, places, [who for who, _ in values])
    weight = inserted(weight, places, [now for _, now in values])
    if gone:
        moved = np.array(gone) + np.searchsorted(places, gone, "right")
        by, weight = np.delete(by, moved), np.delete(weight, moved)
    return Graph((starts + np.cumsum(more)).astype(np.int32), by, weight, given, criticised)


def is_critical(table: Table, of: int, by: int) -> bool:
    """Whether somebody has criticised somebody."""
    return bool(CRITICAL[table.levels[pair_rows(table, of, by)]].any())


def pair_rows(table: Table, of: int, by: int) -> slice:
    """The opinions of one pair."""
    start, end = int(table.starts[of]), int(table.starts[of + 1])
    people = table.by[start:end]
    return slice(start + int(people.searchsorted(by, "left")), start + int(people.searchsorted(by, "right")))


def pair_weight(table: Table, of: int, by: int) -> int:
    """The weight of one edge, from the opinions of one pair."""
    codes = table.levels[pair_rows(table, of, by)].tolist()
    if any(_BADS[code] for code in codes):
        return 0
    return sum(int(_GAINS[code]) << _HALVES - place for place, code in enumerate(codes[: _HALVES + 1]))


def _edge(graph: Graph, of: int, by: int) -> tuple[int, int | None]:
    """Where an edge lies or would lie, and its weight."""
    start, end = int(graph.starts[of]), int(graph.starts[of + 1])
    place = start + int(graph.by[start:end].searchsorted(by))
    there = place < end and int(graph.by[place]) == by
    return place, int(graph.weight[place]) if there else None


def pair_places(table: Table) -> tuple[NDArray[np.bool_], NDArray[np.int32]]:
    """Whether a row is the first of its pair (reviewer, subject), and its place in the pair from 0."""
    count = table.count
    first = np.ones(count, np.bool_)
    first[1:] = table.by[1:] != table.by[:-1]
    first[table.starts[:-1][np.diff(table.starts) > 0]] = True
    rows = np.arange(count, dtype=np.int32)
    return first, rows - np.maximum.accumulate(np.where(first, rows, 0))


_Edges = tuple["NDArray[np.int32]", "NDArray[np.int32]", "NDArray[np.int32]"]


def _with_vouches(table: Table, edges: _Edges, vouches: Sequence[Vouch]) -> _Edges:
    """A vouch hands on as much as one best review, in place of less; nothing where somebody is not known."""
    by, of, weight = edges
    pairs = [(table.roll.number(vouch.of), table.roll.number(vouch.by)) for vouch in vouches]
    known = [(to, frm) for to, frm in pairs if to is not None and frm is not None]
    more_of = np.array([to for to, _ in known], np.int32)
    more_by = np.array([frm for _, frm in known], np.int32)
    by, of = np.concatenate([by, more_by]), np.concatenate([of, more_of])
    weight = np.concatenate([weight, np.full(len(known), BEST << _HALVES, np.int32)])
    order = np.lexsort((-weight, by, of))
    by, of, weight = by[order], of[order], weight[order]
    kept = np.ones(len(by), np.bool_)
    kept[1:] = (by[1:] != by[:-1]) | (of[1:] != of[:-1])
    return by[kept], of[kept], weight[kept]
