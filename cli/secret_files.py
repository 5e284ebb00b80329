"""Files that hold secrets: read only if nobody else can, written so that nobody else can."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from .errors import Trouble

if TYPE_CHECKING:
    from pathlib import Path

_MOST_BYTES = 8 * 1024
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_secret(path: Path, what: str, refused: int = _OTHERS) -> str:
    """The text of a secret file without the line break at its end. Raises Trouble; `refused` are modes it must not
    have."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise Trouble("file-unreadable", f"{what} {path} cannot be read: {error.strerror}", "check the path") from error
    if not stat.S_ISREG(mode) or mode & refused:
        raise Trouble(
            "file-open-to-others",
            f"{what} {path} can be read or changed by other users of this machine",
            f"make it yours alone: chmod 600 {path}",
        )
    try:
        text = data.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise Trouble("file-unreadable", f"{what} {path} is not UTF-8 text", "write it as plain text") from error
    if not text or len(data) > _MOST_BYTES:
        raise Trouble("file-unreadable", f"{what} {path} is empty or longer than {_MOST_BYTES} bytes", "look into it")
    return text


def write_secret(path: Path, text: str) -> None:
    """Write a new secret file (0600). Raises Trouble, also if there is a file of that name."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(descriptor)
    except FileExistsError as error:
        raise Trouble("file-exists", f"{path} exists already and is not replaced", "choose another name") from error
    except OSError as error:
        raise Trouble(
            "file-unwritable", f"{path} cannot be written: {error.strerror}", "choose another place"
        ) from error
