"""The write-ahead log is moved into the database now and then, by a thread of its own, and begun anew when it is long.

SQLite begins the log anew with the first write that finds all of it moved. In a catch-up no write ever does, as the
next one is there before the last was moved; and SQLite's own remedy locks writers out for as long as the disk takes,
which is the event loop. So bulk is asked to wait for the moment that moving the rest takes.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import trio

from .core.ports import StorageBroken, StorageFull

if TYPE_CHECKING:
    from .ledger import Ledger
    from .store.opening import Storage

EVERY_S = 30.0
LOOK_S = 0.5
CHANGES = 5_000
"""Rows written since the last time: about 1,000 records, up to 10 MB of log. A long log is slow to read."""
LONG_BYTES = 64 * 1024 * 1024
"""A log that bulk is stopped for: some 6,000 records at a million stored. As long as this it stays on the disk."""
TOO_LONG_BYTES = 8 * LONG_BYTES
"""A log for which everybody is stopped: something else than bulk has never paused."""
_LOG = logging.getLogger(__name__)


class Checkpoints:
    """One node's."""

    def __init__(self, store: Storage, ledger: Ledger) -> None:
        self._store, self._ledger = store, ledger

    async def run(self) -> None:
        """Soon while much is written, else now and then."""
        last, done = trio.current_time(), self._store.changes
        while True:
            await trio.sleep(LOOK_S)
            if self._store.changes < done + CHANGES and trio.current_time() < last + EVERY_S:
                continue
            last, done = trio.current_time(), self._store.changes
            try:
                await self.once()
            except (StorageFull, StorageBroken) as error:
                _LOG.warning("the write-ahead log stays as it is for now: %s", error)

    async def once(self) -> None:
        """Move what is there; of a long log also what came meanwhile. Raises StorageFull or StorageBroken."""
        log_bytes = await trio.to_thread.run_sync(self._store.checkpoint)
        if log_bytes > LONG_BYTES:
            async with self._ledger.paused():
                log_bytes = await trio.to_thread.run_sync(self._store.checkpoint)
        if log_bytes > TOO_LONG_BYTES:
            await trio.to_thread.run_sync(self._store.cut_log)
