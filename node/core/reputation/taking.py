"""Opinions that were kept, taken up by a market: many at once where it can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from .opinions import Columns, Opinion, decode, unflagged

if TYPE_CHECKING:
    from ..ports import Counting, Market

_SECOND_MS = 1000
_KEY = (1 << 64) - 1


@runtime_checkable
class Loading(Protocol):
    """A market that takes many opinions at once."""

    def load(self, columns: Columns) -> None:
        """Count them from now on."""
        ...


def take_up(market: Market, kept: Counting) -> None:
    """Let a market count these. Their ids are known by the first 8 bytes, and so they are named."""
    if isinstance(market, Loading):
        market.load(_columns(kept))
        return
    for by, of, levels, at, key, flags in kept.rows:
        review, names = (key & _KEY).to_bytes(8, "big"), kept.identities
        market.add(Opinion(review, names[by], names[of], decode(levels), at * _SECOND_MS, *unflagged(flags)))


def _columns(kept: Counting) -> Columns:
    table = np.array(kept.rows, np.int64).reshape(-1, 6)
    numbers = np.array(sorted(kept.identities), np.int64)
    by, of = (np.searchsorted(numbers, table[:, place]) for place in (0, 1))
    return Columns(
        [kept.identities[number] for number in numbers.tolist()],
        by,
        of,
        table[:, 2].astype(np.uint16),
        table[:, 3],
        table[:, 4].astype(np.uint64),  # signed in the store: the same bits
        table[:, 5].astype(np.uint8),
    )
