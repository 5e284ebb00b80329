"""The life of a milestone as one table (specs/04-contract.md). Read this first; `fold` plays records by it.

Every state that waits names one debtor, a window, and what silence leads to: the mark for it falls on that debtor and
on nobody else. What is not in the table is refused. Nothing here depends on a clock or on the order of arrival.
"""

from __future__ import annotations

from dataclasses import dataclass

from .kinds.changes import CANCELLATION
from .kinds.disputes import ANSWER, APPEAL, CASE_DECLINED, CASE_TAKEN, DISPUTE, RULING
from .kinds.entries import (
    ACCEPTANCE,
    BLOCKED as BLOCKED_ENTRY,
    DELIVERY,
    FINISH,
    REVISION as REVISION_ENTRY,
    TIMESHEET,
    UNBLOCKED,
)
from .kinds.payments import FUNDING as FUNDING_ENTRY, PAYMENT_DENIED, PAYMENT_RECEIVED, PAYMENT_SENT
from .kinds.values import CLIENT, FREELANCER

# Of a contract.
OFFERED, ACTIVE, CLOSED, LAPSED = "offered", "active", "closed", "lapsed"

# Of a milestone, waiting for somebody.
FUNDING, WORKING, BLOCKED, DELIVERED, REVISION = "awaiting funding", "working", "blocked", "delivered", "revision"
PAYABLE, PAID, OWED, AWARD_PAID = "payable", "paid", "owed", "award paid"
AWAITING_ARBITER, AWAITING_ANSWER, DELIBERATING = "awaiting arbiter", "awaiting answer", "deliberating"

# Of a milestone, at an end.
SETTLED, UNCONFIRMED, RESOLVED, CANCELLED = "settled", "settled, unconfirmed", "resolved", "cancelled by both"
BY_CLIENT, BY_FREELANCER = "cancelled by the client", "cancelled by the freelancer"
UNFUNDED, UNDELIVERED, ABANDONED, UNPAID = "unfunded", "undelivered", "abandoned", "unpaid"
NONCOMPLIANT, CONTESTED, DORMANT = "noncompliant", "contested", "dormant"

# Who may move, or owes a move.
ARBITER, RESPONDENT, EITHER = "arbiter", "respondent", "either"
"""The arbiter whose turn it is; the party that did not call the arbiter; either party."""

NEXT_ARBITER = "the next arbiter"
"""Not a state: the next arbiter of the agreement is asked (`AWAITING_ARBITER`); after the last, its fallback follows:
the price is `OWED` to the freelancer, nothing is (`RESOLVED`), or nobody decides (`CONTESTED`)."""
AWARDED = "what was awarded"
"""Not a state: `OWED` what the ruling or settlement awards the freelancer, or `RESOLVED` when that is nothing."""

# Marks.
SILENT, UNPAID_MARK, UNDELIVERED_MARK = "silent", "did not pay", "did not deliver"
NOT_TAKEN = "did not take the case"
"""Of an arbiter who never said a word: parties can name anybody, so this alone says nothing bad about somebody."""
UNFUNDED_MARK, NONCOMPLIANT_MARK = "did not fund", "did not comply"
LATE, AT_FAULT, FORKED, DECLINED_CASE = "late", "at fault", "forked", "declined the case"


@dataclass(frozen=True, slots=True)
class Wait:
    """A state that waits: for whom, how long (a window of the agreement), what follows from silence, and its mark."""

    debtor: str
    window: str
    silence: str
    mark: str


@dataclass(frozen=True, slots=True)
class Move:
    """A signed entry that is possible in a state: who may make it, and the state that follows."""

    who: str
    to: str


WAITS: dict[str, Wait] = {
    FUNDING: Wait(CLIENT, "funding", UNFUNDED, UNFUNDED_MARK),
    WORKING: Wait(FREELANCER, "work", UNDELIVERED, UNDELIVERED_MARK),
    BLOCKED: Wait(CLIENT, "unblock", ABANDONED, SILENT),
    DELIVERED: Wait(CLIENT, "review", PAYABLE, SILENT),
    REVISION: Wait(FREELANCER, "revision", UNDELIVERED, UNDELIVERED_MARK),
    PAYABLE: Wait(CLIENT, "payment", UNPAID, UNPAID_MARK),
    PAID: Wait(FREELANCER, "confirm", UNCONFIRMED, SILENT),
    AWAITING_ARBITER: Wait(ARBITER, "case", NEXT_ARBITER, NOT_TAKEN),
    AWAITING_ANSWER: Wait(RESPONDENT, "answer", DELIBERATING, SILENT),
    DELIBERATING: Wait(ARBITER, "ruling", NEXT_ARBITER, SILENT),
    OWED: Wait(CLIENT, "payment", NONCOMPLIANT, NONCOMPLIANT_MARK),
    AWARD_PAID: Wait(FREELANCER, "confirm", RESOLVED, SILENT),
}
"""Windows of these names stand in the agreement: `work`, `review`, `payment`, `confirm` in each milestone, the others
in `Windows`."""

