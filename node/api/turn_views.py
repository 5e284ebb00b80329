"""Whose turn it is, until when, and what follows if nobody does anything: by the table, for every reader the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol import text
from freehold.protocol.contract import AWAITING_ARBITER, CONTESTED, NEXT_ARBITER, OWED, RESOLVED, WAITS
from freehold.protocol.kinds.agreement import times_of
from freehold.protocol.kinds.values import CLIENT, FREELANCER, ROLES, other

if TYPE_CHECKING:
    from freehold.protocol.fold.progress import Claim, Contract, Pinged

    from .port import Json
    from .views import Views


def turn(views: Views, found: Contract, part: int) -> Json:
    """The turn in a milestone: null where nobody's is."""
    role, progress = found.debtor(part), found.milestones[part]
    identity = None if role is None else found.identity(role, part)
    return {
        "turn": role,
        "turn_identity": None if identity is None else text.show(identity, text.IDENTITY),
        "turn_name": None if identity is None else views.name(identity),
        "turn_label": None if identity is None else views.label(identity),
        "deadline": progress.deadline,
        "claim": None if progress.claim is None else claim(views, found, progress.claim),
        "silence": None if role is None else silence(found, part, role),
    }


def claim(views: Views, found: Contract, running: Claim) -> Json:
    """A claim that runs: by whom, since when, and the debtor's last time."""
    return {
        "record": text.show(running.entry.id, text.RECORD),
        "by": found.agreement.role(running.entry.author),
        "by_name": views.name(running.entry.author),
        "by_label": views.label(running.entry.author),
        "at": running.at.ms,
        "until": running.until,
    }


def ping(views: Views, found: Contract, asked: Pinged) -> Json:
    """A sign of life that is owed."""
    return {
        "record": text.show(asked.entry.id, text.RECORD),
        "by": asked.role,
        "turn": other(asked.role),
        "deadline": asked.deadline,
        "claim": None if asked.claim is None else claim(views, found, asked.claim),
    }


def silence(found: Contract, part: int, role: str) -> Json | None:
    """What follows if whose turn it is says nothing: to which state, with which mark, who may claim, and when the
    milestone ends without marks because nobody did."""
    progress = found.milestones[part]
    wait = WAITS.get(progress.state)
    if wait is None:
        return None
    times = times_of(next(iter(found.signatures.values())).header.network)
    begun = max(progress.deadline or 0, progress.start.ms)
    return {
        "leads_to": _next(found, part) if wait.silence == NEXT_ARBITER else wait.silence,
        "mark": wait.mark,
        "claim_by": other(role) if role in ROLES else None,
        "cure_ms": times.cure,
        "dormant": begun + times.dormant,
    }


def _next(found: Contract, part: int) -> str:
    """The state after an arbiter's silence."""
    if found.milestones[part].arbiter < len(found.agreement.arbiters):
        return AWAITING_ARBITER
    return {FREELANCER: OWED, CLIENT: RESOLVED}.get(found.agreement.fallback, CONTESTED)
