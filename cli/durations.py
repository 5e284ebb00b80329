"""Lengths of time as people write them: 10 (days), 36h, 90m, 2s."""

from __future__ import annotations

import re

import click

from .errors import Trouble
from .words import DAY_MS, HOUR_MS

_UNITS = {"": DAY_MS, "d": DAY_MS, "h": HOUR_MS, "m": 60_000, "s": 1_000}
_DURATION = re.compile(r"(?P<count>[0-9]{1,6})\s*(?P<unit>[dhms]?)")
_MOST_MS = 365 * DAY_MS


def parse_duration(text: str) -> int:
    """A length of time in ms. Raises Trouble."""
    found = _DURATION.fullmatch(text.strip())
    ms = int(found["count"]) * _UNITS[found["unit"]] if found else 0
    if not 0 < ms <= _MOST_MS:
        raise Trouble(
            "usage", f"{text!r} is not a length of time, up to a year", "write days as 10, hours as 36h, or 90m, 30s"
        )
    return ms


class DurationOption(click.ParamType[int]):
    """A Click type: a length of time, in ms."""

    name = "days"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the text. Fails as a usage error."""
        if isinstance(value, int):
            return value
        try:
            return parse_duration(str(value))
        except Trouble as trouble:
            self.fail(f"{trouble.what}; {trouble.hint}", param, ctx)


DURATION = DurationOption()
