"""Work on the store that takes longer than an answer may: in small steps on the loop, or in SQLite on a thread."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import trio

from .core.ports import StorageBroken, StorageFull

if TYPE_CHECKING:
    from .budgeting import BudgetKeeper
    from .store.sqlite import SqliteStore

SCRUB_S = 600.0
"""How often an erasure that was broken off, or that could not cut the log, is taken up again."""
_CUTS = 20
_LOG = logging.getLogger(__name__)


class Housekeeper:
    """One node's, over its store."""

    def __init__(self, store: SqliteStore, budget: BudgetKeeper) -> None:
        self._store, self.budget = store, budget
        self._scrubbing = trio.Lock()

    async def scrub(self) -> bool:
        """Take what was erased out of the search index and out of the log; False if a reader held on to the log.

        What is written must be committed before. Raises StorageFull or StorageBroken.
        """
        async with self._scrubbing:
            scrubbing = self._store.scrubbing
            while scrubbing.step():
                await trio.lowlevel.checkpoint()
            for _ in range(_CUTS):
                if await trio.to_thread.run_sync(scrubbing.cut):
                    scrubbing.done()
                    return True
            return False

    async def run(self) -> None:
        """Finish, now and then, what was begun and not finished."""
        while True:
            try:
                if self._store.scrubbing.due():
                    await self.scrub()
            except (StorageFull, StorageBroken) as error:
                _LOG.warning("what was erased is not out of every file yet: %s", error)
            await trio.sleep(SCRUB_S)
