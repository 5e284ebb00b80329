"""Key logs of authors that are not known here: asked of whoever is there, each at most every ten seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.requests import Logs

from .clocks import over
from .effects import Ask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .effects import Effect
    from .parking import Parking

ASKED_AGAIN_MS = 10_000
_AT_ONCE = 16
_MORE_THAN_PARKED = 1_024
"""Authors that are remembered beyond those that are waited for."""


class MissingLogs:
    """When each was last asked for."""

    def __init__(self, parking: Parking) -> None:
        self._parking = parking
        self._asked: dict[bytes, int] = {}

    def ask(self, author: bytes, peer: str, now: int) -> list[Effect]:
        """Ask a peer for somebody's log, unless somebody was just asked."""
        if not over(self._asked.get(author, 0), ASKED_AGAIN_MS, now):
            return []
        if len(self._asked) > len(self._parking) + _MORE_THAN_PARKED:
            self._asked.clear()
        self._asked[author] = now
        return [Ask(peer, Logs((author,)))]

    def due(self, peers: Sequence[str], now: int) -> list[Effect]:
        """Ask one peer after the other for those that parked records wait for."""
        if not peers:
            return []
        effects: list[Effect] = []
        for number, author in enumerate(self._parking.authors()[:_AT_ONCE]):
            effects += self.ask(author, peers[(now // ASKED_AGAIN_MS + number) % len(peers)], now)
        return effects
