"""The form of a proposal: from what was typed to what the API takes, and a beginning that fits the offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.desk import Denied
from . import amounts

if TYPE_CHECKING:
    from ..port import Json
    from .visit import Visit

PARTS, CLAUSES = 6, 6
"""Rows of the form; who needs more milestones writes the proposal with the command."""
_DAYS = "14"


def begun(visit: Visit, offer: Json) -> dict[str, list[str]]:
    """A form in which the offer's own price and unit stand already."""
    found = {"unit": ["EUR"], "days": ["7"], "revisions": ["2"], "fallback": ["nobody"]}
    budget = offer["budget"]
    if budget is not None:
        found["unit"] = [budget["unit"]]
        found["basis"] = [budget["basis"]]
        found["amount-1"] = [amounts.shown(budget["low"], budget["unit"], visit.catalogue)]
        found["work-1"] = ["7" if budget["basis"] == "hourly" else _DAYS]
    return found


def read(visit: Visit, offer: Json) -> Json:
    """The body of POST /proposals. Raises Denied `bad-amount`, `bad-request`."""
    unit = visit.one("unit").upper() or "EUR"
    parts = [part for number in range(1, PARTS + 1) if (part := _part(visit, number, unit)) is not None]
    if not parts:
        raise Denied("bad-request", "a proposal has at least one milestone", "give it a title, a price and its days")
    texts = [visit.one(f"clause-{number}") for number in range(1, CLAUSES + 1)]
    clauses = [{"id": str(number), "text": text} for number, text in enumerate(filter(None, texts), 1)]
    questions: list[str] = offer["intake"]["questions"]
    body: dict[str, Any] = {
        "offer": offer["offer"],
        "cover": visit.one("cover"),
        "parts": parts,
        "clauses": clauses,
        "answers": [visit.one(f"answer-{number}") for number in range(1, len(questions) + 1)],
        "days": amounts.whole(visit.one("days"), 7),
        "revisions": amounts.whole(visit.one("revisions"), 2),
        "arbiters": visit.one("arbiters").split(),
        "witnesses": visit.one("witnesses").split(),
        "appeal": visit.one("appeal") == "1",
        "fallback": visit.one("fallback") or "nobody",
    }
    return body


def _part(visit: Visit, number: int, unit: str) -> Json | None:
    title, amount, days = (visit.one(f"{name}-{number}") for name in ("title", "amount", "work"))
    if not title and (number > 1 or not amount):
        return None
    if not title or not amount:
        raise Denied("bad-request", f"milestone {number} lacks its title or its price", "fill in both, or neither")
    part: dict[str, Any] = {
        "title": title,
        "amount": amounts.minor(amount, unit, visit.catalogue),
        "unit": unit,
        "days": amounts.whole(days, int(_DAYS)),
    }
    if visit.one("basis") == "hourly":
        part["hourly"] = True
        if hours := visit.one(f"hours-{number}"):
            part["hours"] = amounts.whole(hours, 1)
    return part


def total(parts: list[Json]) -> Json | None:
    """What all milestones cost together, where that can be said: fixed prices of one unit."""
    units = {part["price"]["unit"] for part in parts if part["price"]}
    if len(units) != 1 or any(part["basis"] == "hourly" or not part["price"] for part in parts):
        return None
    return {"amount": sum(part["price"]["amount"] for part in parts), "unit": units.pop()}
