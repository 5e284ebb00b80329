"""What waits, for the owner and for others, in the order of its deadlines; and what silence leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol import contract as table
from freehold.protocol.kinds.offer import FIXED

from .terms import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..port import Json
    from .visit import Visit

NEVER = 2**53
CHANGE, CLAIM, ANSWER = "change", "claim", "proposal"
DOING = {
    table.FUNDING: N_("Show the money"),
    table.WORKING: N_("Deliver the work"),
    table.BLOCKED: N_("Give what is needed"),
    table.DELIVERED: N_("Look at the delivery"),
    table.REVISION: N_("Deliver the revision"),
    table.PAYABLE: N_("Pay"),
    table.PAID: N_("Confirm the money"),
    table.OWED: N_("Pay the award"),
    table.AWARD_PAID: N_("Confirm the award"),
    table.AWAITING_ARBITER: N_("Take the case, or decline it"),
    table.AWAITING_ANSWER: N_("Answer the dispute"),
    table.DELIBERATING: N_("Decide the case"),
    CHANGE: N_("Answer the change"),
    CLAIM: N_("You may claim"),
    ANSWER: N_("Read the proposal"),
}
"""The one main button of what waits, by the milestone's state."""
OUTCOMES = {
    table.UNFUNDED: N_("the milestone ends unfunded"),
    table.UNDELIVERED: N_("the milestone ends undelivered"),
    table.ABANDONED: N_("the milestone ends, abandoned by the client"),
    table.PAYABLE: N_("the work counts as accepted"),
    table.UNPAID: N_("the milestone ends unpaid (paying late still makes up for it, for a time)"),
    table.UNCONFIRMED: N_("the milestone ends as settled, though nobody confirmed the money"),
    table.RESOLVED: N_("nothing more is owed"),
    table.NONCOMPLIANT: N_("the award stays unpaid (paying late still makes up for it, for a time)"),
    table.DELIBERATING: N_("the case is heard without an answer"),
    table.AWAITING_ARBITER: N_("the next arbiter is asked"),
    table.OWED: N_("what was agreed for that case is owed to the freelancer"),
    table.CONTESTED: N_("nobody decides, and the milestone ends contested"),
}

_SOMETHING = N_("the milestone changes its state")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: what is to be done, about what, with whom, until when, and where it is done."""

    doing: str
    title: str
    part: str
    who: str | None
    identity: str
    role: str
    deadline: int | None
    path: str
    milestone: Json | None = None
    price: Json | None = None
    sort: str = ""
    """What it is where it is no milestone: a proposal, a change."""


def yours(contracts: Json, proposals: Json) -> list[Waiting]:
    """What waits for the owner, the nearest deadline first."""
    listed = [*contracts["contracts"], *contracts["serving"]]
    found = [item for one in listed for item in _of_contract(one)]
    found += [_of_proposal(one) for one in proposals["received"] if one["state"] == "open" and not one["folded"]]
    return sorted(found, key=lambda item: NEVER if item.deadline is None else item.deadline)


def others(contracts: Json) -> list[Waiting]:
    """What others have to do in the owner's contracts, the nearest deadline first."""
    found = [
        _of_part(one, part)
        for one in contracts["contracts"]
        for part in one["milestones"]
        if part["turn"] and part["part"] not in one["my_turns"]
    ]
    return sorted(found, key=lambda item: NEVER if item.deadline is None else item.deadline)


def _of_contract(one: Json) -> Iterator[Waiting]:
    parts = {part["part"]: part for part in one["milestones"]}
    for number in one["my_turns"]:
        yield _of_part(one, parts[number])
    for number in one["my_claims"]:
        yield _of_part(one, parts[number], CLAIM)
    for _ in one["my_changes"]:
        who, name = _other(one)
        path = f"/contracts/{one['contract']}#changes"
        yield Waiting(
            DOING[CHANGE], one["offer_title"] or "", "", name, who, one["my_role"] or "", None, path, sort=CHANGE
        )


def _of_part(one: Json, part: Json, doing: str = "") -> Waiting:
    who, name = _other(one)
    claim: Json = part["claim"] or {}
    return Waiting(
        DOING.get(doing or part["state"], N_("Look at it")),
        one["offer_title"] or "",
        part["title"] or "",
        name,
        who,
        one["my_role"] or "",
        claim.get("until") or part["deadline"],
        f"/contracts/{one['contract']}#part-{part['part']}",
        part,
        part["price"],
    )


def _of_proposal(one: Json) -> Waiting:
    path = f"/proposals/{one['proposal']}"
    title = one["offer_title"] or ""
    return Waiting(
        DOING[ANSWER], title, "", one["author_name"], one["author"], "", one["expires"], path,
        price=_total(one["parts"]), sort=ANSWER,
    )  # fmt: skip


def _total(parts: list[Json]) -> Json | None:
    """What the milestones of a proposal come to; None where they cannot be added up."""
    units = {part["price"]["unit"] for part in parts}
    if len(units) != 1 or any(part["basis"] != FIXED for part in parts):
        return None
    return {"amount": sum(part["price"]["amount"] for part in parts), "unit": units.pop()}


def _other(one: Json) -> tuple[str, str | None]:
    role = "freelancer" if one["my_role"] == "client" else "client"
    return one[role], one[f"{role}_name"]


def silence(visit: Visit, milestone: Json) -> str:
    """What follows if whose turn it is says nothing, in a sentence or two; empty at an end."""
    found, words = milestone["silence"], visit.words
    if not milestone["turn"] or found is None:
        return ""
    values = {
        "who": words.term(milestone["turn"]),
        "outcome": visit.text(OUTCOMES.get(found["leads_to"], _SOMETHING)),
        "mark": words.term(found["mark"]),
        "claimant": words.term(found["claim_by"]) if found["claim_by"] else visit.text("either party"),
        "cure": words.span(found["cure_ms"]),
    }
    claim = milestone["claim"]
    if claim is not None:
        return _claimed(visit, claim, values)
    if milestone["deadline"] is None:
        return visit.text("The time has not begun: no witness has seen yet what it follows from.")
    return visit.text(
        "If nobody does anything until %(deadline)s, the %(claimant)s may claim; %(cure)s after the claim "
        "%(outcome)s, and a mark “%(mark)s” stays on the %(who)s. If nobody claims, it ends without marks on "
        "%(dormant)s.",
        deadline=words.moment(milestone["deadline"]),
        dormant=words.date(found["dormant"]),
        **values,
    )


def _claimed(visit: Visit, claim: Json, values: dict[str, str]) -> str:
    if claim["until"] is None:
        return visit.text("Claimed, but no witness has seen the claim yet.")
    return visit.text(
        "Claimed: if the %(who)s says nothing until %(until)s, %(outcome)s, and a mark “%(mark)s” stays.",
        until=visit.words.moment(claim["until"]),
        who=values["who"],
        outcome=values["outcome"],
        mark=values["mark"],
    )
