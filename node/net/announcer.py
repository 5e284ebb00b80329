"""Gathers records into gossip messages: one that comes alone goes at once, those that follow within 50 ms share one."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import trio

from freehold.protocol import limits
from freehold.protocol.errors import ProtocolError
from freehold.protocol.frame import pack_batch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

BATCH_S = 0.05
"""Between two messages, unless one is full: the 20 a second that a peer is heard at (gossip.py)."""
BATCH_BYTES = 32 * 1024
"""One more record fits: 32 KiB and 17 KiB stay under the frame's 64."""
WAITING = 4_096
"""Records that wait; beyond, `announce` waits too."""
_RECORD_OVERHEAD_BYTES = 8
_LOG = logging.getLogger(__name__)


class Announcer:
    """`publish(topic, data)` sends one gossip message."""

    def __init__(self, publish: Callable[[str, bytes], Awaitable[None]]) -> None:
        self._publish = publish
        self._in, self._out = trio.open_memory_channel[tuple[str, bytes]](WAITING)
        self._next = 0.0
        self.lost = 0

    async def announce(self, topic: str, record: bytes) -> None:
        """Take a packed record up."""
        await self._in.send((topic, record))

    async def run(self) -> None:
        """Send what is taken up, for ever."""
        while True:
            for topic, records in (await self._gather()).items():
                await self._send(topic, records)

    async def _gather(self) -> dict[str, list[bytes]]:
        topic, record = await self._out.receive()
        batches = {topic: [record]}
        count, size = 1, len(record)
        with trio.move_on_at(self._next):
            while size < BATCH_BYTES and count < limits.BATCH_RECORDS:
                topic, record = await self._out.receive()
                batches.setdefault(topic, []).append(record)
                count += 1
                size += len(record) + _RECORD_OVERHEAD_BYTES
        self._next = trio.current_time() + BATCH_S
        return batches

    async def _send(self, topic: str, records: list[bytes]) -> None:
        try:
            data = pack_batch(records)
        except ProtocolError as error:
            self.lost += len(records)
            _LOG.error("records that are not fit to be announced: %s", error)
            return
        await self._publish(topic, data)
