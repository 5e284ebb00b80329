"""What is known of each file beside its content: a note of JSON under its SHA-256, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from freehold.protocol.filename import safe_name

from ..core.ports import Kept
from ..folder import open_file

if TYPE_CHECKING:
    from pathlib import Path

NOTE_END = ".json"
_NOTE_BYTES = 64 * 1024
_NAME = re.compile("[0-9a-f]{64}")


class Note(msgspec.Struct):
    """A file's name, since when it is here (ms), and the contracts that need it."""

    name: str
    at: int
    contracts: tuple[Annotated[str, Meta(pattern="^[0-9a-f]{64}$")], ...] = ()


def looked_at(root: Path) -> list[Kept]:
    """The files in a folder; none if there is no such folder. Raises OSError."""
    if not root.is_dir():
        return []
    return [_found(path) for path in sorted(root.iterdir()) if _NAME.fullmatch(path.name) and path.is_file()]


def is_whole(root: Path, sha256: bytes) -> bool:
    """Whether a file is what its name says. Raises OSError."""
    with os.fdopen(open_file(root / sha256.hex()), "rb") as file:
        return hashlib.file_digest(file, "sha256").digest() == sha256


def write(kept: Kept, path: Path, new: Path) -> None:
    """Write a note by way of `new`, durably. Raises OSError."""
    note = Note(kept.name, kept.at, tuple(sorted(contract.hex() for contract in kept.contracts)))
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(note))
            file.flush()
            os.fsync(descriptor)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _found(path: Path) -> Kept:
    state = path.stat()
    try:
        with os.fdopen(open_file(path.with_name(path.name + NOTE_END)), "rb") as file:
            note = msgspec.json.decode(file.read(_NOTE_BYTES), type=Note)
    except (OSError, msgspec.MsgspecError):
        note = Note(path.name[:12], state.st_mtime_ns // 1_000_000)
    contracts = frozenset(bytes.fromhex(contract) for contract in note.contracts)
    return Kept(bytes.fromhex(path.name), safe_name(note.name), state.st_size, note.at, contracts)
