"""Search over offers: the newest 500 that match, the best of them first, then the next 500.

Scoring every match of a common word takes hundreds of milliseconds at a million offers (bm25 counts them all); the
newest 500 are found in less than one, and in a market the newest are the ones that are still to be had. Among them the
order is one that can be explained: words in the title, then in the skills, then in the description; then the newest.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..core.ports import OfferPage, OfferQuery, Price
from .asking import asked
from .folding import mark
from .shelf import RECORDS, record_of
from .vocabulary import beginning_with

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .asking import Asked
    from .database import Database
    from .names import Names

WINDOW = 500
"""Matches that are ranked against each other."""
SEEN_PER_PAGE = 20_000
"""Matches of the words that one page looks at: with a rare filter a page may be empty though there is a next one."""
RANKS = 1024
"""A page's mark is window * RANKS + rank, so it stays one integer below 2^53 up to 2^43 records."""
_MOST_NUMBERS = 1 << 43
_MOST = (1 << 63) - 1
PAGE_RECORDS = 100
SCORED_WORDS = 6
"""Words of a query whose place is looked up; more would only tell apart what is as good."""
WEIGHTS = {"title": 3, "skills": 2}
"""A word in the description alone adds nothing."""
LATE_MS = 2 * 24 * 60 * 60 * 1000
"""An offer is dated at most this much later than it arrived."""

_FILTERS = """(:side IS NULL OR o.side = :side)
  AND (:author IS NULL OR o.author = :author)
  AND (:basis IS NULL OR o.basis = :basis)
  AND (:unit IS NULL OR o.unit = :unit)
  AND (:least IS NULL OR o.high >= :least)
  AND (:most IS NULL OR o.low <= :most)
  AND (:since IS NULL OR o.at >= :since)
  AND (:open_only = 0 OR (o.closed = 0 AND o.till >= :now))"""
_MATCHES = """SELECT rowid AS number FROM offer_text
  WHERE offer_text MATCH :words AND rowid < :top AND rowid >= :floor ORDER BY rowid DESC"""
_ALL = "SELECT number FROM offer WHERE number < :top AND number >= :floor ORDER BY number DESC"
_FOUND = "SELECT o.number FROM (", "LIMIT :seen) AS m CROSS JOIN offer AS o ON o.number = m.number WHERE"
_LAST_SEEN = "SELECT number FROM (", "LIMIT 1 OFFSET :seen - 1)"


@dataclass(frozen=True, slots=True)
class _Window:
    """What one query is asked of: the statements' values, and how they find what is looked at."""

    values: dict[str, Any]
    asked: Asked

    @property
    def source(self) -> str:
        return _MATCHES if self.asked.expression else _ALL

    @property
    def found(self) -> str:
        return " ".join((_FOUND[0], self.source, _FOUND[1], _FILTERS, "LIMIT :window"))

    @property
    def last_seen(self) -> str:
        return " ".join((_LAST_SEEN[0], self.source, _LAST_SEEN[1]))


