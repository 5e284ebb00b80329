"""`ports.Verdicts` for nodes that share records: what any of them found out serves all of them when they start.

A question does not write: that would keep others from writing until it is committed. What was found out waits in memory
and is written with whatever is committed next, some of it at a time. Rows are at least as new as `position` says:
whoever comes with less than another has written leaves that as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.ports.verdicts import Counting
from ...core.reputation.opinions import encode, flags_of
from ..names import key_of
from .ranges import KEPT_STEPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...core.reputation.opinions import Opinion
    from .server import Server

_NAME_BYTES = 8
_SECOND_MS = 1000
_WRITTEN_AT_ONCE = 2_000
"""Contracts: about half a second in which others wait."""
_REVIEWED = "EXISTS (SELECT 1 FROM record JOIN review USING (number) WHERE record.context = contract)"
_AMENDED = f"SELECT number, contract FROM amended WHERE number > %s AND {_REVIEWED} ORDER BY number"  # noqa: S608
_LAST_AMENDED = "SELECT coalesce(max(number), 0) FROM amended"
_KEEP = (
    "INSERT INTO verdict (number, contract, author, subject, levels, at, review, flags)"
    " SELECT number, %s, %s, %s, %s, %s, %s, %s FROM record WHERE id = %s"
)
_REACHED = """INSERT INTO judged (single, rules, position, amended) VALUES (true, %(rules)s, %(position)s, %(amended)s)
  ON CONFLICT (single) DO UPDATE SET rules = %(rules)s, position = %(position)s, amended = %(amended)s"""


class PostgresVerdicts:
    """See `ports.Verdicts`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._rules = ""
        self._position = self._amended = 0
        self._anew = self._moved = False
        self._doubtful: int | None = None
        self._found: dict[bytes, tuple[list[tuple[Any, ...]], bool]] = {}
        """By contract: rows to be written, and whether it waits."""
        self._writing: dict[bytes, tuple[list[tuple[Any, ...]], bool]] = {}
        self._changed: set[bytes] = set()
        server.on_commit(self._written)
        server.on_rollback(self._lost)

    def position(self, rules: str) -> int:
        """See `ports.Verdicts`."""
        self._rules, self._moved, self._doubtful = rules, False, None
        self._found.clear()
        self._changed.clear()
        last = self._number(_LAST_AMENDED)
        row = self._server.row("SELECT position, amended FROM judged WHERE rules = %s", (rules,))
        self._anew = row is None or int(row[1]) < last - KEPT_STEPS  # what is older may have been trimmed
        self._position, self._amended = (0, last) if row is None or self._anew else (int(row[0]), int(row[1]))
        return self._position

    def counting(self) -> Counting:
        """See `ports.Verdicts`. Numbers of identities are this answer's own."""
        numbers: dict[bytes, int] = {}
        rows: list[tuple[int, int, int, int, int, int]] = []
        for author, subject, *rest in self._server.rows(
            "SELECT author, subject, levels, at, review, flags FROM verdict"
        ):
            by, of = (numbers.setdefault(bytes(name), len(numbers)) for name in (author, subject))
            levels, at, review, flags = map(int, rest)
            rows.append((by, of, levels, at, review, flags))
        return Counting({number: name for name, number in numbers.items()}, rows)

    def keep(self, contract: bytes, opinions: Sequence[Opinion], *, waits: bool) -> None:
        """See `ports.Verdicts`."""
        self._changed.discard(contract)
        self._found[contract] = [_row(contract, one) for one in opinions], waits

    def waiting(self) -> list[bytes]:
        """See `ports.Verdicts`."""
        rows = self._server.rows(f"SELECT contract FROM waiting WHERE {_REVIEWED} ORDER BY contract")  # noqa: S608
        return [bytes(row[0]) for row in rows]

    def changed(self) -> list[bytes]:
        """See `ports.Verdicts`."""
        for number, contract in self._server.rows(_AMENDED, (self._amended,)):
            self._amended = int(number)
            self._changed.add(bytes(contract))
        return sorted(self._changed)

    def shadowed(self, review: bytes) -> bool:
        """See `ports.Verdicts`."""
        query = "SELECT 1 FROM record WHERE id >= %s AND id < %s LIMIT 1"
        return self._server.row(query, (review[:_NAME_BYTES], review)) is not None

    def reached(self, position: int) -> None:
        """See `ports.Verdicts`."""
        self._position, self._moved = position, True

    def settle(self) -> None:
        """Write some of what was found out into the transaction that is committed next."""
        if not (self._found or self._moved) or self._writing:
            return
        self._server.begin()
        row = self._server.row("SELECT rules, position, amended FROM judged")
        ours = row is not None and row[0] == self._rules
        if (not ours and not self._anew) or (ours and row is not None and row[1] > self._position):
            self._leave(None if row is None else int(row[2]))
            return
        if self._anew:
            self._server.write("DELETE FROM verdict")
            self._server.write("DELETE FROM waiting")
            self._reach(0)
        for contract in list(self._found)[:_WRITTEN_AT_ONCE]:
            self._writing[contract] = self._found.pop(contract)
        for contract in self._writing:
            self._server.write_later("DELETE FROM verdict WHERE contract = %s", (contract,))
            self._server.write_later("DELETE FROM waiting WHERE contract = %s", (contract,))
        for contract, (rows, waits) in self._writing.items():
            for values in rows:
                self._server.write_later(_KEEP, values)
            if waits:
                self._server.write_later("INSERT INTO waiting (contract) VALUES (%s)", (contract,))
        if not self._found:
            self._reach(self._position)

    def _leave(self, amended: int | None) -> None:
        """What is written is by other rules, or by somebody who has read on: it stays. What was judged here because it
        was amended may be missing in it: whoever starts next has to look at that."""
        self._found.clear()
        self._anew = self._moved = False
        if amended is not None:
            self._doubtful = amended if self._doubtful is None else min(amended, self._doubtful)

    def _reach(self, position: int) -> None:
        # Of what was amended, all has been judged anew when nothing is left of it; else it is looked at again.
        row = self._server.row("SELECT amended FROM judged WHERE rules = %s", (self._rules,))
        amended = self._amended if row is None or not self._changed else int(row[0])
        amended = amended if self._doubtful is None else min(amended, self._doubtful)
        self._server.write(_REACHED, {"rules": self._rules, "position": position, "amended": amended})

    def _written(self) -> None:
        if self._writing or self._moved:
            self._anew = False
            self._moved = self._moved and bool(self._found)
        self._writing.clear()

    def _lost(self) -> None:
        self._found = {**self._writing, **self._found}
        self._writing.clear()

    def _number(self, query: str) -> int:
        row = self._server.row(query)
        return 0 if row is None else int(row[0])


def _row(contract: bytes, one: Opinion) -> tuple[Any, ...]:
    flags = flags_of(one.as_role, one.grade, one.band)
    at, key = one.at // _SECOND_MS, key_of(one.review)
    return (contract, one.by, one.of, encode(one.levels), at, key, flags, one.review)
