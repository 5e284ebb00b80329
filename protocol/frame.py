"""Batches: several packed records in one message, for gossip and for pages of an answer (specs/05-gossip.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from . import canonical, limits
from .errors import Malformed

if TYPE_CHECKING:
    from collections.abc import Sequence


def pack_batch(records: Sequence[bytes]) -> bytes:
    """Join 1 to 64 packed records. Raises Malformed beyond that or beyond 64 KiB in all."""
    if not 0 < len(records) <= limits.BATCH_RECORDS:
        raise Malformed(f"a batch has 1 to {limits.BATCH_RECORDS} records, not {len(records)}")
    data = canonical.encode(list(records))
    if len(data) > limits.FRAME_BYTES:
        raise Malformed(f"a batch of {len(data)} bytes is more than {limits.FRAME_BYTES}")
    return data


def unpack_batch(data: bytes) -> list[bytes]:
    """Split a batch into packed records; each is still to be unpacked and verified. Raises Malformed.

    Read as what it has to be and nothing else: whatever else would fit into 64 KiB is refused before it is built, which
    for a million nested arrays would take the event loop tens of milliseconds.
    """
    if len(data) > limits.FRAME_BYTES:
        raise Malformed(f"{len(data)} bytes are more than the {limits.FRAME_BYTES} allowed")
    try:
        items = _DECODE(data)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Malformed(f"a batch is an array of byte strings: {error}") from error
    if not 0 < len(items) <= limits.BATCH_RECORDS or _ENCODE(items) != data:
        raise Malformed(f"a batch is an array of 1 to {limits.BATCH_RECORDS} byte strings in their shortest form")
    return items


_DECODE = msgspec.msgpack.Decoder(list[bytes]).decode
_ENCODE = msgspec.msgpack.Encoder().encode
