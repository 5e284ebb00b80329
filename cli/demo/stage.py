"""The demo's nodes: real processes in folders of their own, which are gone when the curtain falls."""

from __future__ import annotations

import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..client import Client
from ..errors import Trouble
from ..secret_files import read_secret, write_secret
from ..starting import Launch, NodeProcess

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType
    from typing import Self

    from ..client import Json

NETWORK = "test-brief-demo"
"""Its own rule makes seconds of what are days elsewhere (protocol/network.py); no clock is moved."""
_LISTEN = "/ip4/127.0.0.1/tcp/0"
_PASSPHRASE, _WORDS = "passphrase", "words"


@dataclass
class Player:
    """Somebody in the play: a name, what they do, and their node."""

    name: str
    role: str
    folder: Path
    witness: bool = False
    """Whether their node vouches for times in contracts of others."""
    status: Json = field(default_factory=dict[str, object])
    process: NodeProcess | None = None
    _over: bool = False
    _making: threading.Lock = field(default_factory=threading.Lock, repr=False)
    """Held while a process is made: after `stop` there is none, and there never will be."""

    @property
    def api(self) -> Client:
        """Calls to this player's node."""
        return Client(self.folder)

    @property
    def identity(self) -> str:
        """The player's identity in text form; empty for one who only relays."""
        return str(self.status.get("identity") or "")

    @property
    def node(self) -> str:
        """Their node, as a place where something was seen."""
        return f"{self.name}'s node"

    def start(self, seeds: Sequence[str]) -> None:
        """Start the node and wait until it is ready. Raises Trouble. See `start_together`."""
        arguments = [
            "--listen",
            _LISTEN,
            "--network",
            NETWORK,
            "--page-listen",
            "off",
            *(["--relay"] if self.role == "relay" else []),
        ]
        arguments += ["--witness"] if self.witness else []
        arguments += [part for seed in seeds for part in ("--seed", seed)]
        with self._making:
            if self._over:
                raise Trouble("stopped", f"the play was over before {self.node} had started")
            process = self.process = NodeProcess(Launch(self.folder, tuple(arguments), leashed=True))
        self.status = process.start(_Files(self.folder))

    @property
    def words(self) -> str:
        """The 24 words of this player's identity, as they lie in the folder."""
        return read_secret(self.folder / _WORDS, "the file of words")

    def lose_power(self) -> None:
        """End the node's process with no chance to say goodbye."""
        if self.process is not None:
            self.process.kill()
            self.process = None

    def stop(self) -> None:
        """Stop the node in order, for good."""
        with self._making:
            self._over = True
        if self.process is not None:
            self.process.stop()
            self.process = None

    def holds_bytes(self, needle: bytes) -> bool:
        """Whether any file in the node's folder contains these bytes."""
        return any(needle in path.read_bytes() for path in self.folder.iterdir() if path.is_file())


@dataclass(frozen=True)
class _Files:
    """Answers of a player: a passphrase made up once, words beside it. A demo's identities are worth nothing."""

    folder: Path

    def passphrase(self, *, new: bool) -> Json:
        path = self.folder / _PASSPHRASE
        if new:
            write_secret(path, secrets.token_urlsafe(12))
        return {"passphrase": read_secret(path, "the passphrase file")}

    def keep_words(self, words: str) -> None:
        write_secret(self.folder / _WORDS, words)


def typed(*arguments: object) -> subprocess.CompletedProcess[str]:
    """A freehold command as a person types it, in a process of its own."""
    command = [sys.executable, "-P", "-m", "freehold.cli.main", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


class Stage:
    """All players, and the folder above their folders."""

    def __init__(self, root: Path | None, *, keep: bool) -> None:
        self._made_root = root is None or not root.exists()
        self.root = Path(tempfile.mkdtemp(prefix="freehold-demo-")) if root is None else root
        self.keep = keep
        self.players: list[Player] = []

    def __enter__(self) -> Self:
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            taken = any(self.root.iterdir())
        except OSError as error:
            raise Trouble(
                "folder-unusable", f"{self.root} cannot be used: {error.strerror}", "choose another"
            ) from error
        if taken:
            raise Trouble("folder-in-use", f"{self.root} is not empty", "give the demo an empty or a new folder")
        return self

    def __exit__(self, *_exception: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _not_again)  # SIG_IGN would be handed on to a node that is just being started
        with ThreadPoolExecutor() as pool:
            list(pool.map(Player.stop, self.players))
        if not self.keep:
            folder = [self.root] if self._made_root else [player.folder for player in self.players]
            for path in folder:
                shutil.rmtree(path, ignore_errors=True)

    def cast(self, name: str, role: str, *, witness: bool = False) -> Player:
        """Put another player on the stage; their node is not started yet."""
        player = Player(name, role, self.root / name.lower(), witness)
        player.folder.mkdir(mode=0o700)
        self.players.append(player)
        return player


def _not_again(_number: int, _frame: FrameType | None) -> None:
    """An impatient second Ctrl-C must not leave folders behind."""


def start_together(players: Sequence[Player], seeds: Sequence[str]) -> None:
    """Start nodes at once. Raises Trouble if one does not start.

    In threads even if it is one alone: Ctrl-C interrupts the main thread only, so that there is never a process of
    which nobody knows because it was just being made.
    """
    with ThreadPoolExecutor(len(players)) as pool:
        try:  # around the submitting as well: a Ctrl-C in the middle of it must not wait until the nodes are ready
            for start in [pool.submit(player.start, seeds) for player in players]:
                start.result()
        except BaseException:  # a Ctrl-C, too: the pool waits for its threads, and those for nodes that nobody stops
            for player in players:
                player.stop()  # also ends the threads that still wait for their nodes
            raise
