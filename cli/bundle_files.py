"""Files that are checked without a node: read whole and bounded, written once and for their owner alone."""

from __future__ import annotations

import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .errors import Trouble

if TYPE_CHECKING:
    from freehold.protocol.lines import Flawed

_MS = re.compile("[0-9]{9,15}")


class Time(click.ParamType[int]):
    """A time: 2025-06-30, 2025-06-30 12:00 (UTC), or milliseconds since the epoch."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401
        """Read the text. Fails as a usage error."""
        try:
            if _MS.fullmatch(str(value)):
                return int(str(value))
            found = datetime.fromisoformat(str(value))
            return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)
        except (ValueError, OverflowError):
            self.fail("write it as 2025-06-30, or 2025-06-30T12:00 (UTC)", param, ctx)


def load(name: str, most_bytes: int) -> bytes:
    """A file's bytes, or those of standard input (-); one more than allowed shows that it is too long."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(most_bytes + 1)
        with Path(name).open("rb") as file:
            return file.read(most_bytes + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Trouble("file-unreadable", f"{name} cannot be read: {reason}", "check the path") from error


def write(path: Path, data: bytes) -> None:
    """Write a new file that nobody else can read: who is to have it is for its owner to say."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(data)
    except FileExistsError as error:
        raise Trouble("file-exists", f"{path} exists already and is not replaced", "name another: --out") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Trouble("file-unwritable", f"{path} cannot be written: {reason}", "choose another place") from error


def flawed(flaw: Flawed) -> Trouble:
    """A file that does not hold, as a person is told of it."""
    return Trouble(
        "bundle-flawed",
        f"this file does not hold: {flaw}",
        "do not rely on it; ask for it again, from somebody else if need be",
        {"line": flaw.line, "reason": flaw.reason},
    )
