"""Search over offers, with the results of store/search.py: the newest 500 that match, the best of them first.

Words and marks stand in one indexed array per offer; words in a row are looked for in the folded texts beside it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...core.ports import OfferPage, OfferQuery, Price
from ..asking import wished
from ..folding import mark
from ..search import LATE_MS, RANKS, SCORED_WORDS, SEEN_PER_PAGE, WEIGHTS, WINDOW, bounded, first_since, paged, position
from .rows import RECORDS, kept_of

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

    from ..asking import Phrase, Wished
    from .server import Server

_OFFERED = 24
"""Words that a beginning stands for."""
_LOOKED_AT = 5_000
"""Words with a beginning among which the oldest are chosen."""
_TEXTS = ("title", "skills", "description")
_BEGINNING = """SELECT word FROM (SELECT word, number FROM word WHERE word >= %s AND word < %s LIMIT %s) AS met
  ORDER BY number LIMIT %s"""
_SOURCE = "FROM offer WHERE number < %(top)s AND number >= %(floor)s"
_PRICES = """SELECT author, side, basis, unit, low, high FROM (
  SELECT * FROM offer WHERE words @> ARRAY[%(name)s]::text[] ORDER BY number DESC LIMIT %(limit)s) AS newest
  WHERE unit IS NOT NULL AND (at >= %(since)s OR (NOT closed AND till >= %(now)s)) ORDER BY number DESC"""


@dataclass(slots=True)
class _Wanted:
    """Conditions of a query: those of its words, and those of its filters."""

    matching: list[str] = field(default_factory=list[str])
    filters: list[str] = field(default_factory=list[str])
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    phrases: list[str] = field(default_factory=list[str])
    """Names of the values that hold the phrases."""

    def matches(self) -> str:
        """What is looked at, newest first."""
        return " AND ".join((_SOURCE, *self.matching)) + " ORDER BY number DESC LIMIT %(seen)s"


class Search:
    """Pages of offers. Total: any text, however hostile, is a query or finds nothing."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def page(self, query: OfferQuery) -> OfferPage:
        """One page, best match first; `next` continues in the same window or with the next older one."""
        found_words = wished(query)
        if found_words is None:
            return OfferPage((), None)
        wanted = self._wanted(query, found_words)
        top, rank = position(query.before)
        wanted.values["top"] = top
        scores = self._found(wanted)
        found = list(scores)
        shown, following, marks = paged(scores, found, rank, query.limit, lambda: self._next_window(wanted, found))
        return OfferPage(self._records(shown), following, marks)

    def prices(self, skill: str, now: int, since: int, limit: int) -> list[Price]:
        """See `ports.Records`."""
        name = mark("skill", skill)
        values = {"name": name, "now": now, "since": since, "limit": limit}
        return [] if name is None else [Price(bytes(row[0]), *row[1:]) for row in self._server.rows(_PRICES, values)]

    def _records(self, numbers: list[int]) -> tuple[Record, ...]:
        rows = self._server.rows(f"{RECORDS} WHERE number = ANY(%s)", (numbers,)) if numbers else []
        found = {int(row[0]): kept_of(self._server, row).record for row in rows}
        return tuple(found[number] for number in numbers if number in found)

    def _found(self, wanted: _Wanted) -> Counter[int]:
        """The numbers of one window, and how well each fits: where its words stand."""
        scored = wanted.phrases[:SCORED_WORDS]
        parts = [
            f"CASE WHEN strpos({column}, %({name})s) > 0 THEN {weight} ELSE 0 END"
            for name in scored
            for column, weight in WEIGHTS.items()
        ]
        conditions = " AND ".join(["true", *wanted.filters])
        query = (
            f"SELECT number, {' + '.join(parts) or '0'} FROM (SELECT * {wanted.matches()}) AS seen"  # noqa: S608
            f" WHERE {conditions} ORDER BY number DESC LIMIT %(window)s"
        )
        return Counter({int(number): int(score) for number, score in self._server.rows_planned(query, wanted.values)})

    def _next_window(self, wanted: _Wanted, found: list[int]) -> int | None:
        """Where to go on below a window that has been shown: after its oldest, or after the last that was looked at."""
        if len(found) == WINDOW:
            return min(found) * RANKS
        query = f"SELECT number FROM (SELECT number {wanted.matches()}) AS seen OFFSET %(seen)s - 1"  # noqa: S608
        last = self._server.rows_planned(query, wanted.values)
        return int(last[0][0]) * RANKS if last else None

    def _wanted(self, query: OfferQuery, found: Wished) -> _Wanted:
        wanted = _Wanted(values={"seen": SEEN_PER_PAGE, "window": WINDOW, "now": query.now})
        wanted.values["floor"] = 0 if query.since is None else self._floor(query.since - LATE_MS)
        whole = [next(iter(marks)) for marks in found.marks if len(marks) == 1]
        for place, phrase in enumerate(found.phrases):
            whole += phrase.words[:-1] if phrase.open else phrase.words
            self._phrase(wanted, f"phrase{place}", phrase)
        if whole:
            wanted.values["whole"] = sorted(set(whole))
            wanted.matching.append("words @> %(whole)s::text[]")
        for place, phrase in enumerate(found.left_out):
            name = f"left_out{place}"
            wanted.values[name] = _in_a_row(phrase)
            wanted.matching.append(f"NOT {_somewhere(name)}")
        for place, marks in enumerate(found.marks):
            if len(marks) > 1:
                wanted.values[f"marks{place}"] = sorted(marks)
                wanted.matching.append(f"words && %(marks{place})s::text[]")
        _filters(wanted, query)
        return wanted

    def _phrase(self, wanted: _Wanted, name: str, phrase: Phrase) -> None:
        """Conditions of one phrase, beside the words that it must have in any case."""
        wanted.phrases.append(name)
        wanted.values[name] = _in_a_row(phrase)
        if phrase.open:
            start = phrase.words[-1]
            rows = self._server.rows(_BEGINNING, (start, start + "\U0010ffff", _LOOKED_AT, _OFFERED))
            wanted.values[f"{name}_words"] = [str(row[0]) for row in rows]
            wanted.matching.append(f"words && %({name}_words)s::text[]")
        if phrase.open or len(phrase.words) > 1:
            wanted.matching.append(_somewhere(name))

    def _floor(self, arrived: int) -> int:
        """The number from which on records arrived at that time or later, within the nodes' clocks."""
        row = self._server.row("SELECT arrived FROM meta")
        last = 0 if row is None else int(row[0])
        return first_since(arrived, last, lambda number: self._server.row(_ARRIVED, (number,)))


