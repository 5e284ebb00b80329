"""How much of an author is kept, counted in memory once it was asked for: every record that arrives asks again."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .database import Database, Row

_REMEMBERED = 200_000
"""Numbers and times in memory (about 10 MB); when there are more, all are forgotten and read again as needed."""


class _Times(NamedTuple):
    """Sorted times, of which those before `since` may be missing."""

    since: int
    at: list[int]


class Tallies:
    """Numbers by author, right as long as the shelf tells what it puts in and forgets an author whom it takes from."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[int, int] = {}
        self._arrivals: dict[int, _Times] = {}
        self._open: dict[int, _Times] = {}
        self._size = 0
        self._untold: set[int] = set()
        """Authors with rows that are perhaps not written yet, and are not counted here."""
        database.on_rollback(self.clear)

    def kept(self, author: int) -> int:
        """Counted records of an author."""
        number = self._kept.get(author)
        if number is None:
            rows = self._rows("SELECT count(*) FROM record WHERE author = ? AND counted = 1", author)
            self._make_room(1)
            number = self._kept[author] = rows[0][0]
        return number

    def arrived(self, author: int, since: int) -> int:
        """Counted records, also replaced ones, that arrived at or after a time."""
        return self._number(self._arrivals, _ARRIVALS, author, since)

    def open_offers(self, author: int, now: int) -> int:
        """Offers that are neither closed nor expired."""
        return self._number(self._open, _OPEN, author, now)

    def begin(self, author: int) -> None:
        """An author of whom there is nothing yet."""
        self._make_room(3)
        self._kept[author], self._arrivals[author], self._open[author] = 0, _Times(0, []), _Times(0, [])

    def put(self, author: int, arrived: int) -> None:
        """A counted record was put in."""
        if author in self._kept:
            self._kept[author] += 1
        else:
            self._untold.add(author)
        self._add(self._arrivals, author, arrived)

    def put_open(self, author: int, till: int) -> None:
        """An open offer was put in."""
        self._add(self._open, author, till)

    def forget(self, author: int) -> None:
        """Something of an author was taken out, or put in without being told here."""
        for numbers in (self._kept, self._arrivals, self._open):
            numbers.pop(author, None)
        self._untold.add(author)

    def clear(self) -> None:
        """Forget everything."""
        self._untold |= self._kept.keys() | self._arrivals.keys() | self._open.keys()
        self._kept, self._arrivals, self._open, self._size = {}, {}, {}, 0

    def _number(self, numbers: dict[int, _Times], query: str, author: int, since: int) -> int:
        times = numbers.get(author)
        if times is None or since < times.since:
            rows = self._rows(query, author, since)
            self._make_room(len(rows) + 1)
            times = numbers[author] = _Times(since, [row[0] for row in rows])
        return len(times.at) - bisect_left(times.at, since)

    def _rows(self, query: str, *values: int) -> list[Row]:
        if values[0] in self._untold or len(self._untold) > _REMEMBERED:
            self._untold.clear()
            return self._database.rows(query, values)
        return self._database.rows_before(query, values)

    def _add(self, numbers: dict[int, _Times], author: int, at: int) -> None:
        times = numbers.get(author)
        if times is None:
            self._untold.add(author)
            return
        self._size += 1
        if self._size > _REMEMBERED:
            self.clear()
        elif at >= times.since:
            insort(times.at, at)

    def _make_room(self, size: int) -> None:
        self._size += size
        if self._size > _REMEMBERED:
            self.clear()
            self._size = size


_ARRIVALS = """SELECT arrived FROM record WHERE author = ?1 AND counted = 1 AND arrived >= ?2
  UNION ALL SELECT arrived FROM replaced WHERE author = ?1 AND counted = 1 AND arrived >= ?2 ORDER BY 1"""
_OPEN = "SELECT till FROM offer WHERE author = ?1 AND closed = 0 AND till >= ?2 ORDER BY 1"
