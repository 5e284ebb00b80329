"""Search over offers: the newest 500 that match, the best of them first, then the next 500.

Scoring every match of a common word takes hundreds of milliseconds at a million offers; scoring the newest 500 takes
two, and in a market the newest are the ones that are still to be had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.ports import OfferPage, OfferQuery
from .folding import mark, words
from .shelf import RECORDS, record_of

if TYPE_CHECKING:
    from .database import Database
    from .names import Names

_WINDOW = 500
"""Matches that are ranked against each other."""
_SEEN_PER_PAGE = 50_000
"""Matches of the words that one page looks at: with a rare filter a page may be empty though there is a next one."""
_RANKS = 1024
"""A page's mark is window * _RANKS + rank, so it stays one integer below 2^53 up to 2^43 records."""
_MOST_NUMBERS = 1 << 43
_MOST = (1 << 63) - 1
_PAGE_RECORDS = 100
_QUERY_CHARACTERS = 400
_QUERY_WORDS = 16
_QUERY_SKILLS = 20
_PREFIX_CHARACTERS = 2
"""A star after fewer would match half the index."""

_FILTERS = """(:side IS NULL OR o.side = :side)
  AND (:author IS NULL OR o.author = :author)
  AND (:basis IS NULL OR o.basis = :basis)
  AND (:unit IS NULL OR o.unit = :unit)
  AND (:least IS NULL OR o.high >= :least)
  AND (:open_only = 0 OR (o.closed = 0 AND o.till >= :now))"""
_SCORES = """SELECT o.number, m.score FROM (
  SELECT rowid AS number, bm25(offer_text, 4.0, 3.0, 1.0, 0.0) AS score
  FROM offer_text WHERE offer_text MATCH :words AND rowid < :top ORDER BY rowid DESC LIMIT :seen
) AS m CROSS JOIN offer AS o ON o.number = m.number WHERE"""
_RANKED = " ".join((_SCORES, _FILTERS, "LIMIT :window"))
_NEWEST = " ".join(
    ("SELECT o.number, 0.0 FROM offer AS o WHERE o.number < :top AND", _FILTERS, "ORDER BY o.number DESC LIMIT :window")
)
_LAST_SEEN = """SELECT rowid FROM offer_text WHERE offer_text MATCH :words AND rowid < :top
  ORDER BY rowid DESC LIMIT 1 OFFSET :seen - 1"""


class Search:
    """Pages of offers. Total: any text, however hostile, is a query or finds nothing."""

    def __init__(self, database: Database, names: Names) -> None:
        self._database = database
        self._names = names

    def page(self, query: OfferQuery) -> OfferPage:
        """One page, best match first; `next` continues in the same window or with the next older one."""
        values = self._values(query)
        if values is None:
            return OfferPage((), None)
        top, rank = _position(query.before)
        found = self._database.rows(_RANKED if values["words"] else _NEWEST, values | {"top": top})
        best = sorted(found, key=lambda row: (row[1], -row[0]))
        limit = max(1, min(query.limit, _PAGE_RECORDS))
        numbers = [row[0] for row in best[rank : rank + limit]]
        if rank + limit < len(best):
            newest = max(row[0] for row in found)  # what arrives from now on does not shift the next page
            following = (newest + 1) * _RANKS + rank + limit
        else:
            following = self._next_window(values, top, [row[0] for row in found])
        rows = [row for number in numbers for row in self._database.rows(f"{RECORDS} WHERE number = ?", (number,))]
        return OfferPage(tuple(record_of(self._database, row) for row in rows), following)

    def _next_window(self, values: dict[str, Any], top: int, found: list[int]) -> int | None:
        """Where to go on below a window that has been shown: after its oldest, or after the last that was looked at."""
        if len(found) == _WINDOW:
            return min(found) * _RANKS
        last = self._database.row(_LAST_SEEN, values | {"top": top}) if values["words"] else None
        return None if last is None else last[0] * _RANKS

    def _values(self, query: OfferQuery) -> dict[str, Any] | None:
        """What the statements ask for; None if nothing can match."""
        expression = _expression(query)
        author = None if query.author is None else self._names.author(query.author)
        if expression is None or (query.author is not None and author is None) or not _storable(query):
            return None
        return {
            "words": expression,
            "side": query.side,
            "author": author,
            "basis": query.basis,
            "unit": query.unit,
            "least": None if query.least is None else max(-_MOST, min(query.least, _MOST)),
            "open_only": query.open_only,
            "now": query.now,
            "seen": _SEEN_PER_PAGE,
            "window": _WINDOW,
        }


def _position(before: int | None) -> tuple[int, int]:
    top, rank = divmod(before, _RANKS) if before else (_MOST_NUMBERS, 0)
    return (top, rank) if 0 < top < _MOST_NUMBERS else (_MOST_NUMBERS, rank)


def _storable(query: OfferQuery) -> bool:
    """Whether an offer could say this; SQLite cannot even compare with text that has no encoding."""
    return all(text is None or text.isascii() for text in (query.side, query.basis, query.unit))


def _expression(query: OfferQuery) -> str | None:
    """The FTS5 expression: empty when no words are asked for, None when what is asked for can match nothing."""
    phrases = [phrase for piece in query.text[:_QUERY_CHARACTERS].split() if (phrase := _phrase(piece))]
    if query.text.strip() and not phrases:
        return None
    marks = [mark("skill", skill) for skill in query.skills[:_QUERY_SKILLS]]
    if query.language is not None:
        marks.append(mark("lang", query.language))
    if None in marks:
        return None
    parts = [f"{{title skills description}} : ({' AND '.join(phrases[:_QUERY_WORDS])})"] if phrases else []
    return " AND ".join([*parts, *(f'marks : "{name}"' for name in marks)])


def _phrase(piece: str) -> str:
    """One word of a query, quoted; a star at its end asks for words that begin so."""
    found = words(piece)
    if not found:
        return ""
    star = "*" if piece.endswith("*") and len(found[-1]) >= _PREFIX_CHARACTERS else ""
    return f'"{" ".join(found)}"{star}'
