"""freehold identity words | export | import | recover: what is done by the command alone, on the node's own machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Trouble
from ..output import say
from ..passphrases import read_passphrase
from ..secret_files import read_secret, write_secret
from ..session import Session, takes_session
from ..upkeep import upkeep

if TYPE_CHECKING:
    from ..client import Json

_FILE = click.Path(path_type=Path, dir_okay=False)
_PASSPHRASE_FILE = click.option(
    "--passphrase-file", type=_FILE, help="Read the passphrase from a file that only you can read (0600)."
)
_ONE_NODE = (
    "Run one node with this identity, never two at once: two that sign in the same contract fork your chain in it, "
    "which everybody sees, and which counts against you."
)


@click.command()
@takes_session
def words(session: Session) -> None:
    """Why your 24 words cannot be shown again."""
    session.client.get("/status")
    raise Trouble(
        "words-not-here",
        "your node does not have your 24 words: they were shown once, and only the signing key that follows from them "
        "is on this disk, so that whoever steals it can never take the identity itself",
        "find the paper. With the key but without the words, go on, and keep a copy: freehold identity export FILE",
    )


@click.command("export")
@click.argument("file", type=_FILE)
@_PASSPHRASE_FILE
@takes_session
def export_key(session: Session, file: Path, passphrase_file: Path | None) -> None:
    """Write your encrypted key to FILE, which is new, for another machine. Your passphrase stays on it."""
    passphrase = read_passphrase(passphrase_file, new=False, otherwise="add --passphrase-file FILE")
    answer = session.client.post("/identity/export", {"passphrase": passphrase})
    path = file.absolute()
    write_secret(path, str(answer["key_file"]).rstrip("\n"))
    session.show({"file": str(path), "identity": answer["identity"]}, _exported)


@click.command("import")
@click.argument("file", type=_FILE)
@takes_session
def import_key(session: Session, file: Path) -> None:
    """Take the key in FILE for the node of this folder, which has none and does not run. Nothing is replaced."""
    session.show(upkeep(session.folder, "import-key", str(file.absolute())), _imported)


@click.command()
@click.option("--words-file", type=_FILE, help="Read the 24 words from a file that only you can read (0600).")
@_PASSPHRASE_FILE
@takes_session
def recover(session: Session, words_file: Path | None, passphrase_file: Path | None) -> None:
    """Bring an identity back from its 24 words, to a node that runs without one, under a new passphrase."""
    if session.client.get("/status")["identity"] is not None:
        what = "this node has an identity already, and it is not replaced"
        raise Trouble("identity-exists", what, "for another identity use another folder (--folder)")
    if words_file is not None:
        text = read_secret(words_file, "the file of words")
    elif sys.stdin.isatty():
        text = str(click.prompt("The 24 words, in one line", hide_input=True, err=True))
    else:
        raise Trouble(
            "usage", "the 24 words are needed, and there is no terminal to ask you on", "add --words-file FILE"
        )
    passphrase = read_passphrase(passphrase_file, new=True, otherwise="add --passphrase-file FILE")
    answer = session.client.post("/identity/recover", {"words": text, "passphrase": passphrase})
    session.show(answer, _recovered)


def _exported(view: Json) -> None:
    say(f"The key of {view['identity']} is in {view['file']}, under your passphrase.")
    say(_ONE_NODE, err=True)
    say("on the other machine: freehold identity import FILE, then freehold up", err=True)


def _imported(view: Json) -> None:
    say(f"The key of {view['identity']} is in {view['folder']}.")
    say(_ONE_NODE, err=True)
    say("next: freehold up; it asks for the passphrase of that key", err=True)


def _recovered(view: Json) -> None:
    say(f"You are {view['identity']} again.")
    say(_ONE_NODE, err=True)
