"""Proposals and contracts: what the owner proposes, accepts and does, held against what both sides signed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from freehold.protocol import contract as life
from freehold.protocol.envelope import Draft, Record, pack, place_of, seal
from freehold.protocol.errors import ProtocolError
from freehold.protocol.kinds.agreement import (
    AGREEMENT,
    Agreement,
    Clause,
    Milestone,
    Part,
    Terms,
    terms_hash,
)
from freehold.protocol.kinds.entries import (
    ACCEPTANCE,
    DELIVERY,
    PAYMENT_RECEIVED,
    PAYMENT_SENT,
    Acceptance,
    Delivery,
    PaymentReceived,
    PaymentSent,
)
from freehold.protocol.kinds.offer import Offer
from freehold.protocol.kinds.proposal import DECLINE, PROPOSAL, Decline, Proposal, agreement_in
from freehold.protocol.kinds.values import CLIENT, FREELANCER, Money, other

from . import catalog
from .desk import Denied, Desk
from .direct import post, prekey_of
from .effects import Announce, Effect

if TYPE_CHECKING:
    from freehold.protocol.contract import Contract
    from freehold.protocol.kind import AnyKind

Act: TypeAlias = Delivery | Acceptance | PaymentSent | PaymentReceived
_KIND_OF: dict[type[Act], AnyKind] = {
    Delivery: DELIVERY,
    Acceptance: ACCEPTANCE,
    PaymentSent: PAYMENT_SENT,
    PaymentReceived: PAYMENT_RECEIVED,
}
SALT_BYTES = 16
_LISTED = 200


@dataclass(frozen=True, slots=True)
class Ask:
    """One milestone as its proposer asks for it; `work_ms` runs from the second signature."""

    title: str
    price: Money
    work_ms: int


@dataclass(frozen=True, slots=True)
class Bid:
    """What the owner writes in a proposal. Without clauses, the offer's own text is the one clause."""

    cover: str
    parts: tuple[Ask, ...]
    clauses: tuple[Clause, ...] = ()
    answers: tuple[str, ...] = ()


OPEN, ACCEPTED, DECLINED, EXPIRED = "open", "accepted", "declined", "expired"
SENDING, DELIVERED = "waiting for delivery", "delivered"


@dataclass(frozen=True, slots=True)
class Letter:
    """A proposal as its reader or writer sees it."""

    record: Record
    proposal: Proposal
    contract: bytes
    state: str
    reason: str | None


def propose(desk: Desk, place: bytes, bid: Bid, life_ms: int, now: int) -> tuple[Record, list[Effect]]:
    """Answer an offer. Raises Denied: `not-found`, `own-offer`, `offer-closed`, `no-inbox`, `bad-proposal`."""
    signer = desk.signing()
    record, offer = catalog.show(desk, place)
    if record.author == signer.identity:
        raise Denied("own-offer", "this offer is your own")
    if offer.closed or (record.header.till or 0) < now:
        raise Denied("offer-closed", "this offer is closed or has expired", "look for another one")
    prekey = prekey_of(desk, record.author, now)
    try:
        terms = _terms(desk, offer, bid)
        agreement = _agreement(desk, record, offer, bid, terms)
        signed = _sign_agreement(desk, AGREEMENT.dump(agreement), now)
        body = Proposal(record.author, prekey, record.id, bid.cover, terms, pack(signed), bid.answers)
        draft = PROPOSAL.draft(body, now, context=place, till=now + life_ms)
        proposal = seal(draft, desk.network.name, signer)
        PROPOSAL.open(proposal)
        effects = post(desk, proposal, record.author, now)
    except ProtocolError as error:
        raise Denied("bad-proposal", f"this proposal cannot be sent: {error}", "correct it and try again") from error
    desk.stores.records.add(proposal, now, shared=False)
    return proposal, effects


