"""The verdict on a contract bundle in words that need no knowledge of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .output import SHORT_LETTERS, headline, print_fields, print_table, say, short
from .safe import safe_line, safe_text
from .words import items, money, utc as moment

if TYPE_CHECKING:
    from .client import Json

_DID = {
    "delivery/1": "delivered",
    "acceptance/1": "accepted the delivery",
    "blocked/1": "cannot go on without something",
    "unblocked/1": "gave what was missing",
    "revision/1": "asked for a revision",
    "timesheet/1": "reported hours",
    "finish/1": "ended the hourly work",
    "funding/1": "showed the money",
    "payment-sent/1": "says it is paid",
    "payment-received/1": "confirmed the money",
    "payment-denied/1": "says the money did not come",
    "amendment/1": "proposed other terms",
    "settlement/1": "proposed a settlement",
    "consent/1": "agreed to what was proposed",
    "objection/1": "did not agree to what was proposed",
    "withdrawal/1": "took the proposal back",
    "cancellation/1": "cancelled",
    "claim/1": "claimed that the time was over",
    "absence/1": "announced an absence",
    "resume/1": "came back early",
    "ping/1": "asked for a sign of life",
    "pong/1": "gave a sign of life",
    "dispute/1": "called the arbiter",
    "answer/1": "answered in the dispute",
    "case-taken/1": "took the case",
    "case-declined/1": "declined the case",
    "ruling/1": "ruled",
    "appeal/1": "appealed",
}
_NOTE_BY_HASH = ("amendment/1", "revision/1", "ruling/1")
"""Kinds whose `note` is the hash of a note, no words."""
_GRADES = {"B": "both signed that it was paid", "C": "both signed the contract, nothing shows a payment"}


def show_verdict(view: Json) -> None:
    """All of it, the conclusion first."""
    headline(f"This file holds: all {len(view['signatures'])} signatures in it are genuine.", "green")
    print_fields(
        [
            ("contract", str(view["contract"])),
            ("client", _in_full(view["client"])),
            ("freelancer", _in_full(view["freelancer"])),
            ("state", f"{view['state']}, as of {_time(view['at'])}"),
            ("", "\n".join(_milestone(part) for part in view["milestones"])),
            ("network", str(view["network"])),
            ("exported", f"{_time(view['exported'])}, says whoever exported it"),
        ]
    )
    _agreed(view)
    _happened(view)
    _held_against(view)
    _reviews(view)
    if view["warnings"]:
        _section("Mind")
        for warning in view["warnings"]:
            say(f"- {warning}")
    _section("Every signature")
    columns = ("Line", "Dated", "By", "What", "Record", "Key")
    print_table(columns, ([*_row(signed), short(signed["record"]), signed["key"]] for signed in view["signatures"]))


def _agreed(view: Json) -> None:
    _section("What was agreed")
    for signed in view["signed"]:
        say(f"{_time(signed['at'])}  {_who(signed['by'])} signed as the {signed['role']}; {_vouched(signed)}")
        say(f"    record {signed['record']}, line {signed['line']}")
        say(f"    key {signed['key']}")
    if view["amended"]:
        say(f"Amended by both {view['amended']} time{'s' if view['amended'] > 1 else ''}; these are the last terms.")
    terms: Json | None = view["terms"]
    if terms is not None:
        for clause in items(terms, "clauses"):
            say(f"Clause {clause['id']}:")
            say(_quoted(clause["text"]))
        say(f"These are the terms that were signed: their hash is {terms['sha256']}.")
    for role, word in (("arbiters", "Arbiters"), ("witnesses", "Witnesses")):
        if view[role]:
            say(f"{word}: {', '.join(_who(found) for found in view[role])}")


def _happened(view: Json) -> None:
    if not view["steps"] and not view["refused"] and not view["waiting"]:
        return
    _section("What happened")
    for step in view["steps"]:
        say(_step(step))
    for word, key in (("does not count", "refused"), ("does not count yet", "waiting")):
        for entry in items(view, key):
            say(f"line {entry['line']} {word}: {entry['reason']}")


def _step(step: Json) -> str:
    part = "" if step["part"] is None else f" (milestone {step['part']}: {step['state']})"
    if step["derived"]:
        return f"{_time(step['counts_from'])}  nobody answered the claim in line {step['line']}{part}"
    did = _DID.get(step["kind"], step["kind"])
    told = f"{_time(step['at'])}  {_who(step['by'])} {did}{part}; line {step['line']}, {_vouched(step)}"
    return "\n".join((told, *_detail(step)))


def _detail(step: Json) -> list[str]:
    body: Json = step["body"] or {}
    amounts = [money(body[key]) for key in ("paid", "received") if body.get(key)]
    amounts += [f"{body['award'] / 10:g} % of the price"] if "award" in body else []
    amounts += [f"fault: {body['fault']}"] if "fault" in body else []
    clauses = [f"clauses {', '.join(body['clauses'])}"] if step["kind"] == "revision/1" else []
    words = () if step["kind"] in _NOTE_BY_HASH else ("rail", "reference", "note", "reason", "text", "need")
    told = [*amounts, *clauses, *(str(body[key]) for key in words if body.get(key))]
    return [_quoted(", ".join(told))] if told else []


def _held_against(view: Json) -> None:
    _section("What is held against anybody")
    for mark in view["marks"]:
        part = "" if mark["part"] is None else f", milestone {mark['part']}"
        shown = ", ".join(f"line {record['line']}" for record in mark["because"] if record["line"])
        seen = "" if mark["witnessed"] else "; by the parties' own times, which no witness confirms"
        say(f"{_who(mark['on'])} ({mark['role']}): {mark['what']}{part}, {_time(mark['at'])}; shown by {shown}{seen}")
    if not view["marks"]:
        say("Nothing, against nobody.")


def _reviews(view: Json) -> None:
    if not view["reviews"]:
        return
    _section("Reviews")
    for review in view["reviews"]:
        levels = ", ".join(f"{word} {level}" for word, level in zip(_LEVELS, review["levels"], strict=True))
        say(f"{_who(review['by'])} on {_who(review['subject'])}: {levels} (of 4); line {review['line']}")
        if review["text"]:
            say(_quoted(review["text"]))
        for reply in review["replies"]:
            say("    reply:")
            say(_quoted(reply))
        why = _GRADES.get(str(review["grade"]), "") if review["counts"] else review["why_not"]
        say(f"    {'It counts' if review['counts'] else 'It does not count'}: {why}.")


_LEVELS = ("scope", "communication", "quality", "time", "again")


def _milestone(part: Json) -> str:
    title = f": {part['title']}, {money(part['price'])}" if part["title"] else ""
    told = f"milestone {part['part']}{title}: {part['state']}"
    if part["turn"]:
        told += f"; it is up to {_who(part['turn_of']) if part['turn_of'] else 'the ' + part['turn']}"
        told += (
            f" until {_time(part['deadline'])}" if part["deadline"] else ", without a deadline that anybody witnessed"
        )
    if part["last_time"]:
        told += f"; claimed: the last time to perform is {_time(part['last_time'])}"
    return told


def _row(signed: Json) -> list[str]:
    return [str(signed["line"]), moment(signed["at"]), _who(signed["by"]), str(signed["kind"])]


def _vouched(signed: Json) -> str:
    seen = ", ".join(f"{_who(found)} {_time(found['at'])}" for found in signed["witnesses"])
    return f"seen by {seen}" if seen else "seen by nobody else"


def _who(found: Json) -> str:
    """Name and the first letters of the identity, always: names are free to choose."""
    identity = str(found["identity"])[: len("fh1") + SHORT_LETTERS]
    return f"{safe_line(found['name'])} ({identity})" if found["name"] else identity


def _in_full(found: Json) -> str:
    return f"{found['identity']}" + (f", who goes by the name of {safe_line(found['name'])}" if found["name"] else "")


def _quoted(text: str) -> str:
    """Others' words, so that no line of them looks like one of ours."""
    return "\n".join(f"    | {line}" for line in safe_text(text).splitlines())


def _time(at: int) -> str:
    return f"{moment(at)} UTC"


def _section(title: str) -> None:
    say()
    headline(title)
