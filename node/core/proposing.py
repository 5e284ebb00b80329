"""Proposals: what the owner proposes, receives and decides. Accepting one makes the contract."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from freehold.protocol.contract import LAPSED, OFFERED
from freehold.protocol.envelope import Draft, Record, pack, place_of, seal
from freehold.protocol.errors import ProtocolError
from freehold.protocol.kinds.agreement import (
    AGREEMENT,
    NOBODY,
    REVISIONS,
    Agreement,
    Clause,
    Milestone,
    Part,
    Terms,
    Windows,
    terms_hash,
)
from freehold.protocol.kinds.offer import OFFER
from freehold.protocol.kinds.proposal import DECLINE, PROPOSAL, WITHDRAWAL, Decline, Proposal, Withdrawal, agreement_in
from freehold.protocol.kinds.values import CLIENT, FREELANCER, Money, other
from freehold.protocol.kinds.worth import band_of_terms

from . import catalog
from .desk import Denied, Desk
from .direct import post, prekey_of
from .effects import Announce, Effect
from .folding import folded
from .withdrawn import withdrawal_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from freehold.protocol.kinds.offer import Offer

SALT_BYTES = 16
LISTED = 200
"""Proposals on one list: more are not read by anybody in one go."""
_READ = 3 * LISTED
"""Proposals whose reading is remembered: both lists at their longest, about 5 MB."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One milestone as its proposer asks for it: the windows are those of `Milestone`. An hourly one (`hourly`) is paid
    for at `price` an hour, for at most `hours` a week."""

    title: str
    price: Money
    windows: Milestone
    hours: int | None = None


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a proposal says besides work and price; see `Agreement`. Without a `band` it states what its prices come to,
    where they are in a currency that has bands; not `banded`, it states none."""

    arbiters: tuple[bytes, ...] = ()
    witnesses: tuple[bytes, ...] = ()
    quorum: int = 0
    appeal: bool = False
    fallback: str = NOBODY
    revisions: int = REVISIONS
    windows: Windows = field(default_factory=Windows)
    band: int | None = None
    banded: bool = True


@dataclass(frozen=True, slots=True)
class Bid:
    """What the owner writes in a proposal. Without clauses, the offer's own text is the one clause."""

    cover: str
    parts: tuple[Piece, ...]
    clauses: tuple[Clause, ...] = ()
    answers: tuple[str, ...] = ()
    conditions: Conditions = field(default_factory=Conditions)


OPEN, ACCEPTED, DECLINED, EXPIRED = "open", "accepted", "declined", "expired"
SENDING, DELIVERED = "waiting for delivery", "delivered"
WITHDRAWING, WITHDRAWN = "being withdrawn", "withdrawn"


@dataclass(frozen=True, slots=True)
class Letter:
    """A proposal as its reader or writer sees it. `reason`: why it is declined or withdrawn, or not
    delivered so far."""

    record: Record
    proposal: Proposal
    agreement: Agreement
    contract: bytes
    state: str
    reason: str | None


def propose(desk: Desk, place: bytes, bid: Bid, life_ms: int, now: int) -> tuple[Record, list[Effect]]:
    """Answer an offer. Raises Denied: `not-found`, `own-offer`, `offer-closed`, `no-inbox`, `bad-proposal`."""
    signer = desk.signing()
    record, offer = catalog.show(desk, place)
    if record.author == signer.identity:
        raise Denied("own-offer", "this offer is your own", "look for somebody else's")
    if offer.closed or (record.header.till or 0) < now:
        raise Denied("offer-closed", "this offer is closed or has expired", "look for another one")
    prekey = prekey_of(desk, record.author, now)
    try:
        terms = _terms(desk, offer, bid)
        agreement = _agreement(desk, record, bid, terms, life_ms)
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


def received(desk: Desk, now: int) -> list[Letter]:
    """Proposals to the owner, newest first."""
    found = desk.stores.records.of_kind(PROPOSAL.name, LISTED)
    return [letter_of(desk, record, now) for record in found if record.author != desk.me]


def sent(desk: Desk, now: int) -> list[Letter]:
    """Proposals that the owner wrote, newest first."""
    if desk.me is None:
        return []
    found = desk.stores.records.by_author(desk.me, PROPOSAL.name, LISTED)
    return [letter_of(desk, record, now) for record in found]


