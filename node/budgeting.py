"""Keeping the store within its budget: measured on another thread, decided by the core, given up in small steps."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeVar

import trio

from .core import budget as budgets
from .core.clocks import over
from .core.ports import StorageBroken, StorageFull

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .core.desk import Desk
    from .ledger import Ledger
    from .store.opening import Storage

T = TypeVar("T")
LOOK_S = 5.0
"""At the most that a node can take (5,000 signatures a second) this many seconds bring some 30 MB."""
MEASURE_MS = 60 * 60 * 1000
"""Between two measurements the size is reckoned from the number of records that came."""
_LOG = logging.getLogger(__name__)


class BudgetKeeper:
    """One node's. `budget` is in bytes."""

    def __init__(self, desk: Desk, store: Storage, ledger: Ledger, budget: int, now: Callable[[], int]) -> None:
        self._desk, self._store, self._ledger, self._budget, self._now = desk, store, ledger, budget, now
        self._measured_at = 0
        self._used = self._records = self._position = self.evicted = 0
        self._classes: dict[str, int] = {}

    def used(self) -> int:
        """Bytes that records take: as measured, and a mean record for each that came since."""
        mean = self._used // max(1, self._records)
        return self._used + max(0, self._store.position() - self._position) * mean

    def state(self) -> dict[str, Any]:
        """For people: bytes by class as last measured (`measured`: when, ms; 0: not yet)."""
        return {
            "budget": self._budget,
            "used": self.used(),
            "classes": dict(self._classes),
            "measured": self._measured_at,
            "evicted": self.evicted,
            "crowded": self._desk.crowded,
        }

    async def run(self) -> None:
        """Look now and then whether somebody has to give."""
        while True:
            try:
                await self.look()
            except (StorageFull, StorageBroken) as error:
                _LOG.warning("the store's budget is not looked after just now: %s", error)
            await trio.sleep(LOOK_S)

    async def look(self) -> None:
        """Measure if that is due, and make room if there is too little."""
        if over(self._measured_at, MEASURE_MS, self._now()) or self.used() > self._budget:
            await self._measure_and_evict()
        self._desk.crowded = self.used() > self._budget * budgets.CROWDED

    async def _measure_and_evict(self) -> None:
        self._ledger.settle()
        position = self._store.position()
        taken = await trio.to_thread.run_sync(self._store.taken_apart)
        found = await _last(budgets.holdings(taken))
        circles = await _last(budgets.draw(self._desk, self._now()))
        weighed = await _last(budgets.weigh(found, circles, self._desk.me))
        self._used, self._records = sum(row.bytes for row in taken), sum(row.records for row in taken)
        self._classes = weighed.classes
        self._position, self._measured_at = position, self._now()
        gives = await _last(budgets.plan(weighed, self._budget))
        for author, least in gives.items():
            for given in budgets.evict(self._desk, author, least, circles):
                self._used -= given
                self.evicted += given
                self._ledger.settle()
                await trio.lowlevel.checkpoint()
        if gives:
            _LOG.info("the store is over its budget: %d people gave, %d bytes are used now", len(gives), self._used)


async def _last(steps: Iterator[T]) -> T:
    """The last of what steps give; the event loop goes on in between."""
    step = next(steps)
    await trio.lowlevel.checkpoint()
    for step in steps:  # noqa: B007
        await trio.lowlevel.checkpoint()
    return step
