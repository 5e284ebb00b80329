"""Files of contracts on the disk, each under its SHA-256 in the node's folder: whole and checked, or not there.

Beside the content stands a note (`<sha256>.json`): its name, since when it is here, and the contracts that need it.
What is on its way in has a name that begins with a dot.
"""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from freehold.protocol import limits
from freehold.protocol.filename import safe_name

from ..core.desk import Denied
from ..core.ports import Kept
from ..folder import OTHERS, sync_folder
from . import notes
from .incoming import Incoming, storage_full, too_large

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOST_FILES = 4_096
"""An empty file takes room too: two entries of a folder."""
PART = ".part-"
NEW = ".new-"
_LOG = logging.getLogger(__name__)


class Shelf:
    """See `ports.Files`. One for a folder, on one thread."""

    def __init__(self, root: Path, most: int, now_ms: Callable[[], int]) -> None:
        """Of `most` bytes in all. Raises Denied if the folder cannot be used."""
        self.root, self.most, self._now = root, most, now_ms
        self._kept: dict[bytes, Kept] = {}
        self._coming: set[Incoming] = set()
        self._parts: dict[Path, int] = {}
        """What is half fetched and lies still, with its bytes."""
        try:
            root.mkdir(mode=0o700, exist_ok=True)
            if root.stat().st_mode & OTHERS:
                root.chmod(0o700)
            self._read()
        except OSError as error:
            what = f"the folder {root} cannot be used: {error.strerror}"
            raise Denied("folder-unusable", what, "see who owns it, and whether the disk is full") from error

    @property
    def used(self) -> int:
        """See `ports.Files`."""
        coming = sum(one.written for one in self._coming) + sum(self._parts.values())
        return sum(kept.bytes for kept in self._kept.values()) + coming

    def get(self, sha256: bytes) -> Kept | None:
        """See `ports.Files`."""
        return self._kept.get(sha256)

    def listed(self) -> list[Kept]:
        """See `ports.Files`."""
        return sorted(self._kept.values(), key=lambda kept: (-kept.at, kept.sha256))

    def piece(self, sha256: bytes, start: int, most: int) -> bytes:
        """See `ports.Files`."""
        try:
            with self._path(sha256).open("rb") as file:
                file.seek(start)
                return file.read(most)
        except OSError as error:
            _LOG.warning("the file %s cannot be read: %s", sha256.hex(), error)
            return b""

    def is_whole(self, sha256: bytes) -> bool:
        """See `ports.Files`."""
        try:
            return notes.is_whole(self.root, sha256)
        except OSError as error:
            _LOG.warning("the file %s cannot be read: %s", sha256.hex(), error)
            return False

    def incoming(self, name: str, size: int | None = None) -> Incoming:
        """See `ports.Files`."""
        self._check(size or 0)
        return self._opened(self.root / f"{NEW}{os.urandom(8).hex()}", safe_name(name))

    def resumed(self, sha256: bytes, name: str) -> Incoming:
        """The same for a file that is fetched, from where it was left off."""
        self._check(0)
        return self._opened(self.root / f"{PART}{sha256.hex()}", safe_name(name), sha256)

    def refer(self, sha256: bytes, contract: bytes) -> None:
        """See `ports.Files`."""
        kept = self._kept.get(sha256)
        if kept is not None and contract not in kept.contracts:
            self._note(replace(kept, contracts=kept.contracts | {contract}))

    def drop(self, sha256: bytes) -> bool:
        """See `ports.Files`."""
        if self._kept.pop(sha256, None) is None:
            return False
        for path in (self._path(sha256), self._note_of(sha256)):
            path.unlink(missing_ok=True)
        sync_folder(self.root)
        return True

    def place(self, coming: Incoming, contract: bytes | None) -> Kept:
        """A settled file gets its real name. Raises StorageFull."""
        needed: frozenset[bytes] = frozenset() if contract is None else frozenset({contract})
        known = self._kept.get(coming.sha256)
        if known is not None:
            if not needed <= known.contracts:
                self._note(replace(known, contracts=known.contracts | needed))
            return self._kept[known.sha256]
        kept = Kept(coming.sha256, coming.name, coming.written, self._now(), needed)
        with storage_full():
            self._note(kept)
            coming.path.replace(self._path(kept.sha256))
            sync_folder(self.root)
        return kept

    def closed(self, coming: Incoming) -> None:
        """It is not on its way any more."""
        self._coming.discard(coming)
        if coming.path.exists():
            self._parts[coming.path] = coming.written

    def check_room(self, more: int) -> None:
        """Whether so many bytes more fit, if need be in the place of what is half fetched. Raises Denied."""
        if self.used + more > self.most:
            for path in list(self._parts):
                path.unlink(missing_ok=True)
                del self._parts[path]
        if self.used + more > self.most:
            raise self._no_room()

    def _check(self, size: int) -> None:
        if size > limits.FILE_BYTES:
            raise too_large()
        if len(self._kept) + len(self._coming) >= MOST_FILES:
            raise self._no_room()
        self.check_room(size)

    def _no_room(self) -> Denied:
        what = f"your node keeps files of up to {self.most // 1_000_000} MB in all, and there is no room for this one"
        return Denied("files-full", what, "freehold file tidy; or more room: freehold config set files_mb 4096")

    def _opened(self, path: Path, name: str, sha256: bytes | None = None) -> Incoming:
        with storage_full():
            found = Incoming(self, path, name, sha256)
        self._parts.pop(path, None)
        self._coming.add(found)
        return found

    def _note(self, kept: Kept) -> None:
        """Write what is known of a file, durably, and go by it."""
        with storage_full():
            notes.write(kept, self._note_of(kept.sha256), self.root / f"{NEW}{kept.sha256.hex()}")
        self._kept[kept.sha256] = kept

    def _read(self) -> None:
        """What the folder holds; what a crash left half done goes."""
        for path in sorted(self.root.iterdir()):
            if path.name.startswith(NEW) or (path.suffix == notes.NOTE_END and not (self.root / path.stem).is_file()):
                path.unlink(missing_ok=True)
            elif path.name.startswith(PART):
                self._parts[path] = path.stat().st_size
        self._kept = {kept.sha256: kept for kept in notes.looked_at(self.root)}

    def _path(self, sha256: bytes) -> Path:
        return self.root / sha256.hex()

    def _note_of(self, sha256: bytes) -> Path:
        return self.root / (sha256.hex() + notes.NOTE_END)
