"""Offers: find, read, write, edit, close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.desk import Denied
from . import amounts, offer_form
from .signing import Signature, sign

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from ..port import Json
    from .visit import Visit

FILTERS = ("q", "side", "basis", "unit", "least", "language", "skill", "order")


async def board(visit: Visit) -> Response:
    """Open offers that match, a page at a time; a script asks for the rows only."""
    given = {name: visit.query(name) for name in FILTERS}
    found: Json = {"offers": [], "next": None}
    problem: Json | None = None
    try:
        found = await visit.ask("/offers/search", before=visit.query("before"), **_query(visit, given))
    except Denied as denied:
        problem = visit.problem(denied)
    template = "offers_rows.html" if visit.partial else "offers.html"
    return await visit.show(
        template, area="offers", tab="board", found=found, given=given, units=offer_form.UNITS, problem=problem
    )


def _query(visit: Visit, given: dict[str, str]) -> dict[str, Any]:
    query: dict[str, Any] = {name: value for name, value in given.items() if name not in ("least", "skill")}
    query["skill"] = offer_form.listed(given["skill"])
    if given["least"]:
        query["unit"] = given["unit"] or offer_form.UNITS[0]
        query["least"] = amounts.minor(given["least"], query["unit"], visit.catalogue)
    else:
        query["unit"] = given["unit"]
    return query


async def mine(visit: Visit) -> Response:
    """The owner's own open offers."""
    found = await visit.ask("/offers", mine=True, before=visit.query("before"))
    return await visit.show("offers_mine.html", area="offers", tab="mine", found=found)


async def show(visit: Visit) -> Response:
    """One offer."""
    offer = await visit.ask("/offers/{ref}", visit.ref)
    return await visit.show("offer.html", area="offers", offer=offer)


async def write(visit: Visit) -> Response:
    """An empty form."""
    return await _form(visit, None, {"side": [visit.query("side") or "wanted"]}, "")


async def publish(visit: Visit) -> Response:
    """What was typed: shown as it will be signed, then signed."""

    def wanted() -> Signature:
        return Signature(
            "POST", "/offers", "", offer_form.read(visit),
            title=visit.text("Publish this offer?"),
            button=visit.text("Sign and publish"),
            follows=visit.text("Everybody in the market can read it. You can edit or close it at any time."),
            done=lambda offer: f"/offers/{offer['offer']}",
            told="published", area="offers", back="/offers/new",
        )  # fmt: skip

    return await sign(visit, wanted, lambda denied: _form(visit, denied, visit.typed, ""))


async def edit(visit: Visit) -> Response:
    """A form with the offer as it is."""
    offer = await visit.ask("/offers/{ref}", visit.ref)
    return await _form(visit, None, offer_form.filled(visit, offer), offer["offer"])


async def save(visit: Visit) -> Response:
    """A new version of an offer."""

    def wanted() -> Signature:
        return Signature(
            "PUT", "/offers/{ref}", visit.ref, offer_form.read(visit),
            title=visit.text("Publish this version?"),
            button=visit.text("Sign and publish"),
            follows=visit.text("It replaces the earlier version. Proposals that were written before keep their terms."),
            done=lambda offer: f"/offers/{offer['offer']}",
            told="published", area="offers", back=f"/offers/{visit.ref}/edit",
        )  # fmt: skip

    return await sign(visit, wanted, lambda denied: _form(visit, denied, visit.typed, visit.ref))


async def close(visit: Visit) -> Response:
    """No more proposals: shown as it will be signed, then signed."""
    offer = await visit.ask("/offers/{ref}", visit.ref)

    def wanted() -> Signature:
        return Signature(
            "POST", "/offers/{ref}/close", visit.ref, {},
            title=visit.text("Close this offer?"),
            button=visit.text("Sign and close"),
            follows=visit.text("Nobody can answer it any more. Contracts that came of it go on."),
            done=lambda offer: f"/offers/{offer['offer']}",
            told="closed", area="offers", back=f"/offers/{visit.ref}",
        )  # fmt: skip

    async def again(denied: Denied | None) -> Response:
        problem = None if denied is None else visit.problem(denied)
        status = 200 if problem is None else problem["status"]
        return await visit.show("offer.html", status, area="offers", offer=offer, problem=problem)

    return await sign(visit, wanted, again)


async def _form(visit: Visit, denied: Denied | None, typed: dict[str, list[str]], ref: str) -> Response:
    def value(name: str, otherwise: str = "") -> str:
        return typed.get(name, [otherwise])[-1]

    questions = [*typed.get("question", []), *[""] * offer_form.QUESTIONS][: offer_form.QUESTIONS]
    problem = None if denied is None else visit.problem(denied)
    return await visit.show(
        "offer_form.html", 200 if problem is None else problem["status"],
        area="offers", ref=ref, value=value, questions=questions, units=offer_form.UNITS, problem=problem,
    )  # fmt: skip


PAGES: tuple[tuple[str, dict[str, Callable[[Visit], Awaitable[Response]]]], ...] = (
    ("/offers", {"GET": board}),
    ("/offers/mine", {"GET": mine}),
    ("/offers/new", {"GET": write, "POST": publish}),
    ("/offers/{ref}", {"GET": show}),
    ("/offers/{ref}/edit", {"GET": edit, "POST": save}),
    ("/offers/{ref}/close", {"POST": close}),
)
