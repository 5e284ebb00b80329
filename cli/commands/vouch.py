"""freehold vouch give | withdraw | list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..client import ref
from ..output import print_table, say
from ..people import person_in
from ..session import Session, takes_session
from ..words import moment

if TYPE_CHECKING:
    from ..client import Json


@click.group()
def vouch() -> None:
    """Whom you trust publicly: trust spreads along vouches, for you and for everybody who trusts you."""


@vouch.command()
@click.argument("who")
@click.option("--skill", "skills", multiple=True, help="For what; repeatable.")
@click.option("--text", default="", help="Why, for everybody to read.")
@click.option("--days", type=click.IntRange(1, 730), default=365, show_default=True)
@takes_session
def give(session: Session, who: str, *, skills: tuple[str, ...], text: str, days: int) -> None:
    """Vouch for WHO. It is signed and public, and says nothing of their work."""
    body: Json = {"identity": who, "skills": list(skills), "text": text, "days": days}
    session.show(
        session.client.post("/vouches", body),
        lambda view: say(f"You vouch for {_subject(view)} until {moment(view['expires'])}."),
    )


@vouch.command()
@click.argument("who")
@takes_session
def withdraw(session: Session, who: str) -> None:
    """Take your vouch for WHO back."""
    view = session.client.post(f"/vouches/{ref(who)}/withdraw")
    session.show(view, lambda view: say(f"You no longer vouch for {_subject(view)}."))


@vouch.command("list")
@click.option("--by", "author", metavar="IDENTITY", help="Somebody else's vouches instead of yours.")
@takes_session
def list_vouches(session: Session, author: str | None) -> None:
    """For whom you vouch."""
    session.show(session.client.get("/vouches", {"by": author}), _listing)


def _listing(view: Json) -> None:
    print_table(("For", "Skills", "Text", "Until"), map(_row, view["vouches"]))
    if not view["vouches"]:
        say("No vouches.", err=True)


def _row(view: Json) -> tuple[str, ...]:
    return (_subject(view), ", ".join(view["skills"]), str(view["text"]), moment(view["expires"]))


def _subject(view: Json) -> str:
    return person_in(view, "subject")
