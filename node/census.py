"""How many records of each kind there are. Every page says it, and among a million counting takes 60 ms: beyond some
thousand they are counted by another thread, when something was written or somebody has asked, and the number is some
seconds old."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import trio

from .core.ports import StorageBroken, StorageFull

if TYPE_CHECKING:
    from .store.opening import Storage

MANY = 20_000
"""So many are counted in a millisecond."""
EVERY_S = 10.0
_LOG = logging.getLogger(__name__)


class Census:
    """One node's. Without `run` nothing is counted again that is many."""

    def __init__(self, store: Storage) -> None:
        self._store = store
        self._totals: dict[str, int] = {}
        self._changes, self._asked = store.changes, False

    def totals(self) -> dict[str, int]:
        """Records by kind. Raises StorageBroken."""
        if sum(self._totals.values()) < MANY:
            self._totals = self._store.records.totals()
        self._asked = True  # other nodes write to a database that is shared
        return self._totals

    async def run(self) -> None:
        """Count again, now and then, what may have changed."""
        while True:
            await trio.sleep(EVERY_S)
            changes, asked = self._store.changes, self._asked
            if sum(self._totals.values()) < MANY or not (asked or changes != self._changes):
                continue
            self._changes, self._asked = changes, False
            try:
                self._totals = await trio.to_thread.run_sync(self._store.totals_apart)
            except (StorageFull, StorageBroken) as error:
                _LOG.warning("records are not counted just now: %s", error)
