"""The form of an amendment: the terms as they stand, and what of them was written over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.desk import Denied
from . import amounts

if TYPE_CHECKING:
    from ..port import Json
    from .visit import Visit

DAY_MS = 24 * 60 * 60 * 1000


def filled(visit: Visit, contract: Json) -> dict[str, list[str]]:
    """The terms as if they had been typed."""
    found: dict[str, list[str]] = {}
    for part in contract["milestones"]:
        number = part["part"]
        found[f"title-{number}"] = [part["title"] or ""]
        if part["price"] is not None:
            found[f"amount-{number}"] = [amounts.shown(part["price"]["amount"], part["price"]["unit"], visit.catalogue)]
        found[f"days-{number}"] = [str(part["work_ms"] // DAY_MS)]
    clauses: list[Json] = contract["clauses"] or []
    for clause in clauses:
        found[f"clause-{clause['id']}"] = [clause["text"]]
    return found


def read(visit: Visit, contract: Json) -> Json:
    """The body of POST /contracts/{ref}/amend: only what differs. Raises Denied."""
    if contract["clauses"] is None:
        raise Denied("not-yours", "the terms of this contract are private", "only its parties can change them")
    parts = [change for part in contract["milestones"] if (change := _changed(visit, part)) is not None]
    clauses = [
        {"id": clause["id"], "text": text}
        for clause in contract["clauses"]
        if (text := visit.one(f"clause-{clause['id']}")) != clause["text"].strip()
    ]
    new = visit.one("clause-id"), visit.one("clause-text")
    if any(new):
        clauses.append({"id": new[0], "text": new[1]})
    added = _added(visit, contract)
    if not (parts or clauses or added):
        raise Denied("bad-request", "nothing differs from the terms as they stand", "write over what is to change")
    return {"parts": parts, "clauses": clauses, "added": added, "note": visit.one("note")}


def _changed(visit: Visit, part: Json) -> Json | None:
    number = part["part"]
    change: dict[str, Any] = {}
    title = visit.one(f"title-{number}")
    if title and title != (part["title"] or ""):
        change["title"] = title
    typed = visit.one(f"amount-{number}")
    if typed and part["price"] is not None:
        amount = amounts.minor(typed, part["price"]["unit"], visit.catalogue)
        if amount != part["price"]["amount"]:
            change |= {"amount": amount, "unit": part["price"]["unit"]}
    days = amounts.whole(visit.one(f"days-{number}"), 0)
    if days and days != part["work_ms"] // DAY_MS:
        change["work_ms"] = days * DAY_MS
    return {"part": number, **change} if change else None


def _added(visit: Visit, contract: Json) -> list[Json]:
    title = visit.one("new-title")
    if not title:
        return []
    unit = next((part["price"]["unit"] for part in contract["milestones"] if part["price"]), "EUR")
    amount = amounts.minor(visit.one("new-amount"), unit, visit.catalogue)
    return [{"title": title, "amount": amount, "unit": unit, "days": amounts.whole(visit.one("new-days"), 14)}]
