"""A process with one node in it that tests attack: `python -m tests.hostile.victim stock|ours`.

It reads one JSON object a line from standard input and answers each with one line:
    {"do": "begin"}            a new node (the one before is stopped); {"address", "peer"}
    {"do": "look"}             what became of it since the last look; see `_look`
    {"do": "gossip", "first", "count"}  publish numbers as messages, all at once; {"published"}

`stock` is py-libp2p as its documentation shows it, with the few settings without which gossip does not work at all.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from typing import TYPE_CHECKING, Any

import trio

from tests.hostile.ours import Ours
from tests.hostile.stock import Stock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

_LAG_PERIOD_S = 0.005
_END_S = 5.0


class Victim:
    """The node under attack, and a clock that notices when the event loop stands still."""

    def __init__(self, kind: str) -> None:
        self._make = {"stock": Stock, "ours": Ours}[kind]
        self._node: Any = None
        self._scope = trio.CancelScope()
        self._ended = ""
        self._over = trio.Event()
        self._stall_ms = 0.0
        self._births = _Births()

    async def serve(self) -> None:
        async with trio.open_nursery() as nursery:
            trio.lowlevel.add_instrument(self._births)
            nursery.start_soon(self._feel_lag)
            async for line in _lines():
                request = json.loads(line)
                print(json.dumps(await self._do(request, nursery)), flush=True)
            nursery.cancel_scope.cancel()

    async def _do(self, request: dict[str, Any], nursery: trio.Nursery) -> dict[str, Any]:
        match request["do"]:
            case "begin":
                await self._begin(nursery)
                return {"address": self._node.address, "peer": self._node.peer}
            case "gossip":
                for number in range(request["first"], request["first"] + request["count"]):
                    await self._node.gossip(b"%d" % number)
                return {"published": request["count"]}
            case _:
                return self._look()

    async def _begin(self, nursery: trio.Nursery) -> None:
        if self._node is not None:
            self._scope.cancel()
            with trio.move_on_after(_END_S):
                await self._over.wait()
        self._node, self._scope, self._ended, self._over = self._make(), trio.CancelScope(), "", trio.Event()
        await nursery.start(self._live)
        self._stall_ms = 0.0

    async def _live(self, *, task_status: Any) -> None:
        try:
            with self._scope:
                await self._node.run(task_status=task_status)
        except Exception as error:  # noqa: BLE001  -- this is what the tests are about
            self._ended = ", ".join(sorted(set(_leaves(error))))
        self._over.set()

    async def _feel_lag(self) -> None:
        while True:
            began = time.perf_counter()
            await trio.sleep(_LAG_PERIOD_S)
            self._stall_ms = max(self._stall_ms, 1e3 * (time.perf_counter() - began - _LAG_PERIOD_S))

    def _look(self) -> dict[str, Any]:
        """Whether it ended and why, the longest standstill, new tasks, memory, and the node's own facts."""
        seen = {
            "ended": self._ended,
            "stall_ms": round(self._stall_ms),
            "spawned": self._births.take(),
            "tasks": trio.lowlevel.current_statistics().tasks_living,
            "rss_kib": _resident_kib(),
            "heard": self._node.heard,
            **({} if self._ended else self._node.facts()),
        }
        self._stall_ms = 0.0
        return seen


class _Births(trio.abc.Instrument):
    """Counts the tasks that are made: most live too short for anybody who looks now and then."""

    def __init__(self) -> None:
        self._count = 0

    def task_spawned(self, task: trio.lowlevel.Task) -> None:
        self._count += 1

    def take(self) -> int:
        """How many since the last time."""
        count, self._count = self._count, 0
        return count


def _leaves(error: BaseException) -> list[str]:
    if isinstance(error, BaseExceptionGroup):
        return [name for inner in error.exceptions for name in _leaves(inner)]
    return [type(error).__name__]


def _resident_kib() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


async def _lines() -> AsyncGenerator[bytes]:
    """Lines of standard input, without a thread."""
    kept = b""
    async with trio.lowlevel.FdStream(os.dup(0)) as stdin:
        async for chunk in stdin:
            kept += chunk
            *lines, kept = kept.split(b"\n")
            for line in lines:
                yield line


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    trio.run(Victim(sys.argv[1]).serve)
