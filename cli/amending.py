"""Changes of terms as people type them, and the difference that they make."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from .errors import Trouble
from .proposals import read_part
from .scope import difference
from .texts import text_of
from .words import DAY_MS, items

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .client import Json


def changes_of(given: Mapping[str, Any]) -> Json:
    """The request that the options make. Raises Trouble."""
    changed: Json = {"title": given["title"], "hours": given["hours"], "work_ms": given["days"]}
    if given["price"] is not None:
        changed |= {"amount": given["price"][0], "unit": given["price"][1]}
    changed = {key: value for key, value in changed.items() if value is not None}
    if (given["part"] is None) != (not changed):
        raise Trouble("usage", "which milestone is to change, and what of it?", "e.g. --part 2 --days 20")
    return {
        "parts": [{"part": given["part"], **changed}] if changed else [],
        "added": [read_part(part) for part in given["added"]],
        "clauses": [_clause(text) for text in given["clauses"]],
        "note": text_of(given["note"]),
    }


def summary_of(view: Json, body: Json) -> str:
    """The difference between the terms as they are and as they would be."""
    scopes = items(view, "scopes")
    if not scopes:
        return "You propose to amend the terms."
    lines = difference(scopes[-1], _applied(scopes[-1], body))
    return "\n  ".join(["You propose to amend the terms; nothing changes unless the other side signs too:", *lines])


def _clause(text: str) -> Json:
    name, mark, words = text.partition("=")
    if not mark or not name.strip():
        raise Trouble("usage", f"{text!r} is not a clause", 'write it as "3=The new text", or "3=" to drop it')
    return {"id": name.strip(), "text": text_of(words.strip())}


def _applied(scope: Json, body: Json) -> Json:
    """The terms as they would be; the node makes what is signed by itself, from the same request."""
    parts = copy.deepcopy(items(scope, "parts"))
    for changed in items(body, "parts"):
        if int(changed["part"]) <= len(parts):
            _change(parts[int(changed["part"]) - 1], changed)
    for added in items(body, "added"):
        work_ms = added.get("work_ms") or int(added.get("days") or 0) * DAY_MS
        price = {"amount": added["amount"], "unit": added["unit"]}
        basis = "hourly" if added.get("hourly") else "fixed"
        parts.append({**added, "price": price, "work_ms": work_ms, "basis": basis})
    clauses = {str(clause["id"]): clause for clause in (*items(scope, "clauses"), *items(body, "clauses"))}
    kept = [clause for clause in clauses.values() if clause["text"]]
    return {"parts": parts, "clauses": None if scope.get("clauses") is None else kept}


def _change(part: Json, changed: Json) -> None:
    for key in ("title", "hours", "work_ms"):
        if key in changed:
            part[key] = changed[key]
    if "amount" in changed:
        part["price"] = {"amount": changed["amount"], "unit": changed["unit"]}
