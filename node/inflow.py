"""Records that come in bulk: because this node asked for them, or from its owner. In slices, so that the event loop
goes on in between; a backlog has its signatures checked in other processes (`checking.py`) while earlier records are
stored here. Whoever brings them waits until they are judged: nothing piles up.
"""

from __future__ import annotations

import itertools
from collections import deque
from typing import TYPE_CHECKING, TypeAlias

import trio

from freehold.protocol.envelope import split
from freehold.protocol.errors import ProtocolError

from .checking import BACKLOG
from .clock import now_ms
from .core.ports import StorageBroken, StorageFull

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from freehold.protocol.envelope import Sealed

    from .checking import Checking
    from .core.admission import Finding
    from .core.service import Service
    from .ledger import Ledger

    Take: TypeAlias = Callable[[Sequence[bytes], Mapping[bytes, Sealed]], bool]
    """Judges and keeps packed records, those in the mapping without another look at their signatures; whether to go
    on."""

SLICE = 32
"""Records whose signatures are checked here at once: about 3 ms with all that follows."""
CHECKED_SLICE = 64
"""The same for records that were checked elsewhere."""
MESSAGE = 64
"""Signatures in one message to a process: 3 ms of its time. What is checked is stored while it checks on."""
TURNS_BETWEEN = 2
"""Of the event loop, between slices: it shuffles who is ready, so with one, two could follow each other at once."""
A_BLOCK = 64
"""Records of a backlog that comes in parts, as conversations bring it: in less, nothing would be checked meanwhile."""
LATELY_S = 2.0
"""Parts that come within this of each other are one backlog."""
MOMENT_S = 0.5
"""Between two parts of a backlog that come as fast as they are taken."""
FIRST_MESSAGE = 16
"""While these are checked nothing can be stored."""


class Inflow:
    """One for a node."""

    def __init__(self, checking: Checking) -> None:
        self._checking = checking
        self._one_at_a_time = trio.Lock()
        self._lately, self._last = 0, -LATELY_S

    @property
    def is_busy(self) -> bool:
        """Whether a backlog is being taken, or was a moment ago: what can wait had better wait."""
        return self._lately >= BACKLOG and trio.current_time() - self._last < MOMENT_S

    async def bring(self, packed: Sequence[bytes], take: Take) -> bool:
        """Have `take` take all of them, in order; False as soon as it does not go on. It must not raise."""
        if not self._is_backlog(len(packed)) or not self._checking.at_once:
            return await _bring(packed, {}, SLICE, take)
        async with self._one_at_a_time:  # two backlogs at once would only have less of each process
            return await self._bring_checked(packed, take)

    def _is_backlog(self, count: int) -> bool:
        """Whether so many, with what came just before, are worth a process."""
        now = trio.current_time()
        self._lately = count if now > self._last + LATELY_S else min(self._lately, BACKLOG) + count
        self._last = now
        return self._lately >= BACKLOG and count >= A_BLOCK

    async def _bring_checked(self, packed: Sequence[bytes], take: Take) -> bool:
        """The signatures of what comes next are checked elsewhere while what came before is taken here."""
        ahead = self._checking.at_once
        starts = [0, *range(FIRST_MESSAGE, len(packed), MESSAGE)]
        parts = deque(packed[start:end] for start, end in itertools.pairwise([*starts, len(packed)]))
        waiting: deque[_Part] = deque()
        async with trio.open_nursery() as nursery:
            while parts or waiting:
                while parts and len(waiting) < ahead:
                    waiting.append(_Part(parts.popleft()))
                    await nursery.start(waiting[-1].check, self._checking)
                part = waiting.popleft()
                await part.done.wait()
                if not await _bring(part.packed, part.genuine, CHECKED_SLICE if part.genuine else SLICE, take):
                    nursery.cancel_scope.cancel()
                    return False
        return True


async def take_in(inflow: Inflow, service: Service, ledger: Ledger, packed: Sequence[bytes]) -> list[Finding]:
    """Bulk that the owner brings: durable when this returns. Raises StorageFull or StorageBroken (then some of it may
    be kept)."""
    findings: list[Finding] = []
    failures: list[StorageFull | StorageBroken] = []
    full_before = ledger.full_since_start

    def take(some: Sequence[bytes], genuine: Mapping[bytes, Sealed]) -> bool:
        try:
            findings.extend(service.ingest_many(some, now_ms(), genuine))
        except (StorageFull, StorageBroken) as error:
            ledger.lost()
            failures.append(error)
            return False
        ledger.note((), passing=True)  # all of it lasts when this is over
        return ledger.full_since_start == full_before

    await inflow.bring(packed, take)
    if failures:
        raise failures[0]
    ledger.settle()
    if ledger.full_since_start != full_before:  # a commit in between failed: not all of it is there
        raise StorageFull("the disk was full for a moment: some of these records are not kept, bring them again")
    return findings


class _Part:
    """Some records and what a process says of their signatures."""

    def __init__(self, packed: Sequence[bytes]) -> None:
        self.packed = packed
        self.genuine: dict[bytes, Sealed] = {}
        self.done = trio.Event()
        self._is_on_its_way = False

    async def check(self, checking: Checking, task_status: trio.TaskStatus[None]) -> None:
        """Started when a process has it: whoever stores meanwhile lets other tasks have a turn only now and then, and
        each message takes several."""

        def on_its_way() -> None:
            if not self._is_on_its_way:
                self._is_on_its_way = True
                task_status.started()

        sealed: list[tuple[bytes, Sealed]] = []
        proofs: list[bytes] = []
        for packed in self.packed:
            try:
                one = split(packed)
                proofs.append(one.proof())
            except ProtocolError:
                continue  # the core says why
            sealed.append((packed, one))
        try:
            answer = await checking.check(proofs, on_its_way) if proofs else None
            if answer is not None:
                self.genuine = {packed: one for (packed, one), good in zip(sealed, answer, strict=True) if good}
        finally:
            self.done.set()
        on_its_way()


async def _bring(packed: Sequence[bytes], genuine: Mapping[bytes, Sealed], size: int, take: Take) -> bool:
    for start in range(0, len(packed), size):
        if not take(packed[start : start + size], genuine):
            return False
        for _ in range(TURNS_BETWEEN):
            await trio.lowlevel.checkpoint()
    return True
