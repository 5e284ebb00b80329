"""Every page of this folder, run against real nodes on this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from tests.transcripts.page import Mismatch, Step, filled, match, steps

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = sorted(Path(__file__).parent.glob("[0-9]*.md"))
QUICK = ("01", "02")
"""Pages of the default run; the others are played by the slow one."""
COMMAND_S = 60
"""Starting a node is the slowest."""
GOSSIP_S = 40
"""What one node says, another shows within this time: a round of catch-up is 30 s."""
_AGAIN_S = 0.25
_QUESTIONS = frozenset({"list", "show", "search", "status", "why", "peers", "watch", "rates"})
"""Commands that may be typed again and again until another node's news is here; others are typed once."""
_TOO_EARLY = 6
"""The exit code of what waits for the other side, or for a deadline: typed again as well, until it is not too early."""


class Shells:
    """A shell a person, each with a node's folder and a home of its own below one directory."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._names: dict[str, str] = {}
        self._people: set[str] = set()

    def type(self, step: Step) -> None:
        """Type a command and compare. Raises Mismatch."""
        command = filled(step.command, self._names)
        question = bool(_QUESTIONS & set(command.split()))
        deadline = time.monotonic() + GOSSIP_S
        while True:
            done = self._run(step.person, command)
            try:
                self._names = match(step, done.stdout, done.returncode, self._names)
            except Mismatch:
                if time.monotonic() > deadline or not (question or done.returncode == _TOO_EARLY):
                    raise
                time.sleep(_AGAIN_S)  # bounded by the deadline: another process has nothing else to wait for
            else:
                return

    def close(self) -> None:
        """Stop every node that the page left running."""
        for person in self._people:
            done = self._run(person, "freehold status --json")
            if done.returncode == 0 and self._run(person, "freehold down").returncode != 0:
                _end(int(json.loads(done.stdout)["pid"]))

    def _run(self, person: str, command: str) -> subprocess.CompletedProcess[str]:
        home = self._root / person
        home.mkdir(mode=0o700, exist_ok=True)
        self._people.add(person)
        return subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=home,
            env={
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
                "HOME": str(home),
                "FREEHOLD_HOME": str(home / "node"),
                "LC_ALL": "C.UTF-8",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=COMMAND_S,
            check=False,
        )


def _end(pid: int) -> None:
    """End a node that did not stop when it was asked to."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.fixture
def shells() -> Iterator[Shells]:
    with TemporaryDirectory(prefix="fh-") as root:  # pytest's own are too long for the path of a unix socket
        opened = Shells(Path(root))
        try:
            yield opened
        finally:
            opened.close()


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, id=page.stem, marks=() if page.stem[:2] in QUICK else pytest.mark.slow) for page in PAGES],
)
def test_a_page_tells_what_happens(page: Path, shells: Shells) -> None:
    for step in steps(page):
        shells.type(step)


def test_there_are_pages() -> None:
    assert PAGES
