"""A js-libp2p peer in a process of its own; its packages are installed once, next to other build products."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trio

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

_HERE = Path(__file__).parent
_CACHE = _HERE.parents[2] / "build" / "js"
_INSTALL_S = 300
_PATIENCE_S = 20.0
_SOURCES = ("package.json", "peer.mjs", "polyfill.mjs")


@pytest.fixture(scope="package")
def js_folder() -> Path:
    """A folder with the peer and its packages. Skips where they cannot be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node and npm are not installed: the js-libp2p peer cannot run")
    wanted = hashlib.sha256((_HERE / "package.json").read_bytes()).hexdigest()[:16]
    folder = _CACHE / wanted
    folder.mkdir(parents=True, exist_ok=True)
    for name in _SOURCES:
        shutil.copyfile(_HERE / name, folder / name)
    if not (folder / "installed").exists():
        command = [
            npm,
            "install",
            "--no-audit",
            "--no-fund",
            "--no-package-lock",
            "--ignore-scripts",
            "--loglevel=error",
        ]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_INSTALL_S, check=False)
        if done.returncode:
            pytest.skip(f"npm could not install the js-libp2p peer: {done.stderr.strip()[-300:]}")
        (folder / "installed").touch()
    return folder


class JsPeer:
    """Commands go in, answers and events come out."""

    def __init__(self, process: trio.Process) -> None:
        self._process = process
        self.events: list[dict[str, Any]] = []
        self._answers: dict[int, dict[str, Any]] = {}
        self._news = trio.Event()
        self._number = 0

    async def read(self) -> None:
        """Take up what it says, for ever."""
        kept = b""
        assert self._process.stdout is not None
        async for chunk in self._process.stdout:
            *lines, kept = (kept + chunk).split(b"\n")
            for line in lines:
                said = json.loads(line)
                if "id" in said:
                    self._answers[said["id"]] = said
                else:
                    self.events.append(said)
            news, self._news = self._news, trio.Event()
            news.set()

    async def do(self, command: str, **what: Any) -> dict[str, Any]:
        """Have it do something; its answer."""
        self._number += 1
        number = self._number
        assert self._process.stdin is not None
        await self._process.stdin.send_all(json.dumps({"id": number, "command": command, **what}).encode() + b"\n")
        await self.until(lambda: number in self._answers)
        return self._answers.pop(number)

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is true; looked at after everything it says."""
        with trio.fail_after(_PATIENCE_S):
            while not true():
                await self._news.wait()

    def said(self, event: str) -> list[dict[str, Any]]:
        """Its events of a kind."""
        return [one for one in self.events if one["event"] == event]


@asynccontextmanager
async def js_peer(folder: Path, *arguments: str) -> AsyncGenerator[JsPeer]:
    """Run a peer; it is stopped at the end."""
    command = ["node", "--import", "./polyfill.mjs", "peer.mjs", *arguments]
    async with trio.open_nursery() as nursery:
        start = partial(trio.run_process, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, check=False)
        process = await nursery.start(start, command)
        peer = JsPeer(process)
        nursery.start_soon(peer.read)
        await peer.until(lambda: bool(peer.said("up")))
        yield peer
        nursery.cancel_scope.cancel()
