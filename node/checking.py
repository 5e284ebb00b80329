"""Signatures of a backlog, checked in other processes: a second core, which threads would not give (the interpreter's
lock makes a checking thread ten times slower while the event loop is busy).

Processes start with the first backlog and end when there was none for a while. Nothing depends on them: what they do
not answer is checked here, and what they call good is checked here no more, so they are ours, started with our own
program, and told nothing but public keys, signatures and ids.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING

import trio

from .checker import COUNT_BYTES, MOST_PROOFS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BACKLOG = 256
"""Signatures that are worth a process: 12 ms of checking."""
PROCESSES = 2
"""One event loop stores what two processes check."""
IN_FLIGHT = 4
"""Messages that a process has at a time: it checks on while this one stores a slice and hears nothing."""
IDLE_S = 30.0
ANSWER_S = 10.0
"""For at most 4,096 signatures, of which a slow machine checks 2,000 a second."""
DEATHS, FORGIVEN_S = 3, 3600.0
"""After so many there are no more processes for a while: something is wrong with them here. A machine that slept in the
middle of a backlog has them taken for dead as well."""
_COMMAND = (sys.executable, "-m", "freehold.node.checker")
_LOG = logging.getLogger(__name__)


class Checking:
    """A few processes. `run` must run for there to be any."""

    def __init__(self, processes: int | None = None, command: Sequence[str] = _COMMAND) -> None:
        self._most = min(PROCESSES, max(0, (os.cpu_count() or 1) - 1)) if processes is None else processes
        self._command = command
        self._nursery: trio.Nursery | None = None
        self._checkers: list[_Checker] = []
        self._choosing = trio.Lock()
        self._free = trio.Semaphore(max(1, self._most * IN_FLIGHT))
        self.running = self.deaths = 0
        """Processes that run now; those that died on us, none of them long before the next."""
        self._last_death = -FORGIVEN_S

    @property
    def at_once(self) -> int:
        """How many messages can be under way: 0 without processes."""
        if self._nursery is None or (self.deaths >= DEATHS and not self._is_forgiven()):
            return 0
        return self._most * IN_FLIGHT

    async def run(self) -> None:
        """Keep processes, until cancelled; then they end."""
        try:
            async with trio.open_nursery() as nursery:
                self._nursery = nursery
                await trio.sleep_forever()
        finally:
            self._nursery = None
            self._checkers.clear()

    async def check(self, proofs: Sequence[bytes], on_its_way: Callable[[], None] = lambda: None) -> bytes | None:
        """One byte a proof, 1 for a good one; None if no process answers. At most `MOST_PROOFS`. `on_its_way` is called
        as soon as a process has them."""
        if not self.at_once:
            return None
        async with self._free:
            checker = await self._least_busy()
            if checker is None:
                return None
            answer = await checker.ask(proofs, on_its_way)
            if answer is None and checker in self._checkers:  # the first to see it
                self._checkers.remove(checker)
                self._died()
                _LOG.warning("a process that checks signatures died: they are checked in this one")
            return answer

    async def _least_busy(self) -> _Checker | None:
        """Another process as long as all are at work and there may be more."""
        async with self._choosing:
            least = min(self._checkers, key=lambda checker: checker.asked, default=None)
            if least is not None and (not least.asked or len(self._checkers) >= self._most):
                return least
            return await self._start() if self.at_once else None

    async def _start(self) -> _Checker | None:
        nursery = self._nursery
        if nursery is None:
            return None
        try:
            return await nursery.start(self._keep)
        except OSError as error:
            self._died(DEATHS)
            _LOG.warning("no process to check signatures can be started: %s", error)
            return None

    def _died(self, count: int = 1) -> None:
        self.deaths = count + (0 if self._is_forgiven() else self.deaths)
        self._last_death = trio.current_time()

    def _is_forgiven(self) -> bool:
        return trio.current_time() >= self._last_death + FORGIVEN_S

    async def _keep(self, task_status: trio.TaskStatus[_Checker]) -> None:
        """One process, from its start to its end."""
        process = await trio.lowlevel.open_process(
            list(self._command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        checker = _Checker(process)
        self.running += 1
        try:
            async with aclosing(checker):
                self._checkers.append(checker)
                task_status.started(checker)
                await checker.done_with(IDLE_S)
                with suppress(ValueError):
                    self._checkers.remove(checker)
        finally:
            self.running -= 1


class _Checker:
    """One process and its pipes. Messages are answered in the order in which they are sent."""

    def __init__(self, process: trio.Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("a checker without pipes")
        self._process, self._stdin, self._stdout = process, process.stdin, process.stdout
        self._to, self._from = trio.Lock(), trio.Lock()
        self._deadline = trio.CancelScope()
        self._broken = False
        self.asked = 0
        """Messages that are not answered yet."""

    async def ask(self, proofs: Sequence[bytes], on_its_way: Callable[[], None]) -> bytes | None:
        """See `Checking.check`. What is not waited for to its end leaves an answer in the pipe: then it is broken."""
        if not 0 < len(proofs) <= MOST_PROOFS:
            raise ValueError(f"{len(proofs)} proofs in one message")
        self.asked += 1
        answer = b""
        try:
            with trio.move_on_after(ANSWER_S):
                await self._send(len(proofs).to_bytes(COUNT_BYTES, "big") + b"".join(proofs))
                on_its_way()
                answer = await self._answer(len(proofs))
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            pass
        finally:
            self.asked -= 1
            self._broken = self._broken or len(answer) != len(proofs)
            self._deadline.deadline = -float("inf") if self._broken else trio.current_time() + IDLE_S
        return None if self._broken else answer

    async def _send(self, message: bytes) -> None:
        async with self._to:
            if not self._broken:
                await self._stdin.send_all(message)

    async def _answer(self, count: int) -> bytes:
        answer = b""
        async with self._from:  # locks are fair: whoever has sent first reads first
            while not self._broken and len(answer) < count:
                part = await self._stdout.receive_some(count - len(answer))
                if not part:
                    break
                answer += part
        return answer

    async def done_with(self, idle_s: float) -> None:
        """Return when it is broken, or was not asked for so long."""
        while not self._broken:
            with trio.CancelScope(deadline=trio.current_time() + idle_s) as self._deadline:
                await trio.sleep_forever()
            if not self.asked:
                return

    async def aclose(self) -> None:
        """End the process."""
        with trio.CancelScope(shield=True):
            with trio.move_on_after(1.0):
                await self._stdin.aclose()
                await self._stdout.aclose()
            self._process.kill()
            await self._process.wait()
