"""Records as they stand in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.envelope import reassemble
from freehold.protocol.errors import ProtocolError

from ...core.ports import StorageBroken
from ..placing import Kept
from ..shelf import RECORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .server import Row, Server

TOTALS = "SELECT kind, count(*) FROM record GROUP BY kind ORDER BY kind"


def kept_of(server: Server, row: Row) -> Kept:
    """What is in a row of `RECORDS`. Raises StorageBroken if it is not what was signed."""
    number, name, header, signature, body, arrived, needless, shared = row
    try:
        record = reassemble(header, signature, body)
    except ProtocolError as error:
        raise _changed(server, name) from error
    if record.id != name:
        raise _changed(server, name)
    return Kept(number, record, arrived, needless, shared)


def totals_of(rows: Iterable[Row]) -> dict[str, int]:
    """What `TOTALS` finds."""
    return {str(name): int(count) for name, count in rows}


def _changed(server: Server, name: bytes) -> StorageBroken:
    return StorageBroken(f"record {name.hex()} in {server.place} was changed: restore the database from a backup")


__all__ = ["RECORDS", "TOTALS", "kept_of", "totals_of"]
