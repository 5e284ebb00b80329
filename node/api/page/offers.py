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

FILTERS = ("q", "side", "basis", "unit", "least", "most", "language", "skill", "any", "reviews", "posted", "order")
FAULTS = ("silent", "unpaid", "late", "undelivered", "fault")
"""What contracts must not show of an offer's author."""
_DAY_MS = 24 * 60 * 60 * 1000


async def board(visit: Visit) -> Response:
    """Open offers that match, a page at a time; a script asks for the rows only."""
    return await _board(visit, None)


async def _board(visit: Visit, problem: Json | None) -> Response:
    given: dict[str, Any] = {name: visit.query(name) for name in FILTERS}
    given["without"] = [fault for fault in visit.request.query_params.getlist("without") if fault in FAULTS]
    given["blocked"] = "1" if visit.query("blocked") else ""
    given["any"] = given["any"] if given["skill"] else ""
    found: Json = {"offers": [], "next": None, "hidden": 0}
    try:
        found = await visit.ask(
            "/offers/search", before=visit.query("before"), market="1", record="1", order=given["order"],
            blocked=given["blocked"], since=_since(visit, given), **_wish(visit, given),
        )  # fmt: skip
    except Denied as denied:
        problem = problem or visit.problem(denied)
    if visit.partial:
        return await visit.show("offers_rows.html", area="offers", found=found, given=given, problem=problem)
    return await visit.show(
        "offers.html", 200 if problem is None else problem["status"],
        area="offers", tab="board", found=found, given=given, units=offer_form.UNITS, faults=FAULTS, problem=problem,
        searches=(await visit.ask("/searches"))["searches"],
        wish={name: value for name, value in given.items() if value and name not in ("order", "blocked")},
    )  # fmt: skip


def _since(visit: Visit, given: dict[str, Any]) -> int | None:
    """From when on the offers are to be, ms. Raises Denied."""
    days = amounts.whole(given["posted"], 0)
    return max(0, visit.site.office.now() - days * _DAY_MS) if days else None


def _wish(visit: Visit, given: dict[str, Any]) -> dict[str, Any]:
    """What to look for, as the API takes it. Raises Denied."""
    wish: dict[str, Any] = {name: given[name] for name in ("q", "side", "basis", "language", "without")}
    wish["any_skill" if given["any"] else "skill"] = offer_form.listed(given["skill"])
    wish["reviews"] = amounts.whole(given["reviews"], 0)
    wish["unit"] = given["unit"] or (offer_form.UNITS[0] if given["least"] or given["most"] else "")
    for end in ("least", "most"):
        wish[end] = amounts.minor(given[end], wish["unit"], visit.catalogue) if given[end] else None
    return {name: value for name, value in wish.items() if value not in ("", None, [], 0)}


async def save_search(visit: Visit) -> Response:
    """Tell the owner of new offers like these; the search itself stands in the address."""
    given: dict[str, Any] = {name: visit.query(name) for name in FILTERS}
    given["without"] = [fault for fault in visit.request.query_params.getlist("without") if fault in FAULTS]
    try:
        await visit.act("POST", "/searches", body=_wish(visit, given) | {"name": visit.one("name")})
    except Denied as denied:
        return await _board(visit, visit.problem(denied))
    return visit.go("/offers?" + visit.request.url.query, "searching")


async def drop_search(visit: Visit) -> Response:
    """No more of a search."""
    await visit.act("POST", "/searches/drop", body={"name": visit.one("name")})
    return visit.go("/offers", "dropped")


async def mine(visit: Visit) -> Response:
    """The owner's own open offers."""
    found = await visit.ask("/offers", mine=True, before=visit.query("before"))
    return await visit.show("offers_mine.html", area="offers", tab="mine", found=found)


async def show(visit: Visit) -> Response:
    """One offer."""
    return await _show(visit, await visit.ask("/offers/{ref}", visit.ref), None)


async def _show(visit: Visit, offer: Json, problem: Json | None) -> Response:
    record = await visit.ask("/reputation/{ref}", offer["author"])
    role = "client" if offer["side"] == "wanted" else "freelancer"
    return await visit.show(
        "offer.html", 200 if problem is None else problem["status"],
        area="offers", offer=offer, conduct=record["conduct"].get(role), role=role, problem=problem,
    )  # fmt: skip


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
        return await _show(visit, offer, None if denied is None else visit.problem(denied))

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
    ("/offers/searches", {"POST": save_search}),
    ("/offers/searches/drop", {"POST": drop_search}),
    ("/offers/new", {"GET": write, "POST": publish}),
    ("/offers/{ref}", {"GET": show}),
    ("/offers/{ref}/edit", {"GET": edit, "POST": save}),
    ("/offers/{ref}/close", {"POST": close}),
)
