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
from .chains import chains, gathered, signatures
from .order import Order
from .progress import Contract, Mark, Progress, Scope
from .witnessing import Moment, Witnesses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

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

    `records` are verified and share one context; strangers' and unknown kinds' records are passed over.
    """
    found = gathered(records)
    signed = signatures(found.values())
    if not signed:
        return None
    first = next(iter(signed.values()))[0]
    agreement = AGREEMENT.open(first)
    witnesses = Witnesses(agreement, found.values())
    signing = {party: min(map(witnesses.when, copies)) for party, copies in signed.items()}
    blank = _blank(first, {party: copies[0] for party, copies in signed.items()}, signing, now)
    if blank.lapsed or len(signed) < _PARTIES:
        entries = (record.id for record in found.values() if record.header.kind in _KINDS)
        return replace(blank, waiting=tuple((name, "the contract is not signed by both parties") for name in entries))
    board = Board(blank, first.header.network, witnesses, max(signing.values()), now)
    order = Order(chains(agreement, signed, list(found.values()), witnesses), found, witnesses)
    for entry, moment in order:
        order.done(entry, play(board, entry, moment))
    return _result(blank, board, order)


def play(board: Board, entry: Record, moment: Moment) -> str | None:
    """Play one entry; the reason why it does not count, or None."""
    claims.pass_time(board, board.effective(moment))
    try:
        body = _opened(entry)
    except ProtocolError as error:
        return str(error)
    reason = _PLAYERS.get(entry.header.kind, moves.move)(board, entry, body, moment)
    if reason is None:
        presence.heard_from(board, entry.author) if entry.header.kind != PING.name else None
    return reason


def _opened(entry: Record) -> object | None:
    """The body of a public kind; None for a private one, which the fold never reads: strangers do not have it."""
    kind = _KINDS[entry.header.kind]
    if kind.private:
        kind.place(entry.header)
        return None
    return kind.open(entry)


def _blank(first: Record, opening: dict[bytes, Record], signing: Mapping[bytes, Moment], now: int) -> Contract:
    """The contract before any entry. It lapses when the second signature comes too late, or not at all."""
    agreement = AGREEMENT.open(first)
    start = max(signing.values())
    proposed = signing.get(agreement.party(agreement.proposer))
    limit = None if proposed is None else proposed.ms + agreement.windows.offered
    answered = now if len(signing) < _PARTIES else start.ms
    return Contract(
        id=first.header.body,
        agreement=agreement,
        signatures=opening,
        scopes=(Scope(agreement.terms, agreement.clauses, agreement.milestones, first.id),),
        milestones=tuple(Progress("", first.id, start) for _ in agreement.milestones),
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
