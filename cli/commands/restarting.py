"""freehold restart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..durations import DURATION
from ..errors import Trouble
from ..passphrases import read_passphrase
from ..session import Session, takes_session
from ..starting import Launch, NodeProcess
from .down import wait_until_gone
from .unlocking import minutes_of
from .up import show_ready

if TYPE_CHECKING:
    from ..client import Json

_NO_TERMINAL = "add --passphrase-file FILE, or start again with the key locked: --locked"
_CHECK_MINUTES = 1
"""The key is unlocked to see whether the passphrase fits, and the node stops right afterwards."""


@click.command()
@click.option("--locked", is_flag=True, help="Ask for no passphrase: receive, and sign nothing until you unlock.")
@click.option("--for", "for_ms", type=DURATION, help="Lock the key again after so long, e.g. 8h (else: never).")
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Read the passphrase from a file that only you can read (0600).",
)
@takes_session
def restart(session: Session, *, locked: bool, for_ms: int | None, passphrase_file: Path | None) -> None:
    """Stop your node and start it again on the same folder.

    The passphrase is asked before: if it does not fit, the node runs on. A node
    that ran in the foreground, or under systemd, starts again in the background;
    there, restart what holds it instead.
    """
    state = session.client.get("/status")
    signs = state["identity"] is not None and not locked
    passphrase = _fitting(session, passphrase_file) if signs else ""
    session.client.post("/shutdown")
    wait_until_gone(session)
    node = NodeProcess(Launch(session.folder, tuple(_arguments(session, state, for_ms, signs=signs))))
    session.show(node.start(_Known(passphrase)), show_ready)
    node.release()


def _fitting(session: Session, file: Path | None) -> str:
    """The passphrase, if it opens the key; the node counts wrong ones. Raises Trouble."""
    passphrase = read_passphrase(file, new=False, otherwise=_NO_TERMINAL)
    session.client.post("/identity/unlock", {"passphrase": passphrase, "minutes": _CHECK_MINUTES})
    return passphrase


def _arguments(session: Session, state: Json, for_ms: int | None, *, signs: bool) -> list[str]:
    if signs:
        return [] if for_ms is None else ["--unlocked-minutes", str(minutes_of(for_ms))]
    relays = state["identity"] is None and (session.folder / "identity.key").exists()
    return ["--relay"] if relays else ["--locked"]  # which also makes no identity where there is none


class _Known:
    """Answers with a passphrase that was asked for already."""

    def __init__(self, passphrase: str) -> None:
        self._passphrase = passphrase

    def passphrase(self, *, new: bool) -> Json:
        """That passphrase, for the key that it was tried on."""
        if new:
            raise Trouble("key-unreadable", "the key file went away meanwhile", "see its folder, then: freehold up")
        return {"passphrase": self._passphrase}

    def keep_words(self, words: str) -> None:
        """There is no new identity in a restart."""
        raise Trouble("words-not-kept", "a restart makes no identity", "start it: freehold up")
