"""freehold contact add."""

from __future__ import annotations

import click

from ..output import say
from ..session import Session, takes_session


@click.group()
def contact() -> None:
    """Whom you trust: your node keeps more of what they write."""


@contact.command()
@click.argument("who")
@click.option("--label", default="", help="Your own name for them; it stays on your node.")
@takes_session
def add(session: Session, who: str, label: str) -> None:
    """Trust WHO (fh1..., or its first letters)."""
    result = session.client.post("/contacts", {"identity": who, "label": label})
    session.show(result, lambda _: say(f"{label or who} is among your contacts."))
