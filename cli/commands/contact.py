"""freehold contact add | list | remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..client import ref
from ..output import print_table, say, short
from ..session import Session, takes_session

if TYPE_CHECKING:
    from ..client import Json


@click.group()
def contact() -> None:
    """Whom you trust: your node keeps more of what they write, and sees the market with their eyes too."""


@contact.command()
@click.argument("who")
@click.option("--label", default="", help="Your own name for them; it stays on your node.")
@takes_session
def add(session: Session, who: str, label: str) -> None:
    """Trust WHO (fh1..., or its first letters)."""
    result = session.client.post("/contacts", {"identity": who, "label": label})
    session.show(result, lambda _: say(f"{label or who} is among your contacts."))


@contact.command("list")
@takes_session
def list_contacts(session: Session) -> None:
    """Whom you trust: from them, and from those you dealt with, trust spreads when reputation is computed."""
    session.show(session.client.get("/contacts"), _listing)


@contact.command()
@click.argument("who")
@takes_session
def remove(session: Session, who: str) -> None:
    """Take WHO off your list."""
    result = session.client.post(f"/contacts/{ref(who)}/remove")
    session.show(result, lambda _: say(f"{who} is no longer among your contacts."))


def _listing(view: Json) -> None:
    found: list[Json] = view["contacts"]
    if not found:
        say("No contacts.", err=True)
        return
    rows = ((short(str(one["identity"])), str(one.get("name") or ""), str(one.get("label") or "")) for one in found)
    print_table(("Identity", "Name", "Label"), rows)
