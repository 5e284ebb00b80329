"""Small values in words: times, roles, scores."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .money import show_money, show_range

if TYPE_CHECKING:
    from datetime import tzinfo

    from .client import Json

HOUR_MS = 60 * 60 * 1000
DAY_MS = 24 * HOUR_MS
_UNITS = (
    (2 * DAY_MS, DAY_MS, "day"),
    (HOUR_MS, HOUR_MS, "hour"),
    (60_000, 60_000, "minute"),
    (1_000, 1_000, "second"),
)
"""From how many ms on a span is told in which unit: a day and a half is 36 hours."""


_KB = 1_000


def moment(at_ms: int | None) -> str:
    """A time to the minute, in the reader's time zone; empty for None."""
    return "" if at_ms is None else _local(at_ms, "%Y-%m-%d %H:%M")


def until(at_ms: int | None, now_ms: int) -> str:
    """A time that matters, with its zone and how far it is from now: `2026-03-01 14:00 CET (in 3 days)`."""
    if at_ms is None:
        return ""
    far = span(abs(at_ms - now_ms))
    return f"{_local(at_ms, '%Y-%m-%d %H:%M %Z')} ({f'in {far}' if at_ms >= now_ms else f'{far} ago'})"


def span(ms: int) -> str:
    """A span of time in its largest whole unit, rounded down: what is left is never told too long."""
    for least_ms, unit_ms, name in _UNITS:
        if ms >= least_ms:
            count = ms // unit_ms
            return f"{count} {name}{'s' if count != 1 else ''}"
    return "no time"


def utc(at_ms: int | None) -> str:
    """A time in UTC to the minute, the same for every reader; empty for None."""
    return "" if at_ms is None else _local(at_ms, "%Y-%m-%d %H:%M", UTC)


def _local(at_ms: int, shape: str, zone: tzinfo | None = None) -> str:
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).strftime(shape)
    except (ValueError, OverflowError, OSError):
        return "in a year beyond the calendar"


def money(value: Json | None) -> str:
    """{"amount", "unit"} of the API in words; empty for None."""
    return "" if value is None else show_money(int(value["amount"]), str(value["unit"]))


def budget(value: Json | None) -> str:
    """An offer's budget in words."""
    if value is None:
        return ""
    amount = show_range(int(value["low"]), int(value["high"]), str(value["unit"]))
    return f"{amount} an hour" if value["basis"] == "hourly" else amount


def score(value: Json | None) -> str:
    """A reputation in short: what is expected, 0 to 100, and from how many reviews."""
    if not value or not value.get("counted"):
        return "no reviews"
    counted = int(value["counted"])
    return f"{round(100 * float(value['mean']))} of 100 ({counted} review{'s' if counted != 1 else ''})"


def duration(ms: int | None) -> str:
    """A length of time that was agreed: days, else hours, else seconds."""
    if ms is None:
        return ""
    if ms < HOUR_MS:
        return f"{ms / 1000:g} s"
    days = ms / DAY_MS
    return f"{days:g} day{'s' if days != 1 else ''}" if days >= 1 else f"{ms / HOUR_MS:g} h"


def held(view: Json, key: str) -> Json:
    """An object in the API's answer; an empty one if it is null or missing."""
    found: Json | None = view.get(key)
    return found or {}


def items(view: Json, key: str) -> list[Json]:
    """The objects in a list of the API's answer; none if it is null or missing."""
    found: list[Json] | None = view.get(key)
    return found or []


def size(count: int | None) -> str:
    """Bytes, as a person counts them."""
    if count is None:
        return ""
    if count < _KB:
        return f"{count} bytes"
    return f"{count / _KB:.0f} kB" if round(count / _KB) < _KB else f"{count / _KB**2:.1f} MB"
