"""A file on its way to the shelf: written under a name of its own, counted and hashed as it comes."""

from __future__ import annotations

import errno
import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from freehold.protocol import limits

from ..core.desk import Denied
from ..core.ports import StorageFull

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from ..core.ports import Kept
    from .shelf import Shelf

_READ_BYTES = 1024 * 1024
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Incoming:
    """See `ports.Incoming`. With an `expected` SHA-256 it can be left half done, and goes on from there later."""

    def __init__(self, shelf: Shelf, path: Path, name: str, expected: bytes | None = None) -> None:
        """Opens the file. Raises OSError."""
        self.path, self.name = path, name
        self._shelf, self._expected = shelf, expected
        self._hash = hashlib.sha256()
        self.written = 0
        self._done = False
        again = os.O_EXCL if expected is None else 0
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | again | os.O_CLOEXEC, 0o600)
        try:
            self._read_again()
        except OSError:
            os.close(self._descriptor)
            raise

    @property
    def sha256(self) -> bytes:
        """Of what has come."""
        return self._hash.digest()

    def __enter__(self) -> Incoming:
        return self

    def __exit__(self, *reason: object) -> None:
        """What was not kept is gone, unless it can be resumed."""
        os.close(self._descriptor)
        if not self._done and (self._expected is None or not self.written):
            self.path.unlink(missing_ok=True)
        self._shelf.closed(self)

    def write(self, data: bytes) -> None:
        """See `ports.Incoming`."""
        if self.written + len(data) > limits.FILE_BYTES:
            raise too_large()
        self._shelf.check_room(len(data))
        with storage_full():
            left = memoryview(data)
            while left:
                left = left[os.write(self._descriptor, left) :]
        self._hash.update(data)
        self.written += len(data)

    def begin_again(self) -> None:
        """Forget what has come."""
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        self._hash, self.written = hashlib.sha256(), 0

    def settle(self) -> None:
        """See `ports.Incoming`."""
        with storage_full():
            os.fsync(self._descriptor)

    def keep(self, contract: bytes | None = None) -> Kept:
        """See `ports.Incoming`."""
        assert self._expected in (None, self.sha256)  # noqa: S101  -- whoever fetched it has compared them
        kept = self._shelf.place(self, contract)
        self.path.unlink(missing_ok=True)  # if it was here already
        self._done = True
        return kept

    def _read_again(self) -> None:
        """What an earlier try left."""
        if os.fstat(self._descriptor).st_size > limits.FILE_BYTES:
            os.ftruncate(self._descriptor, 0)
        while data := os.read(self._descriptor, _READ_BYTES):
            self._hash.update(data)
            self.written += len(data)


def too_large() -> Denied:
    """A file beyond `limits.FILE_BYTES`."""
    what = f"a file has at most {limits.FILE_BYTES // (1024 * 1024)} MiB here"
    return Denied("file-too-large", what, "put it somewhere else and say where; its SHA-256 is signed all the same")


@contextmanager
def storage_full() -> Generator[None]:
    """What a disk can refuse, as StorageFull."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(f"the disk is full: {error.strerror}") from error
        raise StorageFull(f"the file cannot be written: {error.strerror}") from error
