"""Two victims for all attacks, each in a process of its own: the stock library and ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ANSWER_S = 30.0
_SETTLE_S = 10.0
_ROOT = Path(__file__).parents[2]


class Victim:
    """A process with a node in it; see `tests/hostile/victim.py`."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.address = self.peer = ""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.victim", kind],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    async def ask(self, do: str, **more: Any) -> dict[str, Any]:
        """Have something done; the answer. A process that is gone says that it ended."""
        with trio.fail_after(_ANSWER_S):
            line = await trio.to_thread.run_sync(self._exchange, {"do": do, **more}, abandon_on_cancel=True)
        return json.loads(line) if line else {"ended": "the whole process"}

    async def begin(self) -> None:
        """A new node."""
        answer = await self.ask("begin")
        self.address, self.peer = answer["address"], answer["peer"]

    async def look(self) -> dict[str, Any]:
        """What became of it."""
        return await self.ask("look")

    async def settled(self, true: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Look until something is true, or for ten seconds; the last look, the longest stall, the tasks of all."""
        facts = await self.look()
        with trio.move_on_after(_SETTLE_S):
            while not true(facts):
                again = await self.look()
                again["stall_ms"] = max(again.get("stall_ms", 0), facts.get("stall_ms", 0))
                again["spawned"] = again.get("spawned", 0) + facts.get("spawned", 0)
                facts = again
        return facts

    def close(self) -> None:
        """End the process."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.kill()
        self._process.wait()

    def _exchange(self, request: dict[str, Any]) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@pytest.fixture(scope="package")
def victims() -> Iterator[dict[str, Victim]]:
    both = {kind: Victim(kind) for kind in ("stock", "ours")}
    yield both
    for victim in both.values():
        victim.close()


@pytest.fixture
async def stock(victims: dict[str, Victim]) -> Victim:
    """The stock library, begun anew."""
    await victims["stock"].begin()
    return victims["stock"]


@pytest.fixture
async def ours(victims: dict[str, Victim]) -> Victim:
    """Our node: the same one for all attacks, so that it must bear all of them."""
    if not victims["ours"].address:
        await victims["ours"].begin()
    return victims["ours"]
