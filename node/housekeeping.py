"""Work on the store that takes longer than an answer may: in small steps on the loop, or in SQLite on a thread."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import trio

from . import backup
from .census import Census
from .clock import now_ms
from .core.ports import StorageBroken, StorageFull

if TYPE_CHECKING:
    from pathlib import Path

    from .budgeting import BudgetKeeper
    from .folder import Folder
    from .store.opening import Storage

SCRUB_S = 600.0
"""How often an erasure that was broken off, or that could not cut the log, is taken up again."""
_CUTS = 20
_LOG = logging.getLogger(__name__)


class Housekeeper:
    """One node's, over its store."""

    def __init__(self, store: Storage, budget: BudgetKeeper, folder: Folder) -> None:
        self._store, self.budget, self._folder = store, budget, folder
        self.census = Census(store)
        self._scrubbing, self._backing_up = trio.Lock(), trio.Lock()

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

    async def index_missing(self) -> None:
        """Put what searches do not find into their index, in small steps. What is written must be committed before.
        Raises StorageFull or StorageBroken."""
        at: int | None = 0
        async with self._scrubbing:
            while (at := self._store.index_missing(at)) is not None:
                await trio.lowlevel.checkpoint()

    async def backup(self, target: Path) -> dict[str, Any]:
        """Write a backup while the node goes on; as of the last commit. Raises Denied."""
        async with self._backing_up:
            return await trio.to_thread.run_sync(backup.create, self._folder, target, now_ms())

    async def backup_here(self) -> dict[str, Any]:
        """The same, into the node's own folder of backups. Raises Denied."""
        async with self._backing_up:
            return await trio.to_thread.run_sync(backup.create_here, self._folder, now_ms())

    def last_backup(self) -> dict[str, Any] | None:
        """When and where the last one was written."""
        return backup.last(self._folder)

    async def run(self) -> None:
        """Finish, now and then, what was begun and not finished."""
        while True:
            try:
                if self._store.scrubbing.due():
                    await self.scrub()
            except (StorageFull, StorageBroken) as error:
                _LOG.warning("what was erased is not out of every file yet: %s", error)
            await trio.sleep(SCRUB_S)
