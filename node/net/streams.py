"""One request, one reply, one stream: a 4-byte length and as many bytes, each way; a status byte opens the reply."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false
from __future__ import annotations

import logging
import struct
from collections import Counter
from typing import TYPE_CHECKING, Any

import trio
from libp2p.exceptions import BaseLibp2pError
from multiaddr.exceptions import Error as MultiaddrError

from freehold.protocol import limits

from .buckets import Buckets
from .port import BadReply, RemoteFailed

if TYPE_CHECKING:
    from .port import Inbound

SERVE_S = 10.0
AT_ONCE_A_PEER = 4
REQUESTS_A_SECOND, REQUESTS_BURST = 20.0, 200.0
"""A catch-up of 10,000 records asks about 150 times."""
OK, BUSY, FAILED = b"\0", b"\1", b"\2"
_LENGTH = struct.Struct(">I")
_END_S = 2.0
_LOG = logging.getLogger(__name__)
STREAM_ERRORS = (BaseLibp2pError, MultiaddrError, OSError, EOFError, trio.BrokenResourceError, trio.ClosedResourceError)
"""What using a stream of libp2p can raise when the other end or the line fails."""


class BadFrame(Exception):
    """A length that is more than may be sent."""


class Requests:
    """Serves other nodes' requests within bounds."""

    def __init__(self, inbound: Inbound) -> None:
        self._inbound = inbound
        self._running: Counter[str] = Counter()
        self._buckets = Buckets(REQUESTS_A_SECOND, REQUESTS_BURST)
        self.counts: Counter[str] = Counter()

    async def serve(self, stream: Any) -> None:  # noqa: ANN401
        """Handle one inbound stream, to its end."""
        peer = str(stream.muxed_conn.peer_id)
        self._running[peer] += 1
        whole = False
        try:
            with trio.move_on_after(SERVE_S):
                await write_frame(stream, await self._reply(stream, peer))
                whole = True
        except (*STREAM_ERRORS, BadFrame) as error:
            _LOG.debug("a request of %s broke off: %r", peer, error)
        finally:
            self._running[peer] -= 1
            self._running += Counter()  # forgets peers that nothing is running for
            await end(stream, whole=whole)

    async def _reply(self, stream: Any, peer: str) -> bytes:  # noqa: ANN401
        if self._running[peer] > AT_ONCE_A_PEER or not self._buckets.take(peer, trio.current_time()):
            self.counts["requests turned away"] += 1
            return BUSY
        request = await read_frame(stream, limits.FRAME_BYTES)
        self.counts["requests"] += 1
        try:
            reply = await self._inbound.answer(peer, request)
        except Exception:  # noqa: BLE001  -- a mistake of ours that a request reaches costs that request alone
            _LOG.exception("a mistake in freehold itself")
            return FAILED
        return OK + reply if len(reply) <= limits.REPLY_BYTES else FAILED


async def ask(stream: Any, payload: bytes) -> bytes:  # noqa: ANN401
    """Send a request on a fresh stream; the reply. Raises RemoteFailed, BadReply or one of STREAM_ERRORS."""
    await write_frame(stream, payload)
    try:
        reply = await read_frame(stream, limits.REPLY_BYTES + 1)
    except BadFrame as error:
        raise BadReply(str(error)) from error
    status, data = reply[:1], reply[1:]
    if status == OK:
        return data
    if status == BUSY:
        raise RemoteFailed("the other node is busy")
    if status == FAILED:
        raise RemoteFailed("the other node could not answer")
    raise BadReply("a reply without a status")


async def end(stream: Any, *, whole: bool) -> None:  # noqa: ANN401
    """Close a stream of which everything was said; reset any other, so that neither side keeps it."""
    with trio.CancelScope(shield=True), trio.move_on_after(_END_S):
        try:
            await (stream.close() if whole else stream.reset())
        except STREAM_ERRORS as error:
            _LOG.debug("ending a stream failed: %r", error)


async def write_frame(stream: Any, payload: bytes) -> None:  # noqa: ANN401
    """Send a length and so many bytes."""
    await stream.write(_LENGTH.pack(len(payload)) + payload)


async def read_frame(stream: Any, max_bytes: int) -> bytes:  # noqa: ANN401
    """The bytes after a length. Raises BadFrame for more than `max_bytes`, EOFError at an early end."""
    (length,) = _LENGTH.unpack(await _exactly(stream, _LENGTH.size))
    if length > max_bytes:
        raise BadFrame(f"a frame of {length} bytes is more than {max_bytes}")
    return await _exactly(stream, length)


async def _exactly(stream: Any, count: int) -> bytes:  # noqa: ANN401
    data = bytearray()
    while len(data) < count:
        chunk = await stream.read(count - len(data))
        if not chunk:
            raise EOFError("the stream ended early")
        data += chunk
    return bytes(data)