def proposals(desk: Desk, now: int) -> tuple[list[Letter], list[Letter]]:
    """(received, sent), newest first."""
    letters = [letter_of(desk, record, now) for record in desk.stores.records.of_kind(PROPOSAL.name, _LISTED)]
    sent = [letter for letter in letters if letter.record.author == desk.me]
    return [letter for letter in letters if letter.record.author != desk.me], sent


def proposal(desk: Desk, record_id: bytes, now: int) -> Letter:
    """One proposal. Raises Denied `not-found`."""
    record = desk.stores.records.get(record_id)
    if record is None or record.header.kind != PROPOSAL.name:
        raise Denied("not-found", "there is no such proposal here", "see: freehold proposal list")
    return letter_of(desk, record, now)


def accept(desk: Desk, record_id: bytes, now: int) -> tuple[bytes, list[Effect]]:
    """Sign the agreement in a proposal; the contract's id. Both signatures become public.

    Raises Denied: `not-found`, `not-yours`, `not-open`, `offer-closed`, `bad-proposal`.
    """
    signer = desk.signing()
    letter = _to_decide(desk, record_id, now)
    place = letter.record.header.context or b""
    _, offer = catalog.mine(desk, place)
    if offer.closed:
        raise Denied("offer-closed", "you have closed the offer that this proposal answers")
    try:
        theirs, agreement = agreement_in(letter.proposal, letter.record.author)
    except ProtocolError as error:
        raise Denied("bad-proposal", f"this proposal does not hold: {error}") from error
    if agreement.role(signer.identity) != offer.author_role or agreement.offer != place:
        raise Denied("bad-proposal", "the agreement in it has another role for you than your offer, or another offer")
    ours = _sign_agreement(desk, theirs.body or b"", now)
    for record in (theirs, ours):
        desk.stores.records.add(record, now, shared=True)
    effects: list[Effect] = [Announce(AGREEMENT.topic, record) for record in (theirs, ours)]
    return theirs.header.body, effects + post(desk, ours, letter.record.author, now)


def decline(desk: Desk, record_id: bytes, reason: str, now: int) -> tuple[Record, list[Effect]]:
    """Tell a proposal's author that it is not taken. Raises Denied."""
    letter = _to_decide(desk, record_id, now)
    try:
        body = Decline(letter.record.author, prekey_of(desk, letter.record.author, now), reason)
        record = seal(DECLINE.draft(body, now, context=letter.record.id), desk.network.name, desk.signing())
        DECLINE.open(record)
    except ProtocolError as error:
        raise Denied("bad-reason", f"this answer cannot be sent: {error}", "correct it and try again") from error
    desk.stores.records.add(record, now, shared=False)
    return record, post(desk, record, letter.record.author, now)


def contracts(desk: Desk) -> list[Contract]:
    """The owner's contracts, newest first."""
    if desk.me is None:
        return []
    found = (life.fold(desk.stores.records.in_context(name)) for name in desk.stores.records.contracts_of(desk.me))
    return [contract for contract in found if contract is not None]


def contract(desk: Desk, contract_id: bytes) -> Contract:
    """Anybody's contract, as its records here show it. Raises Denied `not-found`."""
    found = life.fold(desk.stores.records.in_context(contract_id))
    if found is None:
        raise Denied(
            "not-found", "there is no such contract here", "check the name, or wait until the node has caught up"
        )
    return found


def terms_of(desk: Desk, agreement: Agreement, contract_id: bytes) -> Terms | None:
    """The private terms of a contract, from the proposal that it came of; None where that is not here."""
    for record in desk.stores.records.in_context(agreement.offer):
        if record.header.kind != PROPOSAL.name or record.body is None:
            continue
        body = PROPOSAL.open(record)
        if hashlib.sha256(agreement_in(body, record.author)[0].body or b"").digest() == contract_id:
            return body.terms
    return None


