"""freehold watch."""

from __future__ import annotations

import json
import shlex
import subprocess
from typing import TYPE_CHECKING

import click

from ..errors import Trouble
from ..following import follow
from ..output import say, short
from ..session import Session, takes_session
from ..words import held, moment

if TYPE_CHECKING:
    from ..client import Json

_EXEC_S = 60.0
"""A command that takes longer is ended: the next event waits for it."""
_ALWAYS = ("notice",)
"""What concerns the owner, where nothing else was asked for."""


@click.command()
@click.argument("topics", nargs=-1)
@click.option("--since", type=click.IntRange(0), help="Begin after the event with this number; 0: with the first kept.")
@click.option("--exec", "command", metavar="CMD", help="Run CMD for each event, which comes as JSON to its input.")
@click.option("--once", is_flag=True, help="Print the last things that you were told of, and end.")
@takes_session
def watch(session: Session, *, topics: tuple[str, ...], since: int | None, command: str | None, once: bool) -> None:
    """Print what your node tells you, as it comes: without TOPIC what waits for you in your contracts.

    \b
    TOPIC: offer, proposal, contract, review, reputation, file, peer, node, notice, key; or one: contract.delivery
    CMD is run without a shell: nothing that others wrote is in its arguments or environment.
    """
    if once:
        session.show(session.client.get("/notices"), _print_notices)
        return
    arguments = _split(command)
    for event in follow(session.client, topics or _ALWAYS, since):
        if session.as_json:
            click.echo(json.dumps(event, ensure_ascii=True))
        elif not arguments:
            say(_line(event))
        if arguments:
            _run(arguments, event)


def _split(command: str | None) -> list[str]:
    try:
        found = shlex.split(command or "")
    except ValueError as error:
        raise click.BadParameter(f"{command!r}: {error}", param_hint="--exec") from error
    if command is not None and not found:
        raise click.BadParameter("it is empty", param_hint="--exec")
    return found


def _run(arguments: list[str], event: Json) -> None:
    """One event to one command. That it fails is said, and ends nothing."""
    try:
        done = subprocess.run(
            arguments, input=json.dumps(event, ensure_ascii=True) + "\n", text=True, timeout=_EXEC_S, check=False
        )
    except subprocess.TimeoutExpired:
        say(f"{arguments[0]} took longer than {_EXEC_S:.0f} s and was ended", err=True)
    except OSError as error:
        raise Trouble("command-failed", f"{arguments[0]} cannot be run: {error.strerror}", "correct --exec") from error
    else:
        if done.returncode != 0:
            say(f"{arguments[0]} ended with {done.returncode}", err=True)


def _line(event: Json) -> str:
    """An event in a line."""
    told = held(event, "data")
    if event.get("topic") == "gap":
        return f"{event.get('number')}  some events are missing here: they are no longer kept"
    names = ("contract", "offer", "about", "record", "peer")
    about = next((short(str(told[name])) for name in names if name in told), "")
    text = str(told.get("text", ""))
    parts = (str(event.get("number")), moment(event.get("at")), str(event.get("topic")), about, text)
    return "  ".join(part for part in parts if part)


def _print_notices(page: Json) -> None:
    for notice in page["notices"]:
        say(f"{notice['number']}  {moment(notice['at'])}  {short(str(notice['about']))}  {notice['text']}")
