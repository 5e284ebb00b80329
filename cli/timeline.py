"""What was done in a contract, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .output import short
from .people import name_in
from .words import held, items, moment, money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .client import Json

_VERBS = {
    "delivery/1": "delivered",
    "acceptance/1": "accepted",
    "blocked/1": "cannot go on without something",
    "unblocked/1": "gave what was needed",
    "revision/1": "asked for a revision",
    "timesheet/1": "reported hours",
    "finish/1": "ended the hourly work",
    "funding/1": "showed the money",
    "payment-sent/1": "paid",
    "payment-received/1": "confirmed the money",
    "payment-denied/1": "says that no money came",
    "amendment/1": "proposed to amend the terms",
    "settlement/1": "proposed to settle",
    "consent/1": "agreed",
    "objection/1": "did not agree",
    "withdrawal/1": "took a proposal back",
    "cancellation/1": "cancelled",
    "claim/1": "claimed that the time is over",
    "absence/1": "announced an absence",
    "resume/1": "is back",
    "ping/1": "asked for a sign of life",
    "pong/1": "gave a sign of life",
    "dispute/1": "called the arbiter",
    "answer/1": "answered the dispute",
    "appeal/1": "appealed",
    "case-taken/1": "took the case",
    "case-declined/1": "did not take the case",
    "ruling/1": "ruled",
}
_TEXTS = ("note", "need", "reason", "text", "rail", "reference", "evidence")


def rows(view: Json) -> Iterator[tuple[str, ...]]:
    """Signatures and steps: when, who, what, which record."""
    for signed in view["signed"]:
        yield moment(signed["at"]), _party(view, signed["party"]), "signed the terms", short(str(signed["record"]))
    for step in view["timeline"]:
        yield _when(step), _who(step), _what(step) + _said(step), short(str(step["record"]))


def notes(view: Json) -> Iterator[str]:
    """Entries that do not count, each with the reason."""
    for key, words in (("waiting", "does not count yet"), ("refused", "does not count")):
        for entry in items(view, key):
            yield f"{words}: {short(str(entry['record']))}: {entry['reason']}"


def evidence(view: Json) -> Iterator[str]:
    """Words that were handed in beside the entries."""
    for words in items(view, "evidence"):
        yield f"evidence of {_party(view, str(words['by']))}, {moment(words['at'])}: {words['text']}{_files(words)}"


def _when(step: Json) -> str:
    return moment(step["at"]) + ("" if step.get("witnessed") else " (own clock)")


def _who(step: Json) -> str:
    return "nobody" if step.get("derived") else name_in(step, "by")


def _what(step: Json) -> str:
    where = f" (milestone {step['part']}, now {step['state']})" if step.get("part") and step.get("state") else ""
    if step.get("derived"):
        return "answered the claim in time" + where
    return _VERBS.get(str(step["kind"]), str(step["kind"])) + where


def _said(step: Json) -> str:
    body, words = held(step, "body"), held(step, "words")
    if step.get("derived"):
        return ""
    said = [str(step["says"])] if step.get("says") else [*_numbers(body), *_texts(body)]
    said += [str(words["text"]) + _files(words)] if words.get("text") else []
    if not step.get("body_here", True):
        said = ["content is with the parties"]
    return ": " + ", ".join(said) if said else ""


def _numbers(body: Json) -> Iterator[str]:
    for key in ("paid", "received"):
        if body.get(key):
            yield money(body[key])
    if body.get("clauses"):
        yield "clauses " + ", ".join(str(clause) for clause in body["clauses"])
    if body.get("minutes"):
        yield f"{int(body['minutes']) / 60:g} h from {moment(body['begins'])}"
    if "award" in body:
        yield f"{int(body['award']) / 10:g} % of the price"
    if body.get("fault"):
        yield f"fault: {body['fault']}"
    for found in items(body, "findings"):
        yield f"clause {found['clause']} {found['finding']}"
    if body.get("since") and body.get("until"):
        yield f"{moment(body['since'])} to {moment(body['until'])}"


def _texts(body: Json) -> Iterator[str]:
    for key in _TEXTS:
        if body.get(key) and not (key == "note" and ("award" in body or "clauses" in body or "terms" in body)):
            yield str(body[key])
    if body.get("files"):
        yield _files(body).strip()


def _files(holder: Json) -> str:
    return "".join(f" [file {file['name']}, sha256 {file['sha256']}]" for file in items(holder, "files"))


def _party(view: Json, identity: str) -> str:
    role = "client" if identity == view["client"] else "freelancer" if identity == view["freelancer"] else ""
    return name_in(view, role) if role else short(identity)