def act(desk: Desk, contract_id: bytes, part: int, body: Act, now: int) -> tuple[Record, list[Effect]]:
    """Deliver, accept, pay or confirm milestone `part` (from 0). Raises Denied: `not-your-turn`, `not-yours`, ..."""
    signer = desk.signing()
    found = contract(desk, contract_id)
    role = found.agreement.role(signer.identity)
    if role is None:
        raise Denied("not-yours", "you are not a party of this contract")
    kind = _KIND_OF[type(body)]
    if (reason := found.allows(kind.name, part, signer.identity)) is not None:
        code = "not-signed-yet" if found.state == life.OFFERED else "not-your-turn"
        raise Denied(code, reason, "see whose turn it is: freehold contract show")
    counterparty = found.agreement.party(other(role))
    last, theirs = found.heads[signer.identity], found.heads[counterparty]
    try:
        draft = Draft(
            kind.name,
            max(now, last.header.at),
            kind.dump(body),
            context=contract_id,
            part=part,
            seq=(last.header.seq or 0) + 1,
            prev=last.id,
            seen=(theirs.id,),
        )
        record = seal(draft, desk.network.name, signer)
        kind.open(record)
    except ProtocolError as error:
        raise Denied("bad-entry", f"this cannot be signed: {error}", "correct it and try again") from error
    desk.stores.records.add(record, now, shared=True)
    return record, [Announce(kind.topic, record.without_body()), *post(desk, record, counterparty, now)]


def letter_of(desk: Desk, record: Record, now: int) -> Letter:
    """A proposal with its state."""
    body = PROPOSAL.open(record)
    signed, _ = agreement_in(body, record.author)
    contract_id = signed.header.body
    state, reason = _state(desk, record, contract_id, now)
    return Letter(record, body, contract_id, state, reason)


def _state(desk: Desk, record: Record, contract_id: bytes, now: int) -> tuple[str, str | None]:
    found = life.fold(desk.stores.records.in_context(contract_id))
    if found is not None and found.state != life.OFFERED:
        return ACCEPTED, None
    recipient = PROPOSAL.open(record).to
    for answer in desk.stores.records.in_context(record.id):
        if answer.header.kind == DECLINE.name and answer.author == recipient and answer.body is not None:
            return DECLINED, DECLINE.open(answer).reason or None
    if (record.header.till or 0) < now:
        return EXPIRED, None
    if record.author != desk.me:
        return OPEN, None
    parcel = desk.stores.outbox.get(record.id)
    if parcel is not None and parcel.acknowledged is None:
        return SENDING, parcel.trouble or None
    return DELIVERED, None


def _to_decide(desk: Desk, record_id: bytes, now: int) -> Letter:
    letter = proposal(desk, record_id, now)
    if letter.record.author == desk.signing().identity:
        raise Denied("not-yours", "this proposal is your own: its recipient decides")
    if letter.state != OPEN:
        raise Denied("not-open", f"this proposal is {letter.state}", "see: freehold proposal list")
    return letter


def _terms(desk: Desk, offer: Offer, bid: Bid) -> Terms:
    text = f"{offer.title}\n\n{offer.description}".strip()[:2000]
    clauses = bid.clauses or (Clause("1", text),)
    return Terms(desk.random_bytes(SALT_BYTES), clauses, tuple(Part(ask.title, ask.price) for ask in bid.parts))


def _agreement(desk: Desk, record: Record, offer: Offer, bid: Bid, terms: Terms) -> Agreement:
    me = desk.signing().identity
    parties = {offer.author_role: record.author, other(offer.author_role): me}
    return Agreement(
        client=parties[CLIENT],
        freelancer=parties[FREELANCER],
        offer=place_of(record.header) or b"",
        terms=terms_hash(terms),
        milestones=tuple(Milestone(ask.work_ms) for ask in bid.parts),
    )


def _sign_agreement(desk: Desk, body: bytes, now: int) -> Record:
    context = hashlib.sha256(body).digest()
    return seal(Draft(AGREEMENT.name, now, body, context=context, seq=0), desk.network.name, desk.signing())
