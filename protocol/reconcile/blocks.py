"""Blocks: up to 256 packed records, compressed together, so that what they have in common is sent once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import zstandard

from ..errors import Malformed
from .messages import FRAME_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCK_RECORDS = 256
RAW_BYTES = 1024 * 1024
"""Unpacked. 256 records of the largest sort are more; so a block has fewer of them."""
SENT_BYTES = FRAME_BYTES - 64
_AIM_BYTES = 144 * 1024
"""Raw bytes that a block is begun with: signatures, keys and hashes do not shrink, texts do to a fifth."""
_LEVEL = 3
"""Above it, a third more time for a twentieth less."""
_DECODE = msgspec.msgpack.Decoder(list[bytes]).decode
_ENCODE = msgspec.msgpack.Encoder().encode


def fitting(records: Sequence[bytes]) -> int:
    """How many of the records, from the first on, to try in one block."""
    size = 0
    for number, record in enumerate(records[:BLOCK_RECORDS]):
        size += len(record)
        if size > _AIM_BYTES:
            return max(1, number)
    return min(len(records), BLOCK_RECORDS)


def write(records: Sequence[bytes]) -> tuple[bytes, int]:
    """A block of as many of the records, from the first on, as a frame has room for; and how many those are."""
    count = fitting(records)
    while True:
        data = zstandard.ZstdCompressor(_LEVEL, write_checksum=False).compress(_ENCODE(list(records[:count])))
        if len(data) <= SENT_BYTES or count == 1:
            return data, count
        count = max(1, count * SENT_BYTES // len(data) - 1)


def read(data: bytes) -> list[bytes]:
    """The packed records in a block, each still to be verified. Raises Malformed.

    What it claims to unpack to is read before anything is unpacked: a bomb is refused by its label, and one without a
    label is refused as well.
    """
    try:
        size = zstandard.get_frame_parameters(data).content_size
        if size in (zstandard.CONTENTSIZE_UNKNOWN, zstandard.CONTENTSIZE_ERROR) or size > RAW_BYTES:
            raise Malformed(f"a block has to say that it unpacks to at most {RAW_BYTES} bytes")
        raw = zstandard.ZstdDecompressor().decompress(data, max_output_size=RAW_BYTES, allow_extra_data=False)
        records = _DECODE(raw)
    except (zstandard.ZstdError, msgspec.DecodeError, ValueError, RecursionError, MemoryError) as error:
        raise Malformed(f"a block is an array of byte strings, compressed: {error}") from error
    if not 0 < len(records) <= BLOCK_RECORDS or _ENCODE(records) != raw:
        raise Malformed(f"a block has 1 to {BLOCK_RECORDS} byte strings in their shortest form")
    return records
