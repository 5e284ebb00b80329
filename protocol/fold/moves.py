"""Moves of a milestone by the table, and what a few of them need besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..contract import (
    ARBITER,
    AT_FAULT,
    AWARDED,
    BLOCKED,
    CANCELLED_BY,
    CONTESTED_FOR_A_TIME,
    DECLINED_CASE,
    HOURLY_MOVES,
    LATE,
    MOVES,
    NEXT_ARBITER,
    NONCOMPLIANT_MARK,
    SETTLED,
    UNPAID_MARK,
    WORKING,
)
from ..kinds.disputes import APPEAL, BOTH, CASE_DECLINED, NOT_IN_TERMS, Ruling
from ..kinds.entries import BLOCKED as BLOCKED_KIND, Revision
from ..kinds.offer import HOURLY
from ..kinds.payments import PAYMENT_SENT
from ..kinds.values import ROLES
from .progress import Step, may

if TYPE_CHECKING:
    from ..contract import Move
    from ..envelope import Record
    from .board import Board
    from .witnessing import Moment

_CURED = (UNPAID_MARK, NONCOMPLIANT_MARK)


def move(board: Board, entry: Record, body: object, moment: Moment) -> str | None:
    """Play an entry that the table names; the reason why it does not count, or None."""
    part = entry.header.part or 0
    if part >= len(board.parts):
        return f"there is no milestone {part + 1}"
    found = refusal(board, entry.header.kind, part, entry.author) or _unfit(board, part, entry, body, moment)
    if found is not None:
        return found
    step = _table(board, part)[board.parts[part].state, entry.header.kind]
    debtor = board.debtor(part)
    if board.parts[part].claim is not None and debtor is not None and board.identity(debtor, part) == entry.author:
        board.mark(debtor, LATE, part, (board.parts[part].since, entry), moment)
    _note(board, entry, part, body, moment)
    _go(board, step, entry, body, moment)
    board.steps.append(Step(entry, part, board.parts[part].state, moment))
    return None


def refusal(board: Board, kind: str, part: int, author: bytes) -> str | None:
    """Why the table does not let `author` make an entry of this kind now, or None."""
    progress, word = board.parts[part], kind.partition("/")[0]
    found = _table(board, part).get((progress.state, kind))
    if found is None:
        return f"{word} is not possible while the milestone is {progress.state}"
    if may(board.agreement, progress, found.who, author):
        return None
    if author not in (board.agreement.client, board.agreement.freelancer, *board.agreement.arbiters):
        return "only the parties and arbiters of a contract act in it"
    return f"{word} is up to the {found.who}" if found.who in ROLES else f"{word} is not up to its author"


def _table(board: Board, part: int) -> dict[tuple[str, str], Move]:
    return HOURLY_MOVES if board.milestone(part).basis == HOURLY else MOVES


def _unfit(board: Board, part: int, entry: Record, body: object, moment: Moment) -> str | None:
    """Why an entry that the table allows does not count all the same."""
    progress, clauses = board.parts[part], board.scopes[-1].clauses
    match body:
        case Revision():
            if progress.revisions >= board.agreement.revisions:
                return f"all {board.agreement.revisions} revisions that were agreed are used"
            return next((f"the terms have no clause {name}" for name in body.clauses if name not in clauses), None)
        case Ruling():
            named = (found.clause for found in body.findings if found.finding != NOT_IN_TERMS)
            return next((f"the terms have no clause {name}" for name in named if name not in clauses), None)
        case _ if entry.header.kind == APPEAL.name:
            return _unappealable(board, part) or _too_late(board, part, moment)
        case _:
            return _too_late(board, part, moment)


def _unappealable(board: Board, part: int) -> str | None:
    if not board.agreement.appeal:
        return "no appeal was agreed"
    if not board.parts[part].ruled:
        return "only a ruling can be appealed"
    if board.parts[part].ended and board.parts[part].award:
        return "what was ruled has been done"
    if board.parts[part].arbiter >= len(board.agreement.arbiters):
        return "no arbiter is left to appeal to"
    return None


def _too_late(board: Board, part: int, moment: Moment) -> str | None:
    progress = board.parts[part]
    if progress.state in CONTESTED_FOR_A_TIME and board.effective(moment) > progress.start.ms + board.times.contest:
        return "the time to contest this end, or to make up for it, is over"
    return None


def _note(board: Board, entry: Record, part: int, body: object, moment: Moment) -> None:
    """What an entry leaves behind, whatever state follows."""
    progress = board.parts[part]
    if isinstance(body, Revision):
        board.update(part, revisions=progress.revisions + 1)
    if isinstance(body, Ruling):
        board.update(part, ruled=True)
        for role in ROLES if body.fault == BOTH else (body.fault,):
            if role in ROLES:
                board.mark(role, AT_FAULT, part, (entry,), moment)
    if entry.header.kind == CASE_DECLINED.name:
        board.mark(ARBITER, DECLINED_CASE, part, (entry,), moment)
    if entry.header.kind == BLOCKED_KIND.name:
        deadline = board.deadline(part)
        board.update(part, left=None if deadline is None else max(0, deadline - moment.ms))
    if entry.header.kind == PAYMENT_SENT.name and progress.ended:
        late = [mark for mark in board.marks if mark.part == part and mark.what in _CURED]
        board.marks = [mark for mark in board.marks if mark not in late]
        board.mark(board.agreement.role(entry.author) or "", LATE, part, (progress.since, entry), moment)


def _go(board: Board, step: Move, entry: Record, body: object, moment: Moment) -> None:
    part = entry.header.part or 0
    role = board.agreement.role(entry.author)
    match step.to:
        case "":
            board.enter(part, CANCELLED_BY[role or ""], entry, moment)
        case _ if step.to == NEXT_ARBITER:
            board.next_arbiter(part, role, entry, moment)
        case _ if step.to == AWARDED and isinstance(body, Ruling):
            board.award(part, body.award, entry, moment)
        case state:
            if state == WORKING and board.parts[part].state != BLOCKED:
                board.update(part, left=None)
            if board.milestone(part).basis == HOURLY and state in (WORKING, SETTLED):
                board.update(part, revisions=0)
            board.enter(part, state, entry, moment)
