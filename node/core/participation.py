"""What this node's owner wants it to take part in; see `protocol.reconcile.domain`."""

from __future__ import annotations

from dataclasses import dataclass

from freehold.protocol.reconcile.domain import Domain

_DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Participation:
    """Empty kinds are all kinds, no days are all time, no people are everybody."""

    kinds: frozenset[str] = frozenset()
    days: int = 0
    people: frozenset[bytes] = frozenset()

    def domain(self, now: int) -> Domain:
        """The domain at a time. It begins with a day, so that it is the same one all day long."""
        since = 0 if not self.days else max(0, (now // _DAY_MS - self.days) * _DAY_MS)
        return Domain(self.kinds, since, self.people)
