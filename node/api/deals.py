"""Operations on proposals and contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from freehold.protocol.kinds.agreement import Clause
from freehold.protocol.kinds.entries import Acceptance, Delivery, Handover, PaymentReceived, PaymentSent
from freehold.protocol.kinds.values import Money

from ..core import dealings, proposing
from ..core.desk import Denied
from . import deal_views, names
from .bodies import (
    GivenAcceptance,
    GivenConfirmation,
    GivenDelivery,
    GivenPayment,
    NewProposal,
    Nothing,
    Reason,
)
from .offers import DAY_MS
from .operations import CREATED, AnyOperation, Call, Operation
from .reading import bad_request

if TYPE_CHECKING:
    from ..core.dealings import Act
    from .port import Json


async def propose(call: Call[NewProposal]) -> Json:
    """Answer an offer."""
    given, desk = call.given, call.office.desk
    place = names.offer(desk, given.offer)
    pieces = (proposing.Piece(part.title, Money(part.amount, part.unit), part.days * DAY_MS) for part in given.parts)
    clauses = tuple(Clause(clause.id, clause.text) for clause in given.clauses)
    bid = proposing.Bid(given.cover, tuple(pieces), clauses, given.answers)
    record = await call.office.do(lambda now: proposing.propose(desk, place, bid, given.days * DAY_MS, now))
    return _proposal(call, record.id)


async def proposals(call: Call[Nothing]) -> Json:
    """Received and sent, newest first."""
    views = call.views()
    received, sent = proposing.received(views.desk, views.now), proposing.sent(views.desk, views.now)
    return {
        "received": [deal_views.proposal(views, letter) for letter in received],
        "sent": [deal_views.proposal(views, letter) for letter in sent],
    }


async def proposal(call: Call[Nothing]) -> Json:
    """One proposal."""
    return _proposal(call, names.record(call.office.desk, call.ref))


async def accept_proposal(call: Call[Nothing]) -> Json:
    """Sign: the contract."""
    desk = call.office.desk
    record_id = names.record(desk, call.ref)
    return _contract(call, await call.office.do(lambda now: proposing.accept(desk, record_id, now)))


async def decline(call: Call[Reason]) -> Json:
    """Tell its author no."""
    desk = call.office.desk
    record_id = names.record(desk, call.ref)
    await call.office.do(lambda now: proposing.decline(desk, record_id, call.given.reason, now))
    return _proposal(call, record_id)


async def contracts(call: Call[Nothing]) -> Json:
    """The owner's contracts."""
    views = call.views()
    return {"contracts": [deal_views.contract(views, found) for found in dealings.contracts(views.desk)]}


async def contract(call: Call[Nothing]) -> Json:
    """Anybody's contract."""
    return _contract(call, names.contract(call.office.desk, call.ref))


async def deliver(call: Call[GivenDelivery]) -> Json:
    """Hand over the work of a milestone."""
    files = (Handover(file.name, file.where, bytes.fromhex(file.sha256)) for file in call.given.files)
    return await _act(call, call.given.part, Delivery(call.given.note, tuple(files)))


async def accept_work(call: Call[GivenAcceptance]) -> Json:
    """Find the work good."""
    return await _act(call, call.given.part, Acceptance(call.given.note))


async def pay(call: Call[GivenPayment]) -> Json:
    """Say that a milestone is paid."""
    given = call.given
    return await _act(call, given.part, PaymentSent(_amount(call, given), given.rail, given.reference))


async def confirm(call: Call[GivenConfirmation]) -> Json:
    """Confirm the money."""
    return await _act(call, call.given.part, PaymentReceived(_amount(call, call.given)))


async def _act(call: Call[Any], number: int, body: Act) -> Json:
    desk = call.office.desk
    contract_id = names.contract(desk, call.ref)
    await call.office.do(lambda now: dealings.act(desk, contract_id, number - 1, body, now))
    return _contract(call, contract_id)


def _amount(call: Call[Any], given: GivenPayment | GivenConfirmation) -> Money:
    """The amount given, or the price agreed. Raises Denied."""
    if (given.amount is None) != (given.unit is None):
        raise bad_request("an amount has a unit, such as EUR: give both or neither")
    if given.amount is not None and given.unit is not None:
        return Money(given.amount, given.unit)
    desk = call.office.desk
    contract_id = names.contract(desk, call.ref)
    terms = dealings.terms_of(desk, dealings.contract(desk, contract_id).agreement, contract_id)
    if terms is None:
        raise Denied("no-terms", "the terms of this contract are not here", "give the amount and its unit")
    if given.part > len(terms.parts):
        raise Denied("no-such-part", f"there is no milestone {given.part}", "see: freehold contract show")
    return terms.parts[given.part - 1].price


def _proposal(call: Call[Any], record_id: bytes) -> Json:
    views = call.views()
    return deal_views.proposal(views, proposing.show(views.desk, record_id, views.now))


def _contract(call: Call[Any], contract_id: bytes) -> Json:
    views = call.views()
    return deal_views.contract(views, dealings.contract(views.desk, contract_id))


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("POST", "/proposals", NewProposal, propose, "Answer an offer", CREATED),
    Operation("GET", "/proposals", Nothing, proposals, "Proposals received and sent"),
    Operation("GET", "/proposals/{ref}", Nothing, proposal, "One proposal"),
    Operation("POST", "/proposals/{ref}/accept", Nothing, accept_proposal, "Accept: a contract signed by both"),
    Operation("POST", "/proposals/{ref}/decline", Reason, decline, "Decline, with a reason"),
    Operation("GET", "/contracts", Nothing, contracts, "The owner's contracts"),
    Operation("GET", "/contracts/{ref}", Nothing, contract, "Anybody's contract"),
    Operation("POST", "/contracts/{ref}/deliver", GivenDelivery, deliver, "Hand over the work of a milestone"),
    Operation("POST", "/contracts/{ref}/accept", GivenAcceptance, accept_work, "Find the delivered work good"),
    Operation("POST", "/contracts/{ref}/pay", GivenPayment, pay, "Say that a milestone is paid"),
    Operation("POST", "/contracts/{ref}/confirm", GivenConfirmation, confirm, "Confirm that the money came"),
)
