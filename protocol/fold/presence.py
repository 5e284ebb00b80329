"""Whether a party is there: announced absences, which stop its own clocks, and signs of life that are asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..kinds.timing import PING, Absence
from ..kinds.values import other
from .claims import ping_of
from .progress import Away, Step

if TYPE_CHECKING:
    from ..envelope import Record
    from .board import Board
    from .witnessing import Moment


def absence(board: Board, entry: Record, body: object, moment: Moment) -> str | None:
    """A party announces that it will be away; the reason why that does not count, or None."""
    role = board.agreement.role(entry.author)
    if role is None or not isinstance(body, Absence):
        return "absences are announced by the parties"
    since = max(body.since, moment.ms)
    mine = [away for away in board.absences if away.role == role]
    if body.until <= since:
        return "it announces an absence that is over"
    if any(away.since < body.until and since < away.until for away in mine):
        return "it announces an absence for a time that is announced already"
    if sum(away.until - away.since for away in mine) + body.until - since > board.times.absence:
        return "it announces more absence than a contract bears"
    board.absences.append(Away(role, since, body.until))
    board.steps.append(Step(entry, None, "", moment))
    return None


def resume(board: Board, entry: Record, _body: object, moment: Moment) -> str | None:
    """A party is back early; the reason why that does not count, or None."""
    role = board.agreement.role(entry.author)
    found = [away for away in board.absences if away.role == role and away.until > moment.ms]
    if not found:
        return "its author is not away"
    kept = [away for away in board.absences if away not in found]
    board.absences = kept + [replace(away, until=moment.ms) for away in found if away.since < moment.ms]
    board.steps.append(Step(entry, None, "", moment))
    return None


def ping(board: Board, entry: Record, _body: object, moment: Moment) -> str | None:
    """A party asks for a sign of life; the reason why that does not count, or None."""
    role = board.agreement.role(entry.author)
    if role is None:
        return "signs of life are asked for by the parties"
    before = [step.at.ms for step in board.steps if _is_ping_of(step, entry.author)]
    if any(asked.role == role for asked in board.pings) or (before and moment.ms < before[-1] + board.times.ping_again):
        return "it asks again too soon"
    board.pings.append(ping_of(board, entry, role, moment))
    board.steps.append(Step(entry, None, "", moment))
    return None


def pong(board: Board, entry: Record, _body: object, moment: Moment) -> str | None:
    """The sign of life; the reason why it does not count, or None."""
    role = board.agreement.role(entry.author)
    if role is None or not any(asked.role == other(role) for asked in board.pings):
        return "nobody asked for it"
    board.steps.append(Step(entry, None, "", moment))
    return None


def heard_from(board: Board, author: bytes) -> None:
    """Whatever a party signs is the sign of life that it owes."""
    role = board.agreement.role(author)
    if role is not None:
        board.pings = [asked for asked in board.pings if asked.role != other(role)]


def _is_ping_of(step: Step, author: bytes) -> bool:
    return step.entry.author == author and step.entry.header.kind == PING.name and not step.derived
