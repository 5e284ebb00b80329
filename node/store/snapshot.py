"""The sketch on the disk: written now and then and at the end, so that a start need not make it anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.errors import ProtocolError
from freehold.protocol.reconcile.keys import SUM_BYTES, key, number_of
from freehold.protocol.reconcile.sketch import CELLS, Sketch, load

if TYPE_CHECKING:
    from freehold.protocol.reconcile.keys import OrderedKeys

    from .database import Database
    from .views import SketchUpkeep

EVERY_MS = 60_000
"""48 KiB a minute at most."""
_REPLAYED = 50_000
"""Records that arrived after the snapshot and are put in at the start; with more, it is made anew."""
_MASK = (1 << 8 * SUM_BYTES) - 1


class Snapshot:
    """See the module. A snapshot says which set it is of, so a wrong one is noticed: by its number of keys and sum."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written: tuple[int, int] | None = None
        self._at = 0
        database.on_rollback(self._forget)

    def read_into(self, upkeep: SketchUpkeep, keys: OrderedKeys) -> None:
        """Begin with the snapshot and what arrived after it, if that is the set; else with nothing."""
        whole = (len(keys), keys.total)
        row = self._database.row("SELECT number, count, total, cells FROM sketch")
        if row is None:
            upkeep.begin(None if whole[0] else Sketch())
            return
        query = "SELECT at, id FROM record WHERE number > ? AND shared = 1 LIMIT ?"
        later = [key(at, name) for at, name in self._database.rows(query, (row[0], _REPLAYED + 1))]
        total = (int.from_bytes(row[2], "big") + sum(map(number_of, later))) & _MASK
        try:
            cells = load(row[3])
        except ProtocolError:
            cells = []
        if len(later) > _REPLAYED or len(cells) != CELLS or (row[1] + len(later), total) != whole:
            upkeep.begin(None if whole[0] else Sketch())
            return
        upkeep.begin(Sketch(cells))
        for one in later:
            upkeep.changed(one)
        self._written = whole if not later else None

    def offer(self, now: int, upkeep: SketchUpkeep, keys: OrderedKeys) -> None:
        """Write it, if the last one is old."""
        if now >= self._at + EVERY_MS and upkeep.current:
            self._at = now
            self.write(upkeep, keys)

    def _forget(self) -> None:
        self._written = None

    def write(self, upkeep: SketchUpkeep, keys: OrderedKeys) -> None:
        """Write it, if it is up to date and the set has changed."""
        whole = (len(keys), keys.total)
        cells = upkeep.cells() if whole != self._written else None
        if cells is None:
            return
        row = self._database.row("SELECT max(number) FROM record")
        values = (row[0] or 0 if row else 0, whole[0], whole[1].to_bytes(SUM_BYTES, "big"), Sketch(cells).dump())
        self._database.write(
            "INSERT OR REPLACE INTO sketch (only, number, count, total, cells) VALUES (1, ?, ?, ?, ?)", values
        )
        self._written = whole
