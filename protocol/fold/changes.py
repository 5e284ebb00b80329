"""What needs both parties: amendments of the terms, settlements of a milestone. Silence never changes anything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..contract import CANCELLED, ENDS, SETTLEABLE
from ..errors import ProtocolError
from ..kinds.agreement import check_windows
from ..kinds.changes import Amendment, Consent, Objection, Settlement, Withdrawal
from .progress import Proposed, Scope, Step

if TYPE_CHECKING:
    from ..envelope import Record, RecordId
    from .board import Board
    from .witnessing import Moment

OPEN, AGREED, DECLINED, WITHDRAWN = "open", "agreed", "declined", "withdrawn"


def propose(board: Board, entry: Record, body: object, moment: Moment) -> str | None:
    """An amendment or a settlement is put forward; the reason why it does not count, or None."""
    role = board.agreement.role(entry.author)
    if role is None or not isinstance(body, Amendment | Settlement):
        return "changes are up to the parties"
    reason = _unfit(board, entry.header.part, body)
    if reason is None:
        until = moment.ms + board.agreement.windows.change if board.counts(moment) else None
        board.changes.append(Proposed(entry, role, entry.header.part, body, until))
        _step(board, entry, moment)
    return reason


def answer(board: Board, entry: Record, body: object, moment: Moment) -> str | None:
    """A consent, objection or withdrawal; the reason why it does not count, or None."""
    if not isinstance(body, Consent | Objection | Withdrawal):
        return "it answers nothing"
    name = body.of if isinstance(body, Withdrawal) else body.to
    number, found = next(((n, c) for n, c in enumerate(board.changes) if c.entry.id == name), (0, None))
    if found is None or found.part != entry.header.part:
        return "it answers something that was not proposed here"
    role = board.agreement.role(entry.author)
    if role is None or (role == found.role) != isinstance(body, Withdrawal):
        return "whoever proposes may withdraw, and the other party may answer"
    if found.state != OPEN:
        return f"what it answers is {found.state} already"
    if found.until is not None and board.effective(moment) > found.until:
        return "it came too late: no answer in time is a no"
    if isinstance(body, Consent):
        reason = _unfit(board, found.part, found.what)
        if reason is not None:
            return reason
        _agree(board, found, entry, moment)
    state = {Consent: AGREED, Objection: DECLINED, Withdrawal: WITHDRAWN}[type(body)]
    board.changes[number] = replace(found, state=state)
    _step(board, entry, moment)
    return None


def settled_by(changes: list[Proposed], now: int) -> tuple[Proposed, ...]:
    """The changes as they stand at `now`: what was not answered in time is declined."""
    return tuple(
        replace(found, state=DECLINED) if found.state == OPEN and (found.until or now) < now else found
        for found in changes
    )


def _unfit(board: Board, part: int | None, body: Amendment | Settlement) -> str | None:
    """Why the parties cannot agree on this, or None."""
    if isinstance(body, Settlement):
        if part is None or part >= len(board.parts):
            return "there is no such milestone"
        state = board.parts[part].state
        return None if state in SETTLEABLE else f"nothing is left to settle while the milestone is {state}"
    current = board.scopes[-1].milestones
    if len(body.milestones) < len(current):
        return "an amendment takes no milestone away: cancel it"
    for before, after, progress in zip(current, body.milestones, board.parts, strict=False):
        if before != after and progress.state in ENDS:
            return "an amendment changes no milestone that is at an end"
        if before.basis != after.basis:
            return "a milestone does not change from fixed to hourly or back"
    try:
        check_windows(body.milestones, None, board.network)
    except ProtocolError as error:
        return str(error)
    return None


def _agree(board: Board, found: Proposed, entry: Record, moment: Moment) -> None:
    match found.what:
        case Amendment():
            _amend(board, found.what, found.entry.id)
            board.parts += [board.fresh(entry.id, moment) for _ in found.what.milestones[len(board.parts) :]]
        case Settlement(award=0):
            board.update(found.part or 0, award=0)
            board.enter(found.part or 0, CANCELLED, entry, moment)
        case Settlement(award=award):
            board.update(found.part or 0, ruled=False)
            board.award(found.part or 0, award, entry, moment)


def _amend(board: Board, agreed: Amendment, name: RecordId) -> None:
    """New terms. Nobody claims by windows that both have changed; other proposals were about the old terms."""
    before = board.scopes[-1].milestones
    board.scopes.append(Scope(agreed.terms, agreed.clauses, agreed.milestones, name))
    for part, (old, new) in enumerate(zip(before, agreed.milestones, strict=False)):
        left = board.parts[part].left
        if old != new:
            board.update(part, claim=None, left=None if left is None else max(0, left + new.work - old.work))
    board.changes = [
        replace(other, state=DECLINED) if other.part is None and other.state == OPEN else other
        for other in board.changes
    ]


def _step(board: Board, entry: Record, moment: Moment) -> None:
    part = entry.header.part
    board.steps.append(Step(entry, part, "" if part is None else board.parts[part].state, moment))