def show(desk: Desk, record_id: bytes, now: int) -> Letter:
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
    record, offer = catalog.mine(desk, place)
    if offer.closed or (record.header.till or 0) < now:
        raise Denied(
            "offer-closed", "the offer that this proposal answers is closed or has expired", "publish it again"
        )
    if letter.agreement.role(signer.identity) != offer.author_role or letter.agreement.offer != place:
        raise _unsound("the agreement in it gives you another role than your offer, or is about another offer")
    if _overstated(letter):
        raise _unsound("it states a higher value than its prices come to")
    theirs, _ = agreement_in(letter.proposal, letter.record.author)
    ours = _sign_agreement(desk, theirs.body or b"", now)
    for signed in (theirs, ours):
        desk.stores.records.add(signed, now, shared=True)
    effects: list[Effect] = [Announce(AGREEMENT.topic, signed) for signed in (theirs, ours)]
    return theirs.header.body, effects + _tell(desk, (theirs, ours), letter.record.author, now)


def decline(desk: Desk, record_id: bytes, reason: str, now: int) -> tuple[Record, list[Effect]]:
    """Tell a proposal's author that it is not taken.

    Raises Denied: `not-found`, `not-yours`, `not-open`, `no-inbox`, `bad-reason`.
    """
    letter = _to_decide(desk, record_id, now)
    author = letter.record.author
    try:
        body = Decline(author, prekey_of(desk, author, now), reason)
        record = seal(DECLINE.draft(body, now, context=letter.record.id), desk.network.name, desk.signing())
        DECLINE.open(record)
        effects = post(desk, record, author, now)
    except ProtocolError as error:
        raise Denied("bad-reason", f"this answer cannot be sent: {error}", "correct it and try again") from error
    desk.stores.records.add(record, now, shared=False)
    return record, effects


def withdraw(desk: Desk, record_id: bytes, reason: str, now: int) -> tuple[Record, list[Effect]]:
    """Take a proposal of the owner's back. Until its recipient's node has that, they can accept it; what they signed
    before stands.

    Raises Denied: `not-found`, `not-yours`, `not-open`, `bad-reason`.
    """
    signer, letter = desk.signing(), show(desk, record_id, now)
    proposal, recipient = letter.record, letter.proposal.to
    if proposal.author != signer.identity:
        raise Denied("not-yours", "this proposal is somebody else's", "decline it: freehold proposal decline")
    if letter.state not in (SENDING, DELIVERED):
        raise Denied("not-open", f"this proposal is {letter.state}", "see: freehold proposal list")
    try:
        draft = WITHDRAWAL.draft(Withdrawal(recipient, reason), now, context=proposal.id, till=proposal.header.till)
        record = seal(draft, desk.network.name, signer)
        WITHDRAWAL.open(record)
    except ProtocolError as error:
        raise Denied("bad-reason", f"this answer cannot be sent: {error}", "correct it and try again") from error
    desk.stores.records.add(record, now, shared=False)
    return record, post(desk, record, recipient, now)


def letter_of(desk: Desk, record: Record, now: int) -> Letter:
    """A proposal with its state."""
    body, agreement, contract_id = _read(record)
    state, reason = _state(desk, record, body, contract_id, now)
    return Letter(record, body, agreement, contract_id, state, reason)


@functools.lru_cache(maxsize=_READ)
def _read(record: Record) -> tuple[Proposal, Agreement, bytes]:
    """What a proposal says, with the signature in it checked: lists ask again and again, and it never changes."""
    body = PROPOSAL.open(record)
    signed, agreement = agreement_in(body, record.author)
    return body, agreement, signed.header.body


def _state(desk: Desk, record: Record, body: Proposal, contract_id: bytes, now: int) -> tuple[str, str | None]:
    found = folded(desk, contract_id, now)
    withdrawal = withdrawal_of(desk, record)
    if found is not None and found.state not in (OFFERED, LAPSED):
        crossed = "accepted although you withdrew it: that had not reached them, or they did not heed it"
        return ACCEPTED, crossed if withdrawal is not None and record.author == desk.me else None
    for answer in desk.stores.records.in_context(record.id):
        if answer.header.kind == DECLINE.name and answer.author == body.to and answer.body is not None:
            return DECLINED, DECLINE.open(answer).reason or None
    if withdrawal is not None and _has_reached(desk, withdrawal, body.to):
        return WITHDRAWN, WITHDRAWAL.open(withdrawal).reason or None
    if (record.header.till or 0) < now:
        return EXPIRED, None
    if record.author != desk.me:
        return OPEN, None
    if withdrawal is not None:
        return WITHDRAWING, _still_acceptable(desk, withdrawal, body.to)
    parcel = desk.stores.outbox.get(record.id, body.to)
    if parcel is not None and parcel.acknowledged is None:
        return SENDING, parcel.trouble or None
    return DELIVERED, None


