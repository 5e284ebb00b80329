"""A checked reputation bundle in words: the conclusion first, then every point with the line it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .output import headline, print_fields, say
from .safe import safe_line
from .words import held, items, utc as moment

if TYPE_CHECKING:
    from .client import Json

GRADES = {"B": "both signed that it was paid", "C": "both signed the contract, nothing shows a payment"}


def show_assessment(view: Json) -> None:
    """All of it."""
    headline(f"This file holds: every signature in it is genuine ({view['records']}).", "green")
    print_fields(_summary(view))
    say()
    headline("Every review that counts, and what it moves")
    for point in items(view, "evidence"):
        say()
        _show_point(point)
    if not view["counted"]:
        say("None.")
    say()
    headline("Left out")
    for one in items(view, "left_out"):
        say(f"line {one['line']}: the review by {_in_full(held(one, 'author'))}: {one['reason']}")
    if not view["left_out"]:
        say("No review in this file.")
    say()
    headline(f"What their contracts ({len(view['contracts'])}) hold against them")
    for fact in items(view, "facts"):
        say(_fact(fact))
    if not view["facts"]:
        say("Nothing.")
    say()
    headline("Before you rely on it")
    for doubt in view["warnings"]:
        say(f"- {doubt}")


def _summary(view: Json) -> list[tuple[str, str]]:
    lower, mean, upper = (round(100 * float(view[name])) for name in ("lower", "mean", "upper"))
    expected = f"{mean} of 100, likely {lower} to {upper}"
    if not view["counted"]:
        expected = f"nothing is known: {mean} of 100 is what people are like, likely {lower} to {upper}"
    exporter = view["exporter"]
    return [
        ("about", _in_full(view["subject"])),
        ("expect", expected),
        ("reviews", f"{view['counted']}, by so many people: {view['witnesses']}; left out: {len(view['left_out'])}"),
        ("seen", str(view["seen"])),
        ("as of", moment(view["at"]) + " UTC"),
        ("exported", f"{moment(view['exported'])} UTC, says whoever exported it"),
        ("signed by", _in_full(exporter) if exporter else "nobody, as a whole"),
        ("sha256", str(view["sha256"])),
    ]


def _show_point(point: Json) -> None:
    levels = held(point, "levels")
    headline(f"{100 * float(point['delta']):+.1f} by what {_in_full(held(point, 'author'))} says")
    weighs = f"{float(point['weight']):.2f} of a review"
    if int(point["place"]) > 1:
        weighs += f", being number {point['place']} between the two"
    if point["against"]:
        weighs += f"; its author has criticised so many people: {point['against']}"
    path = [_in_full(one) for one in items(point, "path")]
    print_fields(
        [
            ("levels", ", ".join(f"{name} {level}" for name, level in levels.items()) + " (of 4)"),
            ("weighs", weighs),
            (
                "trust",
                f"{round(100 * float(point['trust']))} of 100" + (f", by way of {' -> '.join(path)}" if path else ""),
            ),
            ("evidence", GRADES.get(str(point["grade"]), str(point["grade"]))),
            ("text", str(point["text"])),
            ("reply", str(point["reply"] or "")),
            ("written", moment(point["at"]) + " UTC"),
            ("review", f"{point['review']} (line {point['line']})"),
            ("contract", str(point["contract"])),
        ]
    )


def _fact(fact: Json) -> str:
    lines = ", ".join(str(one["line"]) for one in items(fact, "because") if one["line"])
    told = f"{fact['what']} as {fact['role']}, {moment(fact['at'])[:7]}, contract {fact['contract']} (line {lines})"
    return told if fact["counts"] else f"{told}; nobody else vouches for the times: it has no weight"


def _in_full(one: Json) -> str:
    """Names are free to choose, so the identity is always beside them, whole."""
    name = safe_line(str(one.get("name") or ""))
    return f"{one['identity']} (goes by the name of {name})" if name else str(one["identity"])
