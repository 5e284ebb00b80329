"""freehold doctor."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from ..errors import FAILED, Trouble
from ..output import headline, paint, say
from ..session import Session, takes_session
from ..words import items

if TYPE_CHECKING:
    from ..client import Json

_MARKS = {"ok": ("ok", "green"), "warn": ("!!", "yellow"), "fail": ("XX", "red")}
_OFFLINE_S = 120
"""The whole database is read."""


@click.command()
@click.option("--fix", help="Let the node put this check right, e.g. key-file.")
@click.option("--bundle", type=click.Path(path_type=Path, dir_okay=False), help="Write a file for a bug report.")
@takes_session
def doctor(session: Session, *, fix: str | None, bundle: Path | None) -> None:
    """Look at your node, running or not: what is wrong, why that matters, and what to do.

    The file of --bundle has states, versions and where in the program something went wrong: no text, name, address or
    key, neither yours nor of others.
    """
    found = _fixed(session, fix) if fix else _examined(session)
    if bundle is not None:
        from ..doctor_bundle import write_bundle  # noqa: PLC0415  -- tarfile is needed here alone

        write_bundle(bundle, session.folder, found)
        say(f"Written: {bundle}. Look into it before you send it.", err=True)
    session.show(found, _show)
    if found["state"] == "fail":
        raise click.exceptions.Exit(FAILED)


def _examined(session: Session) -> Json:
    try:
        return session.client.get("/doctor")
    except Trouble as trouble:
        if trouble.code not in ("not-running", "no-answer"):
            raise
    command = [sys.executable, "-P", "-m", "freehold.node.doctor", "--folder", str(session.folder.absolute())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_OFFLINE_S, check=False)
    try:
        return cast("Json", json.loads(done.stdout))
    except ValueError as error:
        raise Trouble("bad-answer", "the doctor itself failed", "please report it") from error


def _fixed(session: Session, check: str) -> Json:
    return session.client.post("/doctor/fix", {"check": check})


def _show(found: Json) -> None:
    for finding in items(found, "findings"):
        mark, colour = _MARKS.get(str(finding["state"]), ("??", "red"))
        headline(f"{mark}  {finding['check']}: {finding['what']}", colour if finding["state"] != "ok" else None)
        if finding["state"] != "ok":
            say(f"    why: {finding['why']}")
            itself = f"   (or: freehold doctor --fix {finding['check']})" if finding["fixable"] else ""
            say(f"    do:  {finding['do']}{itself}")
    if found["state"] == "ok":
        say(paint("Nothing is wrong.", dim=True))
