"""What a query asks for: words of the text, and marks for the filters; the same for the index and for a single offer.

Marks stand in the index beside the words (`unit_eur`, `pay_eur_12`), so that a common word with a rare filter is found
by leaping from match to match, and not by looking at every offer with the word.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol.kinds.offer import SERVICE, WANTED

from .folding import mark, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from freehold.protocol.kinds.offer import Budget

    from ..core.ports import OfferQuery

_QUERY_CHARACTERS = 400
_QUERY_WORDS = 16
_QUERY_SKILLS = 20
_PREFIX_CHARACTERS = 2
"""A star after fewer would match half the index."""
_ANYWHERE = "{title skills description}"
_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02\u300c\u300d", '"'))
_PIECE = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')
"""Words in quotation marks of any sort, or what has no space in it; behind a minus: what is not to be found."""
_STEPS = 54
"""Powers of two up to the highest amount that a record can hold."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Folded words in a row; `open`: the last one may go on."""

    words: tuple[str, ...]
    open: bool = False

    def stands_in(self, text: str) -> bool:
        """Whether a folded text, with a space at both ends, has it."""
        return " ".join(("", *self.words)) + ("" if self.open else " ") in text

    def expression(self, beginning_with: Callable[[str], list[str]]) -> str:
        """The phrase for the index; `beginning_with` names words of offers that begin so."""
        phrase = f'"{" ".join(self.words)}"'
        if not self.open:
            return phrase
        longer = beginning_with(self.words[-1])
        return _one_of(" ".join([*self.words[:-1], word]) for word in longer) if longer else f"{phrase}*"


@dataclass(frozen=True, slots=True)
class Wished:
    """All phrases must stand in title, skills or description, and none of those `left_out`; of each set of marks an
    offer must have one."""

    phrases: tuple[Phrase, ...]
    left_out: tuple[Phrase, ...]
    marks: tuple[frozenset[str], ...]

    def fits(self, texts: Sequence[str], marks: frozenset[str]) -> bool:
        """Whether an offer is wished for, of these texts (folded, with a space at both ends) and marks."""
        return (
            not any(one.isdisjoint(marks) for one in self.marks)
            and all(any(phrase.stands_in(text) for text in texts) for phrase in self.phrases)
            and not any(phrase.stands_in(text) for text in texts for phrase in self.left_out)
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A query for the index: a part for each phrase, whether it must stand there or must not, and parts of marks."""

    phrases: tuple[str, ...]
    left_out: tuple[str, ...]
    marks: tuple[str, ...]

    @property
    def expression(self) -> str:
        """The whole; empty: everything."""
        return self._all_of([f"{_ANYWHERE} : {phrase}" for phrase in self.phrases])

    def standing_in(self, column: str, place: int) -> str:
        """The whole, with one of the phrases in a column."""
        columns = (column if number == place else _ANYWHERE for number in range(len(self.phrases)))
        return self._all_of([f"{where} : {phrase}" for where, phrase in zip(columns, self.phrases, strict=True)])

    def _all_of(self, phrases: list[str]) -> str:
        parts = [*phrases, *self.marks]
        if not self.left_out:
            return " AND ".join(parts)
        left_out = " OR ".join(self.left_out)
        return f"({' AND '.join(parts or [_EVERY])}) NOT {_ANYWHERE} : ({left_out})"


def wished(query: OfferQuery) -> Wished | None:
    """What a query asks for; None when nothing can match."""
    phrases: list[Phrase] = []
    left_out: list[Phrase] = []
    for minus, quoted, plain in _PIECE.findall(query.text[:_QUERY_CHARACTERS].translate(_QUOTES)):
        phrase = _phrase(quoted or plain)
        if phrase is not None:
            (left_out if minus else phrases).append(phrase)
    marks = tuple(_marks(query))
    if (query.text.strip() and not (phrases or left_out)) or not all(marks):
        return None
    return Wished(tuple(phrases[:_QUERY_WORDS]), tuple(left_out[:_QUERY_WORDS]), marks)


def asked(query: OfferQuery, beginning_with: Callable[[str], list[str]]) -> Asked | None:
    """The same for the index; None when nothing can match."""
    found = wished(query)
    if found is None:
        return None
    phrases, left_out = (
        tuple(phrase.expression(beginning_with) for phrase in each) for each in (found.phrases, found.left_out)
    )
    return Asked(phrases, left_out, tuple(f"marks : {_one_of(sorted(marks))}" for marks in found.marks))


def marks_of(budget: Budget | None, side: str) -> str:
    """The marks of an offer's side and budget, with spaces between them."""
    if budget is None:
        return _terms(side, "", "", 0, 0)
    return _terms(side, budget.basis, budget.unit, budget.low.bit_length(), budget.high.bit_length())


@functools.lru_cache(maxsize=4096)
def _terms(side: str, basis: str, unit: str, first: int, last: int) -> str:
    """Most offers are of a few sorts, so their marks are made once."""
    found = [f"side_{side}"]
    if basis:
        found += (f"basis_{basis}", f"unit_{unit.lower()}", *sorted(_steps(unit, first, last)))
    return " ".join(found)


def by(author: bytes) -> str:
    """The mark of an author: 64 bits of the identity; whoever reads by it compares the whole as well."""
    return f"by_{author[:8].hex()}"


def _marks(query: OfferQuery) -> Iterator[frozenset[str]]:
    """Sets of marks; an empty one is what no offer can have."""
    for skill in query.skills[:_QUERY_SKILLS]:
        yield _some(mark("skill", skill))
    if query.any_skills:
        yield _some(*(mark("skill", skill) for skill in query.any_skills[:_QUERY_SKILLS]))
    if query.language is not None:
        yield _some(mark("lang", query.language))
    if query.author is not None:
        yield _some(by(query.author))
    for sort, value in (("side", query.side), ("basis", query.basis), ("unit", query.unit)):
        if value is not None:
            yield _some(f"{sort}_{value.lower()}" if _plain(value) else None)
    if query.unit is not None and _plain(query.unit) and (query.least is not None or query.most is not None):
        yield _pay(query.unit, query.least or 0, (1 << _STEPS) if query.most is None else query.most)


def _phrase(piece: str) -> Phrase | None:
    """A word of a query, or several in a row; a star at its end asks for words that begin so."""
    found = tuple(words(piece))
    goes_on = piece.endswith("*") and len(" ".join(found)) >= _PREFIX_CHARACTERS
    return Phrase(found, goes_on) if found else None


def _pay(unit: str, low: int, high: int) -> frozenset[str]:
    """A mark for each power of two that a range of prices reaches into."""
    return _steps(unit, _step(low), _step(high))


@functools.lru_cache(maxsize=4096)
def _steps(unit: str, first: int, last: int) -> frozenset[str]:
    return frozenset(f"pay_{unit.lower()}_{step}" for step in range(first, last + 1))


def _step(amount: int) -> int:
    return min(max(amount, 0).bit_length(), _STEPS - 1)


def _plain(value: str) -> bool:
    return value.isascii() and value.isalnum()


def _some(*names: str | None) -> frozenset[str]:
    return frozenset(name for name in names if name is not None)


def _one_of(names: Iterable[str]) -> str:
    return "(" + " OR ".join(f'"{name}"' for name in names) + ")"


_EVERY = f"marks : {_one_of((f'side_{SERVICE}', f'side_{WANTED}'))}"
"""What every offer has: without something that must be there, the index cannot be asked for what must not."""
