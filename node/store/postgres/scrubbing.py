"""What is left to do once an erasure is committed: words that no offer has any more, then the pages of the tables.

PostgreSQL writes its own log and its backups: how long these keep what was erased is the operator's to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..erasing import Scrubbing as OwnScrubbing
    from .server import Server

_WORDS_AT_ONCE = 256
_NEXT = """SELECT number, word, EXISTS (SELECT 1 FROM offer WHERE words @> ARRAY[word.word])
  FROM word WHERE number > %s ORDER BY number LIMIT %s"""
_TABLES = ("record", "offer", "word")


class Scrubbing:
    """See `erasing.Scrubbing`: the same methods, for the server and for this node's own file."""

    def __init__(self, server: Server, own: OwnScrubbing) -> None:
        self._server, self._own = server, own
        self._sifted = 0

    def due(self) -> bool:
        """Whether something was erased and not yet scrubbed, perhaps by a process that ended too early."""
        return self._server.row("SELECT 1 FROM erased WHERE NOT scrubbed LIMIT 1") is not None

    def step(self) -> bool:
        """Do a little, and commit; False when there is nothing left to do."""
        self._server.begin()
        rows = self._server.rows(_NEXT, (self._sifted, _WORDS_AT_ONCE))
        unused = [word for _, word, used in rows if not used]
        if unused:
            self._server.write("DELETE FROM word WHERE word = ANY(%s)", (unused,))
            self._server.met.difference_update(unused)
        self._server.commit()
        self._sifted = int(rows[-1][0]) if rows else 0
        return bool(rows)

    def cut(self) -> bool:
        """Take dead rows out of the tables' pages and cut this node's own log; from any thread."""
        for table in _TABLES:
            self._server.apart(f"VACUUM {table}")
        return self._own.cut()

    def done(self) -> None:
        """Nothing of what was erased is left in any table."""
        self._server.write("UPDATE erased SET scrubbed = true WHERE NOT scrubbed")
        self._server.commit()
