"""freehold reputation show | why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..client import ref
from ..output import headline, print_fields, print_table, say, short
from ..session import Session, takes_session
from ..words import moment, person
from .review import LEVELS

if TYPE_CHECKING:
    from ..client import Json


@click.group()
def reputation() -> None:
    """What to expect of somebody, and why."""


@reputation.command()
@click.argument("who", required=False)
@takes_session
def show(session: Session, who: str | None) -> None:
    """What to expect of WHO (else of you)."""
    session.show(session.client.get(f"/reputation/{_subject(session, who)}"), show_reputation)


@reputation.command()
@click.argument("who", required=False)
@takes_session
def why(session: Session, who: str | None) -> None:
    """Every review behind the number, and how much each moves it."""
    session.show(session.client.get(f"/reputation/{_subject(session, who)}/why"), show_why)


def _subject(session: Session, who: str | None) -> str:
    return ref(who or str(session.client.get("/identity")["identity"]))


def show_reputation(view: Json) -> None:
    """A reputation in words."""
    counted = int(view["counted"])
    reviews = "review that counts" if counted == 1 else "reviews that count"
    headline(person(str(view["identity"]), view.get("name")))
    print_fields(
        [
            (
                "expect",
                f"{_percent(view['mean'])} of 100, likely {_percent(view['lower'])} to {_percent(view['upper'])}",
            ),
            ("from", f"{counted} {reviews}, {view['left_out']} that do not"),
            ("by", str(view["ranking"])),
            ("note", str(view.get("note") or "")),
        ]
    )


def show_why(view: Json) -> None:
    """A reputation with the part of each review in it."""
    left_out: list[Json] = view["left_out"]
    show_reputation({**view, "left_out": len(left_out)})
    if view["evidence"]:
        say()
        print_table(("Review", "By", "Levels", "Weight", "Without it", "Text", "When"), map(_row, view["evidence"]))
    for review in left_out:
        say(f"left out: {short(str(review['review']))}: {review['reason']}")


def _row(share: Json) -> tuple[str, ...]:
    levels: Json = share["levels"]
    return (
        short(str(share["review"])),
        str(share.get("author_name") or short(str(share["author"]))),
        " ".join(str(levels[level]) for level in LEVELS),
        f"{float(share['weight']):.2f}",
        f"{-100 * float(share['delta']):+.1f}",
        str(share.get("text") or ""),
        moment(share["at"]),
    )


def _percent(part: float) -> int:
    return round(100 * part)
