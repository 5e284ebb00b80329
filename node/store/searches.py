"""`ports.Searches` over SQLite: the searches are few and stand in memory, each ready to be compared with an offer.

What an offer must show is what the full-text index would ask for (asking.py), without the index: an offer that has just
been kept is not even folded for it, whatever the number of searches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from freehold.protocol.kinds.offer import OFFER

from ..core.ports import OfferQuery, SavedSearch
from .asking import wished
from .meanings import folded_offer

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record
    from freehold.protocol.kinds.offer import Offer

    from .asking import Wished
    from .database import Database, Row

_DAY_MS = 24 * 60 * 60 * 1000
_COLUMNS = "SELECT name, query, since FROM saved_search"


class _Query(msgspec.Struct, omit_defaults=True):
    """A search as JSON. Fields that are unknown (a later version wrote them) are left out."""

    text: str = ""
    skills: tuple[str, ...] = ()
    any_skills: tuple[str, ...] = ()
    side: str | None = None
    author: bytes | None = None
    basis: str | None = None
    unit: str | None = None
    least: int | None = None
    most: int | None = None
    language: str | None = None
    without: tuple[str, ...] = ()
    reviews: int = 0


_IN_QUERY = tuple(name for name in _Query.__struct_fields__ if name not in ("without", "reviews"))


@dataclass(frozen=True)
class _Ready:
    """A search, and what the words of an offer must be; None: no offer fits."""

    search: SavedSearch
    wished: Wished | None
    words: frozenset[str]
    """Words that an offer must have in any case: most offers lack one, which is seen at once."""

    def fits(self, offer: _Folded) -> bool:
        query, author = self.search.query, self.search.query.author
        return (
            self.wished is not None
            and offer.record.header.at >= self.search.since
            and not offer.body.closed
            and (author is None or author == offer.record.author)
            and _pays(query, offer.body)
            and self.wished.fits(offer.texts, offer.marks)
        )


@dataclass(frozen=True)
class _Folded:
    """An offer, with its words and marks."""

    record: Record
    body: Offer
    texts: tuple[str, ...]
    marks: frozenset[str]


class SqliteSearches:
    """See `ports.Searches`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ready: list[_Ready] | None = None
        database.on_rollback(self._forget)

    def save(self, search: SavedSearch) -> None:
        """See `ports.Searches`."""
        query = {name: getattr(search.query, name) for name in _IN_QUERY}
        text = msgspec.json.encode(_Query(**query, without=search.without, reviews=search.reviews)).decode()
        self._database.write(
            "INSERT OR REPLACE INTO saved_search (name, query, since, day, told) VALUES (?, ?, ?, 0, 0)",
            (search.name, text, search.since),
        )
        self._forget()

    def drop(self, name: str) -> bool:
        """See `ports.Searches`."""
        self._forget()
        return self._database.write("DELETE FROM saved_search WHERE name = ?", (name,)).rowcount > 0

    def listed(self) -> list[SavedSearch]:
        """See `ports.Searches`."""
        return [_saved(row) for row in self._database.rows(f"{_COLUMNS} ORDER BY name")]

    def fitting(self, record: Record) -> list[SavedSearch]:
        """See `ports.Searches`."""
        if self._ready is None:
            self._ready = [_ready(search) for search in self.listed()]
        if not self._ready or record.header.kind != OFFER.name:
            return []
        found = folded_offer(self._database, record)
        if found is None:
            return []
        body, (*texts, marks) = found
        offer = _Folded(record, body, tuple(f" {text} " for text in texts), frozenset(marks.split()))
        words = frozenset(" ".join(texts).split(" "))
        return [ready.search for ready in self._ready if ready.words <= words and ready.fits(offer)]

    def told(self, name: str, now: int) -> int:
        """See `ports.Searches`."""
        row = self._database.row("SELECT told FROM saved_search WHERE name = ? AND day = ?", (name, now // _DAY_MS))
        return 0 if row is None else int(row[0])

    def tell(self, name: str, now: int) -> None:
        """See `ports.Searches`."""
        values = (now // _DAY_MS, name)
        self._database.write(
            "UPDATE saved_search SET told = iif(day = ?1, told + 1, 1), day = ?1 WHERE name = ?2", values
        )

    def _forget(self) -> None:
        self._ready = None


def _ready(search: SavedSearch) -> _Ready:
    asked = wished(search.query)
    phrases = () if asked is None else asked.phrases
    words = (word for phrase in phrases for word in (phrase.words[:-1] if phrase.open else phrase.words))
    return _Ready(search, asked, frozenset(words))


def _pays(query: OfferQuery, offer: Offer) -> bool:
    """Whether the budget fits, exactly; the marks only tell its powers of two."""
    if query.least is None and query.most is None:
        return True
    budget = offer.budget
    return (
        budget is not None
        and (query.least is None or budget.high >= query.least)
        and (query.most is None or budget.low <= query.most)
    )


def _saved(row: Row) -> SavedSearch:
    found = msgspec.json.decode(row[1], type=_Query)
    query = OfferQuery(now=0, **{name: getattr(found, name) for name in _IN_QUERY})
    return SavedSearch(str(row[0]), query, found.without, found.reviews, int(row[2]))
