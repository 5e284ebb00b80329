"""What a store remembers of records that it does not have, read from a database file that may be damaged.

Identities and kinds are told by name: their numbers are of that file alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from freehold.protocol.envelope import RecordId
from freehold.protocol.header import Header
from freehold.protocol.identity import IdentityId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection

    from ..core.ports import Ranges

_ID_BYTES = 32
_REPLACED = """SELECT gone.id, gone.arrived, gone.counted, author.id
  FROM replaced AS gone JOIN author ON author.number = gone.author ORDER BY gone.number"""
_ASIDE = """SELECT gone.id, gone.at, gone.till, author.id, kind.name FROM aside AS gone
  JOIN author ON author.number = gone.author JOIN kind ON kind.number = gone.kind ORDER BY gone.at"""


@dataclass(frozen=True, slots=True)
class Replaced:
    """A version that a later one replaced."""

    id: RecordId
    author: IdentityId
    arrived: int
    counted: bool


@dataclass(frozen=True, slots=True)
class PutAside:
    """A shared record that was refused, or given up: see `ports.Ranges.put_aside`."""

    id: RecordId
    author: IdentityId
    kind: str
    at: int
    till: int

    def remember(self, ranges: Ranges) -> bool:
        """Put it aside in another store."""
        seen = Header(network="", kind=self.kind, by=self.author, key=b"", at=self.at, body=b"", length=0)
        return ranges.put_aside(self.id, seen, self.till)


Absent: TypeAlias = "Replaced | PutAside"


def replaced_in(file: Connection, *, backwards: bool = False) -> Iterator[Replaced]:
    """Versions that were replaced, in that order. Raises sqlite3.Error where the file cannot be read on."""
    for name, arrived, counted, author in file.execute(_REPLACED + (" DESC" if backwards else "")):
        if _are_names(name, author) and type(arrived) is int:
            yield Replaced(RecordId(name), IdentityId(author), arrived, bool(counted))


def aside_in(file: Connection, *, backwards: bool = False) -> Iterator[PutAside]:
    """What was put aside, by time. Raises sqlite3.Error where the file cannot be read on."""
    for name, at, till, author, kind in file.execute(_ASIDE + (" DESC" if backwards else "")):
        if _are_names(name, author) and type(at) is int and type(till) is int and type(kind) is str and at >= 0:
            yield PutAside(RecordId(name), IdentityId(author), kind, at, till)


def _are_names(*values: object) -> bool:
    return all(isinstance(value, bytes) and len(value) == _ID_BYTES for value in values)
