"""What bodies say, kept beside their records; rows go with their record, by the database's own rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.kinds.agreement import Agreement
from freehold.protocol.kinds.offer import Offer
from freehold.protocol.kinds.review import Review

from ..meanings import offer_words, opened

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

    from .server import Server

_OFFER = (
    "INSERT INTO offer (number, author, till, at, closed, side, basis, unit, low, high, title, skills, description,"
    " words) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_AGREEMENT = (
    "INSERT INTO agreement (number, contract, author, client, freelancer, offer) VALUES (%s, %s, %s, %s, %s, %s)"
)
_PARTICIPANT = "INSERT INTO participant (number, identity, contract) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_REVIEW = "INSERT INTO review (number, subject) VALUES (%s, %s)"
_WORDS = (
    "INSERT INTO word (word) SELECT met FROM unnest(%s::text[]) AS met"
    " WHERE (SELECT coalesce(max(number), 0) FROM word) < %s ORDER BY met ON CONFLICT DO NOTHING"
)
MOST_WORDS = 5_000_000
"""Words that are kept for beginnings; later ones are found when they are typed to the end."""
TABLES = {"offer/1": ("offer",), "agreement/1": ("participant", "agreement"), "review/1": ("review",)}


def write_meaning(server: Server, number: int, record: Record) -> None:
    """Write the rows that follow from a record's body; a body that cannot be read follows nothing."""
    match opened(record):
        case Offer() as offer:
            _write_offer(server, number, offer, record)
        case Agreement() as agreement:
            contract, parties = record.header.body, (agreement.client, agreement.freelancer)
            server.write_later(_AGREEMENT, (number, contract, record.author, *parties, agreement.offer))
            for identity in (*agreement.arbiters, *agreement.witnesses):
                server.write_later(_PARTICIPANT, (number, identity, contract))
        case Review(subject=subject):
            server.write_later(_REVIEW, (number, subject))
        case _:
            pass


def erase_meaning(server: Server, number: int, kind: str) -> None:
    """Take out what `write_meaning` wrote, while the record stays."""
    for table in TABLES.get(kind, ()):
        server.write(f"DELETE FROM {table} WHERE number = %s", (number,))  # noqa: S608  -- names of our own tables


def _write_offer(server: Server, number: int, offer: Offer, record: Record) -> None:
    budget, header = offer.budget, record.header
    named = (None, None, None, None) if budget is None else (budget.basis, budget.unit, budget.low, budget.high)
    *texts, marks = offer_words(offer, record.author)
    words = {word for text in texts for word in text.split()}
    values = (number, record.author, header.till or 0, header.at, offer.closed, offer.side, *named)
    spaced = [f" {text} " for text in texts]
    server.write_later(_OFFER, (*values, *spaced, sorted(words | set(marks.split()))))
    if new := sorted(words - server.met):
        server.write_later(_WORDS, (new, MOST_WORDS))
        server.meet(new)
