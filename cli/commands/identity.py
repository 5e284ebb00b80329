"""freehold identity show | edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..client import ref
from ..output import print_fields
from ..session import Session, takes_session
from ..words import moment

if TYPE_CHECKING:
    from ..client import Json

_ROLES = ("client", "freelancer")


@click.group()
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


def show_identity(view: Json) -> None:
    """A profile in words."""
    print_fields(
        [
            ("identity", str(view["identity"])),
            ("name", str(view.get("name") or "")),
            ("about", str(view.get("about") or "")),
            ("roles", ", ".join(view.get("roles") or [])),
            ("skills", ", ".join(view.get("skills") or [])),
            ("languages", ", ".join(view.get("languages") or [])),
            ("key", str(view.get("key") or "")),
            ("since", moment(view.get("created"))),
        ]
    )
