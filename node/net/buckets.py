"""Token buckets, one for each peer or address."""

from __future__ import annotations

from collections import OrderedDict

_REMEMBERED = 1024
"""Buckets kept. They outlive a connection, so that coming back does not fill them; the longest unused go first."""


class Buckets:
    """Each key may spend `per_second` for long and `burst` at once. `now` is a monotonic clock's seconds."""

    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second, self._burst = per_second, burst
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, now: float, amount: float = 1.0) -> bool:
        """Spend, if there is enough."""
        level = self._level(key, now)
        enough = level >= amount
        self._set(key, level - amount if enough else level, now)
        return enough

    def borrow(self, key: str, now: float, amount: float) -> float:
        """Spend in any case; the seconds to wait until the debt is paid."""
        level = self._level(key, now) - amount
        self._set(key, level, now)
        return max(0.0, -level / self._per_second)

    def _level(self, key: str, now: float) -> float:
        level, since = self._levels.get(key, (self._burst, now))
        return min(self._burst, level + (now - since) * self._per_second)

    def _set(self, key: str, level: float, now: float) -> None:
        self._levels[key] = (level, now)
        self._levels.move_to_end(key)
        if len(self._levels) > _REMEMBERED:
            self._levels.popitem(last=False)
