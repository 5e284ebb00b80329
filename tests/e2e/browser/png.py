"""PNG files of a page made small: at most 64 colours, one byte a pixel. Only what a browser's screenshot needs."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np

MARK = b"\x89PNG\r\n\x1a\n"
COLOURS = 64
_RGB, _PALETTE = 2, 3
Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def smaller(data: bytes) -> bytes:
    """The same picture in few colours."""
    pixels = _pixels(data)
    flat = pixels.reshape(-1, 3).astype(np.uint32)
    codes = (flat[:, 0] << 16) | (flat[:, 1] << 8) | flat[:, 2]
    known, places, counts = np.unique(codes, return_inverse=True, return_counts=True)
    kept = known[np.argsort(counts)[::-1][:COLOURS]]
    colours = np.stack([kept >> 16 & 255, kept >> 8 & 255, kept & 255], axis=1).astype(np.int32)
    every = np.stack([known >> 16 & 255, known >> 8 & 255, known & 255], axis=1).astype(np.int32)
    nearest = np.array([int(np.abs(colours - one).sum(axis=1).argmin()) for one in every], dtype=np.uint8)
    height, width, _ = pixels.shape
    rows = nearest[places].reshape(height, width)
    raw = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1).tobytes()
    header = struct.pack(">IIBBBBB", width, height, 8, _PALETTE, 0, 0, 0)
    palette = colours.astype(np.uint8).tobytes()
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return MARK + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _pixels(data: bytes) -> Pixels:
    """The pixels of an RGB picture of eight bits."""
    place, packed, size = len(MARK), b"", (0, 0)
    while place < len(data):
        length, name = struct.unpack(">I4s", data[place : place + 8])
        content = data[place + 8 : place + 8 + length]
        if name == b"IHDR":
            width, height, depth, kind, *_ = struct.unpack(">IIBBBBB", content)
            assert (depth, kind) == (8, _RGB), "not a screenshot"
            size = (width, height)
        elif name == b"IDAT":
            packed += content
        place += length + 12
    return _unfiltered(zlib.decompress(packed), *size)


def _unfiltered(raw: bytes, width: int, height: int) -> Pixels:
    stride = width * 3
    found = np.zeros((height, stride), np.uint8)
    above = bytes(stride)
    for row in range(height):
        start = row * (stride + 1)
        line = bytearray(raw[start + 1 : start + 1 + stride])
        _undo(raw[start], line, above)
        above = bytes(line)
        found[row] = np.frombuffer(above, np.uint8)
    return found.reshape(height, width, 3)


def _undo(kind: int, line: bytearray, above: bytes) -> None:
    """The five filters of PNG: none, left, above, the middle of both, and Paeth's choice."""
    for place in range(len(line) if kind else 0):
        left = line[place - 3] if place >= 3 else 0
        up, corner = above[place], above[place - 3] if place >= 3 else 0
        match kind:
            case 1:
                guess = left
            case 2:
                guess = up
            case 3:
                guess = (left + up) // 2
            case _:
                guess = _paeth(left, up, corner)
        line[place] = (line[place] + guess) & 255


def _paeth(left: int, up: int, corner: int) -> int:
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner
