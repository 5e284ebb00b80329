"""What has expired is thrown away now and then, once the clock has gone evenly for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clocks import Steady, over
from .erasing import Forgetting

if TYPE_CHECKING:
    from .desk import Desk
    from .parking import Parking

TIDY_MS = 60_000
EXPIRED_A_TICK = 256


class Tidying:
    """One node's, from its first tick."""

    def __init__(self, desk: Desk, parking: Parking) -> None:
        self._desk, self._parking = desk, parking
        self._forgetting, self._steady = Forgetting(desk), Steady()
        self._tidied = 0

    def ticked(self, now: int) -> None:
        """Time passes: about once a second."""
        self._steady.ticked(now)
        if not over(self._tidied, TIDY_MS, now):
            return
        self._tidied = now
        self._parking.tidy(now)
        if self._steady.holds():
            self._desk.stores.records.expire(now, EXPIRED_A_TICK)
            self._desk.stores.prekeys.forget(now)
            self._forgetting.due(now)
