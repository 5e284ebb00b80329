"""Conversations of two nodes on one stream each: frame by frame, as the node says, within times that nothing stretches.

One task reads and writes in turn. That is enough: what may be under way to a node is less than a Yamux window, so a
write waits only for a peer that does not read, and not for longer than a step may take.
"""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false
from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Any

import trio

from freehold.protocol.reconcile.messages import FRAME_BYTES

from .streams import STREAM_ERRORS, BadFrame, end, read_frame, write_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .port import Inbound

STEP_S = 20.0
"""To send what was said, or to hear the next frame: a partner that judges two blocks takes a second at most."""
TALK_S = 240.0
"""For a whole conversation: 8 MiB at 35 KiB a second. What is not said then, the next one says."""
A_PEER = 2
"""Streams that a peer may have open: one, and another while that ends."""
_LOG = logging.getLogger(__name__)


class Talks:
    """Carries conversations, those that others open and those that this node does."""

    def __init__(self, inbound: Inbound) -> None:
        self._inbound = inbound
        self._open: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    async def serve(self, stream: Any) -> None:  # noqa: ANN401
        """Handle one inbound stream, to its end."""
        peer = str(stream.muxed_conn.peer_id)
        if self._open[peer] >= A_PEER:
            self.counts["conversations turned away"] += 1
            await end(stream, whole=False)
            return
        self._open[peer] += 1
        try:
            await self.carry(stream, self._inbound.talk_opened(peer))
        finally:
            self._open[peer] -= 1
            self._open += Counter()  # forgets peers that have none

    async def carry(self, stream: Any, number: int, first: Sequence[bytes] = ()) -> None:  # noqa: ANN401
        """One conversation on a fresh stream, to its end; `first` is said before anything is heard."""
        trouble = f"it took longer than {TALK_S:g} seconds"
        whole = False
        try:
            with trio.move_on_after(TALK_S):
                trouble = await self._converse(stream, number, first)
                whole = not trouble
        except trio.TooSlowError:
            trouble = f"nothing moved for {STEP_S:g} seconds"
        except (*STREAM_ERRORS, BadFrame) as error:
            trouble = f"it broke off: {str(error) or type(error).__name__}"
        finally:
            self.counts["conversations"] += 1
            if trouble:
                self.counts["conversations broken off"] += 1
                _LOG.debug("conversation %d: %s", number, trouble)
            self._inbound.talk_ended(number, trouble)
            await end(stream, whole=whole)

    async def _converse(self, stream: Any, number: int, frames: Sequence[bytes]) -> str:  # noqa: ANN401
        over = False
        while True:
            with trio.fail_after(STEP_S):
                for frame in frames:
                    await write_frame(stream, frame)
            if over:
                return ""
            with trio.fail_after(STEP_S):
                try:
                    heard = await read_frame(stream, FRAME_BYTES)
                except EOFError:
                    return "the other side left"
            frames, over = await self._inbound.talk_heard(number, heard)
