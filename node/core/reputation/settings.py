"""What the engine reckons with. All weights are whole numbers, so that no order of adding changes a bit."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

from freehold.protocol.kinds.worth import BANDS, TOP

ONE = 1 << 16
"""The weight of one review of somebody trusted in full."""
MASS = 1 << 50
"""The trust that is handed out at the seeds: sums of it stay exact in 64-bit floats (below 2^53)."""
WORTH = (0, 1, 3, 7, 10)
"""What each level is worth, in tenths: high grades are given easily, so the lower ones say more."""
PRIOR = (6, 6, 14, 34, 40)
"""Somebody without reviews, in hundredths of one review: as ratings of real markets are spread."""
GOOD = 35
"""A review is good when its five fields are worth this much of 50: rated 4 of 5 or better."""
BAD = 12
"""Up to this much of 50 it is bad: whoever gave such a review hands no trust on to its subject."""
LEAST_PART = 13
"""Of 256: what the smallest contract counts for, and one that does not say what it is worth. Else whoever means harm
would leave it out."""
FAR = 99
"""The hop of those whom no chain reaches."""
GRADE_PARTS = (64, 154, 256)
"""Of 256, by grade C, B, A: signed only, a payment signed by both, a payment that all can verify."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The engine's numbers; the defaults are what specs/08-reputation.md describes.

    `keep`: of 100 parts of trust that reach somebody, so many are handed on (the rest stays: restart 0.15). `hops`:
    how far trust goes. `mass_share`: kappa is the level above which people hold this much (of 100) of the mass outside
    the seeds. `anchor`, `counterparty`, `by_hop`: how many witnesses of one subject may rest on one person.
    `critics`: what somebody says against more people than this weighs together what it would about so many.
    `reviewers`: the most that are looked at for one subject. `chains`, `strength`: whether reviewers need a chain, and
    whether reviews are weighed by grade and value, which trades accuracy for resistance to slander.
    """

    keep: int = 85
    hops: int = 12
    mass_share: int = 90
    anchor: int = 2
    counterparty: int = 4
    critics: int = 5
    by_hop: tuple[int, int, int] = (4, 1, 1)
    reviewers: int = 512
    chains: bool = True
    strength: bool = False


H1 = Settings()
H2 = Settings(strength=True)


def strength_of(flags: int) -> int:
    """What the evidence behind a review is worth, of 256: its grade, times the logarithm of its value."""
    band = flags >> 3 & 15
    worth = BANDS[band - 1] if 0 < band <= TOP else 0
    part = max(LEAST_PART, min(256, int(256 * log2(1 + worth / 50) / log2(6))))
    return GRADE_PARTS[min(flags >> 1 & 3, len(GRADE_PARTS) - 1)] * part >> 8
