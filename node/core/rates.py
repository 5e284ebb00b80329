"""What is paid for a skill here: percentiles over the newest offers, each author counted once.

A price is the middle of an offer's range. Sides, units and bases are never mixed: what clients would pay for an hour in
EUR is one market. An author counts by their newest offer, so ten offers of one person weigh no more than one; whoever
makes up many authors still moves the figures, which is why the number of authors stands beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from freehold.protocol.kinds.offer import Offer

    from .desk import Desk
    from .ports import Price

PERCENTS = (10, 25, 50, 75, 90)
LEAST_AUTHORS = 5
"""Fewer say nothing about a market."""
DAYS = 90
"""An offer that is not open any more counts for so long after its date."""
_DAY_MS = 24 * 60 * 60 * 1000
LOOKED_AT = 2_000
"""The newest offers with a skill that are looked at: about 5 ms, and more changes no percentile that anybody feels."""
SKILLS = 3
"""Skills of an offer, the first that it names, with which it is compared."""


@dataclass(frozen=True, slots=True)
class Market:
    """One market: prices of its authors in minor units, lowest first."""

    side: str
    basis: str
    unit: str
    prices: tuple[int, ...]

    @property
    def percentiles(self) -> dict[int, int] | None:
        """Prices by percent; None while there are too few authors."""
        if len(self.prices) < LEAST_AUTHORS:
            return None
        return {percent: _at(self.prices, percent) for percent in PERCENTS}


@dataclass(frozen=True, slots=True)
class Comparison:
    """An offer beside the others of its market: how many there are, and how many of them pay less and more."""

    skill: str
    others: int
    less: int
    more: int
    median: int | None

    @property
    def enough(self) -> bool:
        """Whether there are enough others to say anything."""
        return self.median is not None


class Rates:
    """Markets by skill, for one answer: what was read for one offer serves the next."""

    def __init__(self, desk: Desk, now: int) -> None:
        self._desk, self._now = desk, now
        self._kept: dict[str, list[Price]] = {}

    def of(self, skill: str) -> list[Market]:
        """The markets of a skill, those with most authors first."""
        groups = {(price.side, price.basis, price.unit) for price in self._prices(skill)}
        found = [self._market(skill, *group) for group in groups]
        return sorted(found, key=lambda one: (-len(one.prices), one.side, one.basis, one.unit))

    def compare(self, author: bytes, offer: Offer, skills: Iterable[str]) -> list[Comparison]:
        """An offer beside those of other authors, for each of these skills; nothing for an offer without a budget."""
        budget = offer.budget
        if budget is None:
            return []
        own, found = (budget.low + budget.high) // 2, list[Comparison]()
        for skill in skills:
            market = self._market(skill, offer.side, budget.basis, budget.unit, author)
            median = None if market.percentiles is None else market.percentiles[50]
            less, more = sum(price < own for price in market.prices), sum(price > own for price in market.prices)
            found.append(Comparison(skill, len(market.prices), less, more, median))
        return found

    def _market(self, skill: str, side: str, basis: str, unit: str, but: bytes | None = None) -> Market:
        newest: dict[bytes, int] = {}
        for price in self._prices(skill):
            if (price.side, price.basis, price.unit) == (side, basis, unit) and price.author != but:
                newest.setdefault(price.author, (price.low + price.high) // 2)
        return Market(side, basis, unit, tuple(sorted(newest.values())))

    def _prices(self, skill: str) -> list[Price]:
        if skill not in self._kept:
            since = self._now - DAYS * _DAY_MS
            self._kept[skill] = self._desk.stores.records.prices(skill, self._now, since, LOOKED_AT)
        return self._kept[skill]


def _at(prices: tuple[int, ...], percent: int) -> int:
    """The price that so many percent do not exceed (nearest rank)."""
    return prices[max(0, -(-percent * len(prices) // 100) - 1)]
