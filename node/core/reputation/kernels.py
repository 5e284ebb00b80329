"""Witness chains of a whole market in one loop, which numba compiles where it is installed (the extra `fast`). Without
it the same comes from `chains`, to the last bit, more slowly."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from .settings import FAR

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

LARGE = 20_000
"""Reviews from which on compiling pays: it takes some seconds, once on each machine."""
_USED_UP = 1 << 30
_LONGEST = 4


@cache
def compiled(loop: Callable[..., Any]) -> Callable[..., Any] | None:
    """A loop of this module, compiled; None where numba is not installed."""
    if importlib.util.find_spec("numba") is None:
        return None
    return importlib.import_module("numba").njit(loop, cache=True)


def witnessed(  # noqa: C901, PLR0912, PLR0915  -- compiled as one loop: a compiled one calls no others that are not
    reviews: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]],
    edges: tuple[NDArray[np.int32], NDArray[np.int32]],
    hop: NDArray[np.int8],
    room: NDArray[np.int32],
    most: int,
) -> NDArray[np.bool_]:
    """Which reviews are by somebody who has a chain, for all subjects one after the other (see `chains.Chains`).

    `reviews`: starts by subject, authors, weights; `edges`: starts by the trusted one, those who trust. A search for a
    free chain goes down by hops, so it is three loops and no recursion: `at` says which leader was tried last.
    """
    starts, by, weight = reviews
    heads, leaders = edges
    people = len(starts) - 1
    used, stamp = np.zeros(people, np.int64), np.full(people, -1, np.int64)
    kept = np.zeros(len(by), np.bool_)
    path, at = np.zeros(_LONGEST, np.int64), np.zeros(_LONGEST, np.int64)
    for subject in range(people):
        first, end = starts[subject], starts[subject + 1]
        rows, total = np.zeros(end - first + 1, np.int64), np.zeros(end - first, np.int64)
        count = 0
        for row in range(first, end):
            if row == first or by[row] != by[row - 1]:
                rows[count] = row
                count += 1
            total[count - 1] += weight[row]
        rows[count] = end
        stamp[subject], used[subject] = subject, _USED_UP
        order = np.argsort(-total[:count], kind="mergesort")
        for turn in range(min(count, most)):
            which = order[turn]
            if total[which] == 0:
                break
            depth = 0
            path[0] = by[rows[which]]
            at[0] = heads[path[0]]
            while depth >= 0:
                person = path[depth]
                if stamp[person] != subject:
                    stamp[person], used[person] = subject, 0
                if hop[person] == FAR or used[person] >= room[person]:
                    depth -= 1
                    continue
                if hop[person] == 0:
                    break
                while at[depth] < heads[person + 1] and hop[leaders[at[depth]]] != hop[person] - 1:
                    at[depth] += 1
                if at[depth] == heads[person + 1]:
                    used[person] = _USED_UP
                    depth -= 1
                    continue
                path[depth + 1] = leaders[at[depth]]
                at[depth] += 1
                depth += 1
                at[depth] = heads[path[depth]]
            if depth >= 0:
                for place in range(depth + 1):
                    used[path[place]] += 1
                kept[rows[which] : rows[which + 1]] = True
    return kept
