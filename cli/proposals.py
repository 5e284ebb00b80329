"""Proposals in words, and milestones as people type them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .durations import parse_duration
from .errors import Trouble
from .money import parse_money
from .output import headline, print_fields
from .people import one_person, person_in
from .words import DAY_MS, duration, items, moment, money, score

if TYPE_CHECKING:
    from .client import Json

DEFAULT_DAYS = 14
DEFAULT_HOURLY_DAYS = 7
_HOURS_A_WEEK = 168
_HOURLY = re.compile(r"h(?:\s*\*\s*(?P<hours>[0-9]{1,3}))?")


def read_part(text: str) -> Json:
    """A milestone from "TITLE=PRICE[/DAYS]", or an hourly one from "TITLE=PRICE/h[*HOURS][/DAYS]". Raises Trouble."""
    title, mark, rest = text.rpartition("=")
    if not mark or not title.strip():
        raise Trouble("usage", f"{text!r} is not a milestone", 'write it as "Title=150 EUR/5": price, then days')
    price, *more = (piece.strip() for piece in rest.split("/"))
    amount, unit = parse_money(price)
    part: Json = {"title": title.strip(), "amount": amount, "unit": unit}
    hourly = _HOURLY.fullmatch(more[0]) if more else None
    if hourly is not None:
        part |= {"hourly": True} | ({"hours": _hours(text, hourly["hours"])} if hourly["hours"] else {})
        more = more[1:]
    if len(more) > 1:
        raise Trouble("usage", f"{text!r} is not a milestone", 'write it as "Title=150 EUR/5" or "Title=60 EUR/h*10"')
    default = DEFAULT_HOURLY_DAYS if hourly else DEFAULT_DAYS
    return part | _work(parse_duration(more[0]) if more else default * DAY_MS)


def _hours(text: str, hours: str) -> int:
    if not 1 <= int(hours) <= _HOURS_A_WEEK:
        raise Trouble("usage", f"{text!r}: a week has {_HOURS_A_WEEK} hours", "write the most hours a week, e.g. /h*10")
    return int(hours)


def _work(ms: int) -> Json:
    return {"days": ms // DAY_MS} if ms % DAY_MS == 0 else {"work_ms": ms}


def terms_in_words(offer: Json, proposal: Json) -> str:
    """What is signed with a proposal, in short; the exact text follows it."""
    answers: list[str] = proposal.get("answers") or []
    lines = [f"Offer      {offer['title']}", f"Cover      {_indent(str(proposal['cover']))}"]
    lines += [f"Answer     {_indent(str(answer))}" for answer in answers]
    lines += [f"Milestone  {number}. {_part(part)}" for number, part in enumerate(proposal["parts"], 1)]
    lines += [f"Clause     {clause['id']}. {_indent(str(clause['text']))}" for clause in items(proposal, "clauses")]
    if not proposal.get("clauses"):
        lines.append("Clause     the offer's title and description, as they stand")
    return "\n".join(lines)


def show_proposal(view: Json) -> None:
    """One proposal in full."""
    headline(str(view.get("offer_title") or view["offer"]))
    print_fields(
        [
            ("proposal", str(view["proposal"])),
            ("state", str(view["state"]) + (f": {view['reason']}" if view.get("reason") else "")),
            ("folded", str(view.get("folded") or "")),
            ("language", language(view)),
            ("stamp", stamp(view)),
            ("from", person_in(view, "author")),
            ("reputation", score(view.get("reputation"))),
            ("to", person_in(view, "recipient")),
            ("written", moment(view["written"])),
            ("stands until", moment(view["expires"])),
            ("contract", str(view.get("contract") or "")),
            ("arbiters", "\n".join(_people(view, "arbiters"))),
            ("witnesses", ", ".join(_people(view, "witnesses"))),
            ("conditions", _conditions(view)),
            ("cover", str(view["cover"])),
            ("answers", "\n".join(view.get("answers") or [])),
            ("milestones", "\n".join(f"{n}. {_part(part)}" for n, part in enumerate(view["parts"], 1))),
            ("clauses", "\n".join(f"{clause['id']}. {clause['text']}" for clause in view["clauses"])),
        ]
    )


def _people(view: Json, key: str) -> list[str]:
    return [one_person(one) for one in items(view, key)]


def _conditions(view: Json) -> str:
    """What is agreed besides work and price."""
    said = [f"{view['revisions']} revisions a milestone"] if "revisions" in view else []
    if items(view, "arbiters"):
        undecided = {"client": "nothing is paid", "freelancer": "the price is owed"}
        said.append(f"if no arbiter decides, {undecided.get(str(view.get('fallback')), 'nobody gets anything by it')}")
        said += ["a ruling can be appealed"] if view.get("appeal") else []
    if items(view, "witnesses"):
        said.append(f"{view.get('quorum')} of the witnesses make a time")
    if view.get("band"):
        said.append(f"worth {view['band']['words']}")
    return "; ".join(said)


def stamp(view: Json) -> str:
    """The stamp that came with a received proposal; empty without one."""
    return f"{view['stamp']} bits" if view.get("stamp") else ""


def language(view: Json) -> str:
    """What a received proposal seems to be written in, else what its author's profile names."""
    return str(view.get("language") or ", ".join(view.get("languages") or []))


def folds(found: Json) -> str:
    """How many are folded by which rule, in a sentence; empty if none is."""
    counts = [f"{one['count']} by {RULES.get(one['rule'], one['rule'])}" for one in items(found, "folds")]
    return f"folded: {', '.join(counts)} (freehold config show; each says its reason)" if counts else ""


RULES = {
    "blocked": "your blocks",
    "offer": "what your offer asks",
    "stamp": "fold_stamp",
    "language": "fold_languages",
    "short": "fold_short",
    "near-copy": "fold_copies",
}
"""By which rule a proposal is folded, as its reader changes it."""


def _part(part: Json) -> str:
    """A milestone as it was typed (amount, unit, days) or as the API shows it (price, work_ms)."""
    price: Json = part.get("price") or {"amount": part["amount"], "unit": part["unit"]}
    work_ms = int(part.get("work_ms") or int(part.get("days") or 0) * DAY_MS)
    if not (part.get("hourly") or part.get("basis") == "hourly"):
        return f"{part['title']}: {money(price)}, within {duration(work_ms)}"
    most = f", at most {part['hours']} h a week" if part.get("hours") else ""
    return f"{part['title']}: {money(price)} an hour{most}, a timesheet every {duration(work_ms)}"


def _indent(text: str) -> str:
    return text.replace("\n", "\n" + " " * 11)
