"""What is paid for a skill here: percentiles over the newest offers, each author counted once.

A price is the middle of an offer's range. Sides, units and bases are never mixed: what clients would pay for an hour in
EUR is one market. An author counts by their newest offer, so ten offers of one person weigh no more than one; whoever
makes up many authors still moves the figures, which is why the number of authors stands beside them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from freehold.protocol.kinds.offer import Offer

    from .desk import Desk
    from .ports import Price

PERCENTS = (10, 25, 50, 75, 90)
LEAST_AUTHORS = 5
"""Fewer say nothing about a market."""
DAYS = 90
"""An offer that is not open any more counts for so long after its date."""
_DAY_MS = 24 * 60 * 60 * 1000
LOOKED_AT = 1_000
"""The newest offers with a skill that are looked at: about 2 ms, and more changes no percentile that anybody feels."""
SKILLS = 3
"""Skills of an offer, the first that it names, with which it is compared."""
KEPT_MS = 60_000
"""How long the prices of a skill that very many offers name serve the next answers."""
LARGE = LOOKED_AT // 4
"""Prices from which on one more changes nothing that anybody feels; fewer are read for every answer, quickly."""
MARKETS = 512
"""Skills whose prices are kept: about 50 KB each."""


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


_Sort = tuple[str, str, str]
"""Side, basis, unit."""


class Prices:
    """The prices of one skill by market: each author's, and all of them in order."""

    def __init__(self, found: Iterable[Price], at: int) -> None:
        self.at, self.count = at, 0
        self._authors: dict[_Sort, dict[bytes, int]] = {}
        for price in found:
            self.count += 1
            newest = self._authors.setdefault((price.side, price.basis, price.unit), {})
            newest.setdefault(price.author, (price.low + price.high) // 2)
        self._sorted = {sort: sorted(newest.values()) for sort, newest in self._authors.items()}

    def markets(self) -> list[Market]:
        """All of them."""
        return [Market(*sort, tuple(prices)) for sort, prices in self._sorted.items()]

    def beside(self, sort: _Sort, own: int, author: bytes) -> tuple[int, int, int, int | None]:
        """How many others there are in a market, how many of them pay less and more, and their median."""
        prices, theirs = self._sorted.get(sort, []), self._authors.get(sort, {}).get(author)
        less, more = bisect_left(prices, own), len(prices) - bisect_right(prices, own)
        if theirs is None:
            return len(prices), less, more, _median(prices)
        place = bisect_left(prices, theirs)
        others = [*prices[:place], *prices[place + 1 :]]
        return len(others), less - (theirs < own), more - (theirs > own), _median(others)


class Rates:
    """Markets by skill, for one answer: what was read for one offer serves the next, and in a large market the next
    answers of a minute."""

    def __init__(self, desk: Desk, now: int) -> None:
        self._desk, self._now = desk, now
        self._read: dict[str, Prices] = {}

    def of(self, skill: str) -> list[Market]:
        """The markets of a skill, those with most authors first."""
        return sorted(self._prices(skill).markets(), key=lambda one: (-len(one.prices), one.side, one.basis, one.unit))

    def known(self, skill: str) -> bool:
        """Whether comparing with this skill reads nothing more."""
        return self._kept(skill.casefold()) is not None

    def compare(self, author: bytes, offer: Offer, skills: Iterable[str]) -> list[Comparison]:
        """An offer beside those of other authors, for each of these skills; nothing for an offer without a budget."""
        budget = offer.budget
        if budget is None:
            return []
        own, sort = (budget.low + budget.high) // 2, (offer.side, budget.basis, budget.unit)
        return [Comparison(skill, *self._prices(skill).beside(sort, own, author)) for skill in skills]

    def _prices(self, skill: str) -> Prices:
        name = skill.casefold()
        found = self._kept(name)
        if found is None:
            since = self._now - DAYS * _DAY_MS
            read = self._desk.stores.records.prices(skill, self._now, since, LOOKED_AT)
            found = self._read[name] = Prices(read, self._now)
            if found.count >= LARGE:
                _keep(self._desk.prices, name, found)
        return found

    def _kept(self, name: str) -> Prices | None:
        found = self._read.get(name) or self._desk.prices.get(name)
        return found if found is not None and 0 <= self._now - found.at < KEPT_MS else None


def _keep(kept: dict[str, Prices], name: str, found: Prices) -> None:
    """Remember; what was read first goes first."""
    kept.pop(name, None)
    if len(kept) >= MARKETS:
        del kept[next(iter(kept))]
    kept[name] = found


def _median(prices: Sequence[int]) -> int | None:
    return _at(prices, 50) if len(prices) >= LEAST_AUTHORS else None


def _at(prices: Sequence[int], percent: int) -> int:
    """The price that so many percent do not exceed (nearest rank)."""
    return prices[max(0, -(-percent * len(prices) // 100) - 1)]
