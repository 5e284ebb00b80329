"""Starting a node's process and answering what it asks. Its side of the conversation is in node/startup.py."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Protocol, cast

from .errors import Trouble

if TYPE_CHECKING:
    from pathlib import Path

    from .client import Json

READY_S = 60.0
"""Importing libp2p takes a second, on a busy small machine several."""
_LINE_BYTES = 64 * 1024
_STOP_S = 5.0
_LOOK_S = 0.2
"""How often to look whether somebody else has stopped the node meanwhile."""


class Answers(Protocol):
    """The person, or the files, that answer a starting node."""

    def passphrase(self, *, new: bool) -> Json:
        """The passphrase, and for a new key perhaps the words to bring an identity back. May raise Trouble."""
        ...

    def keep_words(self, words: str) -> None:
        """Keep the words of a new identity. May raise Trouble: then no identity is made."""
        ...


@dataclass(frozen=True)
class Launch:
    """How to start a node. `leashed`: it ends when this process does. `loud`: it shows its log."""

    folder: Path
    arguments: tuple[str, ...] = ()
    leashed: bool = False
    loud: bool = False


class NodeProcess:
    """A node's process that was started here."""

    def __init__(self, launch: Launch) -> None:
        command = [sys.executable, "-P", "-m", "freehold.node", "--folder", str(launch.folder.absolute())]
        self._process = subprocess.Popen(
            [*command, *launch.arguments, *_flags(launch)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if launch.loud else subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches this process alone, which then stops the node in order
        )
        self._pending = b""

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def start(self, answers: Answers, within_s: float = READY_S) -> Json:
        """Answer until the node is ready; its status. Raises Trouble if it does not get there; then it is gone."""
        try:
            return self._converse(answers, within_s)
        except BaseException:  # a Ctrl-C, too: nobody else knows of the process yet, and it would live on
            self.stop()
            raise

    def release(self) -> None:
        """Let the node live on when this process ends."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.returncode = 0  # not ours to wait for any more: it stays when this command has ended

    def wait(self) -> int:
        """Wait until the node ends; its exit code."""
        return self._process.wait()

    def stop(self, within_s: float = _STOP_S) -> int:
        """Ask the node to stop; end it if it does not. Its exit code."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            code = self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        return code

    def kill(self) -> None:
        """End the node at once, as a power cut would."""
        self._process.kill()
        self.stop()

    def _converse(self, answers: Answers, within_s: float) -> Json:
        while True:
            message = self._hear(within_s)
            if "ready" in message:
                return cast("Json", message["ready"])
            if "trouble" in message:
                raise Trouble.from_problem(cast("Json", message["trouble"]))
            if "words" in message:
                answers.keep_words(str(message["words"]))
                self._say({"kept": True})
            else:
                self._say(answers.passphrase(new=bool(message.get("new"))))

    def _say(self, message: Json) -> None:
        try:
            _pipe(self._process.stdin).write(json.dumps(message).encode() + b"\n")
            _pipe(self._process.stdin).flush()
        except BrokenPipeError as error:
            raise self._gone() from error

    def _hear(self, within_s: float) -> Json:
        deadline = time.monotonic() + within_s
        while b"\n" not in self._pending:
            data = self._listen(max(0.0, min(_LOOK_S, deadline - time.monotonic())))
            if data is None and time.monotonic() >= deadline:
                raise Trouble("no-answer", f"the node was not ready within {within_s:.0f} seconds", "see node.log")
            if data == b"" or len(self._pending) > _LINE_BYTES:
                raise self._gone()
            self._pending += data or b""
        line, _, self._pending = self._pending.partition(b"\n")
        try:
            return cast("Json", json.loads(line))
        except ValueError as error:
            raise Trouble("bad-answer", "the node said something at start that is not JSON") from error

    def _listen(self, within_s: float) -> bytes | None:
        """What the node says; None if nothing comes for so long, nothing at all when it has ended.

        `stop` may be called by another thread meanwhile. It closes the pipe, of which a selector tells nothing.
        """
        pipe = _pipe(self._process.stdout)
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(pipe, selectors.EVENT_READ)
                if selector.select(within_s):
                    return os.read(pipe.fileno(), _LINE_BYTES)
        except (ValueError, OSError):
            return b""  # the pipe is closed
        return None if self._process.poll() is None else b""

    def _gone(self) -> Trouble:
        return Trouble(
            "start-failed", "the node ended before it was ready", "look at the end of node.log in its folder"
        )


def _flags(launch: Launch) -> list[str]:
    return [*(["--leash"] if launch.leashed else []), *(["--loud"] if launch.loud else [])]


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise TypeError("the node's process was started without its pipes")
    return pipe
