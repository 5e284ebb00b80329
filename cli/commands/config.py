"""freehold config show | get | set | check | edit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from ..editing import Copy, edited
from ..errors import Trouble
from ..output import print_fields, say
from ..session import Session, takes_session
from ..upkeep import upkeep
from ..words import held

if TYPE_CHECKING:
    from ..client import Json


@click.group()
def config() -> None:
    """Your node's settings: config.toml in its folder."""


@config.command()
@takes_session
def show(session: Session) -> None:
    """Show every setting, and which of them wait for the next start."""
    session.show(session.client.get("/config"), _show)


@config.command()
@click.argument("name")
@takes_session
def get(session: Session, name: str) -> None:
    """Show the setting NAME."""
    settings = held(session.client.get("/config"), "config")
    if name not in settings:
        raise Trouble("no-such-setting", f"there is no setting {name!r}", "see: freehold config show")
    session.show({name: settings[name]}, lambda found: say(_written(found[name])))


@config.command("set")
@click.argument("name")
@click.argument("value")
@takes_session
def set_(session: Session, name: str, value: str) -> None:
    """Set NAME to VALUE: a text, true or false, a number, or a list as ["a", "b"]. Comments in the file stay."""
    answer = session.client.call("PATCH", "/config", {"set": {name: _read(value)}})
    session.show(answer, lambda found: _told(found, name))


@config.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@takes_session
def check(session: Session, file: Path | None) -> None:
    """See whether a node could start with FILE, else with its config.toml; the node may run, or not."""
    names = [] if file is None else [str(file.absolute())]
    if file is not None and not file.exists():
        raise Trouble("file-unreadable", f"there is no file {file}", "check the path")
    session.show(upkeep(session.folder, "config-check", *names), lambda _: say("Every setting makes sense."))


@config.command()
@click.option("--again", is_flag=True, help="Go on with the copy that was kept aside as it was wrong.")
@takes_session
def edit(session: Session, *, again: bool) -> None:
    """Edit a copy of config.toml with $EDITOR. It replaces the file if it makes sense, else it is kept beside it."""
    if not session.folder.is_dir():
        raise Trouble("no-node", f"there is no folder {session.folder}", "start a node: freehold up")
    copy = Copy(session.folder / "config.toml", again=again)
    if not edited(copy):
        copy.drop()
        session.show({"changed": False}, lambda _: say("Nothing was changed."))
        return
    try:
        found = upkeep(session.folder, "config-take", str(copy.path.absolute()), copy.was)
    except Trouble as trouble:
        raise copy.kept(trouble) from trouble
    copy.drop()
    session.show({"changed": True, **found}, lambda _: say("Written. It holds from the next start: freehold restart"))


def _read(value: str) -> object:
    """What was typed as JSON if it is that, else as text."""
    try:
        found: object = json.loads(value)
    except ValueError:
        return value
    return cast("object", found) if isinstance(found, bool | int | list) else value


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _show(found: Json) -> None:
    print_fields((name, _written(value)) for name, value in held(found, "config").items())
    if found["restart"]:
        say(f"Waiting for the next start (freehold restart): {', '.join(found['restart'])}", err=True)


def _told(found: Json, name: str) -> None:
    waits = name in found["restart"]
    say(f"Written. {'It holds from the next start on: freehold restart.' if waits else 'It holds now.'}")
