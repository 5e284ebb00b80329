"""Operations on proposals, and what is read of contracts. Entries are signed by `entries`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from freehold.protocol.kinds.agreement import Clause, Milestone, Windows
from freehold.protocol.kinds.offer import FIXED, HOURLY
from freehold.protocol.kinds.values import Money

from ..core import dealings, proposing, triaging
from . import contract_views, deal_views, names
from .bodies.given import Nothing, Plain
from .bodies.proposals import NewProposal, ProposalList, Reason
from .callers import Scope
from .offers import DAY_MS
from .operations import CREATED, AnyOperation, Call, Operation
from .reading import bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..core.desk import Desk
    from .bodies.proposals import GivenPart, WindowName
    from .port import Json

_OF_MILESTONES = frozenset(("review", "payment", "confirm"))


async def propose(call: Call[NewProposal]) -> Json:
    """Answer an offer."""
    given = call.given
    place = names.offer(call.office.desk, given.offer)
    bid = proposing.Bid(
        given.cover,
        tuple(piece_of(part, given.windows) for part in given.parts),
        tuple(Clause(clause.id, clause.text) for clause in given.clauses),
        given.answers,
        _conditions(call.office.desk, given),
    )
    record = await call.do(lambda desk, now: proposing.propose(desk, place, bid, given.days * DAY_MS, now))
    return _proposal(call, record.id)


def piece_of(part: GivenPart, windows: Mapping[WindowName, int]) -> proposing.Piece:
    """A milestone as it was given. Raises Denied `bad-request`."""
    if (part.days is None) == (part.work_ms is None):
        raise bad_request("a milestone has either days or work_ms")
    work = part.work_ms or (part.days or 0) * DAY_MS
    own: dict[str, Any] = {name: ms for name, ms in windows.items() if name in _OF_MILESTONES}
    milestone = Milestone(work, basis=HOURLY if part.hourly else FIXED, **own)
    return proposing.Piece(part.title, Money(part.amount, part.unit), milestone, part.hours)


def _conditions(desk: Desk, given: NewProposal) -> proposing.Conditions:
    witnesses = tuple(names.identity(desk, name) for name in given.witnesses)
    own: dict[str, Any] = {name: ms for name, ms in given.windows.items() if name not in _OF_MILESTONES}
    majority = len(witnesses) // 2 + 1 if witnesses else 0
    return proposing.Conditions(
        arbiters=tuple(names.identity(desk, name) for name in given.arbiters),
        witnesses=witnesses,
        quorum=majority if given.quorum is None else given.quorum,
        appeal=given.appeal,
        fallback=given.fallback,
        revisions=given.revisions,
        windows=Windows(**own),
        band=given.band if isinstance(given.band, int) else None,
        banded=given.band != "none",
    )


async def proposals(call: Call[ProposalList]) -> Json:
    """Received, those of the most reliable first, and sent, newest first."""
    views, order = call.views(), call.given.order
    received, sent = proposing.received(views.desk, views.now), proposing.sent(views.desk, views.now)
    looked = triaging.look(views.desk, received)
    received = views.ordered(received, order, lambda letter: letter.record.author)
    return {
        **views.order(order),
        "folds": deal_views.folds(looked.values()),
        "received": [deal_views.proposal(views, letter, looked[letter.record.id]) for letter in received],
        "sent": [deal_views.proposal(views, letter) for letter in sent],
    }


async def proposal(call: Call[Nothing]) -> Json:
    """One proposal."""
    return _proposal(call, names.record(call.office.desk, call.ref))


async def accept_proposal(call: Call[Plain]) -> Json:
    """Sign: the contract."""
    record_id = names.record(call.office.desk, call.ref)
    contract_id = await call.do(lambda desk, now: proposing.accept(desk, record_id, now))
    return contract_views.named(call.views(), contract_id)


async def decline(call: Call[Reason]) -> Json:
    """Tell its author no."""
    record_id = names.record(call.office.desk, call.ref)
    await call.do(lambda desk, now: proposing.decline(desk, record_id, call.given.reason, now))
    return _proposal(call, record_id)


async def withdraw(call: Call[Reason]) -> Json:
    """Take one's own back."""
    record_id = names.record(call.office.desk, call.ref)
    await call.do(lambda desk, now: proposing.withdraw(desk, record_id, call.given.reason, now))
    return _proposal(call, record_id)


async def contracts(call: Call[Nothing]) -> Json:
    """The owner's contracts, and those in which the owner serves."""
    views = call.views()
    return {
        "contracts": [contract_views.summary(views, one) for one in dealings.contracts(views.desk, views.now)],
        "serving": [contract_views.summary(views, one) for one in dealings.serving(views.desk, views.now)],
    }


async def contract(call: Call[Nothing]) -> Json:
    """Anybody's contract."""
    return contract_views.named(call.views(), names.contract(call.office.desk, call.ref))


def _proposal(call: Call[Any], record_id: bytes) -> Json:
    views = call.views()
    return deal_views.proposal(views, proposing.show(views.desk, record_id, views.now))


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("POST", "/proposals", NewProposal, propose, "Answer an offer", Scope.SIGN, CREATED),
    Operation("GET", "/proposals", ProposalList, proposals, "Proposals received and sent", Scope.READ),
    Operation("GET", "/proposals/{ref}", Nothing, proposal, "One proposal", Scope.READ),
    Operation(
        "POST", "/proposals/{ref}/accept", Plain, accept_proposal, "Accept: a contract signed by both", Scope.SIGN
    ),
    Operation("POST", "/proposals/{ref}/decline", Reason, decline, "Decline, with a reason", Scope.SIGN),
    Operation("POST", "/proposals/{ref}/withdraw", Reason, withdraw, "Take a proposal of the owner's back", Scope.SIGN),
    Operation(
        "GET",
        "/contracts",
        Nothing,
        contracts,
        "The owner's contracts, and those in which the owner serves",
        Scope.READ,
    ),
    Operation("GET", "/contracts/{ref}", Nothing, contract, "Anybody's contract", Scope.READ),
)
