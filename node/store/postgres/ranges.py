"""`ports.Ranges` over PostgreSQL: the set stands in each node's memory and follows the steps that any of them writes.

A step is written in the transaction that changes the set. This node's own are in memory at once, and undone when the
transaction is lost; others' are read at the begin of a transaction, and whenever somebody asks for the set.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from freehold.protocol.envelope import RecordId
from freehold.protocol.reconcile.keys import KEY_BYTES, TIME_BYTES, OrderedKeys, key

from ..views import SketchUpkeep
from .view import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from freehold.protocol.header import Header
    from freehold.protocol.reconcile.domain import Domain

    from .server import Server

ASIDE = 200_000
"""Ids put aside. Beyond, they are brought again and refused again."""
VIEWS = 4
KEPT_STEPS = 200_000
"""A node that is further behind reads the whole set again."""
_TRIMMED_AT = 1000
_FORGOTTEN_AT_ONCE = 64
_FOLLOWED_AT_ONCE = 10_000
FOR_EVER = (1 << 63) - 1
_ID_BYTES = KEY_BYTES - TIME_BYTES
_PREFIX_BYTES = 8
_KEYS = "SELECT at, id FROM record WHERE shared UNION ALL SELECT at, id FROM aside ORDER BY 1, 2"
_STEPS = "SELECT number, at, id, author, kind, present FROM step WHERE number > %s ORDER BY number LIMIT %s"
_FIND = "SELECT id FROM record WHERE id >= %s AND id <= %s AND shared"
_KNOWN = " UNION ALL ".join(
    f"SELECT id FROM {table} WHERE id >= %(low)s AND id <= %(high)s"  # noqa: S608  -- our own tables
    for table in ("record", "replaced", "aside", "erased")
)


_ASKED = "unnest(%(lows)s::bytea[], %(highs)s::bytea[]) AS asked (low, high)"
_FIND_EACH = f"SELECT id FROM {_ASKED} JOIN record ON id BETWEEN low AND high WHERE shared"  # noqa: S608  -- our own
_KNOWN_AMONG = " UNION ".join(
    f"SELECT id FROM {_ASKED} JOIN {table} ON id BETWEEN low AND high"  # noqa: S608  -- our own tables
    for table in ("record", "replaced", "aside", "erased")
)


class PostgresRanges:
    """See `ports.Ranges`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._views: OrderedDict[Domain, View] = OrderedDict()
        self._upkeep = SketchUpkeep()
        self._done: list[tuple[bytes, bool]] = []
        self._load()
        server.on_overtaken(self.follow)
        server.on_commit(self._committed)
        server.on_rollback(self._undo)

    @property
    def keys(self) -> OrderedKeys:
        """Everything that is shared, and what was put aside."""
        return self._keys

    def sketch(self) -> list[int] | None:
        """See `ports.View`."""
        return self._upkeep.cells()

    def view(self, domain: Domain) -> PostgresRanges | View | None:
        """See `ports.Ranges`."""
        self.follow()
        if domain.everything:
            return self
        view = self._views.get(domain)
        if view is None:
            view = self._views[domain] = View(self._server, domain)
            if len(self._views) > VIEWS:
                self._views.popitem(last=False)
        self._views.move_to_end(domain)
        return view if view.ready else None

    def find(self, name: bytes) -> list[RecordId]:
        """See `ports.Ranges`."""
        return [RecordId(bytes(row[0])) for row in self._server.rows(_FIND, _ends(name))]

    def known(self, name: bytes) -> bool:
        """See `ports.Ranges`."""
        low, high = _ends(name)
        return self._server.row(f"{_KNOWN} LIMIT 1", {"low": low, "high": high}) is not None

    def find_each(self, names: Sequence[bytes]) -> dict[bytes, list[RecordId]]:
        """See `ports.Ranges`. In one statement: a thousand of them would hold the event loop up for as many answers."""
        found: dict[bytes, list[RecordId]] = {}
        for row in self._server.rows(_FIND_EACH, _all_ends(names)):
            name = bytes(row[0])
            found.setdefault(name[:_PREFIX_BYTES], []).append(RecordId(name))
        return found

    def known_among(self, names: Sequence[bytes]) -> set[bytes]:
        """See `ports.Ranges`. In one statement, too."""
        size = len(names[0]) if names else 0
        return {bytes(row[0])[:size] for row in self._server.rows(_KNOWN_AMONG, _all_ends(names))} if names else set()

    def put_aside(self, record_id: bytes, header: Header, until: int) -> bool:
        """See `ports.Ranges`."""
        self._server.begin()
        if self._asides >= ASIDE or key(header.at, record_id) in self._keys:
            return False
        values = (record_id, header.at, header.by, header.kind, until)
        self._server.write("INSERT INTO aside (id, at, author, kind, till) VALUES (%s, %s, %s, %s, %s)", values)
        self._asides += 1
        self._step(record_id, header.at, header.by, header.kind, present=True)
        return True

    def reconsider(self, author: bytes) -> int:
        """See `ports.Ranges`."""
        return self._forget("author = %s", author, ASIDE)

    def tend(self, now: int) -> bool:
        """See `ports.Ranges`."""
        self.follow()
        busy = self._forget("till < %s", now, _FORGOTTEN_AT_ONCE) == _FORGOTTEN_AT_ONCE
        busy = self._upkeep.work(self._keys) or busy
        for view in self._views.values():
            busy = view.work() or busy
        self._trim()
        return busy

    def follow(self) -> None:
        """Take over what other nodes have written. Within a transaction that writes, there is nothing."""
        if self._done:
            return
        while rows := self._server.rows(_STEPS, (self._followed, _FOLLOWED_AT_ONCE)):
            if rows[0][0] != self._followed + 1:
                self._load()
                return
            for number, at, name, author, kind, present in rows:
                self._followed = int(number)
                self._change(key(at, bytes(name)), bytes(author), str(kind), int(at), present=bool(present))
        self._settled = self._followed, self._asides

    # What the shelf tells

    def shared(self, record_id: bytes, header: Header) -> None:
        """A record is kept and given to others from now on."""
        if key(header.at, record_id) in self._keys:  # it was put aside before
            self._asides -= self._server.write("DELETE FROM aside WHERE id = %s", (record_id,))
            return
        self._step(record_id, header.at, header.by, header.kind, present=True)

    def withdrawn(self, record_id: bytes, header: Header) -> None:
        """A shared record is no longer kept."""
        self._step(record_id, header.at, header.by, header.kind, present=False)

    def _step(self, record_id: bytes, at: int, author: bytes, kind: str, *, present: bool) -> None:
        one = key(at, record_id)
        if (one in self._keys) == present:
            return
        counts = self._server.begin()
        counts.step += 1
        values = (counts.step, at, record_id, author, kind, present)
        self._server.write_later(
            "INSERT INTO step (number, at, id, author, kind, present) VALUES (%s, %s, %s, %s, %s, %s)", values
        )
        self._done.append((one, present))
        self._followed = counts.step
        self._change(one, author, kind, at, present=present)

    def _change(self, one: bytes, author: bytes, kind: str, at: int, *, present: bool) -> None:
        if self._keys.add(one) if present else self._keys.discard(one):
            self._upkeep.changed(one)
        for view in self._views.values():
            view.note_if_its(one, author, kind, at, present=present)

    def _forget(self, condition: str, value: object, most: int) -> int:
        query = f"SELECT id, at, author, kind FROM aside WHERE {condition} LIMIT %s"  # noqa: S608  -- two of our own
        if not self._server.rows(query, (value, 1)):
            return 0
        self._server.begin()
        rows = self._server.rows(query, (value, most))
        for name, at, author, kind in rows:
            self._server.write("DELETE FROM aside WHERE id = %s", (name,))
            self._step(bytes(name), int(at), bytes(author), str(kind), present=False)
        self._asides -= len(rows)
        return len(rows)

    def _trim(self) -> None:
        oldest = self._followed - KEPT_STEPS - _TRIMMED_AT
        if self._trimmed < oldest:
            self._trimmed = oldest + _TRIMMED_AT
            self._server.write("DELETE FROM step WHERE number <= %s", (self._trimmed,))
            self._server.write(
                "DELETE FROM amended WHERE number <= (SELECT max(number) FROM amended) - %s", (KEPT_STEPS,)
            )

    def _load(self) -> None:
        """Read the whole set: the steps first, since one that is taken twice does no harm."""
        row = self._server.row("SELECT step FROM meta")
        self._followed = self._trimmed = 0 if row is None else int(row[0])
        self._trimmed -= KEPT_STEPS
        self._keys = OrderedKeys.of(key(at, bytes(name)) for at, name in self._server.rows(_KEYS))
        asides = self._server.row("SELECT count(*) FROM aside")
        self._asides = 0 if asides is None else int(asides[0])
        self._views.clear()
        self._upkeep.begin()
        self._settled = self._followed, self._asides

    def _committed(self) -> None:
        self._done.clear()
        self._settled = self._followed, self._asides

    def _undo(self) -> None:
        """What was written is lost."""
        undone, self._done = self._done, []
        self._followed, self._asides = self._settled
        if undone:
            self._views.clear()
        for one, present in reversed(undone):
            (self._keys.discard if present else self._keys.add)(one)
            self._upkeep.changed(one)


def _all_ends(names: Sequence[bytes]) -> dict[str, list[bytes]]:
    ends = [_ends(name) for name in dict.fromkeys(names)]
    return {"lows": [low for low, _ in ends], "highs": [high for _, high in ends]}


def _ends(name: bytes) -> tuple[bytes, bytes]:
    return name, name.ljust(_ID_BYTES, b"\xff")
