"""Whether it is for want of room that SQLite failed, outside of `Database`, which sees to its own."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PRIMARY_CODE = 0xFF
_LEFT_BYTES = 64 * 1024
"""Less than this is no room: a disk may give the last blocks to others."""


def for_want_of_room(error: sqlite3.Error | OSError | UnicodeDecodeError, folder: Path) -> bool:
    """Whether the disk of that folder is full, by what failed there."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    if code == sqlite3.SQLITE_FULL:
        return True
    try:
        return code == sqlite3.SQLITE_IOERR and shutil.disk_usage(folder).free < _LEFT_BYTES
    except OSError:
        return False
