"""The lines of a contract's timeline in words: who did what, and what the entry says beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .terms import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..port import Json
    from .visit import Visit

VERBS = {
    "delivery/1": N_("delivered the work"),
    "acceptance/1": N_("accepted the work"),
    "blocked/1": N_("cannot go on without something"),
    "unblocked/1": N_("gave what was needed"),
    "revision/1": N_("asked for a revision"),
    "timesheet/1": N_("reported hours"),
    "finish/1": N_("ended the hourly work"),
    "funding/1": N_("showed the money"),
    "payment-sent/1": N_("paid"),
    "payment-received/1": N_("confirmed the money"),
    "payment-denied/1": N_("says that no money came"),
    "amendment/1": N_("proposed to change the terms"),
    "settlement/1": N_("proposed to end it"),
    "consent/1": N_("agreed to the change"),
    "objection/1": N_("did not agree to the change"),
    "withdrawal/1": N_("took the proposed change back"),
    "cancellation/1": N_("cancelled"),
    "claim/1": N_("claimed that the time is over"),
    "absence/1": N_("announced an absence"),
    "resume/1": N_("is back"),
    "ping/1": N_("asked for a sign of life"),
    "pong/1": N_("gave a sign of life"),
    "dispute/1": N_("called the arbiter"),
    "answer/1": N_("answered the dispute"),
    "appeal/1": N_("appealed"),
    "case-taken/1": N_("took the case"),
    "case-declined/1": N_("left the case to the next arbiter"),
    "ruling/1": N_("decided"),
}
_TEXTS = ("note", "need", "reason", "text", "rail", "reference", "evidence")
_HASHED = ("award", "clauses", "terms")
"""Beside these, a note is the hash of words that travel apart."""


def verb_of(visit: Visit, step: Json) -> str:
    """What was done."""
    if step["derived"]:
        return visit.text("The claim was answered in time")
    known = VERBS.get(step["kind"])
    return step["kind"] if known is None else visit.text(known)


def said(visit: Visit, step: Json) -> list[str]:
    """What an entry says, line by line: the words of people are theirs and not translated."""
    if step["derived"]:
        return []
    if not step["body_here"]:
        return [visit.text("What it says is with the parties.")]
    found = [step["says"]] if step["says"] else [*_numbers(visit, step["body"]), *_texts(step["body"])]
    if step["words"] and step["words"]["text"]:
        found.append(step["words"]["text"])
    return [line for line in found if line]


def _numbers(visit: Visit, body: Json) -> Iterator[str]:
    words = visit.words
    for key in ("paid", "received"):
        if body.get(key):
            yield words.money(body[key])
    if body.get("clauses"):
        yield visit.text("Clauses: %(clauses)s", clauses=", ".join(map(str, body["clauses"])))
    if body.get("minutes"):
        hours = f"{body['minutes'] / 60:g}"
        yield visit.text("%(hours)s hours from %(day)s", hours=hours, day=words.date(body["begins"]))
    if "award" in body:
        yield visit.text("%(share)s of 100 of the price", share=f"{body['award'] / 10:g}")
    if body.get("fault"):
        yield visit.text("Fault: %(whose)s", whose=words.term(body["fault"]))
    for found in body.get("findings") or ():
        yield visit.text("Clause %(clause)s: %(finding)s", clause=found["clause"], finding=words.term(found["finding"]))
    if body.get("since") and body.get("until"):
        yield f"{words.date(body['since'])} – {words.date(body['until'])}"


def _texts(body: Json) -> Iterator[str]:
    for key in _TEXTS:
        if body.get(key) and not (key == "note" and any(name in body for name in _HASHED)):
            yield str(body[key])


def files(step: Json) -> list[Json]:
    """Files that an entry or its words name."""
    body: Json = step["body"] or {}
    words: Json = step["words"] or {}
    return [*(body.get("files") or ()), *(words.get("files") or ())]
