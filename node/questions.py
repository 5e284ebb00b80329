"""Questions to other nodes that wait for their turn: no peer has more than its share of the room or of those who ask.

What a node asks is not only its own choice: who gossips records of people whom it has just invented makes it ask for
their logs. Answered slowly, these would take every place, and keep the questions to all others waiting for as long as
that peer likes.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from typing import TYPE_CHECKING

import trio

from .core.effects import Ask

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

WAITING, WAITING_A_PEER = 8_192, 128
"""A message of gossip brings 32 authors at most; what finds no room is asked again later. In all: of 64 peers."""
AT_ONCE_A_PEER = 4
"""As many as another node answers at a time."""


class Questions:
    """A row for each peer; whose question was taken last is last in turn."""

    def __init__(self) -> None:
        self._rows: OrderedDict[str, deque[Ask]] = OrderedDict()
        self._asked: Counter[str] = Counter()
        self._waiting = 0
        self._idle = trio.lowlevel.ParkingLot()

    def put(self, ask: Ask) -> bool:
        """Take a question up; False if there is no room."""
        row = self._rows.get(ask.peer, deque[Ask]())
        if self._waiting >= WAITING or len(row) >= WAITING_A_PEER:
            return False
        self._rows.setdefault(ask.peer, row).append(ask)
        self._waiting += 1
        self._idle.unpark()
        return True

    async def ask_all(self, ask_one: Callable[[Ask], Awaitable[None]]) -> None:
        """Ask one after the other, for ever; several tasks may."""
        while True:
            ask = self._next()
            if ask is None:
                await self._idle.park()  # whoever ends a question looks for the next itself
                continue
            self._asked[ask.peer] += 1
            try:
                await ask_one(ask)
            finally:
                self._asked[ask.peer] -= 1
                self._asked += Counter()  # forgets peers that are asked nothing

    def _next(self) -> Ask | None:
        for peer, row in self._rows.items():
            if self._asked[peer] < AT_ONCE_A_PEER:
                self._waiting -= 1
                ask = row.popleft()
                self._rows.move_to_end(peer)
                if not row:
                    del self._rows[peer]
                return ask
        return None
