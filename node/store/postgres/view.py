"""The set of one domain, gathered from the records piece by piece, then kept up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from freehold.protocol.keylog import INCEPTION
from freehold.protocol.reconcile.keys import OrderedKeys, key

from ..views import GATHERED_AT_ONCE, SketchUpkeep

if TYPE_CHECKING:
    from freehold.protocol.reconcile.domain import Domain

    from .server import Server


class View:
    """See `ports.View`."""

    def __init__(self, server: Server, domain: Domain) -> None:
        self._server, self._domain = server, domain
        self._condition, self._values = _condition(domain)
        self._gathered: set[bytes] = set()
        self._number = 0
        self._upkeep = SketchUpkeep()
        self.keys = OrderedKeys()
        self.ready = domain.nobody

    def sketch(self) -> list[int] | None:
        """See `ports.View`."""
        return self._upkeep.cells()

    def note_if_its(self, one: bytes, author: bytes, kind: str, at: int, *, present: bool) -> None:
        """A key came or went."""
        if not self._holds(author, kind, at):
            return
        if not self.ready:
            (self._gathered.add if present else self._gathered.discard)(one)
        elif self.keys.add(one) if present else self.keys.discard(one):
            self._upkeep.changed(one)

    def work(self) -> bool:
        """Gather a little more; whether there is more to do."""
        if self.ready:
            return self._upkeep.work(self.keys)
        query = f"SELECT number, at, id FROM record WHERE number > %s AND shared AND {self._condition}"  # noqa: S608
        rows = self._server.rows(f"{query} ORDER BY number LIMIT %s", (self._number, *self._values, GATHERED_AT_ONCE))
        self._gathered.update(key(at, bytes(name)) for _, at, name in rows)
        if len(rows) == GATHERED_AT_ONCE:
            self._number = int(rows[-1][0])
            return True
        asides = self._server.rows(f"SELECT at, id FROM aside WHERE {self._condition}", self._values)  # noqa: S608
        self._gathered.update(key(at, bytes(name)) for at, name in asides)
        self.keys = OrderedKeys.of(sorted(self._gathered))
        self._gathered = set()
        self._upkeep.begin()
        self.ready = True
        return True

    def _holds(self, author: bytes, kind: str, at: int) -> bool:
        """As `Domain.holds`, of what a step says."""
        domain = self._domain
        if domain.nobody or (domain.people and author not in domain.people):
            return False
        return kind == INCEPTION.name or (at >= domain.since and (not domain.kinds or kind in domain.kinds))


def _condition(domain: Domain) -> tuple[str, list[Any]]:
    """A domain as SQL."""
    author = "author = ANY(%s)" if domain.people else "true"
    kind = "kind = ANY(%s)" if domain.kinds else "true"
    people, kinds = [sorted(domain.people)] if domain.people else [], [sorted(domain.kinds)] if domain.kinds else []
    return f"{author} AND (kind = %s OR (at >= %s AND {kind}))", [*people, INCEPTION.name, domain.since, *kinds]
