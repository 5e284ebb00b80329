"""What was measured, as tables: medians over the seeds with the least and the most, and each bar met or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from .otc import Forecast
from .run import BEFORE, CAPTURED, INTRUDERS, NDCG, PER_EDGE, PERCENTILE, TAU, Figure

_DIGITS = {NDCG: 3, TAU: 3, INTRUDERS: 0, CAPTURED: 2, PER_EDGE: 2, PERCENTILE: 0, BEFORE: 0}


class Figures:
    """Values by attack, measure and ranker, one of each seed, in the order of the seeds."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._values: defaultdict[tuple[str, str, str], list[float]] = defaultdict(list)
        for one in figures:
            self._values[one.attack, one.measure, one.ranker].append(one.value)

    def of(self, attack: str, measure: str, ranker: str) -> list[float]:
        return self._values.get((attack, measure, ranker), [])

    def attacks(self, measure: str) -> list[str]:
        return list(dict.fromkeys(attack for attack, found, _ in self._values if found == measure))


def spread(values: list[float], digits: int) -> str:
    """The median, and the least and the most if they differ."""
    if not values:
        return ""
    low, middle, high = (f"{value:.{digits}f}" for value in (min(values), median(values), max(values)))
    return middle if low == high else f"{middle} ({low} to {high})"


def tables(figures: Figures, rankers: Iterable[str]) -> Iterator[str]:
    """One table a measure, one row an attack."""
    names = list(rankers)
    for measure, digits in _DIGITS.items():
        yield f"\n**{measure}**\n"
        yield f"| | {' | '.join(names)} |"
        yield f"|---|{'---|' * len(names)}"
        for attack in figures.attacks(measure):
            cells = (spread(figures.of(attack, measure, name), digits) for name in names)
            yield f"| {attack} | {' | '.join(cells)} |"


def forecast_table(found: Mapping[str, Forecast]) -> Iterator[str]:
    """AUC on real ratings."""
    yield "| | AUC (95 % of resamples) | AUC, subjects who had been rated |"
    yield "|---|---|---|"
    for name, one in found.items():
        yield f"| {name} | {one.auc:.3f} ({one.low:.3f} to {one.high:.3f}) | {one.known:.3f} |"


@dataclass(frozen=True)
class Bar:
    """What was asked for. `values` are of each seed, `limit` is the most (`at_most`) or the least that will do."""

    what: str
    values: list[float]
    limit: float
    at_most: bool = True
    digits: int = 3
    goal: bool = False

    @property
    def verdict(self) -> str:
        """Met when every seed meets it."""
        met = [value <= self.limit if self.at_most else value >= self.limit for value in self.values]
        if all(met):
            return "met"
        middle = median(self.values)
        half = middle <= self.limit if self.at_most else middle >= self.limit
        return f"NOT met ({sum(met)} of {len(met)} seeds{', the median does' if half else ''})"


def bar_table(bars: Iterable[Bar]) -> Iterator[str]:
    """Each bar with its values."""
    yield "| what | asked for | measured | |"
    yield "|---|---|---|---|"
    for bar in bars:
        asked = f"{'goal: ' if bar.goal else ''}{'≤' if bar.at_most else '≥'} {bar.limit:g}"
        yield f"| {bar.what} | {asked} | {spread(bar.values, bar.digits)} | {bar.verdict} |"
