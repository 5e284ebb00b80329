"""Batches: several packed records in one message, for gossip and for pages of an answer (specs/05-gossip.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

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
    """Split a batch into packed records; each is still to be unpacked and verified. Raises Malformed."""
    match canonical.decode(data, limits.FRAME_BYTES):
        case [_, *_] as items if len(items) <= limits.BATCH_RECORDS and all(type(item) is bytes for item in items):
            return cast("list[bytes]", items)
        case _:
            raise Malformed(f"a batch is an array of 1 to {limits.BATCH_RECORDS} byte strings")