class Search:
    """Pages of offers. Total: any text, however hostile, is a query or finds nothing."""

    def __init__(self, database: Database, names: Names) -> None:
        self._database = database
        self._names = names

    def page(self, query: OfferQuery) -> OfferPage:
        """One page, best match first; `next` continues in the same window or with the next older one."""
        window = self._window(query)
        if window is None:
            return OfferPage((), None)
        top, rank = position(query.before)
        values = window.values | {"top": top}
        found = [int(row[0]) for row in self._database.rows(window.found, values)]
        scores = self._scores(window, found)
        shown, following, marks = paged(
            scores, found, rank, query.limit, lambda: self._next_window(window, values, found)
        )
        return OfferPage(tuple(self._record(number) for number in shown), following, marks)

    def prices(self, skill: str, now: int, since: int, limit: int) -> list[Price]:
        """See `ports.Records`."""
        name = mark("skill", skill)
        if name is None:
            return []
        values = {"words": f'marks : "{name}"', "now": now, "since": since, "limit": limit}
        return [Price(*row) for row in self._database.rows(_PRICES, values)]

    def _record(self, number: int) -> Any:  # noqa: ANN401
        return record_of(self._database, self._database.rows(f"{RECORDS} WHERE number = ?", (number,))[0])

    def _scores(self, window: _Window, found: list[int]) -> Counter[int]:
        """How well each match fits: where its words stand."""
        scores = Counter[int]()
        if len(found) < 2:  # noqa: PLR2004  -- nothing to order
            return scores
        ends = {"low": min(found), "high": max(found)}
        for place in range(min(SCORED_WORDS, len(window.asked.phrases))):
            for column, weight in WEIGHTS.items():
                expression = window.asked.standing_in(column, place)
                rows = self._database.rows(_AMONG, ends | {"words": expression})
                scores.update(dict.fromkeys((int(row[0]) for row in rows), weight))
        return scores

    def _next_window(self, window: _Window, values: dict[str, Any], found: list[int]) -> int | None:
        """Where to go on below a window that has been shown: after its oldest, or after the last that was looked at."""
        if len(found) == WINDOW:
            return min(found) * RANKS
        last = self._database.row(window.last_seen, values)
        return None if last is None else last[0] * RANKS

    def _window(self, query: OfferQuery) -> _Window | None:
        """What the statements ask for; None if nothing can match."""
        author = None if query.author is None else self._names.author(query.author)
        found = asked(query, lambda start: beginning_with(self._database, start))
        if found is None or (query.author is not None and author is None):
            return None
        values = {
            "words": found.expression,
            "side": query.side,
            "author": author,
            "basis": query.basis,
            "unit": query.unit,
            "least": bounded(query.least),
            "most": bounded(query.most),
            "since": bounded(query.since),
            "floor": 0 if query.since is None else self._floor(query.since - LATE_MS),
            "open_only": query.open_only,
            "now": query.now,
            "seen": SEEN_PER_PAGE,
            "window": WINDOW,
        }
        return _Window(values, found)

    def _floor(self, arrived: int) -> int:
        """The number from which on records arrived at that time or later: numbers are given in order of arrival."""
        row = self._database.row("SELECT max(number) FROM record")
        return first_since(
            arrived, 0 if row is None else int(row[0] or 0), lambda number: self._database.row(_ARRIVED, (number,))
        )


_AMONG = "SELECT rowid FROM offer_text WHERE offer_text MATCH :words AND rowid BETWEEN :low AND :high"
_PRICES = """SELECT author.id, o.side, o.basis, o.unit, o.low, o.high FROM (
  SELECT rowid AS number FROM offer_text WHERE offer_text MATCH :words ORDER BY rowid DESC LIMIT :limit
) AS m CROSS JOIN offer AS o ON o.number = m.number CROSS JOIN author ON author.number = o.author
WHERE o.unit IS NOT NULL AND (o.at >= :since OR (o.closed = 0 AND o.till >= :now))"""
_ARRIVED = "SELECT number, arrived FROM record WHERE number >= ? ORDER BY number LIMIT 1"


def position(before: int | None) -> tuple[int, int]:
    """What a page's mark says: below which number, and how many of the best to leave out."""
    top, rank = divmod(before, RANKS) if before else (_MOST_NUMBERS, 0)
    return (top, rank) if 0 < top < _MOST_NUMBERS else (_MOST_NUMBERS, rank)


def paged(
    scores: Mapping[int, int], found: Sequence[int], rank: int, limit: int, older: Callable[[], int | None]
) -> tuple[list[int], int | None, tuple[int | None, ...]]:
    """Of the numbers in a window those of one page, where the next one begins, and where it would after each.
    `older` says where the next window begins."""
    best = sorted(found, key=lambda number: (-scores[number], -number))
    limit = max(1, min(limit, PAGE_RECORDS))
    shown = best[rank : rank + limit]
    newest = max(found, default=0)  # what arrives from now on does not shift the next page
    marks: list[int | None] = [(newest + 1) * RANKS + rank + place for place in range(1, len(shown) + 1)]
    if rank + limit < len(best):
        return shown, marks[-1], tuple(marks)
    following = older()
    marks[-1:] = [following] if marks else []
    return shown, following, tuple(marks)


def first_since(arrived: int, last: int, at: Callable[[int], Sequence[Any] | None]) -> int:
    """The number from which on records arrived at that time or later: numbers are given in order of arrival. `at` finds
    number and arrival of the first record with at least a number."""
    low, high = 0, 1 + last
    while low < high:
        middle = (low + high) // 2
        found = at(middle)
        if found is None or found[1] >= arrived:
            high = middle
        else:
            low = int(found[0]) + 1
    return low


def bounded(amount: int | None) -> int | None:
    """An amount that fits into a column."""
    return None if amount is None else max(-_MOST, min(amount, _MOST))
