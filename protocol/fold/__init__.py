"""A contract's records played by the table: a pure function of the set of records and of `now` (specs/04-contract.md).

The same set gives the same state in any order of arrival, on every node. Entries are played in one order that every
node computes (`order`). Before each, everything follows that time alone has brought about until then (`claims`): so the
outcome does not depend on who computes it, or when. What is not allowed at its turn never counts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..contract import FORKED
from ..errors import ProtocolError
from ..kinds import ENTRIES
from ..kinds.agreement import AGREEMENT
from ..kinds.changes import AMENDMENT, CONSENT, OBJECTION, SETTLEMENT, WITHDRAWAL
from ..kinds.timing import ABSENCE, CLAIM, PING, PONG, RESUME
from . import changes, claims, moves, presence
from .board import Board
from .chains import Judge, chains, gathered, signatures, within
from .order import Order
from .progress import Contract, Mark, Progress, Scope
from .witnessing import Moment, Witnesses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..envelope import Record

_KINDS = {kind.name: kind for kind in ENTRIES}
_PLAYERS: dict[str, Callable[[Board, Record, object, Moment], str | None]] = {
    CLAIM.name: claims.claim,
    AMENDMENT.name: changes.propose,
    SETTLEMENT.name: changes.propose,
    CONSENT.name: changes.answer,
    OBJECTION.name: changes.answer,
    WITHDRAWAL.name: changes.answer,
    ABSENCE.name: presence.absence,
    RESUME.name: presence.resume,
    PING.name: presence.ping,
    PONG.name: presence.pong,
}
"""Kinds that are not moves of the table."""
_PARTIES = 2


def fold(records: Iterable[Record], now: int) -> Contract | None:
    """The state that a contract's records show at `now` (ms); None while no agreement is among them.

    `records` are verified. Those of other contracts and networks, of strangers and of unknown kinds are passed over.
    """
    found = gathered(records)
    signed = signatures(found.values())
    if not signed:
        return None
    first = next(iter(signed.values()))[0]
    agreement, found = AGREEMENT.open(first), within(found, first)
    witnesses = Witnesses(agreement, found.values())
    judge = Judge(agreement, list(found.values()), witnesses)
    opening = {party: judge.signature(party, copies) for party, copies in signed.items()}
    blank = _blank(opening, witnesses, now)
    if blank.lapsed or len(signed) < _PARTIES:
        reason = "the contract is not signed by both parties"
        entries = (record.id for record in found.values() if record.header.kind in _KINDS)
        return replace(blank, waiting=tuple((name, reason) for name in entries))
    board = Board(blank, witnesses, now)
    order = Order(chains(agreement, signed, found.values(), judge), found, witnesses)
    for entry, moment in order:
        order.done(entry, play(board, entry, moment))
    return _result(blank, board, order)


def play(board: Board, entry: Record, moment: Moment) -> str | None:
    """Play one entry; the reason why it does not count, or None."""
    claims.pass_time(board, board.effective(moment))
    moment = _after(board, entry, moment)
    try:
        body = _opened(entry)
    except ProtocolError as error:
        return str(error)
    reason = _PLAYERS.get(entry.header.kind, moves.move)(board, entry, body, moment)
    if reason is None:
        presence.heard_from(board, entry.author) if entry.header.kind != PING.name else None
    return reason


def _after(board: Board, entry: Record, moment: Moment) -> Moment:
    """An entry counts as made no earlier than the state in which it is made: nobody is overrun by an old receipt."""
    part = entry.header.part
    if part is None or part >= len(board.parts):
        return moment
    return replace(moment, ms=max(moment.ms, board.parts[part].start.ms))


def _opened(entry: Record) -> object | None:
    """The body of a public kind; None for a private one, which the fold never reads: strangers do not have it."""
    kind = _KINDS[entry.header.kind]
    if kind.private:
        kind.place(entry.header)
        return None
    return kind.open(entry)


def _blank(opening: dict[bytes, Record], witnesses: Witnesses, now: int) -> Contract:
    """The contract before any entry. It lapses when the second signature comes too late, or not at all.

    Whether it came too late is not up to the parties' receipts: who was away for a week, or says so, ends no contract
    that the other one has signed in time.
    """
    signing = {party: witnesses.when(record) for party, record in opening.items()}
    last = max(opening.values(), key=lambda record: (signing[record.author], record.id))
    agreement, start = AGREEMENT.open(last), signing[last.author]
    made = {party: witnesses.agreed(record).ms for party, record in opening.items()}
    proposed = made.get(agreement.party(agreement.proposer))
    limit = None if proposed is None else proposed + agreement.windows.offered
    answered = now if len(made) < _PARTIES else max(made.values())
    return Contract(
        id=last.header.body,
        agreement=agreement,
        signatures=opening,
        scopes=(Scope(agreement.terms, agreement.clauses, agreement.milestones, last.id),),
        milestones=tuple(Progress("", last.id, start) for _ in agreement.milestones),
        lapsed=limit is not None and answered > limit,
    )


def _result(blank: Contract, board: Board, order: Order) -> Contract:
    claims.pass_time(board, board.now)
    for one, other in order.forks():
        role = board.agreement.role(one.author) or "arbiter"
        at = max(one.header.at, other.header.at)
        board.marks.append(Mark(one.author, role, FORKED, None, (one.id, other.id), at, witnessed=True))
    for part in range(len(board.parts)):
        board.update(part, deadline=board.deadline(part))
    return Contract(
        id=blank.id,
        agreement=blank.agreement,
        signatures=blank.signatures,
        scopes=tuple(board.scopes),
        milestones=tuple(board.parts),
        steps=tuple(board.steps),
        marks=tuple(board.marks),
        changes=changes.settled_by(board.changes, board.now),
        pings=tuple(board.pings),
        absences=tuple(board.absences),
        refused=order.refused(),
        waiting=order.waiting(),
        heads={**blank.signatures, **order.heads},
    )
