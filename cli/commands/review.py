"""freehold review write | list | reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..client import ref
from ..output import print_table, say, short
from ..people import name_in, person_in
from ..session import Session, takes_session
from ..signing import sign, takes_consent
from ..texts import text_of
from ..words import moment

if TYPE_CHECKING:
    from ..client import Json
    from ..signing import Consent

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
@takes_consent
@takes_session
def write(session: Session, *, contract: str, text: str, consent: Consent, **levels: int) -> None:
    """Review the other party of CONTRACT, once. It is shown to all when they have written theirs, or no longer can."""
    view = session.client.get(f"/contracts/{ref(contract)}")
    body: Json = {"contract": view["contract"], **levels, "text": text_of(text)}
    role = "freelancer" if view.get("my_role") == "client" else "client"
    shown = ", ".join(f"{name} {levels[name]}" for name in LEVELS)
    subject = person_in(view, role)
    saying = f"You review {subject}, for everybody to see:\n{shown} (of 4)\n{body['text']}\n"
    session.show(sign(session, "/reviews", body, consent, saying), lambda found: _show([found]))


@review.command()
@click.argument("name", metavar="REVIEW")
@click.option("--text", required=True, help="The text, or @FILE, or @- for standard input.")
@takes_consent
@takes_session
def reply(session: Session, name: str, *, text: str, consent: Consent) -> None:
    """Answer REVIEW (fhr1...), which is about you. It is public, and once is all there is."""
    saying = "You reply, for everybody to see.\n"
    answer = sign(session, f"/reviews/{ref(name)}/reply", {"text": text_of(text)}, consent, saying)
    session.show(answer, lambda found: _show([found]))


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
    text = str(view.get("text") or "")
    text += f" [reply: {view['reply']}]" if view.get("reply") else ""
    text += "" if view["counts"] else f" [does not count: {view.get('why_not')}]"
    text += "" if view.get("shown", True) else " [not shown to others yet]"
    return (
        short(str(view["review"])),
        name_in(view, "author"),
        name_in(view, "subject"),
        *(str(view["levels"][level]) for level in LEVELS),
        text,
        moment(view["at"]),
    )
