"""What has expired is gone through a part at a time: some of it stays (offers of contracts, what is the owner's alone),
and every look would pass all of that again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOKED_AT = 4_096
"""Rows of one look: some 10 ms. A minute later the next: a million that stay are passed in four hours."""
_BEGINNING = (-1, 0)


class Round:
    """Where the next look begins, by when a record expired and its number."""

    def __init__(self) -> None:
        self.at = _BEGINNING

    def choose(self, rows: Sequence[tuple[int, int, bool]], limit: int) -> list[int]:
        """Of the rows that follow `at`, `LOOKED_AT` of them or all (when, number, whether it goes), up to `limit`
        numbers that go; the next look begins after them, and after the last row of all from the beginning."""
        chosen: list[int] = []
        for expired, number, goes in rows:
            if goes and len(chosen) == limit:
                return chosen
            if goes:
                chosen.append(number)
            self.at = (expired, number)
        if len(rows) < LOOKED_AT:
            self.at = _BEGINNING
        return chosen
