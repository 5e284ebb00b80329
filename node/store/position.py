"""How far this database has counted, kept in a file beside it: so that a restored backup is noticed.

Other nodes remember how far they have read this node's count of records, under its epoch. A backup counts from an
earlier place again, so it needs a new epoch, or they would never read what it counts then. It is noticed when the count
is behind the file, when the file is missing, or when the database is not the very file that was counted in (a copy of
the whole folder). And so it is noticed that the database itself is gone.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from ..core.ports import StorageBroken

if TYPE_CHECKING:
    from pathlib import Path

_LINE_BYTES = 128


class Mark:
    """`node.position` of a database `node.db`: its epoch, its position and the file's own number, in one line."""

    def __init__(self, database: Path) -> None:
        self._database, self._file = database, database.with_suffix(".position")

    def fits(self, epoch: bytes, position: int) -> bool:
        """Whether the database can be the one that was last marked, or its successor."""
        try:
            marked, count, number = self._read()
            return (marked, number) == (epoch.hex(), self._number()) and count <= position
        except (OSError, ValueError):
            return False

    def check_kept(self) -> None:
        """Raise StorageBroken if a database was marked and there is none any more: a node that began with an empty one
        in its place would say nothing of what is lost."""
        try:
            _, count, _ = self._read()
            if self._database.exists() and self._database.stat().st_size > 1:  # SQLite takes one byte for an empty file
                return
        except (OSError, ValueError):
            return
        raise StorageBroken(
            f"{self._database} is gone or empty, and {count} records were counted in it: bring it back, from a backup "
            f"if need be; or move {self._file.name} away too, and the node begins with nothing"
        )

    def set(self, epoch: bytes, position: int) -> None:
        """Mark a position that is on the disk. Whole or not at all; not at all where the disk does not let us, since
        an older mark notices less and never errs."""
        new = self._file.with_suffix(".position.new")
        with suppress(OSError):
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"{epoch.hex()} {position} {self._number()}\n")
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._file)

    def _read(self) -> tuple[str, int, str]:
        descriptor = os.open(self._file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe is not waited for
        with os.fdopen(descriptor, "rb") as file:
            epoch, count, number = (file.read(_LINE_BYTES) or b"").decode("ascii").split()
        return epoch, int(count), number

    def _number(self) -> str:
        return str(self._database.stat().st_ino)
