"""`ports.Files` of a node that keeps none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .desk import Denied

if TYPE_CHECKING:
    from .ports import Incoming, Kept


class NoFiles:
    """None of them is here."""

    used = most = 0

    def get(self, sha256: bytes) -> Kept | None:
        """See `Files`."""
        del sha256
        return None

    def listed(self) -> list[Kept]:
        """See `Files`."""
        return []

    def piece(self, sha256: bytes, start: int, most: int) -> bytes:
        """See `Files`."""
        del sha256, start, most
        return b""

    def is_whole(self, sha256: bytes) -> bool:
        """See `Files`."""
        del sha256
        return False

    def incoming(self, name: str, size: int | None) -> Incoming:
        """See `Files`."""
        del name, size
        raise Denied("files-full", "this node keeps no files", "see files_mb in config.toml")

    def refer(self, sha256: bytes, contract: bytes) -> None:
        """See `Files`."""

    def drop(self, sha256: bytes) -> bool:
        """See `Files`."""
        del sha256
        return False
