"""bob's career: what alice, carol and dave say of him, one of them twice, and a reply; as records and as one file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from freehold.protocol.envelope import pack
from freehold.protocol.kinds import BUILTIN
from freehold.protocol.kinds.entries import Delivery
from freehold.protocol.kinds.forks import FORK, Fork
from freehold.protocol.kinds.review import REVIEW_REPLY, ReviewReply
from freehold.protocol.kinds.vouch import VOUCH, Vouch
from freehold.protocol.resume import bundle
from tests.cast import (
    DAY_MS,
    HOUR_MS,
    NETWORK,
    START_MS,
    Person,
    Story,
    alice,
    bob,
    carol,
    commit,
    entry,
    person,
    profile,
    review,
    signed,
    story,
)

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

dave = person("dave")
CLIENTS = (alice, carol, dave)
PEOPLE = (bob, *CLIENTS)
PRIVATE = frozenset(kind.name for kind in BUILTIN if kind.private)
EXPORTED = START_MS + 40 * DAY_MS


def said(client: Person, words: str, level: int, day: int, salt: int = 0) -> tuple[Story, tuple[Record, ...]]:
    """A contract that went well, and its records as everybody has them, with what the client says afterwards."""
    told = story(client, bob, START_MS + day * DAY_MS, salt, level)
    of_bob = review(client, bob, told.contract, told.client_reviews.header.at, level, words)
    told = replace(told, client_reviews=of_bob, client_commits=commit(of_bob, client))
    records = (*told.contract_records, *told.commits, told.client_reviews, told.freelancer_reviews)
    return told, tuple(record.without_body() if record.header.kind in PRIVATE else record for record in records)


FIRST, FIRST_RECORDS = said(alice, "Quick and kind.", 4, 0)
SECOND, SECOND_RECORDS = said(carol, "Good work, a day late.", 3, 9)
THIRD, THIRD_RECORDS = said(dave, "Never again.", 0, 12, salt=2)
AGAIN, AGAIN_RECORDS = said(alice, "As good as the first time.", 4, 20, salt=3)
REPLY = signed(
    REVIEW_REPLY,
    ReviewReply("I was ill, and said so."),
    bob,
    START_MS + 14 * DAY_MS,
    context=THIRD.contract,
    slot=THIRD.client_reviews.id,
)


def vouched(by: Person, of: Person, **fields: Any) -> Record:
    """A vouch for a year."""
    at = START_MS + DAY_MS
    return signed(VOUCH, Vouch(of.id, **fields), by, at, slot=of.id, till=at + 365 * DAY_MS)


def forked(author: Person, told: Story, by: Person = bob) -> Record:
    """The author shows that `by`, the freelancer of a story, has signed another second entry as well."""
    other = entry(by, Delivery("Something else."), told.freelancer_signs).without_body()
    one, two = sorted((told.delivery.without_body(), other), key=lambda half: half.id)
    return signed(FORK, Fork(pack(one), pack(two)), author, context=told.contract, slot=one.header.key)


STORIES = (FIRST, SECOND, THIRD, AGAIN)
RECORDS = (
    *(one.inception for one in PEOPLE),
    *(profile(one) for one in PEOPLE),
    *FIRST_RECORDS,
    *SECOND_RECORDS,
    *THIRD_RECORDS,
    *AGAIN_RECORDS,
    REPLY,
    vouched(alice, carol),
)


def made(*records: Record, subject: Person = bob, network: str = NETWORK, signer: Person | None = None) -> bytes:
    """A bundle of these records."""
    return bundle.write(subject.id, network, EXPORTED, records, signer and signer.key)


GOOD = made(*RECORDS)
SIGNED = made(*RECORDS, signer=bob)
NOW = EXPORTED + HOUR_MS
