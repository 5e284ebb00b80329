"""freehold export: everything of the owner's, in forms that outlive this program."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..bundle_files import write
from ..client import ref
from ..errors import Trouble
from ..output import say
from ..session import Session, takes_session
from ..words import items

if TYPE_CHECKING:
    from ..client import Client, Json

_TABLES = ("contracts", "offers", "reputation")


@click.command()
@click.argument("what", type=click.Choice(("all", *_TABLES)))
@click.argument("place", metavar="DIR_OR_FILE", type=click.Path())
@click.option(
    "--format", "form", type=click.Choice(("json", "csv", "html")), default="json", show_default=True, help="As what."
)
@takes_session
def export(session: Session, what: str, place: str, form: str) -> None:
    """Write what is yours to a new file, or into a folder (one that is there, or DIR/).

    \b
    json  everything, with the signed records (base 64) and the bundles of contracts
          and reputation; in a folder these are files of their own besides, for
          `freehold contract verify` and `freehold reputation check`
    csv   tables for a spreadsheet; all of them need a folder
    html  one page to read and print, without script

    Private words are in it: keep it where only you get.
    """
    client = session.client
    client.get("/identity")  # who has none has nothing to take along, and is told so before a file is made
    target = Path(place)
    folder = target.is_dir() or place.endswith(os.sep)
    if not folder and what == "all" and form == "csv":
        raise Trouble("usage", "all tables are several files", f"give a folder: {target}{os.sep}")
    parts = _TABLES if (what, form) == ("all", "csv") else (what,)
    names = {part: target / f"freehold-{part}.{form}" if folder else target for part in parts}
    if folder:
        _make(target)
    written = [_save(client, part, form, name) for part, name in names.items()]
    if folder and form == "json":
        written += _bundles(client, what, target)
    session.show({"files": [str(name) for name in written]}, lambda found: _tell(found, what))


def _save(client: Client, part: str, form: str, name: Path) -> Path:
    """The whole file, or none."""
    try:
        with os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            try:
                client.save(f"/export/{part}", {"format": form}, file)
            except BaseException:  # a Ctrl-C, too: half a file looks like a whole one
                name.unlink(missing_ok=True)
                raise
    except FileExistsError as error:
        raise Trouble("file-exists", f"{name} exists already and is not replaced", "choose another name") from error
    except OSError as error:
        name.unlink(missing_ok=True)
        raise _unwritable(name, error) from error
    return name


def _bundles(client: Client, what: str, folder: Path) -> list[Path]:
    """Contracts, and the reputation, as files that are checked without a node."""
    written: list[Path] = []
    if what in ("all", "contracts"):
        _make(folder / "contracts")
        listed = client.get("/contracts")
        for one in (*items(listed, "contracts"), *items(listed, "serving")):
            try:
                found = client.get(f"/contracts/{ref(one['contract'])}/bundle")
            except Trouble as trouble:
                if trouble.code != "too-large":
                    raise
                say(trouble.what, err=True)
                continue
            written.append(_put(folder / "contracts" / f"{found['contract']}.jsonl", str(found["bundle"])))
    if what in ("all", "reputation"):
        me = str(client.get("/identity")["identity"])
        found = client.post(f"/reputation/{ref(me)}/export", {"format": "bundle", "sign": False})
        written.append(_put(folder / "freehold-reputation.jsonl", str(found["export"])))
    return written


def _put(name: Path, text: str) -> Path:
    write(name, text.encode())
    return name


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(path: Path, error: OSError) -> Trouble:
    return Trouble("file-unwritable", f"{path} cannot be written: {error.strerror}", "choose another place")


def _tell(found: Json, what: str) -> None:
    for name in found["files"]:
        say(f"written: {name}")
    if what in ("all", "contracts"):
        say("Private words are in these files. Only you can read them, and so it should stay.")
