"""Yamux with bounds: a fixed receive window, few streams, and an end for whoever ignores either.

py-libp2p 0.8.1 grows windows up to 16 MiB a stream, buffers whatever a peer sends beyond them, and accepts any number
of streams. It also ignores the muxer class it is given, hence the assignments in `install`.
"""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import trio
from libp2p.stream_muxer import muxer_multistream
from libp2p.stream_muxer.yamux import yamux
from libp2p.stream_muxer.yamux.yamux import Yamux, YamuxStream

if TYPE_CHECKING:
    from libp2p.abc import ISecureConn
    from libp2p.peer.id import ID

WINDOW_BYTES = yamux.DEFAULT_WINDOW_SIZE
"""256 KiB, the window that every Yamux starts with."""
BUFFERED_BYTES = 2 * WINDOW_BYTES
"""Unread data of one stream. A peer that heeds the window stays under half of it."""
CONNECTION_BUFFERED_BYTES = 8 * WINDOW_BYTES
"""Unread data of all streams of a connection: 2 MiB, a page of answer on each of four streams twice over."""
INBOUND_STREAMS = 64
"""Streams that a peer has open at once; ours use about eight."""


class Overdrawn(trio.TooSlowError):
    """A peer uses more than it may. It is a TooSlowError because on that Yamux's reading loop closes the connection."""


class _Streams(dict[int, YamuxStream]):
    """The streams of a connection, with an end to how many of them the other side opens."""

    def __init__(self, own_parity: int) -> None:
        super().__init__()
        self._own_parity = own_parity

    def __setitem__(self, number: int, stream: YamuxStream) -> None:
        if number % 2 != self._own_parity:
            inbound = sum(1 for n, known in self.items() if n % 2 != self._own_parity and not known.closed)
            if inbound >= INBOUND_STREAMS:
                raise Overdrawn
        super().__setitem__(number, stream)


class BoundedYamux(Yamux):
    """Closes the connection to a peer that opens too many streams or sends more than the window allows."""

    def __init__(self, secured_conn: ISecureConn, peer_id: ID, *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(secured_conn, peer_id, *args, **options)
        self.streams = _Streams(1 if self.is_initiator_value else 0)

    async def _read_data_body(self, length: int) -> bytes:
        unread = [len(buffer) for buffer in self.stream_buffers.values()]
        if length > WINDOW_BYTES or max(unread, default=0) > BUFFERED_BYTES or sum(unread) > CONNECTION_BUFFERED_BYTES:
            raise Overdrawn
        return await super()._read_data_body(length)


async def _release_window(self: YamuxStream, *, bytes_read: int = 0) -> None:
    """One window update per half window read, instead of one per read and a growing window."""
    self._pending_recv_release += bytes_read
    if self._pending_recv_release >= WINDOW_BYTES // 2:
        increment, self._pending_recv_release = self._pending_recv_release, 0
        self.recv_window += increment
        await self.send_window_update(increment)


def install() -> None:
    """Put the bounds in place for every host of this process. Safe to call again."""
    muxer_multistream.Yamux = BoundedYamux
    YamuxStream._auto_tune_and_send_window_update = _release_window  # noqa: SLF001
