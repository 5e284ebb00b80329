"""The places of a door: when all are taken, whoever only waits for its next request gives way, the longest idle first.

Browsers keep connections open that they may never use again; without this, a person with many windows is shut out.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

import trio

if TYPE_CHECKING:
    from collections.abc import Generator

LEAVES_S = 1.0
"""Whoever gives way is gone within this."""
_LOG = logging.getLogger(__name__)


class Places:
    """So many connections at once."""

    def __init__(self, most: int) -> None:
        self._limiter = trio.CapacityLimiter(most)
        self._idle: dict[object, trio.CancelScope] = {}

    async def take(self, who: object) -> bool:
        """A place for a connection; whether there was one."""
        try:
            self._limiter.acquire_on_behalf_of_nowait(who)
        except trio.WouldBlock:
            if not self._idle:
                _LOG.warning("more than %d connections at once: one is turned away", self._limiter.total_tokens)
                return False
            self._idle.pop(next(iter(self._idle))).cancel()
            with trio.move_on_after(LEAVES_S) as late:
                await self._limiter.acquire_on_behalf_of(who)
            return not late.cancelled_caught
        return True

    def leave(self, who: object) -> None:
        """A connection has ended."""
        self._limiter.release_on_behalf_of(who)

    @contextmanager
    def idle(self, who: object) -> Generator[trio.CancelScope]:
        """While a connection waits for a request: the scope is cancelled when somebody else needs the place."""
        with trio.CancelScope() as scope:
            self._idle[who] = scope
            try:
                yield scope
            finally:
                self._idle.pop(who, None)
