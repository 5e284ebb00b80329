"""proposal/1, decline/1, proposal-withdrawal/1, acknowledgment/1: records that go to one person only, never gossiped.

A proposal is firm: it carries its author's signed agreement, so that accepting it is one signature of the recipient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from ..envelope import Record, unpack
from ..errors import NotAllowed
from ..kind import Kind
from ..schema import Items, Raw, Text
from .agreement import AGREEMENT, Agreement, Terms, check_terms

if TYPE_CHECKING:
    from ..header import Header

MAX_ACKNOWLEDGED = 64


@dataclass(frozen=True)
class Proposal:
    """An answer to an offer with concrete terms.

    `to` and `prekey`: the recipient and the prekey it is sealed to. `offer`: id of the version answered (the header's
    `in` is the offer's place). `agreement`: the packed agreement record, signed by the proposal's author.
    """

    to: Annotated[bytes, Raw(32)]
    prekey: Annotated[bytes, Raw(32)]
    offer: Annotated[bytes, Raw(32)]
    cover: Annotated[str, Text(4000, lines=True)]
    terms: Terms
    agreement: Annotated[bytes, Raw(most=8 * 1024)]
    answers: Annotated[tuple[Annotated[str, Text(1000, lines=True)], ...], Items(5)] = ()


@dataclass(frozen=True)
class Decline:
    """A proposal is not taken (its id in the header's `in`). The reason is optional but kind."""

    to: Annotated[bytes, Raw(32)]
    prekey: Annotated[bytes, Raw(32)]
    reason: Annotated[str, Text(1000, least=0, lines=True)] = ""


@dataclass(frozen=True)
class Withdrawal:
    """A proposal's author asks its recipient not to accept it any more (its id in the header's `in`)."""

    to: Annotated[bytes, Raw(32)]
    reason: Annotated[str, Text(1000, least=0, lines=True)] = ""


@dataclass(frozen=True)
class Acknowledgment:
    """The recipient's node has these direct records and will not lose them."""

    to: Annotated[bytes, Raw(32)]
    ids: Annotated[tuple[Annotated[bytes, Raw(32)], ...], Items(MAX_ACKNOWLEDGED, least=1)]


def agreement_in(proposal: Proposal, author: bytes) -> tuple[Record, Agreement]:
    """The signed agreement inside a proposal, checked against its terms. Raises ProtocolError."""
    record = unpack(proposal.agreement)
    agreement = AGREEMENT.open(record)
    if record.author != author:
        raise NotAllowed("the agreement inside is signed by somebody else")
    if {agreement.client, agreement.freelancer} != {author, proposal.to}:
        raise NotAllowed("the agreement inside is not between the proposal's author and its recipient")
    check_terms(proposal.terms, agreement.terms, agreement.clauses, agreement.milestones)
    return record, agreement


def _check_proposal(body: Proposal, header: Header) -> None:
    if header.context is None or header.till is None or header.till <= header.at:
        raise NotAllowed("a proposal names its offer (in) and an expiry (till)")
    record, agreement = agreement_in(body, header.by)
    if agreement.offer != header.context:
        raise NotAllowed("the agreement inside is about another offer")
    if record.header.network != header.network or record.header.key != header.key:
        raise NotAllowed("the agreement inside is signed with another key or for another network")


def _check_decline(body: Decline, header: Header) -> None:
    if header.context is None:
        raise NotAllowed("a decline names the proposal (in)")
    if body.to == header.by:
        raise NotAllowed("a decline goes to somebody else")


def _check_withdrawal(body: Withdrawal, header: Header) -> None:
    if header.context is None:
        raise NotAllowed("a withdrawal names the proposal (in)")
    if body.to == header.by:
        raise NotAllowed("a withdrawal goes to somebody else")


def _check_acknowledgment(_body: Acknowledgment, _header: Header) -> None:
    """Nothing beyond its shape."""


PROPOSAL = Kind("proposal/1", Proposal, _check_proposal, direct=True)
DECLINE = Kind("decline/1", Decline, _check_decline, direct=True)
WITHDRAWAL = Kind("proposal-withdrawal/1", Withdrawal, _check_withdrawal, direct=True)
ACKNOWLEDGMENT = Kind("acknowledgment/1", Acknowledgment, _check_acknowledgment, direct=True)
