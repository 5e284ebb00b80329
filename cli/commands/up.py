"""freehold up."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..durations import DURATION
from ..errors import FAILED, Trouble
from ..output import headline, paint, say
from ..passphrases import read_passphrase
from ..secret_files import read_secret, write_secret
from ..session import Session, takes_session
from ..starting import Launch, NodeProcess
from .open import show_page
from .status import show_status
from .unlocking import minutes_of

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import FrameType

    from ..client import Json

_FILE = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True)
class Terminal:
    """Answers from the person at the terminal, or from files for scripts."""

    passphrase_file: Path | None
    words_file: Path | None
    from_words: Path | None

    def passphrase(self, *, new: bool) -> Json:
        """Prompt (twice for a new key), or read the file."""
        if new and self.from_words is None and self.words_file is None and not sys.stdout.isatty():
            raise Trouble(
                "usage",
                "a new identity has 24 words that must be kept, and there is no terminal to show them on",
                "add --words-file FILE, or start without an identity: --relay",
            )
        advice = "add --passphrase-file FILE, or start without an identity: --relay"
        if not new:
            advice = "add --passphrase-file FILE, or start with the key locked: --locked"
        answer = {"passphrase": read_passphrase(self.passphrase_file, new=new, otherwise=advice)}
        if new and self.from_words is not None:
            answer["words"] = read_secret(self.from_words, "the file of words")
        return answer

    def keep_words(self, words: str) -> None:
        """Write the words to the file, or show them once."""
        if self.words_file is not None:
            write_secret(self.words_file, words)
            say(f"The 24 words of your new identity are in {self.words_file}. Keep them off this machine.", err=True)
            return
        listed = words.split()
        say("These 24 words are your identity. Write them on paper, in this order: they are shown once,", err=True)
        say("and without them a lost disk or passphrase is a lost identity.\n", err=True)
        for row in range(0, len(listed), 6):
            numbered = (f"{number:2} {word:<10}" for number, word in enumerate(listed[row : row + 6], row + 1))
            click.echo("  " + paint(" ".join(numbered), bold=True), err=True)
        say(err=True)
        click.prompt("Press Enter when you have them", default="", show_default=False, err=True)


@click.command()
@click.option("--relay", is_flag=True, help="Run without an identity: relay and look, sign nothing.")
@click.option("--locked", is_flag=True, help="Ask for no passphrase: receive, and sign nothing until you unlock.")
@click.option("--for", "for_ms", type=DURATION, help="Lock the key again after so long, e.g. 8h (else: never).")
@click.option("--foreground", is_flag=True, help="Stay in the foreground and show the log.")
@click.option("--passphrase-file", type=_FILE, help="Read the passphrase from a file that only you can read (0600).")
@click.option("--words-file", type=_FILE, help="Write the 24 words of a new identity to this file, and show nothing.")
@click.option("--from-words", type=_FILE, help="Bring an identity back from the 24 words in this file.")
@click.option("--network", help="The network of a new folder (else: freehold).")
@click.option("--listen", multiple=True, metavar="ADDRESS", help="Listen here, e.g. /ip4/127.0.0.1/tcp/0; repeatable.")
@click.option("--seed", multiple=True, metavar="ADDRESS", help="Join by this node; repeatable.")
@click.option("--witness", is_flag=True, help="Vouch for the times in others' contracts that name you as a witness.")
@click.option("--page-listen", metavar="HOST:PORT", help="Where browsers of this machine find the page, or: off.")
@click.option("--open", "opens", is_flag=True, help="Then open the page in a browser; a new identity is made there.")
@takes_session
def up(  # noqa: PLR0913  -- one parameter an option
    session: Session,
    *,
    relay: bool,
    locked: bool,
    for_ms: int | None,
    foreground: bool,
    passphrase_file: Path | None,
    words_file: Path | None,
    from_words: Path | None,
    network: str | None,
    listen: tuple[str, ...],
    seed: tuple[str, ...],
    witness: bool,
    page_listen: str | None,
    opens: bool,
) -> None:
    """Start your node. The first start makes your identity.

    The options for network, listen, seed, witness and page-listen are written to config.toml at the first start.
    """
    arguments = [*(["--relay"] if relay else []), *(["--network", network] if network else [])]
    arguments += [*(["--witness"] if witness else []), *(["--page-listen", page_listen] if page_listen else [])]
    in_page = opens and not (passphrase_file or words_file or from_words)
    arguments += [*(["--locked"] if locked else []), *(["--identity-later"] if in_page else []), *_unlocked(for_ms)]
    arguments += [part for address in listen for part in ("--listen", address)]
    arguments += [part for address in seed for part in ("--seed", address)]
    node = NodeProcess(Launch(session.folder, tuple(arguments), leashed=foreground, loud=foreground))
    answers = Terminal(passphrase_file, words_file, from_words)
    if not foreground:
        session.show(node.start(answers), show_ready)
        node.release()
        if opens:
            show_page(session)
        return
    with _stopped_in_order(node):
        session.show(node.start(answers), show_ready)
        if opens:
            show_page(session)
        if node.wait() != 0:
            raise click.exceptions.Exit(FAILED)


def _unlocked(for_ms: int | None) -> list[str]:
    return [] if for_ms is None else ["--unlocked-minutes", str(minutes_of(for_ms))]


def show_ready(status: Json) -> None:
    """How a node that has started does, and what comes next."""
    headline("Your node runs.", "green")
    show_status(status)
    if status.get("key") == "locked":
        say("next: your key is locked; to sign something: freehold unlock")
    elif status.get("identity") and not status.get("name"):
        say('next: tell others who you are: freehold identity edit --name "Your Name"')
    else:
        say("next: freehold offer list")


class _Terminated(BaseException):
    """SIGTERM came."""


@contextmanager
def _stopped_in_order(node: NodeProcess) -> Generator[None]:
    """Whatever ends this process from its first moment on, the node is stopped before, and waited for."""

    def terminate(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)  # an impatient second one must not break the first off
        raise _Terminated  # waiting inside a handler would wait for the lock of the wait that it interrupted

    signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    except _Terminated:
        node.stop()
    except BaseException:  # a Ctrl-C, too: in the foreground the node ends with the command
        node.stop()
        raise
