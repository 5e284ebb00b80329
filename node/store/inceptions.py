"""Inceptions of those whose records come: every record's key is checked against its author's, and they never change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from freehold.protocol.keylog import INCEPTION

from .shelf import RECORDS, record_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from freehold.protocol.envelope import Record
    from freehold.protocol.identity import IdentityId

    from .database import Database
    from .names import Names

_MOST = 4096
"""Kept in memory: about 6 MB."""


class Inceptions:
    """Those that were asked for lately; the others are read."""

    def __init__(self, database: Database, names: Names) -> None:
        self._database, self._names = database, names
        self._here: dict[bytes, Record] = {}
        database.on_rollback(self._here.clear)

    def of(self, identity: bytes) -> Record | None:
        """That of an identity."""
        if (known := self._here.get(identity)) is not None:
            return known
        number = self._names.author(identity)
        if number is None:
            return None
        condition = "author = ? AND kind = ? ORDER BY arrived DESC, counted DESC, number DESC LIMIT 1"
        self._read(condition, number, self._names.kind(INCEPTION.name))
        return self._here.get(identity)

    def foresee(self, identities: Collection[IdentityId]) -> None:
        """Read those that will be asked for, in one statement."""
        authors = (self._names.author(identity) for identity in identities if identity not in self._here)
        numbers = [number for number in authors if number is not None]
        if numbers:
            condition = "kind = ? AND author IN (SELECT value FROM json_each(?))"
            self._read(condition, self._names.kind(INCEPTION.name), json.dumps(numbers))

    def came(self, record: Record) -> None:
        """One was put in, or got its body."""
        if self._here.pop(record.author, None) is None:
            self._keep(record)

    def went(self, identity: bytes) -> None:
        """Its own was taken away."""
        self._here.pop(identity, None)

    def _read(self, condition: str, *values: object) -> None:
        for row in self._database.rows(f"{RECORDS} WHERE {condition}", values):
            self._keep(record_of(self._database, row))

    def _keep(self, record: Record) -> None:
        if len(self._here) >= _MOST:
            self._here.clear()
        self._here[record.author] = record