MOVES: dict[tuple[str, str], Move] = {
    (FUNDING, FUNDING_ENTRY.name): Move(CLIENT, WORKING),
    (FUNDING, CANCELLATION.name): Move(EITHER, ""),
    (WORKING, DELIVERY.name): Move(FREELANCER, DELIVERED),
    (WORKING, BLOCKED_ENTRY.name): Move(FREELANCER, BLOCKED),
    (WORKING, CANCELLATION.name): Move(EITHER, ""),
    (BLOCKED, UNBLOCKED.name): Move(CLIENT, WORKING),
    (BLOCKED, DELIVERY.name): Move(FREELANCER, DELIVERED),
    (BLOCKED, CANCELLATION.name): Move(EITHER, ""),
    (DELIVERED, ACCEPTANCE.name): Move(CLIENT, PAYABLE),
    (DELIVERED, REVISION_ENTRY.name): Move(CLIENT, REVISION),
    (DELIVERED, DISPUTE.name): Move(CLIENT, NEXT_ARBITER),
    (REVISION, DELIVERY.name): Move(FREELANCER, DELIVERED),
    (REVISION, DISPUTE.name): Move(FREELANCER, NEXT_ARBITER),
    (REVISION, CANCELLATION.name): Move(FREELANCER, ""),
    (PAYABLE, PAYMENT_SENT.name): Move(CLIENT, PAID),
    (PAYABLE, DISPUTE.name): Move(EITHER, NEXT_ARBITER),
    (PAID, PAYMENT_RECEIVED.name): Move(FREELANCER, SETTLED),
    (PAID, PAYMENT_DENIED.name): Move(FREELANCER, NEXT_ARBITER),
    (AWAITING_ARBITER, CASE_TAKEN.name): Move(ARBITER, AWAITING_ANSWER),
    (AWAITING_ARBITER, CASE_DECLINED.name): Move(ARBITER, NEXT_ARBITER),
    (AWAITING_ANSWER, ANSWER.name): Move(RESPONDENT, DELIBERATING),
    (DELIBERATING, RULING.name): Move(ARBITER, AWARDED),
    (OWED, PAYMENT_SENT.name): Move(CLIENT, AWARD_PAID),
    (OWED, APPEAL.name): Move(EITHER, NEXT_ARBITER),
    (AWARD_PAID, PAYMENT_RECEIVED.name): Move(FREELANCER, RESOLVED),
    (AWARD_PAID, PAYMENT_DENIED.name): Move(FREELANCER, NEXT_ARBITER),
    # After an end: late performance, and a contest by the other side, for a time.
    (UNPAID, PAYMENT_SENT.name): Move(CLIENT, PAID),
    (UNPAID, DISPUTE.name): Move(FREELANCER, NEXT_ARBITER),
    (NONCOMPLIANT, PAYMENT_SENT.name): Move(CLIENT, AWARD_PAID),
    (UNDELIVERED, DISPUTE.name): Move(FREELANCER, NEXT_ARBITER),
    (ABANDONED, DISPUTE.name): Move(FREELANCER, NEXT_ARBITER),
    (BY_CLIENT, DISPUTE.name): Move(FREELANCER, NEXT_ARBITER),
    (BY_FREELANCER, DISPUTE.name): Move(CLIENT, NEXT_ARBITER),
    # A ruling that awards the freelancer nothing leaves nothing to wait for, and can be appealed like any other.
    (RESOLVED, APPEAL.name): Move(FREELANCER, NEXT_ARBITER),
}
"""(state, kind of entry) -> move. A cancellation leads to the end that names who cancelled."""

HOURLY_MOVES: dict[tuple[str, str], Move] = {
    **{key: move for key, move in MOVES.items() if key not in ((WORKING, DELIVERY.name), (BLOCKED, DELIVERY.name))},
    (WORKING, TIMESHEET.name): Move(FREELANCER, DELIVERED),
    (WORKING, FINISH.name): Move(EITHER, SETTLED),
    (REVISION, TIMESHEET.name): Move(FREELANCER, DELIVERED),
    (PAID, PAYMENT_RECEIVED.name): Move(FREELANCER, WORKING),
}
"""The same for an hourly milestone: timesheets instead of deliveries, and after each payment the work goes on."""
del HOURLY_MOVES[REVISION, DELIVERY.name]

ENDS = frozenset(
    (
        *(SETTLED, UNCONFIRMED, RESOLVED, CANCELLED, BY_CLIENT, BY_FREELANCER),
        *(UNFUNDED, UNDELIVERED, ABANDONED, UNPAID, NONCOMPLIANT, CONTESTED, DORMANT),
    )
)
CONTESTED_FOR_A_TIME = frozenset((UNDELIVERED, ABANDONED, BY_CLIENT, BY_FREELANCER, UNPAID, NONCOMPLIANT, RESOLVED))
"""Ends in which a dispute or an appeal is possible, until the network's time for it is over."""
SETTLEABLE = frozenset(WAITS) | {UNPAID, UNDELIVERED, ABANDONED, NONCOMPLIANT, CONTESTED}
"""States in which both parties can agree on an award: 0 cancels."""
CANCELLED_BY = {CLIENT: BY_CLIENT, FREELANCER: BY_FREELANCER}


def targets(move: Move) -> tuple[str, ...]:
    """The states that a move can lead to."""
    match move.to:
        case "":
            return tuple(CANCELLED_BY.values()) if move.who == EITHER else (CANCELLED_BY[move.who],)
        case other:
            return expanded(other)


def expanded(state: str) -> tuple[str, ...]:
    """The states behind a name of the table: most stand for themselves."""
    return {
        NEXT_ARBITER: (AWAITING_ARBITER, OWED, RESOLVED, CONTESTED),
        AWARDED: (OWED, RESOLVED),
    }.get(state, (state,))
