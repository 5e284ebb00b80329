"""freehold identity show | edit | serve | services; the others have a module of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..client import ref
from ..lazy import LazyGroup
from ..output import print_fields, print_table, say, short
from ..people import called
from ..session import Session, takes_session
from ..texts import text_of
from ..words import held, moment, score

if TYPE_CHECKING:
    from ..client import Json

_ROLES = ("client", "freelancer")
_SERVICES = ("arbiter", "witness")


_CARRYING = "freehold.cli.commands.carrying"
_OTHERS = {
    "words": (f"{_CARRYING}:words", "Why your 24 words cannot be shown again."),
    "export": (f"{_CARRYING}:export_key", "Your encrypted key, for another machine."),
    "import": (f"{_CARRYING}:import_key", "Take a key from another machine."),
    "recover": (f"{_CARRYING}:recover", "Bring an identity back from its 24 words."),
}


@click.group(cls=LazyGroup, lazy=_OTHERS)
def identity() -> None:
    """Who you are to others."""


@identity.command()
@click.argument("who", required=False)
@takes_session
def show(session: Session, who: str | None) -> None:
    """Show your profile, or WHO's (fh1..., or its first letters)."""
    session.show(session.client.get(f"/identities/{ref(who)}" if who else "/identity"), show_identity)


@identity.command()
@click.option("--name", help="The name shown to others.")
@click.option("--about", help="A few sentences about you.")
@click.option("--role", "roles", multiple=True, type=click.Choice(_ROLES), help="What you do here; repeatable.")
@click.option("--skill", "skills", multiple=True, help="Repeatable.")
@click.option("--language", "languages", multiple=True, help="A tag such as en or pt-BR; repeatable.")
@takes_session
def edit(
    session: Session,
    *,
    name: str | None,
    about: str | None,
    roles: tuple[str, ...],
    skills: tuple[str, ...],
    languages: tuple[str, ...],
) -> None:
    """Change your profile: only what you name; everything else stays as it is."""
    now = session.client.get("/identity")
    changed = {
        "name": now.get("name") if name is None else name,
        "about": now.get("about") if about is None else about,
        "roles": list(roles) or now.get("roles"),
        "skills": list(skills) or now.get("skills"),
        "languages": list(languages) or now.get("languages"),
    }
    body = {key: value for key, value in changed.items() if value is not None}
    if not body.get("name"):
        raise click.UsageError("a profile needs a name: --name NAME")
    session.show(session.client.put("/identity", body), show_identity)


@identity.command()
@click.option("--as", "service", required=True, type=click.Choice(_SERVICES), help="What you offer to be.")
@click.option("--about", default="", help="What you know, your conditions; or @FILE, or @- for standard input.")
@click.option("--skill", "skills", multiple=True, help="Repeatable.")
@click.option("--language", "languages", multiple=True, help="A tag such as en or pt-BR; repeatable.")
@click.option("--stop", is_flag=True, help="You no longer offer it. Contracts that name you stay as they are.")
@takes_session
def serve(session: Session, *, service: str, about: str, stop: bool, **lists: tuple[str, ...]) -> None:
    """Offer to serve contracts of others, as an arbiter or a witness. It is public."""
    body = {"service": service, "about": text_of(about), "closed": stop} | {key: list(lists[key]) for key in lists}
    answer = session.client.post("/services", body)
    session.show(
        answer, lambda view: say(f"You {'no longer ' if view['closed'] else ''}offer to be {view['service']}.")
    )


@identity.command()
@click.option("--as", "service", type=click.Choice(_SERVICES), help="Only these.")
@click.option("--blocked", is_flag=True, help="Also people whom you blocked.")
@takes_session
def services(session: Session, service: str | None, *, blocked: bool) -> None:
    """Who offers to be an arbiter or a witness, and how arbiters have served so far."""
    query = {"service": service, "blocked": 1 if blocked else None}
    session.show(session.client.get("/services", query), _services)


def _services(page: Json) -> None:
    if page.get("hidden"):
        say(f"hidden: {page['hidden']} of people whom you blocked; to see them: --blocked", err=True)
    if not page["services"]:
        say("Nobody offers that, as far as your node knows.", err=True)
        return
    print_table(
        ("Who", "Name", "Offers to be", "Served", "Reputation", "Languages", "About"), map(_row, page["services"])
    )


def _row(view: Json) -> tuple[str, ...]:
    served = held(view, "served")
    counted = ("taken", "ruled", "declined", "not_taken", "silent")
    counts = (f"{served[key]} {key.replace('_', ' ')}" for key in counted if served.get(key))
    return (
        short(str(view["identity"])),
        called(view),
        str(view["service"]),
        ", ".join(counts) or "never yet",
        score(view.get("reputation")),
        ", ".join(view.get("languages") or []),
        str(view.get("about") or ""),
    )


def show_identity(view: Json) -> None:
    """A profile in words."""
    print_fields(
        [
            ("identity", str(view["identity"])),
            ("name", str(view.get("name") or "")),
            ("you call them", str(view.get("label") or "")),
            ("you", "blocked them" if view.get("blocked") else "trust them" if view.get("trusted") else ""),
            ("about", str(view.get("about") or "")),
            ("roles", ", ".join(view.get("roles") or [])),
            ("skills", ", ".join(view.get("skills") or [])),
            ("languages", ", ".join(view.get("languages") or [])),
            ("key", str(view.get("key") or "")),
            ("since", moment(view.get("created"))),
        ]
    )
