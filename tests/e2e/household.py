"""Real nodes for tests: each a process of its own in a short-lived folder, on loopback, ended whatever happens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from freehold.cli.client import Client
from freehold.cli.starting import Launch, NodeProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

PASSPHRASE = "correct horse battery"
NETWORK = "test-household"
COMMAND_S = 90
LOOPBACK = "/ip4/127.0.0.1/tcp/0"
PAGE = "127.0.0.1:0"


@dataclass
class Resident:
    """One node."""

    folder: Path
    process: NodeProcess
    words: str = ""
    status: dict[str, Any] = field(default_factory=dict)

    @property
    def api(self) -> Client:
        return Client(self.folder)

    @property
    def address(self) -> str:
        return str(self.status["addresses"][0])

    # These two answer what a starting node asks (cli.starting.Answers).
    def passphrase(self, *, new: bool) -> dict[str, Any]:
        return {"passphrase": PASSPHRASE}

    def keep_words(self, words: str) -> None:
        self.words = words


class Household:
    """Starts nodes below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._stack = ExitStack()

    def start(self, name: str, *more: str, seeds: Sequence[str] = (), relay: bool = False) -> Resident:
        arguments = [
            "--network",
            NETWORK,
            "--listen",
            LOOPBACK,
            "--page-listen",
            PAGE,
            *more,
            *(["--relay"] if relay else []),
        ]
        arguments += [part for seed in seeds for part in ("--seed", seed)]
        folder = self.root / name
        resident = Resident(folder, NodeProcess(Launch(folder, tuple(arguments), leashed=True)))
        self._stack.callback(resident.process.stop)
        resident.status = resident.process.start(resident)
        return resident

    def close(self) -> None:
        self._stack.close()


@contextmanager
def household() -> Generator[Household]:
    """A folder with a path short enough for sockets, and no process left behind."""
    with TemporaryDirectory(prefix="fh-") as root:
        home = Household(Path(root))
        try:
            yield home
        finally:
            home.close()


def freehold(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command; its output is text, its standard input a pipe."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "freehold.cli.main", *map(str, arguments)],
        input=stdin, capture_output=True, text=True, timeout=COMMAND_S, check=False, env=os.environ | {"NO_COLOR": "1"},
    )  # fmt: skip


def answer(*arguments: str | Path) -> Any:
    """The JSON that a command prints; it must succeed."""
    done = freehold(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def eventually(look: Callable[[], Any], within_s: float = 40.0) -> Any:
    """What `look` finds, asked again and again: processes have no event that a test could wait for."""
    deadline = time.monotonic() + within_s
    while True:
        found = look()
        if found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def logged(folder: Path) -> list[dict[str, Any]]:
    """The lines of node.log."""
    path = folder / "node.log"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
