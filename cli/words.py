"""Small values in words: times, roles, scores."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .money import show_money, show_range
from .output import short

if TYPE_CHECKING:
    from .client import Json

DAY_MS = 24 * 60 * 60 * 1000


def moment(at_ms: int | None) -> str:
    """A time as UTC to the minute; empty for None."""
    if at_ms is None:
        return ""
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return "in a year beyond the calendar"


def person(identity: str, name: str | None) -> str:
    """Somebody: the name they chose, and always the identity, because names are free to choose."""
    return f"{name} ({short(identity)})" if name else short(identity)


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
    """A span of time in days or hours."""
    if ms is None:
        return ""
    days = ms / DAY_MS
    return f"{days:g} day{'s' if days != 1 else ''}" if days >= 1 else f"{ms / 3_600_000:g} h"


def items(view: Json, key: str) -> list[Json]:
    """The objects in a list of the API's answer; none if it is null or missing."""
    found: list[Json] | None = view.get(key)
    return found or []
