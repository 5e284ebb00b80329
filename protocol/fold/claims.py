"""What time alone brings about: claims that nobody answered, milestones that nobody touched."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..contract import DORMANT, NEXT_ARBITER, SILENT, WAITS
from ..kinds.timing import Claim as ClaimBody
from ..kinds.values import other
from .progress import Claim, Pinged, Step
from .witnessing import Moment

if TYPE_CHECKING:
    from ..envelope import Record
    from .board import Board


def claim(board: Board, entry: Record, body: object, moment: Moment) -> str | None:
    """The creditor claims; the reason why that does not count, or None."""
    assert isinstance(body, ClaimBody)  # noqa: S101  -- the kind says so
    if entry.header.part is None:
        return _claim_ping(board, entry, body, moment)
    part = entry.header.part
    if part >= len(board.parts):
        return f"there is no milestone {part + 1}"
    progress, debtor = board.parts[part], board.debtor(part)
    role = board.agreement.role(entry.author)
    if debtor is None:
        return f"nobody owes anything while the milestone is {progress.state}"
    if role is None or role == debtor:
        return "a claim is up to the party that waits"
    if body.obligation != progress.since:
        return "it claims something else than what the milestone waits for"
    reason = _too_early(board.deadline(part), progress.claim, moment)
    if reason is None:
        board.update(part, claim=_running(board, entry, moment))
        board.steps.append(Step(entry, part, progress.state, moment))
    return reason


def pass_time(board: Board, until: int) -> None:
    """Let everything follow that time has brought about before `until` ms."""
    for part in range(len(board.parts)):
        while _outcome(board, part, until):
            pass
    for number, ping in enumerate(board.pings):
        if ping.claim is not None and ping.claim.until is not None and ping.claim.until < until:
            witnessed = ping.start.witnessed and ping.claim.at.witnessed
            moment = Moment(ping.claim.until, witnessed)
            board.mark(other(ping.role), SILENT, None, (ping.entry, ping.claim.entry), moment)
            board.steps.append(Step(ping.claim.entry, None, "", moment, derived=True))
            del board.pings[number]
            return pass_time(board, until)
    return None


def _outcome(board: Board, part: int, until: int) -> bool:
    """One thing that follows in a milestone from time alone; False if there is none."""
    progress = board.parts[part]
    wait = WAITS.get(progress.state)
    if wait is None:
        return False
    if progress.claim is not None and progress.claim.until is not None:
        return progress.claim.until < until and _silence(board, part, progress.claim)
    untouched = max(board.deadline(part) or 0, progress.start.ms) + board.times.dormant
    if untouched >= until:
        return False
    board.parts[part] = replace(progress, state=DORMANT, start=Moment(untouched, progress.start.witnessed), claim=None)
    return True


def _silence(board: Board, part: int, running: Claim) -> bool:
    progress, debtor = board.parts[part], board.debtor(part) or ""
    wait = WAITS[progress.state]
    moment = Moment(running.until or 0, progress.start.witnessed and running.at.witnessed)
    board.mark(debtor, wait.mark, part, (progress.since, running.entry), moment)
    start = Moment(running.until or 0, running.at.witnessed)
    if wait.silence == NEXT_ARBITER:
        board.next_arbiter(part, None, running.entry, start)
    else:
        board.enter(part, wait.silence, running.entry, start)
    board.steps.append(Step(running.entry, part, board.parts[part].state, moment, derived=True))
    return True


def _claim_ping(board: Board, entry: Record, body: ClaimBody, moment: Moment) -> str | None:
    role = board.agreement.role(entry.author)
    found = next((ping for ping in board.pings if ping.entry.id == body.obligation), None)
    if found is None or role != found.role:
        return "it claims a sign of life that its author did not ask for, or that was given"
    reason = _too_early(found.deadline, found.claim, moment)
    if reason is None:
        board.pings[board.pings.index(found)] = replace(found, claim=_running(board, entry, moment))
        board.steps.append(Step(entry, None, "", moment))
    return reason


def ping_of(board: Board, entry: Record, role: str, moment: Moment) -> Pinged:
    """A ping that runs from `moment`."""
    deadline = board.extended(moment.ms, board.times.ping, other(role)) if board.counts(moment) else None
    return Pinged(entry, role, moment, deadline)


def _running(board: Board, entry: Record, moment: Moment) -> Claim:
    return Claim(entry, moment, moment.ms + board.times.cure if board.counts(moment) else None)


def _too_early(deadline: int | None, running: Claim | None, moment: Moment) -> str | None:
    if running is not None:
        return "it is claimed already"
    if deadline is None:
        return "its time has not begun: no witness has what it follows from"
    return "its time is not over yet" if moment.ms <= deadline else None
