"""freehold reputation show | why | compare | history | export | check (the last two are in `portable`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..client import ref
from ..lazy import LazyGroup
from ..reputations import show_comparison, show_history, show_reputation, show_why
from ..session import Session, takes_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..client import Json


def _standpoint(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say from where, and as what, somebody is looked at."""
    role = click.option("--role", type=click.Choice(("client", "freelancer")), help="Only as this; else as both.")
    seen_as = click.option("--as", "seen_as", metavar="IDENTITY", help="From somebody else's place instead of yours.")
    return role(seen_as(command))


_PORTABLE = {
    "export": (
        "freehold.cli.commands.portable:export",
        "Write it to a file that anybody can check: records, a page, W3C credentials.",
    ),
    "check": ("freehold.cli.commands.portable:check", "Check such a file with no node and no network."),
}


@click.group(cls=LazyGroup, lazy=_PORTABLE)
def reputation() -> None:
    """What to expect of somebody, and why."""


@reputation.command()
@click.argument("who", required=False)
@_standpoint
@takes_session
def show(session: Session, who: str | None, **standpoint: str | None) -> None:
    """What to expect of WHO (else of you): what others say, and apart from it what contracts show."""
    session.show(session.client.get(f"/reputation/{_subject(session, who)}", _query(standpoint)), show_reputation)


@reputation.command()
@click.argument("who", required=False)
@_standpoint
@takes_session
def why(session: Session, who: str | None, **standpoint: str | None) -> None:
    """Every review behind the number, how much each moves it, who leads to its author, and what was left out."""
    session.show(session.client.get(f"/reputation/{_subject(session, who)}/why", _query(standpoint)), show_why)


@reputation.command()
@click.argument("one")
@click.argument("other")
@_standpoint
@takes_session
def compare(session: Session, one: str, other: str, **standpoint: str | None) -> None:
    """ONE and OTHER from the same place."""
    query = _query(standpoint) | {"other": other}
    session.show(session.client.get(f"/reputation/{ref(one)}/compare", query), show_comparison)


@reputation.command()
@click.argument("who", required=False)
@_standpoint
@takes_session
def history(session: Session, who: str | None, **standpoint: str | None) -> None:
    """How the number came to be, and because of what."""
    session.show(session.client.get(f"/reputation/{_subject(session, who)}/history", _query(standpoint)), show_history)


def _query(standpoint: dict[str, str | None]) -> Json:
    return {"as": standpoint["seen_as"], "role": standpoint["role"]}


def _subject(session: Session, who: str | None) -> str:
    return ref(who or str(session.client.get("/identity")["identity"]))
