"""Yamux with bounds: a fixed receive window, few streams, and an end for whoever ignores either.

py-libp2p 0.8.1 grows windows up to 16 MiB a stream, buffers whatever a peer sends beyond them, and accepts any number
of streams. It also ignores the muxer class it is given, hence the assignments in `install`.
"""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false
# libp2p's insides are overridden here, and trio's old stubs (a dependency of libp2p) hide newer names.
from __future__ import annotations

import trio
from libp2p.stream_muxer import muxer_multistream
from libp2p.stream_muxer.yamux import yamux
from libp2p.stream_muxer.yamux.yamux import Yamux, YamuxStream

WINDOW_BYTES = yamux.DEFAULT_WINDOW_SIZE
"""256 KiB, the window that every Yamux starts with."""
MAX_BUFFERED_BYTES = 2 * WINDOW_BYTES
MAX_INBOUND_STREAMS = 64


class BoundedYamux(Yamux):
    """Closes the connection to a peer that opens too many streams or sends more than the window allows."""

    async def _read_data_body(self, length: int) -> bytes:
        if length > WINDOW_BYTES or self._overdrawn():
            raise trio.TooSlowError  # the reading loop closes the connection on this
        return await super()._read_data_body(length)

    def _overdrawn(self) -> bool:
        own = 1 if self.is_initiator_value else 0
        inbound = sum(1 for number, stream in self.streams.items() if number % 2 != own and not stream.closed)
        if inbound > MAX_INBOUND_STREAMS:
            return True
        return any(len(buffer) > MAX_BUFFERED_BYTES for buffer in self.stream_buffers.values())


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
