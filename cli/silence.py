"""What happens if nobody does anything: the table's answer, in a sentence or two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol import contract as table

from .words import span, until

if TYPE_CHECKING:
    from .client import Json

_OUTCOMES = {
    table.UNFUNDED: "the milestone ends unfunded",
    table.UNDELIVERED: "the milestone ends undelivered",
    table.ABANDONED: "the milestone ends, abandoned by the client",
    table.PAYABLE: "the work counts as accepted",
    table.UNPAID: "the milestone ends unpaid (paying late still makes up for it, for a time)",
    table.UNCONFIRMED: "the milestone ends as settled, though nobody confirmed the money",
    table.RESOLVED: "nothing more is owed",
    table.NONCOMPLIANT: "the award stays unpaid (paying late still makes up for it, for a time)",
    table.DELIBERATING: "the case is heard without an answer",
    table.AWAITING_ARBITER: "the next arbiter is asked",
    table.OWED: "what was agreed for that case is owed to the freelancer",
    table.CONTESTED: "nobody decides, and the milestone ends contested",
}


def if_nothing_happens(milestone: Json, now_ms: int) -> str:
    """A milestone's turn, its deadline and the way on from silence; empty at an end."""
    silence: Json | None = milestone.get("silence")
    if not milestone.get("turn") or silence is None:
        return ""
    who = f"the {milestone['turn']}"
    outcome = _OUTCOMES.get(str(silence["leads_to"]), f"the milestone is {silence['leads_to']}")
    mark = f"and a mark {str(silence['mark'])!r} stays on {who}"
    claim: Json | None = milestone.get("claim")
    if claim is not None:
        return _claimed(who, claim, outcome, mark, now_ms)
    if milestone.get("deadline") is None:
        return "the time has not begun: no witness has seen yet what it follows from"
    claimant = f"the {silence['claim_by']}" if silence.get("claim_by") else "either party"
    return (
        f"if {who} says nothing until {until(milestone['deadline'], now_ms)}, {claimant} may claim; "
        f"{span(int(silence['cure_ms']))} after the claim {outcome} {mark}; "
        f"if nobody claims, it ends without marks on {until(silence['dormant'], now_ms)}"
    )


def _claimed(who: str, claim: Json, outcome: str, mark: str, now_ms: int) -> str:
    if claim.get("until") is None:
        return f"claimed by the {claim['by']}, but no witness has seen the claim yet"
    return (
        f"claimed by the {claim['by']}: if {who} says nothing until {until(claim['until'], now_ms)}, {outcome} {mark}"
    )
