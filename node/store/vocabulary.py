"""The words of offers, to be found by their beginnings.

The full-text index finds a beginning by merging all offers of all words that begin so before it gives the first:
200 ms for `dev` at a million offers. A few words, asked for by name, are found newest first in one. Words are kept in
the order in which they were met, and the oldest are offered first: what is common is met early, and what a flood makes
up is late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .database import Database

_KNOWN = 50_000
"""Words remembered in memory (about 5 MB), which need no look at the disk."""
_MOST = 1_000_000
"""Words that are kept (about 60 MB): several languages whole. Later ones are found when they are typed to the end."""
_OFFERED = 24
"""Words that a beginning stands for."""
_LOOKED_AT = 5_000
"""Words with a beginning among which the oldest are chosen."""


_MEET = "INSERT OR IGNORE INTO word (word) SELECT ?1 WHERE coalesce((SELECT max(number) FROM word), 0) < ?2"
_BEGINNING = (
    "SELECT word FROM (SELECT word, number FROM word WHERE word >= ? AND word < ? LIMIT ?) ORDER BY number LIMIT ?"
)


def meet(database: Database, texts: Iterable[str]) -> None:
    """Keep the words of an offer, folded, with single spaces between them; they are not taken out with it."""
    words = " ".join(texts).split()
    if not database.met.issuperset(words):
        for word in set(words) - database.met:
            _meet(database, word)


def beginning_with(database: Database, start: str) -> list[str]:
    """Words that begin so, those first that were met first."""
    rows = database.rows(_BEGINNING, (start, start + "\U0010ffff", _LOOKED_AT, _OFFERED))
    return [str(row[0]) for row in rows]


def _meet(database: Database, word: str) -> None:
    if len(database.met) >= _KNOWN:
        database.met.clear()
    database.write_later(_MEET, (word, _MOST))
    database.met.add(word)
