"""freehold backup create | verify | restore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Trouble
from ..output import say
from ..session import Session, takes_session
from ..upkeep import upkeep
from ..words import moment

if TYPE_CHECKING:
    from ..client import Json

_COPY_S = 900.0
"""A database of some gigabytes on a slow disk."""
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def backup() -> None:
    """Everything of your node in one file, and back again.

    A backup holds what the folder holds: your key under its passphrase, records
    and letters in the open. Keep it where only you get. It is no substitute for
    the 24 words, nor they for it: the words bring back who you are, a backup
    what you had. Files of deliveries and disputes are named in it and not held:
    copy the folder `files` as well, or fetch them again.
    """


@backup.command()
@click.argument("file", type=_FILE, required=False)
@takes_session
def create(session: Session, file: Path | None) -> None:
    """Write a backup to FILE, which is new. The node may run, or not.

    Without FILE, into the folder `backups` of a node that runs, where the five
    newest are kept.
    """
    from ..client import Client  # noqa: PLC0415  -- http.client costs 25 ms that `--help` does not pay

    if file is None:
        session.show(Client(session.folder, _COPY_S).post("/backups/now"), _made)
        return
    path = file.absolute()
    try:
        answer = Client(session.folder, _COPY_S).post("/backups", {"file": str(path)})
    except Trouble as trouble:
        if trouble.code != "not-running":
            raise
        answer = upkeep(session.folder, "backup", str(path))
    session.show(answer, _made)


@backup.command()
@click.argument("file", type=_FILE)
@takes_session
def verify(session: Session, file: Path) -> None:
    """Unpack FILE into a temporary folder, and check all that is in it."""
    session.show(upkeep(session.folder, "verify", str(file.absolute())), _checked)


@backup.command()
@click.argument("file", type=_FILE)
@click.option(
    "--replace", is_flag=True, help="Also into a folder that has an identity or records: they are moved aside."
)
@takes_session
def restore(session: Session, file: Path, *, replace: bool) -> None:
    """Put what FILE holds into the node's folder. The node must not run."""
    options = ["--replace"] if replace else []
    session.show(upkeep(session.folder, "restore", str(file.absolute()), *options), _restored)


def _made(view: Json) -> None:
    say(f"Written to {view['file']} ({view['bytes']} bytes). Only you can read it, and so it should stay.")
    if view.get("left_out"):
        say(f"{view['left_out']} files of contracts are named in it and not held: copy the folder `files` as well.")
    say(f"check it: freehold backup verify {view['file']}")


def _checked(view: Json) -> None:
    say(f"This backup is whole. It was made on {moment(view['at'])}.")
    say(f"It holds {view['records']} records of {view['people']} people, and {_key(view)}.")
    if view.get("left_out"):
        say(f"{view['left_out']} files of contracts are named in it and not held.")


def _restored(view: Json) -> None:
    say(f"Restored into {view['folder']}: {view['records']} records of {view['people']} people, and {_key(view)}.")
    if missing := view.get("missing"):
        say(f"{len(missing)} files of contracts are not here ({missing[0]}): copy them, or freehold contract fetch.")
    if view["aside"]:
        say(f"What was there before is in {view['aside']}.")
    say("next: freehold up")


def _key(view: Json) -> str:
    return "your key" if view["identity"] else "no key"
