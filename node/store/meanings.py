"""What bodies say, kept beside their records so that it can be asked for: parties, subjects, offers and their words."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from freehold.protocol.errors import ProtocolError
from freehold.protocol.kinds.agreement import AGREEMENT, Agreement
from freehold.protocol.kinds.offer import OFFER, Offer
from freehold.protocol.kinds.review import REVIEW, Review

from .asking import by, marks_of
from .folding import folded, mark
from .names import key_of
from .vocabulary import meet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from freehold.protocol.envelope import Record
    from freehold.protocol.kind import AnyKind

    from .database import Database

_KINDS: dict[str, AnyKind] = {kind.name: kind for kind in (OFFER, AGREEMENT, REVIEW)}
_OFFER = (
    "INSERT INTO offer (number, author, till, at, closed, side, basis, unit, low, high)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_WORDS = "INSERT INTO offer_text (rowid, title, skills, description, marks) VALUES (?, ?, ?, ?, ?)"
_NO_WORDS = (
    "INSERT INTO offer_text (offer_text, rowid, title, skills, description, marks) VALUES ('delete', ?, ?, ?, ?, ?)"
)
_FOLDED = 256
"""Offers whose words are remembered from when they were written until they are compared with saved searches: 1 MB."""


def write_meaning(database: Database, number: int, author: int, record: Record) -> None:
    """Write the rows that follow from a record's body. A body that cannot be read follows nothing.

    They are written together with other rows of their tables (`Database.write_later`).
    """
    write_meanings(database, ((number, author, record, opened(record)),))


def write_meanings(database: Database, many: Iterable[tuple[int, int, Record, Any]]) -> None:
    """The same for several records: the number of each, its author's, the record, and its body as `opened` gives it."""
    offers: list[tuple[Any, ...]] = []
    words: list[tuple[Any, ...]] = []
    for number, author, record, body in many:
        if type(body) is Offer:
            offers.append(_offer_row(number, author, body, record))
            texts = offer_words(body, record.author)
            words.append((number, *texts))
            meet(database, texts[:3])
            if len(database.folded) >= _FOLDED:
                database.folded.clear()
            database.folded[record.id] = (body, texts)
        elif type(body) is Agreement:
            _write_agreement(database, number, body, record.header.body)
        elif type(body) is Review:
            values = (number, key_of(body.subject), body.subject)
            database.write_later("INSERT INTO review (number, subject_key, subject) VALUES (?, ?, ?)", values)
    if offers:
        database.write_all_later(_OFFER, offers, together=True)
        database.write_all_later(_WORDS, words)


def opened(record: Record) -> Any:  # noqa: ANN401
    """The body of an offer, agreement or review; None for any other, and for one that cannot be read."""
    kind = _KINDS.get(record.header.kind)
    if kind is None or record.body is None:
        return None
    try:
        return kind.open(record)
    except ProtocolError:
        return None


def erase_meaning(database: Database, number: int, record: Record) -> None:
    """Take out what `write_meaning` wrote. The rows go whether or not today's rules still read the body; words that
    cannot be named any more stay in the index and lead nowhere."""
    match record.header.kind:
        case OFFER.name:
            database.write("DELETE FROM offer WHERE number = ?", (number,))
            if isinstance(offer := opened(record), Offer):
                database.write(_NO_WORDS, (number, *offer_words(offer, record.author)))
        case AGREEMENT.name:
            database.write("DELETE FROM agreement WHERE number = ?", (number,))
            database.write("DELETE FROM participant WHERE number = ?", (number,))
        case REVIEW.name:
            database.write("DELETE FROM review WHERE number = ?", (number,))
        case _:
            return


def offer_words(offer: Offer, author: bytes) -> tuple[str, str, str, str]:
    """Title, skills, description and marks of an offer, as they stand in the index."""
    skills = [_skill(skill) for skill in offer.skills]
    marks = dict.fromkeys([name for _, name in skills if name])  # in an order that is the same whenever it is asked for
    known = (by(author), marks_of(offer.budget, offer.side), *marks, _languages(offer.languages))
    return folded(offer.title), " ".join([text for text, _ in skills]), folded(offer.description), " ".join(known)


@functools.lru_cache(maxsize=1024)
def _languages(languages: tuple[str, ...]) -> str:
    """The marks of languages: each as it is named, and without its region."""
    names = [mark("lang", name) for each in languages for name in (each, each.partition("-")[0])]
    return " ".join(dict.fromkeys(name for name in names if name))


@functools.lru_cache(maxsize=4096)
def _skill(skill: str) -> tuple[str, str | None]:
    """A skill as words and as a mark; a few thousand skills are most of the market."""
    return folded(skill), mark("skill", skill)


def folded_offer(database: Database, record: Record) -> tuple[Offer, tuple[str, str, str, str]] | None:
    """An offer and its words; if it has just been written, without folding it again."""
    known = database.folded.get(record.id)
    if known is not None:
        return known
    offer = opened(record)
    return (offer, offer_words(offer, record.author)) if isinstance(offer, Offer) else None


def _offer_row(number: int, author: int, offer: Offer, record: Record) -> tuple[Any, ...]:
    budget, header = offer.budget, record.header
    named = (None, None, None, None) if budget is None else (budget.basis, budget.unit, budget.low, budget.high)
    return (number, author, header.till or 0, header.at, offer.closed, offer.side, *named)


def write_words(database: Database, number: int, record: Record) -> None:
    """Write what of an offer stands in the search index, and nothing else."""
    if isinstance(offer := opened(record), Offer):
        texts = offer_words(offer, record.author)
        database.write(_WORDS, (number, *texts))
        meet(database, texts[:3])


def _write_agreement(database: Database, number: int, agreement: Agreement, contract: bytes) -> None:
    parties = (agreement.client, agreement.freelancer)
    database.write_later(
        "INSERT INTO agreement (number, client_key, freelancer_key, offer_key, contract, client, freelancer) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, *map(key_of, parties), key_of(agreement.offer), contract, *parties),
    )
    for identity in (*agreement.arbiters, *agreement.witnesses):
        database.write_later(
            "INSERT INTO participant (number, identity_key, contract, identity) VALUES (?, ?, ?, ?)",
            (number, key_of(identity), contract, identity),
        )
