"""What authors take in the database, and giving it up: the same rules as in SQLite (store/budget.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.ports import Taken

if TYPE_CHECKING:
    from collections.abc import Collection

    from .server import Row, Server
    from .shelf import Shelf

ROW_BYTES = 1_100
"""What a record takes beside its header and its body: names of 32 bytes in columns and indexes, words, dead rows."""
_AT_ONCE = 8
_SIZE = f"length(header) + coalesce(length(body), 0) + {ROW_BYTES}"
TAKEN = f"SELECT author, kind, count(*), sum({_SIZE})::bigint FROM record GROUP BY author, kind"  # noqa: S608
_LOOSE = f"""SELECT number, {_SIZE} FROM record WHERE author = %(author)s AND shared AND kind <> ALL(%(spared)s)
  AND (kind <> ALL(%(tied)s) OR (%(stray)s AND NOT EXISTS (
    SELECT 1 FROM record AS signed JOIN agreement USING (number) WHERE signed.context = record.context)))
  AND NOT EXISTS (SELECT 1 FROM agreement WHERE offer = record.place)
  ORDER BY arrived, number LIMIT %(most)s"""  # noqa: S608
_OTHERS = """SELECT 1 FROM agreement WHERE client = %(author)s OR freelancer = %(author)s
  UNION ALL SELECT 1 FROM participant WHERE identity = %(author)s
  UNION ALL SELECT 1 FROM record WHERE author = %(author)s AND kind <> ALL(%(kinds)s) LIMIT 1"""


class Eviction:
    """Takes records out, in bounded steps inside the open transaction; each returns the bytes that it gave."""

    def __init__(self, server: Server, shelf: Shelf) -> None:
        self._server, self._shelf = server, shelf

    def taken(self) -> list[Taken]:
        """What every author takes, by kind."""
        return [taken_of(row) for row in self._server.rows(TAKEN)]

    def loose(self, author: bytes, spared: Collection[str], tied: Collection[str], least: int, *, stray: bool) -> int:
        """An author's oldest records that nothing hangs from, until so many bytes are given."""
        self._server.begin()
        values = {"author": author, "spared": sorted(spared), "tied": sorted(tied), "stray": stray, "most": _AT_ONCE}
        given = 0
        for number, size in self._server.rows(_LOOSE, values):
            if given >= least:
                break
            self._shelf.give_up(number)
            given += size
        return given

    def context(self, context: bytes) -> int:
        """Everything that belongs to a contract."""
        return self._give("context = %s", context)

    def person(self, author: bytes, kinds: Collection[str]) -> int:
        """Who somebody is, unless something else of theirs is here or a contract names them."""
        self._server.begin()
        if self._server.row(_OTHERS, {"author": author, "kinds": sorted(kinds)}) is not None:
            return 0
        return self._give("author = %s", author)

    def _give(self, condition: str, value: bytes) -> int:
        self._server.begin()
        rows = self._server.rows(f"SELECT number, {_SIZE} FROM record WHERE {condition} AND shared", (value,))  # noqa: S608
        for number, _ in rows:
            self._shelf.give_up(number)
        return sum(row[1] for row in rows)


def taken_of(row: Row) -> Taken:
    """A row of `TAKEN`."""
    return Taken(bytes(row[0]), str(row[1]), int(row[2]), int(row[3]))
