"""What authors take in the database, and giving it up. What was given up is remembered as versions are that were
replaced: it does not come back, and the memory is bounded."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..core.ports import StorageBroken, Taken
from .database import SqliteTrouble
from .names import key_of
from .shelf import RECORDS

if TYPE_CHECKING:
    from collections.abc import Collection, Generator
    from pathlib import Path

    from .database import Database, Row
    from .names import Names
    from .shelf import Shelf

ROW_BYTES = 600
"""What a record takes beside its header and its body: columns, index entries, words (measured: 550 to 620)."""
_AT_ONCE = 8
"""Records of one step: a few milliseconds, on a busy machine ten."""
_SIZE = f"length(header) + coalesce(length(body), 0) + {ROW_BYTES}"
_STRAY = """NOT EXISTS (SELECT 1 FROM record AS signed JOIN agreement ON agreement.number = signed.number
  WHERE signed.context_key = record.context_key)"""
_TAKEN = f"""SELECT author.id, kind.name, sums.count, sums.bytes FROM (
  SELECT author, kind, count(*) AS count, sum({_SIZE}) AS bytes FROM record GROUP BY author, kind
) AS sums JOIN author ON author.number = sums.author JOIN kind ON kind.number = sums.kind"""  # noqa: S608
_TOTALS = """SELECT name, count FROM (SELECT kind, count(*) AS count FROM record GROUP BY kind) AS counted
  JOIN kind ON kind.number = counted.kind ORDER BY name"""
_BUSY_S = 1.0


def taken(database: Database) -> list[Taken]:
    """What every author takes, by kind."""
    return [_row(row) for row in database.rows(_TAKEN)]


def taken_apart(path: Path) -> list[Taken]:
    """The same from another thread, over a connection of its own. Raises StorageBroken."""
    with _apart(path) as connection:
        return [_row(row) for row in connection.execute(_TAKEN)]


def totals_apart(path: Path) -> dict[str, int]:
    """Records by kind, from another thread, over a connection of its own. Raises StorageBroken."""
    with _apart(path) as connection:
        return {str(name): int(count) for name, count in connection.execute(_TOTALS)}


@contextmanager
def _apart(path: Path) -> Generator[sqlite3.Connection]:
    try:
        connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        try:
            yield connection
        finally:
            connection.close()
    except SqliteTrouble as error:
        raise StorageBroken(f"{path} cannot be measured: {error}") from error


class Eviction:
    """Takes records out, in bounded steps inside the open transaction; each returns the bytes that it gave."""

    def __init__(self, database: Database, names: Names, shelf: Shelf) -> None:
        self._database, self._names, self._shelf = database, names, shelf

    def loose(self, author: bytes, spared: Collection[str], tied: Collection[str], least: int, *, stray: bool) -> int:
        """An author's oldest records that nothing hangs from, until so many bytes are given."""
        numbers, bound = self._kinds(spared), self._kinds(tied)
        query = (
            f"SELECT number, {_SIZE} FROM record WHERE author = ? AND shared = 1 AND kind NOT IN ({_marks(numbers)})"  # noqa: S608
            f" AND (kind NOT IN ({_marks(bound)}) OR (? AND {_STRAY}))"
            " AND NOT EXISTS (SELECT 1 FROM agreement WHERE offer_key = record.place_key)"
            " ORDER BY arrived, number LIMIT ?"
        )
        rows = self._database.rows(query, (self._names.author(author), *numbers, *bound, stray, _AT_ONCE))
        given, chosen = 0, list[int]()
        for number, size in rows:
            if given >= least:
                break
            chosen.append(number)
            given += size
        self._give(chosen)
        return given

    def context(self, context: bytes) -> int:
        """Everything that belongs to a contract."""
        rows = self._database.rows(
            f"SELECT number, {_SIZE}, header FROM record WHERE context_key = ? AND shared = 1",  # noqa: S608
            (key_of(context),),
        )
        rows = [row for row in rows if context in row[2]]
        self._give([row[0] for row in rows])
        return sum(row[1] for row in rows)

    def person(self, author: bytes, kinds: Collection[str]) -> int:
        """Who somebody is, unless something else of theirs is here or a contract names them."""
        number = self._names.author(author)
        named = "client_key = ? OR freelancer_key = ?"
        for query, values in (
            (f"agreement WHERE {named}", (key_of(author), key_of(author))),
            ("participant WHERE identity_key = ?", (key_of(author),)),
            (f"record WHERE author = ? AND kind NOT IN ({_marks(self._kinds(kinds))})", (number, *self._kinds(kinds))),
        ):
            if self._database.row(f"SELECT 1 FROM {query} LIMIT 1", values) is not None:  # noqa: S608
                return 0
        rows = self._database.rows(
            f"SELECT number, {_SIZE} FROM record WHERE author = ? AND shared = 1",  # noqa: S608
            (number,),
        )
        self._give([row[0] for row in rows])
        return sum(row[1] for row in rows)

    def _give(self, numbers: list[int]) -> None:
        for number in numbers:
            self._shelf.give_up(self._database.rows(f"{RECORDS} WHERE number = ?", (number,))[0])

    def _kinds(self, names: Collection[str]) -> list[int]:
        found = (self._names.kind(name) for name in sorted(names))
        return [number for number in found if number is not None]


def _marks(values: list[int]) -> str:
    return ", ".join("?" * len(values)) or "NULL"


def _row(row: Row) -> Taken:
    return Taken(bytes(row[0]), str(row[1]), int(row[2]), int(row[3]))
