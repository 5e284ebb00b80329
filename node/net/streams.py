"""One request, one reply, one stream: a 4-byte length and as many bytes, each way; a status byte opens the reply."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false
# libp2p's insides are overridden here, and trio's old stubs (a dependency of libp2p) hide newer names.
from __future__ import annotations

import logging
import struct
from collections import Counter
from typing import TYPE_CHECKING, Any

import trio
from libp2p.exceptions import BaseLibp2pError
from multiaddr.exceptions import Error as MultiaddrError

from freehold.protocol import limits

from .port import RemoteFailed, TimedOut

if TYPE_CHECKING:
    from .port import Inbound

SERVE_S = 10.0
AT_ONCE_A_PEER = 4
REQUESTS_A_SECOND, REQUESTS_BURST = 20.0, 200.0
OK, BUSY, FAILED = b"\0", b"\1", b"\2"
_LENGTH = struct.Struct(">I")
_LOG = logging.getLogger(__name__)
STREAM_ERRORS = (BaseLibp2pError, MultiaddrError, OSError, EOFError, trio.BrokenResourceError, trio.ClosedResourceError)
"""What using a stream of libp2p can raise when the other end or the line fails."""


class Requests:
    """Serves other nodes' requests within bounds."""

    def __init__(self, inbound: Inbound) -> None:
        self._inbound = inbound
        self._running: Counter[str] = Counter()
        self._buckets: dict[str, tuple[float, float]] = {}

    async def serve(self, stream: Any) -> None:  # noqa: ANN401
        """Handle one inbound stream."""
        peer = str(stream.muxed_conn.peer_id)
        if self._running[peer] >= AT_ONCE_A_PEER or not self._within_rate(peer):
            await _finish(stream, BUSY)
            return
        self._running[peer] += 1
        try:
            with trio.move_on_after(SERVE_S):
                request = await read_frame(stream, limits.FRAME_BYTES)
                await _finish(stream, OK + await self._inbound.answer(peer, request))
        except STREAM_ERRORS as error:
            _LOG.debug("a request of %s broke off: %r", peer, error)
        finally:
            self._running[peer] -= 1
            if not self._running[peer]:
                del self._running[peer]
            await discard(stream)

    def forget(self, peer: str) -> None:
        """A peer is gone."""
        self._buckets.pop(peer, None)

    def _within_rate(self, peer: str) -> bool:
        now = trio.current_time()
        tokens, at = self._buckets.get(peer, (REQUESTS_BURST, now))
        tokens = min(REQUESTS_BURST, tokens + (now - at) * REQUESTS_A_SECOND)
        self._buckets[peer] = (max(0.0, tokens - 1), now)
        return tokens >= 1


async def ask(stream: Any, payload: bytes) -> bytes:  # noqa: ANN401
    """Send a request on a fresh stream; the reply. Raises RemoteFailed, TimedOut or a stream's error."""
    await stream.write(_LENGTH.pack(len(payload)) + payload)
    reply = await read_frame(stream, limits.REPLY_BYTES + 1)
    status, data = reply[:1], reply[1:]
    if status == BUSY:
        raise RemoteFailed("the other node is busy")
    if status != OK:
        raise RemoteFailed("the other node could not answer")
    return data


async def read_frame(stream: Any, max_bytes: int) -> bytes:  # noqa: ANN401
    """One frame. Raises RemoteFailed for a length beyond the bound, EOFError if the stream ends early."""
    (length,) = _LENGTH.unpack(await _exactly(stream, _LENGTH.size))
    if length > max_bytes:
        raise RemoteFailed(f"a frame of {length} bytes is more than {max_bytes}")
    return await _exactly(stream, length)


async def _exactly(stream: Any, count: int) -> bytes:  # noqa: ANN401
    data = bytearray()
    while len(data) < count:
        chunk = await stream.read(count - len(data))
        if not chunk:
            raise EOFError("the stream ended early")
        data += chunk
    return bytes(data)


async def _finish(stream: Any, reply: bytes) -> None:  # noqa: ANN401
    await stream.write(_LENGTH.pack(len(reply)) + reply)


async def discard(stream: Any) -> None:  # noqa: ANN401
    """Close a stream, whatever state it is in."""
    with trio.CancelScope(shield=True), trio.move_on_after(2):
        try:
            await stream.close()
        except STREAM_ERRORS as error:
            _LOG.debug("closing a stream failed: %r", error)


__all__ = ["STREAM_ERRORS", "Requests", "TimedOut", "ask", "discard", "read_frame"]
