"""The text that will be signed, laid out in rows for eyes: the same characters, or else the text as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .. import wording

if TYPE_CHECKING:
    from ..wording import Line

_FURTHER = re.compile(r" +\| ")
"""How a further line of a value begins."""


def rows(text: str) -> list[list[Line]] | None:
    """Each record's fields; None if writing them again gave another text: then nothing but the text may be shown."""
    found = [_rows(part.split("\n")) for part in text.split("\n\n")]
    return found if "\n\n".join(map(wording.block, found)) == text else None


def _rows(lines: list[str]) -> list[Line]:
    width = max(len(line.partition(" ")[0]) for line in lines)
    found: list[Line] = []
    for line in lines:
        further = _FURTHER.match(line)
        if further and found:
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{line[further.end() :]}")
        else:
            found.append((line.partition(" ")[0], line[width + 2 :]))
    return found
