"""freehold review write | list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..client import ref
from ..output import print_table, say, short
from ..session import Session, takes_session
from ..texts import text_of
from ..words import moment, person

if TYPE_CHECKING:
    from ..client import Json

LEVELS = ("scope", "communication", "quality", "time", "again")
_LEVEL = click.IntRange(0, 4)


@click.group()
def review() -> None:
    """What the parties of a contract say of each other afterwards."""


@review.command()
@click.argument("contract")
@click.option("--scope", type=_LEVEL, required=True, help="0 very bad to 4 very good: what was agreed was done.")
@click.option("--communication", type=_LEVEL, required=True)
@click.option("--quality", type=_LEVEL, required=True, help="Of a client: how clear the brief was.")
@click.option("--time", type=_LEVEL, required=True, help="Of a client: whether they paid on time.")
@click.option("--again", type=_LEVEL, required=True, help="Whether you would work with them again.")
@click.option("--text", default="", help="In your words; or @FILE, or @- for standard input.")
@click.option("--yes", is_flag=True, help="Sign without asking.")
@takes_session
def write(session: Session, *, contract: str, text: str, yes: bool, **levels: int) -> None:
    """Review the other party of CONTRACT. It is public; a later one replaces it."""
    view = session.client.get(f"/contracts/{ref(contract)}")
    body: Json = {"contract": view["contract"], **levels, "text": text_of(text)}
    role = "freelancer" if view.get("my_role") == "client" else "client"
    shown = ", ".join(f"{name} {levels[name]}" for name in LEVELS)
    subject = person(str(view[role]), view.get(f"{role}_name"))
    session.confirm(f"You review {subject}, for everybody to see:\n{shown} (of 4)\n{body['text']}", yes=yes)
    session.show(session.client.post("/reviews", body), lambda found: _show([found]))


@review.command("list")
@click.option("--of", help="Reviews about this identity (else about you).")
@click.option("--by", help="Reviews by this identity.")
@takes_session
def list_reviews(session: Session, of: str | None, by: str | None) -> None:
    """Reviews about or by somebody, and whether they count."""
    if of and by:
        raise click.UsageError("--of and --by exclude each other")
    if not of and not by:
        of = str(session.client.get("/identity")["identity"])
    session.show(session.client.get("/reviews", {"of": of, "by": by}), lambda page: _show(page["reviews"]))


def _show(reviews: list[Json]) -> None:
    if not reviews:
        say("No reviews.", err=True)
        return
    print_table(("Review", "By", "Of", *(level.title() for level in LEVELS), "Text", "When"), map(_row, reviews))


def _row(view: Json) -> tuple[str, ...]:
    text = str(view.get("text") or "") + ("" if view["counts"] else f" [does not count: {view.get('why_not')}]")
    return (
        short(str(view["review"])),
        str(view.get("author_name") or short(str(view["author"]))),
        str(view.get("subject_name") or short(str(view["subject"]))),
        *(str(view["levels"][level]) for level in LEVELS),
        text,
        moment(view["at"]),
    )
