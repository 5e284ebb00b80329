"""Longer texts: given on the command line, or as @FILE, or as @- from standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from .errors import Trouble

_MOST_BYTES = 64 * 1024
"""More than any text in a record may have; the node checks the exact bound of each."""


def text_of(given: str) -> str:
    """The text itself, or what the named file holds. Raises Trouble."""
    if not given.startswith("@"):
        return given
    name = given[1:]
    try:
        if name == "-":
            data = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise Trouble("file-unreadable", f"{name} cannot be read: {error.strerror}", "check the path") from error
    if len(data) > _MOST_BYTES:
        raise Trouble("text-too-long", f"{name} has more than {_MOST_BYTES} bytes", "shorten it")
    try:
        return data.decode().replace("\r\n", "\n").strip()
    except UnicodeDecodeError as error:
        raise Trouble("file-unreadable", f"{name} is not UTF-8 text", "save it as UTF-8") from error
