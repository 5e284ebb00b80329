"""freehold demo."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import FAILED, Trouble
from ..output import paint, print_json

if TYPE_CHECKING:
    from types import FrameType

    from freehold.protocol.kinds.offer import Offer

    from ..demo.narration import Narrator
    from ..demo.stage import Stage


_CAST = (
    *(("Carol", "relay", False), ("Alice", "client", False), ("Dave", "client", False)),
    *(("Bob", "freelancer", False), ("Erin", "freelancer", True), ("Grace", "arbiter", True)),
)
"""Name, what they do, and whether their node witnesses."""


@click.command()
@click.option(
    "--offers", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE.csv",
    help="Let the clients publish the first few hundred job postings of a CSV file.",
)  # fmt: skip
@click.option("--keep", is_flag=True, help="Leave the nodes' folders to look at.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="Play in this new or empty folder.")
@click.option("--json", "as_json", is_flag=True, help="Print what was checked as JSON; the story goes to stderr.")
def demo(offers: Path | None, folder: Path | None, *, keep: bool, as_json: bool) -> None:
    """Play a whole market on this machine: real nodes, a real story, every claim checked at another node.

    Needs nothing but this machine: six processes that talk over loopback, in folders that are gone afterwards.
    """
    from ..demo import postings  # noqa: PLC0415  -- `--help` pays for none of the play
    from ..demo.narration import Narrator  # noqa: PLC0415
    from ..demo.stage import Stage  # noqa: PLC0415

    chosen = postings.from_file(offers) if offers else postings.our_own()
    if not chosen:
        raise Trouble("no-offers", f"{offers} has no row that is an offer", "see: freehold offer import --dry-run")
    signal.signal(signal.SIGTERM, _stop)
    voice = Narrator(to_stderr=as_json)
    with Stage(folder, keep=keep) as stage:
        try:
            _play(voice, stage, chosen)
        except KeyboardInterrupt:
            voice.line("\nStopping the nodes ...")
            raise
    _summary(voice, stage)
    if as_json:
        print_json({"seconds": round(voice.seconds, 1), "passed": not voice.failed, "checks": voice.checks})
    if voice.failed:
        raise click.exceptions.Exit(FAILED)


def _play(voice: Narrator, stage: Stage, chosen: tuple[Offer, ...]) -> None:
    from ..demo import story  # noqa: PLC0415
    from ..demo.narration import Unfulfilled  # noqa: PLC0415
    from ..demo.play import Play  # noqa: PLC0415

    cast = {name.lower(): stage.cast(name, role, witness=witness) for name, role, witness in _CAST}
    play = Play(voice, **cast, postings=chosen)
    try:
        story.tell(play)
    except Trouble as trouble:
        if not voice.checks:
            raise  # the nodes did not start: there is nothing to tell
        voice.check("every node does what its owner asks", "the one that was asked", holds=False, why=trouble.what)
    except Unfulfilled:
        voice.tell("The story cannot go on without this.")


def _summary(voice: Narrator, stage: Stage) -> None:
    voice.line()
    good = len(voice.checks) - len(voice.failed)
    text = (
        f"{good} of {len(voice.checks)} claims held, in {voice.seconds:.0f} seconds, with {len(stage.players)} nodes."
    )
    voice.line(paint(text, "red" if voice.failed else "green", bold=True))
    for claim in voice.failed:
        voice.line(f"   failed: {claim}")
    if stage.keep:
        alice = stage.root / "alice"
        voice.line(f"\nThe folders are in {stage.root}. To go on as Alice:")
        voice.line(f"   freehold up --folder {alice} --passphrase-file {alice}/passphrase")
        voice.line(f"   freehold offer list --folder {alice}")
        voice.line(f"   freehold down --folder {alice}")
    else:
        voice.line("\nYour own node:  freehold up")


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
