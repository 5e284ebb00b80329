"""Sentences about a number of things, so that neither English nor a translation says "1 records"."""

from __future__ import annotations


def counted(count: int, one: str, many: str) -> str:
    """`one` or `many`, whichever fits, with the number for `{n}`."""
    return (one if count == 1 else many).replace("{n}", str(count))
