"""What was agreed, what became of it, and what was asked for beyond it: side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .output import headline, print_fields, print_table, say, short
from .people import name_in
from .words import duration, held, items, moment, money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .client import Json

BEYOND = "BEYOND the clauses"


def show_scope(view: Json) -> None:
    """Versions of the terms, the changes proposed to them, and every request with the clauses it cites."""
    headline(str(view.get("offer_title") or view["contract"]))
    scopes = items(view, "scopes")
    for number, scope in enumerate(scopes):
        print_fields([(f"terms {scope['version']}", f"in force since {short(str(scope['since']))}"), *_terms(scope)])
        if number:
            print_fields([("changed", "\n".join(difference(scopes[number - 1], scope)))])
        say()
    for change in items(view, "changes"):
        if change["what"] == "amendment" and change["state"] != "agreed":
            print_fields(
                [
                    (f"proposed by the {change['by']}", f"{short(str(change['change']))}: {change['state']}"),
                    ("would change", "\n".join(difference(scopes[-1], change)) if scopes else ""),
                    ("because", str(held(change, "words").get("text") or "")),
                ]
            )
            say()
    requests = list(_requests(view))
    if requests:
        print_table(("When", "Who", "Asked", "Clauses", "Scope"), requests)
    else:
        say("Nothing was asked for beside the terms.", err=True)


def difference(before: Json, after: Json) -> list[str]:
    """What is different between two versions of terms, in lines. Terms that are not here have no clauses to compare."""
    return [*_parts(items(before, "parts"), items(after, "parts")), *_clauses(before, after)]


def _parts(before: list[Json], after: list[Json]) -> Iterator[str]:
    for number, part in enumerate(after, 1):
        if number > len(before):
            yield f"+ milestone {number}: {_part(part)}"
        elif _part(before[number - 1]) != _part(part):
            yield f"milestone {number}: {_part(before[number - 1])} -> {_part(part)}"


def _clauses(before: Json, after: Json) -> Iterator[str]:
    old = {str(clause["id"]): str(clause["text"]) for clause in items(before, "clauses")}
    new = {str(clause["id"]): str(clause["text"]) for clause in items(after, "clauses")}
    if before.get("clauses") is None or after.get("clauses") is None:
        yield "(the clauses are with the parties)"
        return
    for name in dict.fromkeys([*old, *new]):
        if name not in new:
            yield f"- clause {name}: {old[name]}"
        elif name not in old:
            yield f"+ clause {name}: {new[name]}"
        elif old[name] != new[name]:
            yield f"clause {name}: {old[name]} -> {new[name]}"


def _terms(scope: Json) -> list[tuple[str, str]]:
    return [
        ("milestones", "\n".join(f"{number}. {_part(part)}" for number, part in enumerate(items(scope, "parts"), 1))),
        ("clauses", "\n".join(f"{clause['id']}. {clause['text']}" for clause in items(scope, "clauses"))),
    ]


def _part(part: Json) -> str:
    title = str(part["title"]) if part.get("title") else "(private)"
    hourly = " an hour" if part.get("basis") == "hourly" else ""
    most = f", at most {part['hours']} h a week" if part.get("hours") else ""
    cost = f", {money(part['price'])}{hourly}{most}" if part.get("price") else ""
    return f"{title}{cost}, within {duration(part.get('work_ms'))}"


def _requests(view: Json) -> Iterator[tuple[str, ...]]:
    """Revisions and disputes. What cites no clause, or one that the arbiter found not to be agreed, is beyond."""
    beyond = _found_beyond(view)
    for step in items(view, "timeline"):
        if step["kind"] not in ("revision/1", "dispute/1") or step.get("derived"):
            continue
        body, words = held(step, "body"), held(step, "words")
        cited: list[str] = body.get("clauses") or []
        clauses = [str(clause) for clause in cited]
        asked = str(words.get("text") or body.get("text") or "")
        who = name_in(step, "by")
        yield moment(step["at"]), who, asked, ", ".join(clauses), _verdict(step, clauses, beyond)
    for change in items(view, "changes"):
        if change["what"] == "amendment":
            asked = str(held(change, "words").get("text") or "an amendment")
            who = name_in(change, "by")
            yield moment(change["at"]), who, asked, "", f"{BEYOND}, asked as an amendment: {change['state']}"


def _verdict(step: Json, clauses: list[str], beyond: set[str]) -> str:
    if not step.get("body_here", True):
        return "content is with the parties"
    outside = [clause for clause in clauses if clause in beyond]
    if outside:
        return f"{BEYOND}: the arbiter found {', '.join(outside)} not in the terms"
    return "within" if clauses else f"{BEYOND}: no clause is cited"


def _found_beyond(view: Json) -> set[str]:
    rulings = [held(step, "body") for step in items(view, "timeline") if step["kind"] == "ruling/1"]
    found = [finding for ruling in rulings for finding in items(ruling, "findings")]
    return {str(finding["clause"]) for finding in found if finding["finding"] == "not-in-terms"}
