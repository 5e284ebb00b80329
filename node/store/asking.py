"""What a query asks for, as an expression for the full-text index: words of the text, and marks for the filters.

Marks stand in the index beside the words (`unit_EUR`, `pay_eur_12`), so that a common word with a rare filter is found
by leaping from match to match, and not by looking at every offer with the word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .folding import mark, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from freehold.protocol.kinds.offer import Budget

    from ..core.ports import OfferQuery

_QUERY_CHARACTERS = 400
_QUERY_WORDS = 16
_QUERY_SKILLS = 20
_PREFIX_CHARACTERS = 2
"""A star after fewer would match half the index."""
_STEPS = 54
"""Powers of two up to the highest amount that a record can hold."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The whole expression (empty: everything), and each word of the text alone."""

    expression: str
    phrases: tuple[str, ...]


def asked(query: OfferQuery, beginning_with: Callable[[str], list[str]]) -> Asked | None:
    """What a query asks for; None when nothing can match. `beginning_with` names words of offers that begin so."""
    pieces = query.text[:_QUERY_CHARACTERS].split()
    phrases = [phrase for piece in pieces if (phrase := _phrase(piece, beginning_with))][:_QUERY_WORDS]
    if query.text.strip() and not phrases:
        return None
    filters = list(_filters(query))
    if None in filters:
        return None
    parts = [f"{{title skills description}} : ({' AND '.join(phrases)})"] if phrases else []
    return Asked(" AND ".join([*parts, *(f"marks : {part}" for part in filters)]), tuple(phrases))


def marks_of(budget: Budget | None, side: str) -> set[str]:
    """The marks of an offer's side and budget."""
    found = {f"side_{side}"}
    if budget is not None:
        found |= {f"basis_{budget.basis}", f"unit_{budget.unit.lower()}"}
        found |= {_pay(budget.unit, step) for step in range(_step(budget.low), _step(budget.high) + 1)}
    return found


def by(author: bytes) -> str:
    """The mark of an author: 64 bits of the identity; whoever reads by it compares the whole as well."""
    return f"by_{author[:8].hex()}"


def _filters(query: OfferQuery) -> Iterator[str | None]:
    """Expressions over marks, all of which must hold; None for what no offer can say."""
    for skill in query.skills[:_QUERY_SKILLS]:
        yield _quoted(mark("skill", skill))
    if query.any_skills:
        names = [name for skill in query.any_skills[:_QUERY_SKILLS] if (name := mark("skill", skill))]
        yield _one_of(names) if names else None
    if query.language is not None:
        yield _quoted(mark("lang", query.language))
    if query.author is not None:
        yield _quoted(by(query.author))
    for sort, value in (("side", query.side), ("basis", query.basis), ("unit", query.unit)):
        if value is not None:
            yield _quoted(f"{sort}_{value.lower()}") if value.isascii() and value.isalnum() else None
    if query.unit is not None and (query.least is not None or query.most is not None):
        yield _paid(query.unit, query.least or 0, query.most)


def _paid(unit: str, least: int, most: int | None) -> str | None:
    """A budget that reaches into the range: one of its powers of two is one of the range's."""
    first, last = _step(least), _STEPS - 1 if most is None else _step(most)
    if first > last or not unit.isascii() or not unit.isalnum():
        return None
    return _one_of(_pay(unit, step) for step in range(first, last + 1))


def _step(amount: int) -> int:
    return min(max(amount, 0).bit_length(), _STEPS - 1)


def _pay(unit: str, step: int) -> str:
    return f"pay_{unit.lower()}_{step}"


def _one_of(names: Iterable[str]) -> str:
    return "(" + " OR ".join(f'"{name}"' for name in names) + ")"


def _quoted(name: str | None) -> str | None:
    return None if name is None else f'"{name}"'


def _phrase(piece: str, beginning_with: Callable[[str], list[str]]) -> str:
    """One word of a query, quoted; a star at its end asks for words that begin so."""
    found = words(piece)
    if not found:
        return ""
    phrase = f'"{" ".join(found)}"'
    if not piece.endswith("*") or len(phrase) - len('""') < _PREFIX_CHARACTERS:
        return phrase
    longer = beginning_with(found[-1])
    if not longer:
        return f"{phrase}*"
    return _one_of(" ".join([*found[:-1], word]) for word in longer)
