"""Where a node lives on disk, as far as the command needs to know; the daemon's config.py says the same."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import Trouble

SOCKET_NAME = "api.sock"
LOG_NAME = "node.log"
_SOCKET_PATH_BYTES = 100
"""The kernel keeps a unix socket's path in 108 bytes on Linux, in 104 on macOS."""


def default_folder() -> Path:
    """$FREEHOLD_HOME, or the place that the system has for a program's data."""
    chosen = os.environ.get("FREEHOLD_HOME")
    if chosen:
        return Path(chosen)
    import platformdirs  # noqa: PLC0415  -- 10 ms that `--help` does not pay

    return Path(platformdirs.user_data_dir("freehold", appauthor=False))


def socket_path(folder: Path) -> Path:
    """The socket of the daemon that runs on a folder. Raises Trouble if no socket can have that path."""
    path = folder.absolute() / SOCKET_NAME
    if len(os.fsencode(path)) > _SOCKET_PATH_BYTES:
        raise Trouble(
            "folder-too-long",
            f"the folder's path {folder} is too long: a socket's path has {_SOCKET_PATH_BYTES} bytes at most",
            "choose a folder with a shorter path (--folder, or FREEHOLD_HOME)",
        )
    return path
