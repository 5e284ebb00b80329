"""Files of contracts, as the core needs them: named by their SHA-256, kept beside the records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is here: under which name it came, since when (ms), and the contracts that it was kept for."""

    sha256: bytes
    name: str
    bytes: int
    at: int
    contracts: frozenset[bytes]


class Incoming(Protocol):
    """A file on its way in. Used as a context; what is not kept by its end is gone."""

    def __enter__(self) -> Incoming: ...

    def __exit__(self, *reason: object) -> None: ...

    def write(self, data: bytes) -> None:
        """What follows. Raises Denied (`file-too-large`, `files-full`) or StorageFull."""
        ...

    def settle(self) -> None:
        """Bring it to the disk, from any thread: that takes a while. Raises StorageFull."""
        ...

    def keep(self, contract: bytes | None) -> Kept:
        """It is whole and settled: from now on it is here. Raises StorageFull."""
        ...


class Files(Protocol):
    """One node's."""

    @property
    def used(self) -> int:
        """Bytes that they take, those on their way among them."""
        ...

    @property
    def most(self) -> int:
        """Bytes that they may take."""
        ...

    def get(self, sha256: bytes) -> Kept | None:
        """What is known of one; None if it is not here."""
        ...

    def listed(self) -> list[Kept]:
        """All of them, the newest first."""
        ...

    def piece(self, sha256: bytes, start: int, most: int) -> bytes:
        """A part of one that is here; short if it was damaged or taken away."""
        ...

    def is_whole(self, sha256: bytes) -> bool:
        """Whether a file that is here still has its SHA-256: reads all of it, from any thread."""
        ...

    def incoming(self, name: str, size: int | None) -> Incoming:
        """Begin another one, of `size` bytes if that is known. Raises Denied (`file-too-large`, `files-full`)."""
        ...

    def refer(self, sha256: bytes, contract: bytes) -> None:
        """A contract needs it. Nothing happens if it is not here. Raises StorageFull."""
        ...

    def drop(self, sha256: bytes) -> bool:
        """Delete one; whether it was here."""
        ...
