"""`ports.Ranges` over SQLite: the index of everything shared, kept up in memory and, as buckets, in the transaction.

What a transaction changes is undone in memory when it is rolled back. Sketches are brought up to date in idle moments:
4 to 10 microseconds a record that nobody has to wait for.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from freehold.protocol.envelope import RecordId
from freehold.protocol.reconcile.keys import (
    KEY_BYTES,
    START,
    SUM_BYTES,
    TIME_BYTES,
    OrderedKeys,
    Stale,
    id_of,
    key,
    time_of,
)

from .names import key_of
from .snapshot import Snapshot
from .views import DomainView, SketchUpkeep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from freehold.protocol.header import Header
    from freehold.protocol.reconcile.domain import Domain

    from .database import Database, Row
    from .names import Names

ASIDE = 200_000
"""Ids put aside, about 20 MB. Beyond, they are brought again and refused again."""
VIEWS = 4
"""Domains other than everything for which sets are kept in memory; the one longest unused goes first."""
_FORGOTTEN_AT_ONCE = 64
FOR_EVER = _LAST_TIME = (1 << 63) - 1


class SqliteRanges:
    """See `ports.Ranges`."""

    def __init__(self, database: Database, names: Names) -> None:
        self._database, self._names = database, names
        self._snapshot = Snapshot(database)
        self._views: OrderedDict[Domain, DomainView] = OrderedDict()
        self._done: list[tuple[bytes, int]] = []
        self._coming: dict[bytes, bytes] = {}
        """Keys and ids of records whose rows wait as well: they are counted together, just before these are written."""
        self._asides = self._asides_done = 0
        self._stale = self._recounted = False
        self._open()
        database.before_flush(self._settle)
        database.on_commit(self._write_buckets, self._committed)
        database.on_rollback(self._undo)

    @property
    def keys(self) -> OrderedKeys:
        """Everything that is shared, and what was put aside."""
        if self._coming:
            self._database.flush()
        if self._stale:
            self._count_again()
        return self._keys

    def sketch(self) -> list[int] | None:
        """See `ports.View`."""
        if self._coming:
            self._database.flush()
        return self._upkeep.cells()

    def view(self, domain: Domain) -> SqliteRanges | DomainView | None:
        """See `ports.Ranges`."""
        if domain.everything:
            return self
        view = self._views.get(domain)
        if view is None:
            view = self._views[domain] = DomainView(self._database, self._names, domain)
            if len(self._views) > VIEWS:
                self._views.popitem(last=False)
        self._views.move_to_end(domain)
        return view if view.ready else None

    def find(self, name: bytes) -> list[RecordId]:
        """See `ports.Ranges`."""
        rows = self._database.rows("SELECT id FROM record WHERE id_key = ? AND shared = 1", (key_of(name),))
        return [RecordId(row[0]) for row in rows if row[0].startswith(name)]

    def known(self, name: bytes) -> bool:
        """See `ports.Ranges`."""
        rows = self._database.rows(_KNOWN, (key_of(name), name, name + b"\xff" * (KEY_BYTES - TIME_BYTES - len(name))))
        return any(row[0].startswith(name) for row in rows)

    def find_each(self, names: Sequence[bytes]) -> dict[bytes, list[RecordId]]:
        """See `ports.Ranges`. One by one: 4 microseconds each."""
        found = ((name, self.find(name)) for name in dict.fromkeys(names))
        return {name: ids for name, ids in found if ids}

    def known_among(self, names: Sequence[bytes]) -> set[bytes]:
        """See `ports.Ranges`."""
        return {name for name in names if self.known(name)}

    def put_aside(self, record_id: bytes, header: Header, until: int) -> bool:
        """See `ports.Ranges`."""
        one = key(header.at, record_id)
        if self._asides >= ASIDE or not self._add(one):
            return False
        author, kind = self._names.new_author(header.by), self._names.new_kind(header.kind)
        values = (header.at, record_id, key_of(record_id), author, kind, until)
        self._database.write("INSERT INTO aside (at, id, id_key, author, kind, till) VALUES (?, ?, ?, ?, ?, ?)", values)
        self._count_asides(1)
        self._tell_views(header, one, present=True)
        return True

    def reconsider(self, author: bytes) -> int:
        """See `ports.Ranges`."""
        return self._forget("author = ?", self._names.author(author), ASIDE)

    def tend(self, now: int) -> bool:
        """See `ports.Ranges`."""
        busy = self._forget("till < ?", now, _FORGOTTEN_AT_ONCE) == _FORGOTTEN_AT_ONCE
        try:
            busy = self._upkeep.work(self.keys) or busy
            for view in self._views.values():
                busy = view.work() or busy
            busy = self.keys.load_one() or busy
        except Stale:
            self._count_again()
            busy = True
        self._snapshot.offer(now, self._upkeep, self.keys)
        return busy

    def close(self) -> None:
        """Write the sketch, if it is up to date. The caller commits."""
        self._snapshot.write(self._upkeep, self.keys)

    # What the shelf tells

    def shared(self, record_id: bytes, header: Header) -> None:
        """A record is kept and given to others from now on. Its row is to be written later, and waits already."""
        one = key(header.at, record_id)
        self._coming[one] = record_id
        if self._views:
            self._tell_views(header, one, present=True)

    def withdrawn(self, record_id: bytes, header: Header) -> None:
        """A shared record is no longer kept."""
        one = key(header.at, record_id)
        self._discard(one)
        self._tell_views(header, one, present=False)

    def _settle(self) -> None:
        """Count what has come, while its rows are not there: should everything be counted again, they are not in it."""
        if not self._coming:
            return
        coming, self._coming = self._coming, {}
        if self._stale:
            self._count_again()
        try:
            there = self._keys.add_many(coming)
        except Stale:
            self._count_again()
            there = self._keys.add_many(coming)
        for one in there:  # it was put aside before, or is put back with its body
            record_id = coming.pop(one)
            values = (time_of(one), record_id)
            self._count_asides(-self._database.write("DELETE FROM aside WHERE at = ? AND id = ?", values).rowcount)
        self._done += [(one, 1) for one in coming]
        self._upkeep.changed_many(coming)

    def _add(self, one: bytes) -> bool:
        added = self._certain(lambda keys: keys.add(one))
        if added:
            self._done.append((one, 1))
            self._upkeep.changed(one)
        return added

    def _discard(self, one: bytes) -> None:
        if self._certain(lambda keys: keys.discard(one)):
            self._done.append((one, -1))
            self._upkeep.changed(one)

    def _certain(self, act: Callable[[OrderedKeys], bool]) -> bool:
        try:
            return act(self.keys)
        except Stale:
            self._count_again()
            return act(self._keys)

    def _tell_views(self, header: Header, one: bytes, *, present: bool) -> None:
        for domain, view in self._views.items():
            if domain.holds(header):
                view.note(one, present=present)

    def _forget(self, condition: str, value: int | None, most: int) -> int:
        query = f"SELECT at, id FROM aside WHERE {condition} LIMIT ?"  # noqa: S608  -- two conditions of our own
        rows = self._database.rows(query, (value, most))
        for at, name in rows:
            one = key(at, name)
            self._discard(one)
            self._database.write("DELETE FROM aside WHERE at = ? AND id = ?", (at, name))
            for view in self._views.values():
                view.note(one, present=False)
        self._count_asides(-len(rows))
        return len(rows)

    def _count_asides(self, by: int) -> None:
        self._asides += by
        self._asides_done += by

    # Memory and disk

    def _open(self) -> None:
        rows = self._database.rows("SELECT low, count, total FROM bucket ORDER BY low")
        kept = [(low, count, int.from_bytes(total, "big")) for low, count, total in rows]
        self._keys = OrderedKeys(kept, self._load)
        self._asides = int(self._database.rows("SELECT count(*) FROM aside")[0][0])
        self._upkeep = SketchUpkeep()
        if not rows and self._database.row("SELECT 1 FROM record WHERE shared = 1 LIMIT 1") is not None:
            self._count_again()
        self._snapshot.read_into(self._upkeep, self._keys)

    def _count_again(self) -> None:
        """The buckets are not what records say: a database from before there were any, or that somebody changed."""
        self._keys = OrderedKeys.of(self._keys_on_disk(START, None))
        self._database.write("DELETE FROM bucket")
        self._done.clear()
        self._stale, self._recounted = False, True
        self._upkeep = SketchUpkeep()
        self._upkeep.begin()

    def _load(self, low: bytes, high: bytes | None) -> bytes:
        return b"".join(self._keys_on_disk(low, high))

    def _keys_on_disk(self, low: bytes, high: bytes | None) -> list[bytes]:
        end = (_LAST_TIME, b"") if high is None else (time_of(high), id_of(high))
        rows: list[Row] = self._database.rows(_KEYS, (time_of(low), id_of(low), *end))
        return [at.to_bytes(TIME_BYTES, "big") + name for at, name in rows]

    def _write_buckets(self) -> None:
        keys = self._keys
        for low in keys.removed:
            self._database.write("DELETE FROM bucket WHERE low = ?", (low,))
        for low, count, total in keys.rows(keys.changed):
            values = (low, count, total.to_bytes(SUM_BYTES, "big"))
            self._database.write("INSERT OR REPLACE INTO bucket (low, count, total) VALUES (?, ?, ?)", values)

    def _committed(self) -> None:
        self._keys.changed.clear()
        self._keys.removed.clear()
        self._done.clear()
        self._asides_done, self._recounted = 0, False

    def _undo(self) -> None:
        """What was written is lost; buckets that it changed stay marked, and are written again with the next."""
        undone, self._done = self._done, []
        self._coming.clear()
        self._asides, self._asides_done = self._asides - self._asides_done, 0
        self._views.clear()
        self._stale, self._recounted = self._stale or self._recounted, False
        try:
            for one, by in reversed(undone):
                (self._keys.discard if by > 0 else self._keys.add)(one)
                self._upkeep.changed(one)
        except Stale:
            self._stale = True


_KEYS = """SELECT at, id FROM (
  SELECT at, id FROM record WHERE shared = 1 AND (at, id) >= (?1, ?2) AND (at, id) < (?3, ?4)
  UNION ALL SELECT at, id FROM aside WHERE (at, id) >= (?1, ?2) AND (at, id) < (?3, ?4)
) ORDER BY at, id"""
_KNOWN = """SELECT id FROM record WHERE id_key = ?1 UNION ALL SELECT id FROM replaced WHERE id_key = ?1
  UNION ALL SELECT id FROM aside WHERE id_key = ?1 UNION ALL SELECT id FROM erased WHERE id BETWEEN ?2 AND ?3"""
