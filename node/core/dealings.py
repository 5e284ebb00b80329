"""Contracts: what the owner does in them, held against what both sides signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from freehold.protocol import contract as life
from freehold.protocol.envelope import Draft, Record, seal
from freehold.protocol.errors import ProtocolError
from freehold.protocol.kinds.agreement import AGREEMENT, Terms
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
from freehold.protocol.kinds.proposal import PROPOSAL, agreement_in
from freehold.protocol.kinds.values import other

from .desk import Denied, Desk
from .direct import post
from .effects import Announce, Effect

if TYPE_CHECKING:
    from freehold.protocol.contract import Contract
    from freehold.protocol.kind import AnyKind
    from freehold.protocol.kinds.agreement import Agreement

Act: TypeAlias = Delivery | Acceptance | PaymentSent | PaymentReceived
_KIND_OF: dict[type[Act], AnyKind] = {
    Delivery: DELIVERY,
    Acceptance: ACCEPTANCE,
    PaymentSent: PAYMENT_SENT,
    PaymentReceived: PAYMENT_RECEIVED,
}
LISTED = 500
"""The owner's contracts on one list."""


def contracts(desk: Desk) -> list[Contract]:
    """The contracts that the owner has signed, newest first.

    Found by the owner's own signatures: agreements that strangers alone signed may name anybody.
    """
    if desk.me is None:
        return []
    signatures = desk.stores.records.by_author(desk.me, AGREEMENT.name, LISTED)
    names = dict.fromkeys(record.header.body for record in signatures)
    found = (life.fold(desk.stores.records.in_context(name)) for name in names)
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
        if record.header.kind != PROPOSAL.name or agreement.role(record.author) is None:
            continue
        body = PROPOSAL.open(record)
        if agreement_in(body, record.author)[0].header.body == contract_id:
            return body.terms
    return None


def act(desk: Desk, contract_id: bytes, part: int, body: Act, now: int) -> tuple[Record, list[Effect]]:
    """Deliver, accept, pay or confirm milestone `part` (from 0).

    Raises Denied: `not-found`, `not-yours`, `no-such-part`, `not-signed-yet`, `not-your-turn`, `bad-entry`, `no-inbox`.
    """
    signer = desk.signing()
    found = contract(desk, contract_id)
    kind = _KIND_OF[type(body)]
    counterparty = _other_party(found, signer.identity)
    _check_turn(found, kind.name, part, signer.identity)
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
    effects = post(desk, record, counterparty, now)
    desk.stores.records.add(record, now, shared=True)
    return record, [Announce(kind.topic, record.without_body()), *effects]


def _other_party(found: Contract, me: bytes) -> bytes:
    role = found.agreement.role(me)
    if role is None:
        raise Denied("not-yours", "you are not a party of this contract", "see: freehold contract list")
    return found.agreement.party(other(role))


def _check_turn(found: Contract, kind: str, part: int, me: bytes) -> None:
    reason = found.allows(kind, part, me)
    if reason is None:
        return
    code = "not-your-turn"
    if found.state == life.OFFERED:
        code = "not-signed-yet"
    elif part >= len(found.milestones):
        code = "no-such-part"
    raise Denied(code, reason, "see whose turn it is: freehold contract show")
