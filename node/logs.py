"""node.log: one JSON object a line, bounded in size, so that nothing a peer wrote can forge a line or fill a disk."""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from .folder import not_written

if TYPE_CHECKING:
    from pathlib import Path

_FILE_BYTES = 5 * 1024 * 1024
_OLD_FILES = 2
_MESSAGE_LETTERS = 4_000
_TRACEBACK_LETTERS = 20_000


class JsonLines(logging.Formatter):
    """ASCII JSON, one line a record."""

    def format(self, record: logging.LogRecord) -> str:
        """One log record as a line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage()[:_MESSAGE_LETTERS],
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)[-_TRACEBACK_LETTERS:]
        return json.dumps(line)


def write_to(path: Path, *, also_stderr: bool) -> None:
    """Send everything that is logged in this process to a file, and to standard error if wanted. Raises Denied."""
    try:  # a pipe that nobody reads would be waited for
        os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise not_written(path, error) from error
    handlers: list[logging.Handler] = [
        RotatingFileHandler(path, maxBytes=_FILE_BYTES, backupCount=_OLD_FILES, encoding="ascii")
    ]
    if also_stderr:
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        handler.setFormatter(JsonLines())
    logging.raiseExceptions = False  # a full disk must not turn a log line into a failure
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
    logging.getLogger("libp2p").setLevel(logging.ERROR)  # it warns about every connection that a stranger drops
    logging.captureWarnings(capture=True)
