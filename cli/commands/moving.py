"""freehold node move-store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..output import headline, say
from ..session import Session, takes_session
from ..upkeep import upkeep

if TYPE_CHECKING:
    from ..client import Json


@click.command("move-store")
@takes_session
def move_store(session: Session) -> None:
    """Move what your node keeps of the market to the PostgreSQL database that
    `store_url` in config.toml names, for a public index that outgrows one machine.
    The node must not run.

    Keys, parcels, contacts and settings stay in the folder. If it ends in the
    middle, begin it again. The database of before is kept in the folder.
    """
    session.show(upkeep(session.folder, "move-store"), _show)


def _show(view: Json) -> None:
    headline(f"Moved {view['records']:,} records.", "green")
    if view["known"]:
        say(f"{view['known']:,} were on the server already, or are not wanted there any more.")
    say(f"The database of before is kept: {view['file']}")
    say("next: freehold up; when all is well, delete that file")
