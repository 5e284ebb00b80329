"""The one module of the node that asks what time it is; everything else is told."""

from __future__ import annotations

import time


def now_ms() -> int:
    """Milliseconds since the epoch, as the system's clock has it."""
    return time.time_ns() // 1_000_000


def uptime_s(since: float) -> float:
    """Seconds since a `started` moment, whatever happened to the system's clock."""
    return time.monotonic() - since


def started() -> float:
    """A moment to count from with `uptime_s`."""
    return time.monotonic()
