"""agreement/1: one body that both parties sign, each in a record of its own. The second signature accepts the terms.

The contract's name is the hash of that body, so both records carry it as `body` and as `in`, with `seq` 0: each opens
its author's chain in the contract. The private terms stand behind a salted hash.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from .. import limits, schema, topics
from ..errors import NotAllowed
from ..kind import Kind, check_lasting
from ..schema import Items, Raw, Text, Whole
from .values import CLIENT, FREELANCER, Money, check_unit

if TYPE_CHECKING:
    from ..header import Header

_DAY_MS = 24 * 60 * 60 * 1000
REVIEW_MS = 10 * _DAY_MS
PAYMENT_MS = 7 * _DAY_MS
CONFIRM_MS = 5 * _DAY_MS
_MAX_WINDOW_MS = 365 * _DAY_MS


@dataclass(frozen=True)
class Clause:
    """One clause of the terms; its id is what a later revision or dispute must cite."""

    id: Annotated[str, Text(16)]
    text: Annotated[str, Text(2000, lines=True)]


@dataclass(frozen=True)
class Part:
    """One milestone of the terms: what is handed over, and what is paid for it."""

    title: Annotated[str, Text(120)]
    price: Money


@dataclass(frozen=True)
class Terms:
    """The private half of an agreement. `salt` keeps its hash from being guessed."""

    salt: Annotated[bytes, Raw(16)]
    clauses: Annotated[tuple[Clause, ...], Items(50, least=1)]
    parts: Annotated[tuple[Part, ...], Items(limits.MILESTONES, least=1)]


@dataclass(frozen=True)
class Milestone:
    """The public half of a milestone: windows in ms. `work` runs from the second signature."""

    work: Annotated[int, Whole(1, _MAX_WINDOW_MS)]
    review: Annotated[int, Whole(1, _MAX_WINDOW_MS)] = REVIEW_MS
    payment: Annotated[int, Whole(1, _MAX_WINDOW_MS)] = PAYMENT_MS
    confirm: Annotated[int, Whole(1, _MAX_WINDOW_MS)] = CONFIRM_MS


@dataclass(frozen=True)
class Agreement:
    """The public half of a contract: who, about which offer (its place), the hash of the terms, the windows."""

    client: Annotated[bytes, Raw(32)]
    freelancer: Annotated[bytes, Raw(32)]
    offer: Annotated[bytes, Raw(32)]
    terms: Annotated[bytes, Raw(32)]
    milestones: Annotated[tuple[Milestone, ...], Items(limits.MILESTONES, least=1)]

    def role(self, identity: bytes) -> str | None:
        """`client`, `freelancer`, or None for a stranger."""
        return {self.client: CLIENT, self.freelancer: FREELANCER}.get(identity)

    def party(self, role: str) -> bytes:
        """The identity in a role."""
        return self.client if role == CLIENT else self.freelancer


def terms_hash(terms: Terms) -> bytes:
    """The commitment to private terms that the agreement carries."""
    return hashlib.sha256(schema.dump(terms)).digest()


def check_terms(terms: Terms, agreement: Agreement) -> None:
    """Raise NotAllowed unless these are the terms that the agreement commits to, and they are sensible."""
    if terms_hash(terms) != agreement.terms:
        raise NotAllowed("these are not the terms that were signed")
    if len(terms.parts) != len(agreement.milestones):
        raise NotAllowed("terms and agreement count different milestones")
    if len({clause.id for clause in terms.clauses}) != len(terms.clauses):
        raise NotAllowed("two clauses have the same id")
    for part in terms.parts:
        check_unit(part.price.unit)


def _check(body: Agreement, header: Header) -> None:
    if header.context != header.body or header.seq != 0:
        raise NotAllowed("an agreement opens a chain in itself: in is its body's hash, seq is 0")
    check_lasting(header)
    if body.client == body.freelancer:
        raise NotAllowed("nobody makes a contract with themselves")
    if body.role(header.by) is None:
        raise NotAllowed("an agreement is signed by one of its parties")


AGREEMENT = Kind("agreement/1", Agreement, _check, topic=topics.CONTRACTS)
