"""`ports.Verdicts` for nodes that share records: each judges all contracts again when it starts.

What was found out stands in the memory of whoever found it out. What others change or take away is read from a table
that all of them write to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.ports.verdicts import Counting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...core.reputation.opinions import Opinion
    from .server import Server

_NAME_BYTES = 8
_AMENDED = "SELECT number, contract FROM amended WHERE number > %s ORDER BY number"


class PostgresVerdicts:
    """See `ports.Verdicts`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        row = server.row("SELECT coalesce(max(number), 0) FROM amended")
        self._read = 0 if row is None else int(row[0])
        self._judged: set[bytes] = set()
        self._waiting: set[bytes] = set()
        self._changed: set[bytes] = set()

    def position(self, rules: str) -> int:
        """See `ports.Verdicts`. Nothing is left of what another process found out, by whatever rules."""
        del rules
        self._judged.clear()
        self._waiting.clear()
        self._changed.clear()
        return 0

    def counting(self) -> Counting:
        """See `ports.Verdicts`."""
        return Counting({}, [])

    def keep(self, contract: bytes, opinions: Sequence[Opinion], *, waits: bool) -> None:
        """See `ports.Verdicts`."""
        self._changed.discard(contract)
        (self._judged.add if opinions else self._judged.discard)(contract)
        (self._waiting.add if waits else self._waiting.discard)(contract)

    def waiting(self) -> list[bytes]:
        """See `ports.Verdicts`."""
        return sorted(self._waiting)

    def changed(self) -> list[bytes]:
        """See `ports.Verdicts`."""
        for number, contract in self._server.rows(_AMENDED, (self._read,)):
            self._read = int(number)
            if bytes(contract) in self._judged:
                self._changed.add(bytes(contract))
        return sorted(self._changed)

    def shadowed(self, review: bytes) -> bool:
        """See `ports.Verdicts`."""
        query = "SELECT 1 FROM record WHERE id >= %s AND id < %s LIMIT 1"
        return self._server.row(query, (review[:_NAME_BYTES], review)) is not None

    def reached(self, position: int) -> None:
        """See `ports.Verdicts`: the next start begins from the first record in any case."""
