"""freehold contact add | list | remove | label | block | unblock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..client import ref
from ..output import print_table, say, short
from ..people import one_person
from ..session import Session, takes_session
from ..words import items, moment

if TYPE_CHECKING:
    from ..client import Json


@click.group()
def contact() -> None:
    """Whom you trust, whom you blocked, and your own words for people. It stays on your node.

    Your node keeps more of what people you trust write, and sees the market with
    their eyes too. Names are free to choose, so two people can go by one: your
    own word for somebody stands in front of it, wherever they are named.
    """


@contact.command()
@click.argument("who")
@click.option("--label", default="", help="Your own word for them; it stays on your node.")
@takes_session
def add(session: Session, who: str, label: str) -> None:
    """Trust WHO (fh1..., or its first letters)."""
    result = session.client.post("/contacts", {"identity": who, "label": label})
    session.show(result, lambda one: say(f"{one_person(one)} is among your contacts."))


@contact.command("list")
@click.option("--blocked", is_flag=True, help="Whom you blocked, instead.")
@takes_session
def list_contacts(session: Session, *, blocked: bool) -> None:
    """Whom you trust: from them, and from those you dealt with, trust spreads when reputation is computed."""
    session.show(session.client.get("/contacts"), _blocked if blocked else _listing)


@contact.command()
@click.argument("who")
@takes_session
def remove(session: Session, who: str) -> None:
    """Take WHO off your list. Your word for them stays."""
    result = session.client.post(f"/contacts/{ref(who)}/remove")
    session.show(result, lambda one: say(f"{one_person(one)} is no longer among your contacts."))


@contact.command()
@click.argument("who")
@click.argument("text", required=False, default="")
@click.option("--clear", is_flag=True, help="Take your word for them away.")
@takes_session
def label(session: Session, who: str, text: str, *, clear: bool) -> None:
    """Call WHO by a word of your own: TEXT. Only you see it, beside the name that they chose."""
    if bool(text.strip()) == clear:
        raise click.UsageError("give either TEXT or --clear")
    result = session.client.post(f"/contacts/{ref(who)}/label", {"label": text})
    session.show(result, lambda one: say(f"They are shown to you as {one_person(one)}."))


@contact.command()
@click.argument("who")
@takes_session
def block(session: Session, who: str) -> None:
    """See and hear nothing of WHO, but what a contract with them needs.

    Their offers are hidden from you, their proposals folded, and what they say
    of others has no weight. Nobody is told. Nothing is deleted: `unblock` brings
    everything back. Contracts with them go on as before, and so do your duties
    in them.
    """
    result = session.client.post(f"/contacts/{ref(who)}/block")
    session.show(result, lambda one: say(f"{one_person(one)} is blocked. To lift it: freehold contact unblock"))


@contact.command()
@click.argument("who")
@takes_session
def unblock(session: Session, who: str) -> None:
    """Lift the block of WHO: everything is as before."""
    result = session.client.post(f"/contacts/{ref(who)}/unblock")
    session.show(result, lambda one: say(f"{one_person(one)} is no longer blocked."))


def _listing(view: Json) -> None:
    groups = (("trusted", "contacts"), ("known", "labelled"), ("blocked", "blocked"))
    found = [(word, one) for word, key in groups for one in items(view, key)]
    if not found:
        say("No contacts.", err=True)
        return
    rows = (
        (short(str(one["identity"])), str(one.get("name") or ""), str(one.get("label") or ""), word)
        for word, one in found
    )
    print_table(("Identity", "Name", "Label", "Standing"), rows)


def _blocked(view: Json) -> None:
    found = items(view, "blocked")
    if not found:
        say("You have blocked nobody.", err=True)
        return
    print_table(("Who", "Since"), ((one_person(one), moment(one.get("since"))) for one in found))
