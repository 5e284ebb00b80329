"""Reputations in words: every point with the record it comes from."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from .output import headline, print_fields, print_table, say, short
from .people import one_person, person_in
from .words import held, items, moment, span

if TYPE_CHECKING:
    from .client import Json

LEVELS = ("scope", "communication", "quality", "time", "again")
_TIMES = {1: "once", 2: "twice"}
_WORDS = {
    ("client", "late"): "paid late",
    ("client", "silent"): "did not answer",
    ("freelancer", "silent"): "did not answer",
    ("arbiter", "silent"): "did not answer a call",
    ("client", "at fault"): "was found at fault by the arbiter",
    ("freelancer", "at fault"): "was found at fault by the arbiter",
    ("client", "forked"): "signed two different histories",
    ("freelancer", "forked"): "signed two different histories",
    ("arbiter", "forked"): "signed two different histories",
}


def show_reputation(view: Json) -> None:
    """A reputation in words."""
    headline(one_person(view))
    print_fields([*_opinion(view), *_conduct(view), ("note", str(view.get("note") or ""))])


def show_why(view: Json) -> None:
    """A reputation with the part of each review in it."""
    left_out = items(view, "left_out")
    show_reputation({**view, "left_out": len(left_out)})
    for point in items(view, "evidence"):
        say()
        _show_point(point)
    if left_out:
        say()
    for review in left_out:
        say(f"left out: {short(str(review['review']))}: {review['reason']}")


def show_comparison(view: Json) -> None:
    """Two people beside each other."""
    people = items(view, "people")
    rows = [dict([*_opinion(one), *_conduct(one)]) for one in people]
    names = [one_person(one) for one in people]
    fields = dict.fromkeys((*rows[0], *rows[1]))
    print_table(
        ("", "One", "Other"),
        [("who", *names), *((name, *(row.get(name, "") for row in rows)) for name in fields)],
    )
    first = next(name for name, one in zip(names, people, strict=True) if one["identity"] == view["first"])
    say()
    if view["apart"]:
        say(f"{first} is clearly ahead: even the lower end lies above what is likely of the other.")
    else:
        say(f"{first} would be listed first, but what is likely of them overlaps: they cannot be told apart.")


def show_history(view: Json) -> None:
    """A score as it grew."""
    headline(one_person(view))
    before: float | None = None
    for change in items(view, "changes"):
        mean = float(change["mean"])
        moved = "" if before is None else f" ({100 * (mean - before):+.1f})"
        because = ", ".join(
            f"{short(str(one['review']))} by {_by(held(one, 'by'))}" for one in items(change, "because")
        )
        say(f"{moment(change['at'])}  {_percent(mean)} of 100{moved}, because of review {because}")
        before = mean
    if before is None:
        say("No review has changed anything yet.")


def _opinion(view: Json) -> list[tuple[str, str]]:
    """What others say of somebody, as fields."""
    anywhere = held(view, "anywhere")
    fields = [("expect", _expect(view)), ("from", _from(view)), ("seen", f"{view.get('seen', '')} ({view['ranking']})")]
    if anywhere and anywhere.get("mean") != view["mean"]:
        text = f"{_percent(anywhere['mean'])} of 100, if all {anywhere['counted']} reviews count alike, sybils included"
        fields.append(("from nowhere", text))
    return fields


def _expect(view: Json) -> str:
    likely = f"likely {_percent(view['lower'])} to {_percent(view['upper'])}"
    if not view["counted"]:
        return f"nothing is known: {_percent(view['mean'])} of 100 is what people are like, {likely}"
    return f"{_percent(view['mean'])} of 100, {likely}"


def _from(view: Json) -> str:
    counted = int(view["counted"])
    reviews = "review that counts" if counted == 1 else "reviews that count"
    people = int(view.get("witnesses") or 0)
    by = f" by {people} {'person' if people == 1 else 'people'}" if counted > 1 else ""
    return f"{counted} {reviews}{by}, {view['left_out']} that do not"


def _conduct(view: Json) -> list[tuple[str, str]]:
    """What contracts show of somebody, as fields: one for each role."""
    return [(f"as {role}", "\n".join(_deeds(role, one))) for role, one in held(view, "conduct").items()]


def _deeds(role: str, conduct: Json) -> list[str]:
    contracts, partners = int(conduct["contracts"]), int(conduct["partners"])
    lines = [f"{_count(contracts, 'contract')} with {_count(partners, 'other')}"]
    if conduct.get("responsiveness") is not None:
        answered = int(conduct["answered"])
        usual = conduct.get("usual_ms")
        quick = "" if usual is None else f", usually within {span(int(usual))}"
        lines.append(f"answered {answered} of {answered + int(conduct['unanswered'])} times{quick}")
    if role == "arbiter":
        lines.append(f"took {_count(int(conduct['taken']), 'case')}, ruled in {conduct['ruled']}")
    facts = sorted(items(conduct, "facts"), key=lambda fact: (not fact["counts"], str(fact["what"]), int(fact["at"])))
    for (counts, what), found in groupby(facts, key=lambda fact: (bool(fact["counts"]), str(fact["what"]))):
        lines.append(_held_against(role, what, list(found), counts=counts))
    return lines


def _held_against(role: str, what: str, facts: list[Json], *, counts: bool) -> str:
    """ "paid late once: 2026-03, contract fhc1..." """
    where = "; ".join(f"{moment(fact['at'])[:7]}, contract {short(str(fact['contract']))}" for fact in facts)
    words = f"{_WORDS.get((role, what), what)} {_TIMES.get(len(facts), f'{len(facts)} times')}: {where}"
    return words if counts else f"{words} (nobody else vouches for the times: it has no weight)"


def _show_point(point: Json) -> None:
    levels, path = held(point, "levels"), items(point, "path")
    by = person_in(point, "author")
    said = ", ".join(f"{name} {levels[name]}" for name in LEVELS)
    headline(f"{-100 * float(point['delta']):+.1f} without what {by} says")
    place = int(point.get("place") or 1)
    weighs = f"{float(point['weight']):.2f} of a review"
    if place > 1:
        weighs += f", being number {place} between the two"
    if int(point.get("against") or 0) > 0:
        weighs += f"; its author has criticised so many people: {point['against']}"
    print_fields(
        [
            ("levels", f"{said} (of 4)"),
            ("weighs", weighs),
            ("trust", f"{_percent(point.get('trust', 1))} of 100{_led(path)}"),
            ("review", short(str(point["review"]))),
            ("contract", short(str(point["contract"]))),
            ("text", str(point.get("text") or "")),
            ("written", moment(point["at"])),
        ]
    )


def _led(path: list[Json]) -> str:
    """Who leads to the author of a review."""
    if not path:
        return ""
    if len(path) == 1:
        return ": somebody you trust"
    return ", by way of " + " -> ".join(_by(one) for one in path[:-1])


def _by(one: Json) -> str:
    return one_person(one)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"


def _percent(part: float) -> int:
    return round(100 * float(part))
