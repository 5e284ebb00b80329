"""Files of others written into a folder: under a harmless name, in no other place, in the place of nothing."""

from __future__ import annotations

import hashlib
import os
from typing import IO, TYPE_CHECKING

from freehold.protocol.filename import safe_name

from .client import ref
from .errors import Trouble

if TYPE_CHECKING:
    from pathlib import Path

    from .client import Client

_TRIES = 100
"""A folder that has as many files of that name is tidied first."""
_CHUNK_BYTES = 1024 * 1024


def save(client: Client, sha256: str, name: str, folder: Path) -> Path:
    """Write a file that the node has; where. What is there already, byte for byte, is not written again. Raises
    Trouble."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, _TRIES):
            target = folder / _numbered(safe_name(name), number)
            if target.is_file() and not target.is_symlink() and _sha256(target) == sha256:
                return target
            try:
                descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            except FileExistsError:
                continue
            _write(client, sha256, target, descriptor)
            return target
    except OSError as error:
        raise Trouble(
            "file-unwritable", f"nothing can be written to {folder}: {error.strerror}", "choose another folder"
        ) from error
    raise Trouble("file-exists", f"{folder} is full of files of that name", "choose another folder")


def _write(client: Client, sha256: str, target: Path, descriptor: int) -> None:
    """The whole file, or none."""
    try:
        with os.fdopen(descriptor, "wb") as file:
            checked = _Checked(file)
            client.save(f"/files/{ref(sha256)}", {}, checked)  # pyright: ignore[reportArgumentType]
            file.flush()
            os.fsync(file.fileno())
        _compare(target, checked.sha256, sha256)
    except BaseException:  # a Ctrl-C, too: half a file looks like a whole one
        target.unlink(missing_ok=True)
        raise


def _compare(target: Path, found: str, signed: str) -> None:
    if found != signed:
        what = f"your node's copy of {target.name} is damaged: its SHA-256 is not the one that was signed"
        raise Trouble("file-damaged", what, "delete it and fetch it again: freehold file remove --anyway")


class _Checked:
    """A file that is hashed as it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash, self.name = file, hashlib.sha256(), file.name

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        return self._file.write(data)


def _numbered(name: str, number: int) -> str:
    stem, dot, ending = name.rpartition(".")
    if number == 1:
        return name
    return f"{stem} ({number}){dot}{ending}" if dot else f"{name} ({number})"


def _sha256(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()
