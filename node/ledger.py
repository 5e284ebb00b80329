"""Group commit: what peers bring is made durable in batches, and only then do its effects leave the node."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import trio

from .core.effects import Converse, Kept, Penalize
from .core.ports import StorageBroken, StorageFull

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable

    from .core.effects import Effect
    from .core.ports import Stores

BATCH_NOTES = 64
BATCH_S = 0.02
"""One fsync for everything that came within 20 ms: the wait is not felt, and a flood costs 50 commits a second."""
BULK_S = 0.05
"""The same where nobody waits but who looks on: a page of the file that many records change is written once."""
BATCH_EFFECTS = 128
"""Records in one commit: the loop stands still for up to 10 ms at a million stored. Twice as many take a fiftieth less
time in all, but up to 15 ms at once."""
PAUSE_S = 1.0
"""How long a pause waits for bulk that is under way: some thousand records of the owner's."""
_OF_THEMSELVES = (Penalize, Converse)
"""Effects that hold whether or not anything was written. The core counts a conversation as going on once it has asked
for it: one that nobody opened would keep its place, and its partner waiting."""
_LOG = logging.getLogger(__name__)


def _raise(error: StorageBroken) -> None:
    raise error


class Ledger:
    """Effects wait here until the writes that they follow from are on the disk.

    `broken` is called with why the database cannot be used any more, if that shows when nobody waits for it.
    """

    def __init__(
        self, stores: Stores, carry: Callable[[Effect], None], broken: Callable[[StorageBroken], None] = _raise
    ) -> None:
        self._stores, self._carry, self._broken = stores, carry, broken
        self._waiting: list[Effect] = []
        self._notes = 0
        self._lasting = False
        self._any, self._enough = trio.Event(), trio.Event()
        self._bulks, self._pauses = 0, 0
        self._turn = trio.Event()
        """Set, and another begun, whenever bulk or a pause has ended."""
        self.full_since_start = 0
        """How often the disk was full."""

    def note(self, effects: Iterable[Effect], *, passing: bool = False) -> None:
        """Something was written, perhaps, and these effects follow from it. `passing`: others bring it again, and
        unless something follows but that it is kept here, nobody needs to wait for the disk."""
        came = list(effects)
        lasting = self._lasting or not passing or any(type(effect) is not Kept for effect in came)
        late = lasting and not self._lasting and self._notes > 0
        self._waiting += came
        self._lasting = lasting
        self._notes += 1
        self._any.set()
        if late or self._notes >= BATCH_NOTES or len(self._waiting) >= BATCH_EFFECTS:
            self._enough.set()

    def settle(self, *, passing: bool = False) -> None:
        """Commit now, then let the effects go. Raises StorageFull: then what was not committed is gone, effects too."""
        waiting = self._emptied()
        try:
            self._stores.commit(passing=passing)
        except StorageFull:
            self._release(effect for effect in waiting if isinstance(effect, _OF_THEMSELVES))
            self.full_since_start += 1
            raise
        self._release(waiting)

    def lost(self) -> None:
        """A write failed and took the open transaction with it: what followed from it does not happen."""
        waiting, self._waiting, self._notes = self._waiting, [], 0
        self._release(effect for effect in waiting if isinstance(effect, _OF_THEMSELVES))
        self.full_since_start += 1

    async def run(self) -> None:
        """Settle whenever there is something, at most every 20 ms (in bulk: 50), 64 notes or 128 effects."""
        while True:
            await self._any.wait()
            with trio.move_on_after(BATCH_S if self._lasting else BULK_S):
                await self._enough.wait()
            try:
                self.settle(passing=not self._lasting)
            except StorageFull as error:
                _LOG.warning("the last batch is not kept: %s", error)
                await trio.sleep(1.0)  # what peers brought comes again by catch-up: no hurry to fail again
            except StorageBroken as error:
                self._broken(error)

    @asynccontextmanager
    async def bulk(self) -> AsyncGenerator[None]:
        """Around the writing of some hundred records: it waits while there is a pause."""
        while self._pauses:
            await self._turn.wait()
        self._bulks += 1
        try:
            yield
        finally:
            self._bulks -= 1
            self._next_turn()

    @asynccontextmanager
    async def paused(self) -> AsyncGenerator[None]:
        """While no bulk is written, unless what is under way takes very long; what was written before is committed.
        Raises StorageFull or StorageBroken."""
        self._pauses += 1
        try:
            with trio.move_on_after(PAUSE_S):
                while self._bulks:
                    await self._turn.wait()
            self.settle(passing=not self._lasting)
            yield
        finally:
            self._pauses -= 1
            self._next_turn()

    def _next_turn(self) -> None:
        self._turn.set()
        self._turn = trio.Event()

    def _emptied(self) -> list[Effect]:
        waiting, self._waiting, self._notes, self._lasting = self._waiting, [], 0, False
        if self._any.is_set():  # else `run` waits for this very one, and would never hear of another
            self._any = trio.Event()
        if self._enough.is_set():
            self._enough = trio.Event()
        return waiting

    def _release(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            self._carry(effect)
