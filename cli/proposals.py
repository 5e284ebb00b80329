"""Proposals in words, and milestones as people type them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import Trouble
from .money import parse_money
from .output import headline, print_fields
from .words import DAY_MS, duration, items, moment, money, person, score

if TYPE_CHECKING:
    from .client import Json

DEFAULT_DAYS = 14
_MOST_DAYS = 365


def read_part(text: str) -> Json:
    """A milestone from "TITLE=PRICE" or "TITLE=PRICE/DAYS". Raises Trouble."""
    title, mark, rest = text.rpartition("=")
    price, slash, days = rest.partition("/")
    if not mark or not title.strip():
        raise Trouble("usage", f"{text!r} is not a milestone", 'write it as "Title=150 EUR/5": price, then days')
    if slash and not (days.strip().isdecimal() and 1 <= int(days) <= _MOST_DAYS):
        raise Trouble("usage", f"{text!r}: the days of work are a number from 1 to {_MOST_DAYS}", "e.g. /5")
    amount, unit = parse_money(price)
    return {"title": title.strip(), "amount": amount, "unit": unit, "days": int(days) if slash else DEFAULT_DAYS}


def terms_in_words(offer: Json, proposal: Json) -> str:
    """Exactly what is signed with a proposal, for a person to read before."""
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
            ("from", person(str(view["author"]), view.get("author_name"))),
            ("reputation", score(view.get("reputation"))),
            ("to", person(str(view["recipient"]), view.get("recipient_name"))),
            ("written", moment(view["written"])),
            ("stands until", moment(view["expires"])),
            ("contract", str(view.get("contract") or "")),
            ("cover", str(view["cover"])),
            ("answers", "\n".join(view.get("answers") or [])),
            ("milestones", "\n".join(f"{n}. {_part(part)}" for n, part in enumerate(view["parts"], 1))),
            ("clauses", "\n".join(f"{clause['id']}. {clause['text']}" for clause in view["clauses"])),
        ]
    )


def _part(part: Json) -> str:
    """A milestone as it was typed (amount, unit, days) or as the API shows it (price, work_ms)."""
    price: Json = part.get("price") or {"amount": part["amount"], "unit": part["unit"]}
    work_ms = int(part["work_ms"]) if "work_ms" in part else int(part["days"]) * DAY_MS
    return f"{part['title']}: {money(price)}, within {duration(work_ms)}"


def _indent(text: str) -> str:
    return text.replace("\n", "\n" + " " * 11)