_ARRIVED = "SELECT number, arrived FROM record WHERE number >= %s ORDER BY number LIMIT 1"


def _in_a_row(phrase: Phrase) -> str:
    """A phrase as it stands in a folded text with a space at both ends."""
    return " ".join(("", *phrase.words)) + ("" if phrase.open else " ")


def _somewhere(name: str) -> str:
    """Whether the value of that name stands in one of the texts."""
    return "(" + " OR ".join(f"strpos({column}, %({name})s) > 0" for column in _TEXTS) + ")"


def _filters(wanted: _Wanted, query: OfferQuery) -> None:
    """What columns must say, exactly."""
    least, most, since = bounded(query.least), bounded(query.most), bounded(query.since)
    for name, value, condition in (
        ("side", query.side, "side = %(side)s"),
        ("author", query.author, "author = %(author)s"),
        ("basis", query.basis, "basis = %(basis)s"),
        ("unit", query.unit, "unit = %(unit)s"),
        ("least", least, "high >= %(least)s"),
        ("most", most, "low <= %(most)s"),
        ("since", since, "at >= %(since)s"),
    ):
        if value is not None:
            wanted.values[name] = value
            wanted.filters.append(condition)
    if query.open_only:
        wanted.filters.append("NOT closed AND till >= %(now)s")
