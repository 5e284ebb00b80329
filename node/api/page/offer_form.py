"""The form of an offer: from what was typed to what the API takes, and from an offer back to a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import amounts

if TYPE_CHECKING:
    from ..port import Json
    from .visit import Visit

QUESTIONS = 5
UNITS = ("EUR", "USD", "GBP", "CHF", "SEK", "PLN", "JPY", "BTC")


def read(visit: Visit) -> Json:
    """The body of POST /offers. Raises Denied `bad-amount`, `bad-request`."""
    body: dict[str, Any] = {
        "side": visit.one("side") or "wanted",
        "title": visit.one("title"),
        "description": visit.one("description"),
        "skills": listed(visit.one("skills")),
        "languages": listed(visit.one("languages")),
        "days": amounts.whole(visit.one("days"), 30),
        "intake": {
            "least_characters": amounts.whole(visit.one("least_characters"), 0),
            "questions": [q.strip() for q in visit.typed.get("question", []) if q.strip()],
            "languages": listed(visit.one("intake_languages")),
        },
    }
    budget = _budget(visit)
    return body if budget is None else body | {"budget": budget}


def _budget(visit: Visit) -> Json | None:
    low, high = visit.one("low"), visit.one("high")
    if not low and not high:
        return None
    unit = visit.one("unit").upper() or UNITS[0]
    catalogue = visit.catalogue
    return {
        "basis": visit.one("basis") or "fixed",
        "unit": unit,
        "low": amounts.minor(low or high, unit, catalogue),
        "high": amounts.minor(high or low, unit, catalogue),
    }


def filled(visit: Visit, offer: Json) -> dict[str, list[str]]:
    """An offer as if it had been typed."""
    budget, intake = offer["budget"], offer["intake"]
    found = {
        "side": [offer["side"]],
        "title": [offer["title"]],
        "description": [offer["description"]],
        "skills": [", ".join(offer["skills"])],
        "languages": [", ".join(offer["languages"])],
        "least_characters": [str(intake["least_characters"] or "")],
        "question": list(intake["questions"]),
        "intake_languages": [", ".join(intake["languages"])],
    }
    if budget is not None:
        low, high = (amounts.shown(budget[end], budget["unit"], visit.catalogue) for end in ("low", "high"))
        found |= {"basis": [budget["basis"]], "unit": [budget["unit"]], "low": [low], "high": [high]}
    return found


def listed(text: str) -> list[str]:
    """Comma-separated words, each once."""
    return list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