def _has_reached(desk: Desk, withdrawal: Record, recipient: bytes) -> bool:
    """Whether a withdrawal is with the recipient: this node, or one that signed for it."""
    parcel = desk.stores.outbox.get(withdrawal.id, recipient)
    return recipient == desk.me or (parcel is not None and parcel.acknowledged is not None)


def _still_acceptable(desk: Desk, withdrawal: Record, recipient: bytes) -> str:
    parcel = desk.stores.outbox.get(withdrawal.id, recipient)
    if parcel is None or not parcel.trouble:
        return "they can still accept it, until their node has confirmed that you withdrew it"
    return f"they can still accept it, as their node has not confirmed that you withdrew it: {parcel.trouble}"


def _to_decide(desk: Desk, record_id: bytes, now: int) -> Letter:
    me = desk.signing().identity
    letter = show(desk, record_id, now)
    if letter.proposal.to != me:
        raise Denied("not-yours", "this proposal is your own: its recipient decides", "wait for the answer")
    if letter.state != OPEN:
        raise Denied("not-open", f"this proposal is {letter.state}", "see: freehold proposal list")
    return letter


def _overstated(letter: Letter) -> bool:
    """Whether an agreement makes more of itself than its terms: a bad review of a trifle would weigh like one of a
    month's work. The terms are private, so nobody but the parties can tell."""
    come_to = band_of_terms(letter.proposal.terms.parts, letter.agreement.milestones)
    return come_to is not None and (letter.agreement.band or 0) > come_to


def _unsound(reason: str) -> Denied:
    return Denied("bad-proposal", f"this proposal does not hold: {reason}", "decline it, and ask for another one")


def _tell(desk: Desk, signatures: Iterable[Record], author: bytes, now: int) -> list[Effect]:
    """Hand the signatures to the proposal's author, who learns at once then; gossip brings them in any case."""
    return [effect for signed in signatures for effect in post(desk, signed, author, now)]


def _terms(desk: Desk, offer: Offer, bid: Bid) -> Terms:
    text = f"{offer.title}\n\n{offer.description}".strip()[:2000]
    clauses = bid.clauses or (Clause("1", text),)
    parts = tuple(Part(piece.title, piece.price, piece.hours) for piece in bid.parts)
    return Terms(desk.random_bytes(SALT_BYTES), clauses, parts)


def _agreement(desk: Desk, record: Record, bid: Bid, terms: Terms, life_ms: int) -> Agreement:
    me, offer, conditions = desk.signing().identity, OFFER.open(record), bid.conditions
    parties = {offer.author_role: record.author, other(offer.author_role): me}
    return Agreement(
        client=parties[CLIENT],
        freelancer=parties[FREELANCER],
        proposer=other(offer.author_role),
        offer=place_of(record.header) or b"",
        terms=terms_hash(terms),
        clauses=tuple(clause.id for clause in terms.clauses),
        milestones=tuple(piece.windows for piece in bid.parts),
        revisions=conditions.revisions,
        arbiters=conditions.arbiters,
        appeal=conditions.appeal,
        fallback=conditions.fallback,
        witnesses=conditions.witnesses,
        quorum=conditions.quorum,
        windows=replace(conditions.windows, offered=life_ms),
        band=_band(bid, terms),
    )


def _band(bid: Bid, terms: Terms) -> int | None:
    stated = bid.conditions.band if bid.conditions.banded else None
    if stated is not None or not bid.conditions.banded:
        return stated
    return band_of_terms(terms.parts, [piece.windows for piece in bid.parts])


def _sign_agreement(desk: Desk, body: bytes, now: int) -> Record:
    context = hashlib.sha256(body).digest()
    return seal(Draft(AGREEMENT.name, now, body, context=context, seq=0), desk.network.name, desk.signing())
