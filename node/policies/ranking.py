"""The rankings that ship: from the owner's place (the default), the same against slander, and plain averages.

A ranking is a name, a note and `market()`: see `ports.Ranking`. A third party's comes in by the same entry point.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..core.ports import Market
from ..core.reputation.engine import Engine
from ..core.reputation.settings import H1, H2, Settings
from .averages import AverageMarket

_NOTE = (
    "Seen from your own place: reviews count as far as trust leads to their authors from you, from people you have"
    " dealt with and from your contacts. It cannot know when real people agree to praise each other."
)


@dataclass(frozen=True, slots=True)
class Personal:
    """Trust from one's place, pairs, witness chains, a weak prior (specs/08-reputation.md)."""

    name: str = "personal"
    note: str = _NOTE
    settings: Settings = H1

    def market(self) -> Market:
        """See `ports.Ranking`."""
        return Engine(self.settings)


@dataclass(frozen=True, slots=True)
class Averages:
    """Plain averages, to compare with: everybody's reviews count alike."""

    name: str = "averages"
    note: str = (
        "Plain averages: every review counts alike, whoever wrote it. People who do not exist can lift or ruin anybody."
    )

    def market(self) -> Market:
        """See `ports.Ranking`."""
        return AverageMarket()


PERSONAL = Personal()
STRICT = Personal(
    "personal-strict",
    _NOTE
    + " A review counts for less where both confirmed no payment, or where the contract was worth little or does not"
    " say what it was worth: so a ruined name costs real contracts, and newcomers with small ones take longer.",
    H2,
)
AVERAGES = Averages()
