"""freehold node check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..errors import FAILED
from ..output import headline, say
from ..session import Session, takes_session
from ..upkeep import upkeep
from ..words import held, items

if TYPE_CHECKING:
    from ..client import Json


@click.command()
@click.option("--rebuild", is_flag=True, help="Put right what is wrong. The node must not run.")
@takes_session
def check(session: Session, *, rebuild: bool) -> None:
    """See whether what your node keeps is whole: the database, every signature,
    every table that follows from records, and the files of contracts. The node
    may run meanwhile.

    With --rebuild such tables are written again from the records. Of a damaged
    database everything that can be read and verified is carried over to a new one,
    and the damaged one is kept beside it.
    """
    found = upkeep(session.folder, "check", *(["--rebuild"] if rebuild else []))
    session.show(found, _show)
    if not found["sound"] and "rebuilt" not in found and "salvaged" not in found:
        raise click.exceptions.Exit(FAILED)


def _show(view: Json) -> None:
    files = held(view, "files")
    if view["sound"]:
        also = f", and all {files['kept']} files" if files["kept"] else ""
        headline(f"All is whole: {view['records']} records, each as it was signed{also}.", "green")
        return
    for one in items(files, "damaged"):
        say(f"the file {one['name']} is not what was signed for: {one['sha256']}")
    if files["damaged"]:
        say("next: freehold file remove SHA256 --anyway; then fetch it again: freehold contract fetch")
    if view["faults"] or view["damaged"] or view["columns"] or view["derived"]:
        _database(view)


def _database(view: Json) -> None:
    for fault in view["faults"]:
        say(f"the database is damaged: {fault}")
    if view["damaged"]:
        say(f"{view['damaged']} records are not what was signed: {', '.join(view['named'])}")
    if view["columns"]:
        say(f"{view['columns']} records are filed wrongly")
    for table, count in held(view, "derived").items():
        say(f"{table}: {count} rows do not follow from the records")
    if "rebuilt" in view:
        say(f"Put right, from {view['rebuilt']} records. next: freehold up")
    elif "salvaged" in view:
        _salvaged(view, held(view, "salvaged"))
    else:
        say("next: freehold down; then freehold node check --rebuild. A backup made before would have it all.")


def _salvaged(view: Json, salvaged: Json) -> None:
    say(f"Carried over to a new database: {salvaged['kept']} records, each verified.")
    lost = salvaged["unread"], salvaged["forged"]
    if any(lost):
        say(f"Not carried over: {lost[0]} places that cannot be read, {lost[1]} records that are not what was signed.")
    if salvaged["torn"]:
        say(f"Perhaps not all of this could be read: {', '.join(salvaged['torn'])}.")
    say(f"The damaged database is kept: {view['aside']}. What is public comes back from peers. next: freehold up")
