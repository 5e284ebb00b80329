"""Reviews in the browser: written at a contract's end, answered once; and the list of disputes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ...core.desk import Denied
from .signing import Signature, sign
from .terms import N_

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from ..port import Json
    from .visit import Visit

LEVELS = (
    ("scope", N_("Scope"), N_("What was agreed, and no more")),
    ("communication", N_("Communication"), N_("Clear, and in time")),
    ("quality", N_("Quality"), N_("Of the work, or of the brief")),
    ("time", N_("Time"), N_("Delivered, looked at and paid in time")),
    ("again", N_("Again"), N_("Would you work with them again?")),
)
SCALE = (N_("not at all"), N_("hardly"), N_("partly"), N_("mostly"), N_("fully"))


async def write(visit: Visit) -> Response:
    """A review of the other party of a contract that is over."""
    contract = await visit.ask("/contracts/{ref}", visit.ref)
    form = partial(_form, visit, contract)
    if visit.request.method == "GET":
        return await form(None)
    here = f"/contracts/{contract['contract']}"

    def signature() -> Signature:
        return Signature(
            "POST", "/reviews", "",
            {"contract": contract["contract"], "text": visit.one("text")}
            | {name: _level(visit.one(name)) for name, _, _ in LEVELS},
            title=visit.text("Sign this review?"), button=visit.text("Sign it"),
            follows=visit.text("It cannot be changed afterwards."),
            done=lambda _: here, told="reviewed", area="contracts", back=f"{here}/review",
        )  # fmt: skip

    return await sign(visit, signature, form)


def _level(typed: str) -> int:
    if typed not in ("0", "1", "2", "3", "4"):
        raise Denied("bad-request", "a level is missing", "choose one for each")
    return int(typed)


async def _form(visit: Visit, contract: Json, denied: Denied | None) -> Response:
    problem = None if denied is None else visit.problem(denied)
    role = "freelancer" if contract["my_role"] == "client" else "client"
    return await visit.show(
        "review_form.html", 200 if problem is None else problem["status"],
        area="contracts", contract=contract, about=contract[role], about_name=contract[f"{role}_name"],
        levels=LEVELS, scale=SCALE, typed=visit.one, problem=problem,
    )  # fmt: skip


async def reply(visit: Visit) -> Response:
    """The one answer to a review about the owner."""
    form = partial(_replying, visit)
    if visit.request.method == "GET":
        return await form(None)

    def signature() -> Signature:
        return Signature(
            "POST", "/reviews/{ref}/reply", visit.ref, {"text": visit.one("text")},
            title=visit.text("Sign this answer?"), button=visit.text("Sign it"),
            follows=visit.text("It stands beside the review from now on."),
            done=lambda review: f"/people/{review['subject']}", told="signed", area="reputation",
        )  # fmt: skip

    return await sign(visit, signature, form)


async def _replying(visit: Visit, denied: Denied | None) -> Response:
    problem = None if denied is None else visit.problem(denied)
    me = (await visit.ask("/status"))["identity"]
    about: list[Json] = [] if me is None else (await visit.ask("/reviews", of=me))["reviews"]
    review = next((one for one in about if one["review"] == visit.ref), None)
    return await visit.show(
        "reply_form.html", 200 if problem is None else problem["status"],
        area="reputation", review=review, typed=visit.one, problem=problem,
    )  # fmt: skip


async def disputes(visit: Visit) -> Response:
    """Contracts with a dispute."""
    return await visit.show("disputes.html", area="contracts", disputes=(await visit.ask("/disputes"))["disputes"])


PAGES: tuple[tuple[str, dict[str, Callable[[Visit], Awaitable[Response]]]], ...] = (
    ("/disputes", {"GET": disputes}),
    ("/contracts/{ref}/review", {"GET": write, "POST": write}),
    ("/reviews/{ref}/reply", {"GET": reply, "POST": reply}),
)
