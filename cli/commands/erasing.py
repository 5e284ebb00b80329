"""freehold node erase."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..client import ref
from ..output import say
from ..session import Session, takes_session

if TYPE_CHECKING:
    from ..client import Json

_SCRUB_S = 900.0
"""Merging the search index of a million records takes minutes; the node answers others meanwhile."""


@click.command()
@click.argument("name", metavar="RECORD|OFFER")
@click.option("--yes", is_flag=True, help="Do not ask.")
@takes_session
def erase(session: Session, name: str, *, yes: bool) -> None:
    """Erase what RECORD (fhr1...), or OFFER (fho1..., its current version), says: from this node's database for good.

    Its header stays, so that whatever hangs from it holds, and it never comes
    back from other nodes. What they have is theirs: nobody can erase that.
    """
    from ..client import Client  # noqa: PLC0415  -- http.client costs 25 ms that `--help` does not pay

    if not yes:
        click.confirm(f"Erase what {name} says from this node, for good?", abort=True, err=True)
    session.show(Client(session.folder, _SCRUB_S).post(f"/records/{ref(name)}/erase"), _erased)


def _erased(view: Json) -> None:
    say(f"Erased: {view['body_bytes']} bytes of {view['kind']} by {view['author']}.")
    say(f"Only the header of {view['record']} stays. Copies on other nodes are not yours to erase.")
    if not view["scrubbed"]:
        say("Its last traces leave the files within minutes: somebody is reading the database just now.")
