"""The set of one domain over PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from freehold.protocol.keylog import INCEPTION

from ..views import Gathering

if TYPE_CHECKING:
    from freehold.protocol.reconcile.domain import Domain

    from .server import Server


class View(Gathering):
    """See `ports.View`."""

    def __init__(self, server: Server, domain: Domain) -> None:
        super().__init__(domain)
        self._server, self._domain = server, domain
        self._condition, self._values = _condition(domain)

    def note_if_its(self, one: bytes, author: bytes, kind: str, at: int, *, present: bool) -> None:
        """A key came or went."""
        if self._holds(author, kind, at):
            self.note(one, present=present)

    def _shared_after(self, number: int, limit: int) -> list[tuple[int, int, bytes]]:
        query = f"SELECT number, at, id FROM record WHERE number > %s AND shared AND {self._condition}"  # noqa: S608
        rows = self._server.rows(f"{query} ORDER BY number LIMIT %s", (number, *self._values, limit))
        return [(int(each), int(at), bytes(name)) for each, at, name in rows]

    def _put_aside(self) -> list[tuple[int, bytes]]:
        rows = self._server.rows(f"SELECT at, id FROM aside WHERE {self._condition}", self._values)  # noqa: S608
        return [(int(at), bytes(name)) for at, name in rows]

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
