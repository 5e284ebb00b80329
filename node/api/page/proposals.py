"""Proposals: the lists, one offer's side by side, one in full; accepting, declining, and writing one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from . import proposal_form
from .signing import Signature, sign
from .terms import N_

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from ...core.desk import Denied
    from ..port import Json
    from .visit import Visit

PLACE = "/proposals/{ref}"


async def listed(visit: Visit) -> Response:
    """Received, by the offer that they answer, and sent."""
    found = await visit.ask("/proposals", order=visit.query("order"))
    return await visit.show("proposals.html", area="proposals", groups=_by_offer(found["received"]), found=found)


async def beside(visit: Visit) -> Response:
    """One offer's proposals side by side: those that are worth reading, then those that are folded, with the reason."""
    offer = await visit.ask("/offers/{ref}", visit.ref)
    found = await visit.ask("/proposals", order=visit.query("order"))
    received = [one for one in found["received"] if one["offer"] == offer["offer"]]
    people = {one["author"]: await visit.ask("/reputation/{ref}", one["author"]) for one in received}
    return await visit.show(
        "proposals_beside.html",
        area="proposals",
        offer=offer,
        shown=[one for one in received if not one["folded"]],
        folded=[one for one in received if one["folded"]],
        folds=_by_rule(received),
        config=(await visit.ask("/config"))["config"],
        people=people,
        order=found["order"],
        note=found.get("note", ""),
    )


RULES = {
    "blocked": N_("By people whom you have blocked"),
    "offer": N_("Not what your offer asks for"),
    "stamp": N_("By strangers, without the stamp that you want"),
    "language": N_("In languages that are not yours"),
    "short": N_("Too short"),
    "near-copy": N_("Near copies"),
}
_OTHER_RULE = N_("Folded by your triage")


def _by_rule(received: list[Json]) -> list[tuple[str, list[Json]]]:
    """What is folded, by rule, in the order in which rules are applied."""
    named: dict[str, list[Json]] = {label: [] for label in (*RULES.values(), _OTHER_RULE)}
    for one in received:
        if one["folded"]:
            named[RULES.get(one["rule"] or "", _OTHER_RULE)].append(one)
    return [(label, ones) for label, ones in named.items() if ones]


def _by_offer(received: list[Json]) -> list[tuple[Json, list[Json]]]:
    in_order = sorted(received, key=lambda one: one["offer"])
    groups = [list(found) for _, found in groupby(in_order, key=lambda one: one["offer"])]
    groups.sort(key=lambda found: -max(one["written"] for one in found))
    return [(found[0], sorted(found, key=lambda one: (bool(one["folded"]), -one["written"]))) for found in groups]


async def show(visit: Visit) -> Response:
    """One proposal."""
    return await _show(visit, await visit.ask(PLACE, visit.ref), None)


async def _show(visit: Visit, one: Json, problem: Json | None) -> Response:
    person = one["author"] if one["direction"] == "received" else one["recipient"]
    return await visit.show(
        "proposal.html", 200 if problem is None else problem["status"],
        area="proposals", one=one, person=await visit.ask("/reputation/{ref}", person), problem=problem,
        typed=visit.one, total=proposal_form.total(one["parts"]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is said to a proposal with a signature: its sheet's words, and where one is afterwards."""

    title: str
    button: str
    follows: str
    leads_to: Callable[[Json], str]
    has_reason: bool = True


def _to_proposal(answer: Json) -> str:
    return f"/proposals/{answer['proposal']}"


_ANSWERS = {
    "accept": _Answer(
        N_("Accept this proposal?"),
        N_("Sign the contract"),
        N_("You sign the same terms as the other side: from then on they bind both of you."),
        lambda contract: f"/contracts/{contract['contract']}",
        has_reason=False,
    ),
    "decline": _Answer(
        N_("Decline this proposal?"),
        N_("Sign it"),
        N_("Only its author is told. Nobody's reputation changes by it."),
        _to_proposal,
    ),
    "withdraw": _Answer(
        N_("Withdraw your proposal?"),
        N_("Sign it"),
        N_("They are asked not to accept it any more. Until their node has it, they can."),
        _to_proposal,
    ),
}


async def _answer(verb: str, visit: Visit) -> Response:
    """Sign one of `_ANSWERS`."""
    one, said = await visit.ask(PLACE, visit.ref), _ANSWERS[verb]

    def signature() -> Signature:
        return Signature(
            "POST", f"{PLACE}/{verb}", visit.ref, {"reason": visit.one("reason")} if said.has_reason else {},
            title=visit.text(said.title), button=visit.text(said.button), follows=visit.text(said.follows),
            done=said.leads_to, told="signed", area="proposals", back=f"/proposals/{visit.ref}",
        )  # fmt: skip

    return await sign(visit, signature, partial(_again, visit, one))


async def _again(visit: Visit, one: Json, denied: Denied | None) -> Response:
    return await _show(visit, one, None if denied is None else visit.problem(denied))


async def write(visit: Visit) -> Response:
    """Answer an offer: price, milestones, clauses, in one's own words."""
    offer = await visit.ask("/offers/{ref}", visit.ref)
    form = partial(_form, visit, offer)
    if visit.request.method == "GET":
        return await form(None)

    def signature() -> Signature:
        return Signature(
            "POST", "/proposals", "", proposal_form.read(visit, offer),
            title=visit.text("Send this proposal?"), button=visit.text("Sign and send"),
            follows=visit.text("Only the other side can read it. If they sign the same terms, it is a contract."),
            done=lambda answer: f"/proposals/{answer['proposal']}",
            told="proposed", area="proposals", back=f"/offers/{visit.ref}/answer",
        )  # fmt: skip

    return await sign(visit, signature, form)


async def _form(visit: Visit, offer: Json, denied: Denied | None) -> Response:
    problem = None if denied is None else visit.problem(denied)
    typed = visit.typed or proposal_form.begun(visit, offer)

    def value(name: str) -> str:
        return typed.get(name, [""])[-1]

    return await visit.show(
        "proposal_form.html", 200 if problem is None else problem["status"],
        area="proposals", offer=offer, value=value, problem=problem,
        parts_shown=proposal_form.PARTS, clauses_shown=proposal_form.CLAUSES,
    )  # fmt: skip


PAGES: tuple[tuple[str, dict[str, Callable[[Visit], Awaitable[Response]]]], ...] = (
    ("/proposals", {"GET": listed}),
    (PLACE, {"GET": show}),
    *((f"{PLACE}/{verb}", {"POST": partial(_answer, verb)}) for verb in _ANSWERS),
    ("/offers/{ref}/proposals", {"GET": beside}),
    ("/offers/{ref}/answer", {"GET": write, "POST": write}),
)
