"""freehold unlock | lock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..durations import DURATION
from ..errors import Trouble
from ..output import say
from ..passphrases import read_passphrase
from ..session import Session, takes_session
from ..words import moment

if TYPE_CHECKING:
    from ..client import Json

MINUTE_MS = 60 * 1000


@click.command()
@click.option("--for", "for_ms", type=DURATION, default="8h", show_default=True, help="How long, e.g. 30m or 8h.")
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Read the passphrase from a file that only you can read (0600).",
)
@takes_session
def unlock(session: Session, *, for_ms: int, passphrase_file: Path | None) -> None:
    """Let your node sign in your name, for a time."""
    if session.client.get("/status")["key"] == "none":
        raise Trouble("no-identity", "this node has no identity, and so no key", "make one: freehold up")
    passphrase = read_passphrase(passphrase_file, new=False, otherwise="add --passphrase-file FILE")
    answer = session.client.post("/identity/unlock", {"passphrase": passphrase, "minutes": minutes_of(for_ms)})
    session.show(answer, _show_until)


@click.command()
@takes_session
def lock(session: Session) -> None:
    """Let your node sign nothing more, until you unlock it."""
    session.show(session.client.post("/identity/lock"), lambda _: say("Your key is locked."))


def minutes_of(ms: int) -> int:
    """Whole minutes, at least one."""
    return max(1, -(-ms // MINUTE_MS))


def _show_until(state: Json) -> None:
    say(f"Your key is unlocked until {moment(state['unlocked_until'])}.")
