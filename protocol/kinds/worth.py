"""Value bands: roughly what a contract is worth, so that a trifle and a month of work can be told apart as evidence.

The prices stay private, behind the hash of the terms. A band is public, signed by both, coarse, and may be left out.
No exchange rate is in it: it counts what euros, dollars and their like buy, and whoever is paid in something else says
which band that comes to, or says nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from .offer import HOURLY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .agreement import Milestone, Part

BANDS = (5, 15, 30, 50, 75, 100, 150, 200, 250)
"""Lower ends of the bands from 1 on, in whole units; band 0 lies below the first, and the last has no upper end: what
is worth more is not worth more as evidence, and nobody need know how much it is."""
TOP = len(BANDS)
ALIKE = frozenset(("AUD", "CAD", "CHF", "EUR", "GBP", "NZD", "SGD", "USD"))
"""Currencies of which a unit is worth about as much (within a factor of two or so) and has a hundred parts: their
amounts are taken as they are."""
_PARTS = 100


def band_of(value: float) -> int:
    """The band of a value, in units."""
    return bisect_right(BANDS, value)


def band_of_terms(parts: Sequence[Part], milestones: Sequence[Milestone]) -> int | None:
    """The band of a contract's prices together, or None where they do not say: another currency, or several, or work
    by the hour, of which nobody knows yet how much it will be."""
    units = {part.price.unit for part in parts}
    if len(units) != 1 or not units <= ALIKE or any(one.basis == HOURLY for one in milestones):
        return None
    return band_of(sum(part.price.amount for part in parts) / _PARTS)


def in_words(band: int | None) -> str:
    """What a band says, for people."""
    if band is None:
        return "not stated"
    if band >= TOP:
        return f"{BANDS[-1]} or more, in euros, dollars or as much of another currency"
    span = f"under {BANDS[0]}" if band == 0 else f"{BANDS[band - 1]} to {BANDS[band]}"
    return f"{span}, in euros, dollars or as much of another currency"
