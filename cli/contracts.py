"""Contracts in words: the state, whose turn it is until when, what silence leads to, and every signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .output import headline, print_fields, print_table, say, short
from .people import name_in, one_person, person_in
from .silence import if_nothing_happens
from .timeline import evidence, notes, rows
from .words import duration, held, items, money, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .client import Json


def show_contract(view: Json) -> None:
    """One contract in full."""
    headline(str(view.get("offer_title") or view["contract"]))
    print_fields(
        [
            ("contract", str(view["contract"])),
            ("state", _state(view)),
            ("client", _party(view, "client")),
            ("freelancer", _party(view, "freelancer")),
            ("arbiters", "\n".join(_people(view, "arbiters"))),
            ("witnesses", ", ".join(_people(view, "witnesses")) + _quorum(view)),
            ("milestones", "\n".join(_milestone(part, int(view["now"])) for part in view["milestones"])),
            ("if nothing happens", _silences(view)),
            ("clauses", "\n".join(f"{clause['id']}. {clause['text']}" for clause in items(view, "clauses"))),
            ("worth", str(held(view, "band").get("words") or "")),
            ("proposed", "\n".join(proposed(change, int(view["now"])) for change in items(view, "changes"))),
            ("signs of life", "\n".join(_ping(ping, int(view["now"])) for ping in items(view, "pings"))),
            ("away", "\n".join(_away(away, int(view["now"])) for away in items(view, "absences"))),
            ("marks", "\n".join(_mark(mark) for mark in items(view, "marks"))),
        ]
    )
    say()
    print_table(("When", "Who", "What", "Record"), rows(view))
    for line in (*notes(view), *evidence(view)):
        say(line)


def listing(page: Json) -> None:
    """Contracts as a table."""
    found = [*page["contracts"], *items(page, "serving")]
    if not found:
        say("No contracts.", err=True)
        return
    print_table(("Contract", "Offer", "With", "State", "Turn"), (_row(view) for view in found))


def disputes(page: Json) -> None:
    """Contracts with a dispute, as a table."""
    if not page["disputes"]:
        say("No disputes.", err=True)
        return
    print_table(
        ("Contract", "Offer", "You are", "Milestone", "State", "Turn", "Until"),
        (
            (
                short(str(view["contract"])),
                str(view.get("offer_title") or ""),
                str(view.get("my_role") or ""),
                str(number),
                str(part_of(view, number).get("state") or ""),
                turn(part_of(view, number)) if part_of(view, number).get("turn") else "",
                until(part_of(view, number).get("deadline"), int(view["now"])),
            )
            for view in page["disputes"]
            for number in view["disputed"]
        ),
    )


def part_of(view: Json, number: int) -> Json:
    """A milestone of a contract view by its number, or one without title if there is no such milestone."""
    return next((part for part in view["milestones"] if part["part"] == number), {"part": number, "title": None})


def proposed(change: Json, now_ms: int) -> str:
    """An amendment or settlement in a line."""
    if change["what"] == "settlement":
        what = f"settle milestone {change['part']} with {int(change['award']) / 10:g} % of its price"
    else:
        what = "amend the terms (see: freehold contract scope)"
    answer = f", an answer is due until {until(change['until'], now_ms)}" if change["state"] == "open" else ""
    return f"{short(str(change['change']))}: the {change['by']} wants to {what}: {change['state']}{answer}"


def turn(part: Json) -> str:
    """Whose turn it is."""
    return f"{part.get('turn_name') or ''} ({part['turn']})".strip()


def _row(view: Json) -> tuple[str, ...]:
    return (
        short(str(view["contract"])),
        str(view.get("offer_title") or ""),
        _other_party(view),
        str(view["state"]),
        "; ".join([*_turns(view), *_waits_for_you(view)]),
    )


def _turns(view: Json) -> Iterator[str]:
    for part in view["milestones"]:
        if part.get("turn"):
            yield f"{part['part']}: {turn(part)}"


def _waits_for_you(view: Json) -> Iterator[str]:
    """What the owner may do, whoever's turn it is."""
    claims: list[int] = view.get("my_claims") or []
    if view.get("my_changes"):
        yield "a change is proposed to you"
    if claims:
        yield f"you may claim: {', '.join(map(str, claims))}"


def _state(view: Json) -> str:
    state = str(view["state"])
    limit = view.get("offered_until")
    return f"{state}: signed by both before {until(limit, int(view['now']))}, or it lapses" if limit else state


def _party(view: Json, role: str) -> str:
    return person_in(view, role) + (" (you)" if view.get("my_role") == role else "")


def _people(view: Json, key: str) -> list[str]:
    return [one_person(one) for one in items(view, key)]


def _quorum(view: Json) -> str:
    witnesses = items(view, "witnesses")
    return f" ({view['quorum']} of {len(witnesses)} make a time)" if witnesses else ""


def _other_party(view: Json) -> str:
    if view.get("my_role") not in ("client", "freelancer"):
        return " and ".join(name_in(view, role) for role in ("client", "freelancer"))
    role = "freelancer" if view["my_role"] == "client" else "client"
    return name_in(view, role)


def price(part: Json) -> str:
    """What a milestone costs, as it was agreed."""
    if part.get("basis") != "hourly":
        return money(part.get("price"))
    most = f", at most {part['hours']} h a week" if part.get("hours") else ""
    return f"{money(part.get('price'))} an hour{most}"


def _milestone(part: Json, now_ms: int) -> str:
    title = f"{part['title']}, {price(part)}" if part.get("title") else "terms are private"
    due = f"; due {money(part['due'])}" if part["state"] in ("payable", "paid", "owed", "award paid") else ""
    return f"{part['part']}. {title}: {part['state']}{due if part.get('due') else ''}" + _turn_until(part, now_ms)


def _turn_until(part: Json, now_ms: int) -> str:
    if not part.get("turn"):
        return ""
    claim: Json = part.get("claim") or {}
    limit = claim.get("until") or part.get("deadline")
    return f"; turn: {turn(part)}" + (f" until {until(limit, now_ms)}" if limit is not None else "")


def _silences(view: Json) -> str:
    several = len(view["milestones"]) > 1
    said = ((part, if_nothing_happens(part, int(view["now"]))) for part in view["milestones"])
    return "\n".join((f"{part['part']}. " if several else "") + words for part, words in said if words)


def _ping(ping: Json, now_ms: int) -> str:
    claim: Json = ping.get("claim") or {}
    limit = claim.get("until") or ping.get("deadline")
    claimed = ", claimed" if claim else ""
    return f"the {ping['turn']} owes one{claimed}" + (f", until {until(limit, now_ms)}" if limit is not None else "")


def _away(away: Json, now_ms: int) -> str:
    length = duration(int(away["until"]) - int(away["since"]))
    return f"the {away['role']}, {length} until {until(away['until'], now_ms)}"


def _mark(mark: Json) -> str:
    who = person_in(mark, "on") if mark.get("on") else "nobody"
    where = f" (milestone {mark['part']})" if mark.get("part") else ""
    shown = "" if mark.get("witnessed") else ", by the parties' own clocks only"
    return f"{mark['what']}: {who}, {mark['role']}{where}{shown}"
