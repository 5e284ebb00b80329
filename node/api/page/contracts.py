"""Contracts: the list, one contract with its timeline, and every act in it, signed with open eyes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ...core.desk import Denied
from . import act_form, acts, attaching, change_form, turns
from .signing import Signature, sign
from .steps import files, said, verb_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from ..port import Json
    from .acts import Act
    from .visit import Visit

PLACE = "/contracts/{ref}"
_OVER = ("closed", "lapsed")


async def listed(visit: Visit) -> Response:
    """The owner's contracts: those that run, then those that are over; and those in which the owner serves."""
    found = await visit.ask("/contracts")
    return await visit.show(
        "contracts.html",
        area="contracts",
        running=[one for one in found["contracts"] if one["state"] not in _OVER],
        over=[one for one in found["contracts"] if one["state"] in _OVER],
        serving=found["serving"],
    )


async def show(visit: Visit) -> Response:
    """One contract."""
    return await _show(visit, await visit.ask(PLACE, visit.ref), None)


async def _show(visit: Visit, contract: Json, problem: Json | None) -> Response:
    now = visit.site.office.now()
    me = (await visit.ask("/status"))["identity"]
    reviews: list[Json] = [] if me is None else (await visit.ask("/reviews", by=me))["reviews"]
    return await visit.show(
        "contract.html",
        200 if problem is None else problem["status"],
        area="contracts",
        contract=contract,
        possible=partial(acts.possible, contract),
        general=acts.in_general(contract, now),
        silence=partial(turns.silence, visit),
        said_in=partial(said, visit),
        files_in=files,
        kept={one["sha256"]: one for one in (await visit.ask(f"{PLACE}/files", visit.ref))["files"]},
        verb_of=partial(verb_of, visit),
        reviewed=[one for one in reviews if one["contract"] == contract["contract"]],
        problem=problem,
    )


async def act(visit: Visit) -> Response:
    """An act: its form, what exactly will be signed, and the signature."""
    wanted = _known(visit)
    contract = await visit.ask(PLACE, visit.ref)
    part = _part(visit, contract) if wanted.in_part else None
    form = partial(_form, visit, wanted, contract, part)
    if visit.request.method == "GET":
        return await form(None)

    def signature() -> Signature:
        here = f"/contracts/{contract['contract']}"
        body = act_form.read(visit, wanted, contract, part)
        return Signature(
            "POST", f"{PLACE}/{wanted.verb}", contract["contract"], body, files=attaching.listed(visit, body),
            title=visit.text(wanted.label), button=visit.text("Sign it"), follows=visit.text(wanted.follows),
            done=lambda _: here if part is None else f"{here}#part-{part}",
            told="signed", area="contracts", back=here,
        )  # fmt: skip

    return await sign(visit, signature, form)


async def _form(visit: Visit, wanted: Act, contract: Json, part: int | None, denied: Denied | None) -> Response:
    problem = None if denied is None else visit.problem(denied)
    milestone = next((one for one in contract["milestones"] if one["part"] == part), None)
    return await visit.show(
        "act_form.html", 200 if problem is None else problem["status"],
        area="contracts", act=wanted, contract=contract, milestone=milestone, problem=problem, typed=visit.one,
        chosen=visit.typed, change=visit.one("change") or visit.query("change"),
        ping=visit.one("ping") or visit.query("ping"), findings=act_form.FINDINGS, faults=act_form.FAULTS,
    )  # fmt: skip


def _known(visit: Visit) -> Act:
    found = acts.ACTS.get(str(visit.request.path_params["verb"]))
    if found is None:
        raise Denied("not-found", "there is no such act", "the contract's page has them all")
    return found


def _part(visit: Visit, contract: Json) -> int:
    typed = visit.query("part") or "1"
    numbers = {str(one["part"]): int(one["part"]) for one in contract["milestones"]}
    if typed not in numbers:
        raise Denied("no-such-part", "this contract has no such milestone", "the contract's page has them all")
    return numbers[typed]


async def fetch(visit: Visit) -> Response:
    """Begin to fetch a file from the node of whoever named it."""
    answer = await visit.act("POST", f"{PLACE}/fetch", visit.ref, {"files": [visit.one("file")]})
    return visit.go(f"/contracts/{answer['contract']}#file-{visit.one('file')[:12]}", "fetching")


async def amend(visit: Visit) -> Response:
    """Propose to change the terms: as they stand now, to be written over."""
    contract = await visit.ask(PLACE, visit.ref)
    here = f"/contracts/{contract['contract']}"
    form = partial(_amending, visit, contract)
    if visit.request.method == "GET":
        return await form(None)

    def signature() -> Signature:
        return Signature(
            "POST", f"{PLACE}/amend", contract["contract"], change_form.read(visit, contract),
            title=visit.text("Propose this change?"), button=visit.text("Sign it"),
            follows=visit.text("Nothing changes until the other side signs it as well."),
            done=lambda _: f"{here}#changes", told="signed", area="contracts", back=f"{here}/amend",
        )  # fmt: skip

    return await sign(visit, signature, form)


async def _amending(visit: Visit, contract: Json, denied: Denied | None) -> Response:
    problem = None if denied is None else visit.problem(denied)
    typed = visit.typed or change_form.filled(visit, contract)

    def value(name: str) -> str:
        return typed.get(name, [""])[-1]

    return await visit.show(
        "change_form.html", 200 if problem is None else problem["status"],
        area="contracts", contract=contract, problem=problem, value=value,
    )  # fmt: skip


PAGES: tuple[tuple[str, dict[str, Callable[[Visit], Awaitable[Response]]]], ...] = (
    ("/contracts", {"GET": listed}),
    (PLACE, {"GET": show}),
    (f"{PLACE}/amend", {"GET": amend, "POST": amend}),
    (f"{PLACE}/fetch", {"POST": fetch}),
    (f"{PLACE}/{{verb}}", {"GET": act, "POST": act}),
)
