"""Every write and every sync that SQLite asks the system for, in order: a layer between it and its own files.

SQLite calls files through tables of functions. Here the tables of whatever it opens are copied, and writing, cutting
and syncing go through Python, which notes them and passes them on. The library is the one that `sqlite3` uses.
"""

from __future__ import annotations

import ctypes
import sqlite3
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
DELETE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class Methods(ctypes.Structure):
    """sqlite3_io_methods."""

    _fields_ = [
        ("version", c_int), ("close", c_void_p), ("read", c_void_p), ("write", WRITE), ("truncate", TRUNCATE),
        ("sync", SYNC), ("rest", c_void_p * 13),
    ]  # fmt: skip


class File(ctypes.Structure):
    """sqlite3_file."""

    _fields_ = [("methods", POINTER(Methods))]


class System(ctypes.Structure):
    """sqlite3_vfs."""

    _fields_ = [
        ("version", c_int), ("file_bytes", c_int), ("path_bytes", c_int), ("next", c_void_p), ("name", c_char_p),
        ("data", c_void_p), ("open", OPEN), ("delete", DELETE), ("rest", c_void_p * 14),
    ]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """What was asked for: `write` (at, data), `truncate` (at: the new size), `sync`, `delete` (at: 1 if it must last);
    or `said`: a batch is told of."""

    what: str
    file: str
    at: int = 0
    data: bytes = b""


class Recorder:
    """Steps in order, across files."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._kept: list[Any] = []

    def said(self, number: int) -> None:
        """A batch was acknowledged."""
        self.steps.append(Step("said", "", number))

    def wrap(self, address: int, name: str) -> None:
        """From here on, note what is done to an open file."""
        file = ctypes.cast(address, POINTER(File)).contents
        old = file.methods.contents
        new = Methods.from_buffer_copy(old)

        def write(this: int, data: int, size: int, at: int) -> int:
            self.steps.append(Step("write", name, at, ctypes.string_at(data, size)))
            return old.write(this, data, size, at)

        def truncate(this: int, size: int) -> int:
            self.steps.append(Step("truncate", name, size))
            return old.truncate(this, size)

        def sync(this: int, flags: int) -> int:
            code = old.sync(this, flags)
            self.steps.append(Step("sync", name))
            return code

        new.write, new.truncate, new.sync = WRITE(write), TRUNCATE(truncate), SYNC(sync)
        self._kept += [old, new]
        file.methods = ctypes.pointer(new)


@contextmanager
def recording() -> Generator[Recorder]:
    """Note what any database that is opened meanwhile does to its files."""
    library = _library()
    library.sqlite3_vfs_find.restype = POINTER(System)
    library.sqlite3_vfs_register.argtypes = [POINTER(System), c_int]
    library.sqlite3_vfs_unregister.argtypes = [POINTER(System)]
    usual = library.sqlite3_vfs_find(None)
    recorder, system = Recorder(), System.from_buffer_copy(usual.contents)

    def open_file(_system: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        code = usual.contents.open(ctypes.addressof(usual.contents), name, file, flags, out)
        if code == 0 and name:
            recorder.wrap(file, Path(ctypes.string_at(name).decode()).name)
        return code

    def delete_file(_system: int, name: int, lasting: int) -> int:
        recorder.steps.append(Step("delete", Path(ctypes.string_at(name).decode()).name, lasting))
        return usual.contents.delete(ctypes.addressof(usual.contents), name, lasting)

    system.name, system.open, system.delete = b"recording", OPEN(open_file), DELETE(delete_file)
    library.sqlite3_vfs_register(ctypes.byref(system), 1)
    try:
        yield recorder
    finally:
        library.sqlite3_vfs_unregister(ctypes.byref(system))
        library.sqlite3_vfs_register(usual, 1)


def _library() -> ctypes.CDLL:
    """The SQLite of the `sqlite3` module: a library of its own, or inside the module."""
    mapped = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "sqlite3" in line}
    for path in sorted(mapped, reverse=True):
        try:
            library = ctypes.CDLL(path)
            library.sqlite3_libversion.restype = c_char_p
            if library.sqlite3_libversion().decode() == sqlite3.sqlite_version:
                return library
        except (OSError, AttributeError):
            continue
    pytest.skip(
        "the sqlite3 module of this Python hides its library; kill -9 (tests/e2e/kill) stands in for power cuts"
    )
