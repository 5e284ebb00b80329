"""Contracts in words: the state, whose turn it is, and every signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .output import headline, print_fields, print_table, say, short
from .words import items, moment, money, person

if TYPE_CHECKING:
    from .client import Json

_NOUNS = {
    "agreement/1": "signed the terms",
    "delivery/1": "delivered",
    "acceptance/1": "accepted",
    "payment-sent/1": "paid",
    "payment-received/1": "confirmed the money",
}


def show_contract(view: Json) -> None:
    """One contract in full."""
    headline(str(view.get("offer_title") or view["contract"]))
    print_fields(
        [
            ("contract", str(view["contract"])),
            ("state", str(view["state"])),
            ("client", _party(view, "client")),
            ("freelancer", _party(view, "freelancer")),
            ("milestones", "\n".join(_milestone(part) for part in view["milestones"])),
            ("clauses", "\n".join(f"{clause['id']}. {clause['text']}" for clause in items(view, "clauses"))),
        ]
    )
    say()
    print_table(
        ("When", "Who", "What", "Record"), [*_signatures(view), *(_step(view, step) for step in view["timeline"])]
    )
    for entry in items(view, "waiting"):
        say(f"does not count: {short(str(entry['record']))}: {entry['reason']}")


def listing(page: Json) -> None:
    """Contracts as a table."""
    if not page["contracts"]:
        say("No contracts.", err=True)
        return
    print_table(
        ("Contract", "Offer", "With", "State", "Turn"),
        (
            (
                short(str(view["contract"])),
                str(view.get("offer_title") or ""),
                _other_party(view),
                str(view["state"]),
                "; ".join(f"{part['part']}: {_turn(part)}" for part in view["milestones"] if part.get("turn")),
            )
            for view in page["contracts"]
        ),
    )


def part_of(view: Json, number: int) -> Json:
    """A milestone of a contract view by its number, or one without title if there is no such milestone."""
    return next((part for part in view["milestones"] if part["part"] == number), {"part": number, "title": None})


def _party(view: Json, role: str) -> str:
    return person(str(view[role]), view.get(f"{role}_name")) + (" (you)" if view.get("my_role") == role else "")


def _other_party(view: Json) -> str:
    role = "freelancer" if view.get("my_role") == "client" else "client"
    return str(view.get(f"{role}_name") or short(str(view[role])))


def _milestone(part: Json) -> str:
    title = f"{part['title']}, {money(part.get('price'))}" if part.get("title") else "terms are private"
    return f"{part['part']}. {title}: {part['state']}" + (f"; turn: {_turn(part)}" if part.get("turn") else "")


def _turn(part: Json) -> str:
    return f"{part.get('turn_name') or ''} ({part['turn']})".strip()


def _signatures(view: Json) -> list[tuple[str, ...]]:
    return [
        (moment(signed["at"]), _name(view, signed["party"]), "signed the terms", short(str(signed["record"])))
        for signed in view["signed"]
    ]


def _step(view: Json, step: Json) -> tuple[str, ...]:
    what = f"{_NOUNS.get(step['kind'], step['kind'])} (milestone {step['part']}, now {step['state']})"
    return moment(step["at"]), _name(view, step["by"]), what + _detail(step), short(str(step["record"]))


def _detail(step: Json) -> str:
    body: Json = step.get("body") or {}
    amounts = [money(body[key]) for key in ("paid", "received") if body.get(key)]
    parts = [*amounts, *(str(body[key]) for key in ("rail", "reference", "note") if body.get(key))]
    if not step.get("body_here", True):
        parts = ["content is with the parties"]
    return ": " + ", ".join(parts) if parts else ""


def _name(view: Json, identity: str) -> str:
    role = "client" if identity == view["client"] else "freelancer"
    return str(view.get(f"{role}_name") or short(identity))
