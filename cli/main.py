"""The `freehold` command: nouns and verbs, each a call to the daemon of one's own node."""

from __future__ import annotations

import os
import sys
import traceback
from typing import NoReturn

import click

from .errors import DONE, FAILED, STOPPED, Trouble, tell
from .lazy import LazyGroup

_HERE = "freehold.cli.commands"

COMMANDS = {
    "demo": (f"{_HERE}.demo:demo", "Play a whole market on this machine, with real nodes."),
    "up": (f"{_HERE}.up:up", "Start your node."),
    "down": (f"{_HERE}.down:down", "Stop your node."),
    "restart": (f"{_HERE}.restarting:restart", "Stop your node and start it again."),
    "open": (f"{_HERE}.open:open_page", "Open your node's page in a browser."),
    "unlock": (f"{_HERE}.unlocking:unlock", "Let your node sign, for a time."),
    "lock": (f"{_HERE}.unlocking:lock", "Let your node sign nothing more."),
    "watch": (f"{_HERE}.watch:watch", "What your node tells you, as it comes."),
    "status": (f"{_HERE}.status:status", "How your node is doing."),
    "config": (f"{_HERE}.config:config", "Your node's settings."),
    "doctor": (f"{_HERE}.doctor:doctor", "What is wrong with your node, and what to do."),
    "identity": (f"{_HERE}.identity:identity", "Who you are to others; who offers to serve."),
    "offer": (f"{_HERE}.offer:offer", "Work wanted and services offered."),
    "proposal": (f"{_HERE}.proposal:proposal", "Answers to offers, with terms, sealed to one person."),
    "contract": (f"{_HERE}.contract:contract", "What both signed: work, money, changes, time."),
    "dispute": (f"{_HERE}.dispute:dispute", "When the two do not agree: the arbiter decides."),
    "file": (f"{_HERE}.file:file", "Files of deliveries and disputes that your node keeps."),
    "review": (f"{_HERE}.review:review", "What the parties of a contract say of each other afterwards."),
    "vouch": (f"{_HERE}.vouch:vouch", "Whom you trust publicly."),
    "reputation": (f"{_HERE}.reputation:reputation", "What to expect of somebody, and why."),
    "contact": (f"{_HERE}.contact:contact", "Whom you trust."),
    "node": (f"{_HERE}.node:node", "Peers, bans, statistics."),
    "backup": (f"{_HERE}.backup:backup", "Everything in one file, and back again."),
    "export": (f"{_HERE}.exporting:export", "Everything of yours, in forms that outlive this program."),
    "dev": (f"{_HERE}.dev:dev", "For developers and test networks."),
    "explain": (f"{_HERE}.explain:explain", "What an error's code means."),
    "completion": (f"{_HERE}.completion:completion", "Completion for bash, zsh and fish."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="freehold", prog_name="freehold")
def root() -> None:
    """A marketplace for freelancers and clients that runs on its participants' own machines.

    \b
    freehold demo      watch a market run on this machine
    freehold up        start your own node
    """


def main() -> NoReturn:
    """The entry point: run, and turn every ending into a sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")  # a terminal without UTF-8 shows \u2713 and does not end the command
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line; the exit code."""
    try:
        code = root.main(arguments, prog_name="freehold", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped.", err=True)
        return STOPPED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left: nothing more is to be said
        return FAILED
    except Exception as error:  # noqa: BLE001  -- the border to the person: a bug is named, its traceback is not dumped
        trouble = _in_words(error)
        tell(trouble, as_json="--json" in arguments)
        return trouble.exit_code
    return code if isinstance(code, int) else DONE


def _in_words(error: Exception) -> Trouble:
    match error:
        case Trouble():
            return error
        case click.UsageError():
            return _usage(error)
        case click.ClickException():
            return Trouble("failed", error.format_message())
        case _:
            return _bug(error)


def _usage(error: click.UsageError) -> Trouble:
    path = error.ctx.command_path if error.ctx else "freehold"
    return Trouble("usage", error.format_message(), f"see: {path} --help")


def _bug(error: Exception) -> Trouble:
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119
    return Trouble(
        "internal",
        f"this is a mistake in freehold itself: {type(error).__name__} in {where}: {error}",
        "please report it with the command that you typed; nothing on your node was changed by this",
    )


if __name__ == "__main__":
    main()
