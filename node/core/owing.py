"""What is due in a contract: always from our own copy of what both signed, never from what the other side says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.errors import ProtocolError
from freehold.protocol.kinds.changes import WHOLE
from freehold.protocol.kinds.entries import TIMESHEET, Timesheet
from freehold.protocol.kinds.offer import HOURLY
from freehold.protocol.kinds.payments import PAYMENT_SENT, PaymentReceived, PaymentSent
from freehold.protocol.kinds.values import Money

from . import dealings
from .desk import Denied

if TYPE_CHECKING:
    from freehold.protocol.fold.progress import Contract
    from freehold.protocol.kind import AnyKind
    from freehold.protocol.kinds.agreement import Part

    from .desk import Desk
    from .ports import Rail

_HOUR_MINUTES = 60


def due(desk: Desk, found: Contract, part: int) -> Money:
    """What the client owes for a milestone: the price or the hours of the last timesheet, as far as they were awarded.

    Raises Denied: `no-terms`, `no-such-part`, `no-timesheet`.
    """
    terms = dealings.terms_of(desk, found)
    if terms is None:
        raise Denied("no-terms", "the terms of this contract are not here", "give the amount and its unit")
    if part >= len(terms.parts) or part >= len(found.milestones):
        raise Denied("no-such-part", f"there is no milestone {part + 1}", "see: freehold contract show")
    piece, award = terms.parts[part], found.milestones[part].award
    if found.scope.milestones[part].basis != HOURLY:
        return Money(_rounded(piece.price.amount * award, WHOLE), piece.price.unit)
    minutes = _minutes(found, part, piece)
    return Money(_rounded(piece.price.amount * minutes * award, _HOUR_MINUTES * WHOLE), piece.price.unit)


def payment(desk: Desk, found: Contract, part: int, way: tuple[str, str], given: Money | None) -> PaymentSent:
    """What the client states: what is due, unless another amount is `given`; `way` is how, and the reference."""
    amount = rail_of(desk, found).quote(due(desk, found, part)) if given is None else given
    return PaymentSent(amount, *way)


def confirmation(desk: Desk, found: Contract, part: int, given: Money | None) -> PaymentReceived:
    """What the freelancer confirms: what is due, unless another amount is `given`.

    Raises Denied `amount-differs` if the payer stated another amount than is due, and those of `due`.
    """
    if given is not None:
        return PaymentReceived(given)
    owed, rail = due(desk, found, part), rail_of(desk, found)
    sent = _last(found, part, PAYMENT_SENT)
    reason = rail.check(sent, owed) if isinstance(sent, PaymentSent) else None
    if reason is not None:
        hint = "give the amount that came with --amount, or deny the payment: freehold contract deny"
        raise Denied("amount-differs", reason, hint)
    return PaymentReceived(owed)


def rail_of(desk: Desk, found: Contract) -> Rail:
    """The rail that was agreed. Raises Denied `no-such-rail`."""
    rail = desk.rails.get(found.agreement.rail)
    if rail is None:
        raise Denied("no-such-rail", f"this node has no rail {found.agreement.rail}", "install what brings it")
    return rail


def check_minutes(desk: Desk, found: Contract, part: int, minutes: int) -> None:
    """Raise Denied `too-many-hours` for a timesheet above what was agreed for a week."""
    terms = dealings.terms_of(desk, found)
    hours = terms.parts[part].hours if terms is not None and part < len(terms.parts) else None
    if hours is not None and minutes > hours * _HOUR_MINUTES:
        raise Denied(
            "too-many-hours", f"at most {hours} hours a week were agreed", "report those, or propose: contract amend"
        )


def _minutes(found: Contract, part: int, piece: Part) -> int:
    """Of the last timesheet, as far as the agreed hours a week go."""
    sheet = _last(found, part, TIMESHEET)
    if not isinstance(sheet, Timesheet):
        raise Denied("no-timesheet", "no timesheet is here for this milestone", "wait for it, or give the amount")
    return sheet.minutes if piece.hours is None else min(sheet.minutes, piece.hours * _HOUR_MINUTES)


def _last(found: Contract, part: int, kind: AnyKind) -> object | None:
    """The body of the last entry of a kind in a milestone that counted, if it can be read here."""
    steps = [step for step in found.steps if step.part == part and step.entry.header.kind == kind.name]
    if not steps or steps[-1].entry.body is None:
        return None
    try:
        return kind.open(steps[-1].entry)
    except ProtocolError:
        return None


def _rounded(dividend: int, divisor: int) -> int:
    """Half a minor unit and more is a whole one."""
    return (2 * dividend + divisor) // (2 * divisor)
