"""A rateless sketch of a set: cells in a row, of which a third more are read than there are differences.

Each key is XORed into cells at ever larger gaps (about 2/i of all keys are in cell i). Cells of two sets, XORed with
each other, hold only what is in one of them; a cell that holds one key alone shows it, and taking that key out of its
other cells shows more: peeling. After Yang, Gilad and Alizadeh, "Practical Rateless Set Reconciliation" (SIGCOMM 2024).

A sketch only speeds things up. Whether two sets are equal, their sums decide; what cannot be peeled, ranges find.
"""

from __future__ import annotations

import hashlib
from math import isqrt, log
from typing import TYPE_CHECKING

from ..errors import Malformed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CELLS = 4096
"""48 KiB: enough for about 2,900 differences; beyond, ranges are no worse."""
CELL_BYTES = 12
PREFIX_BYTES = 8
"""Of the id. Two ids with one prefix cost 2^32 hashes to make, and hide nothing: sums and ranges see them."""
_CHECK_BITS = 32
_DOMAIN = b"freehold/sketch/1\0"
_WORD = (1 << 64) - 1
_MULTIPLIER, _INCREMENT = 6364136223846793005, 1442695040888963407
"""Knuth's linear congruential generator; its upper half is used."""
_ONE = 1 << 32


def symbol(prefix: bytes) -> tuple[int, int]:
    """What a prefix puts into cells, and where its walk through them begins.

    The check is from a cryptographic hash: that of a linear code (a CRC) would hold for XORs of several symbols too.
    """
    digest = hashlib.sha256(_DOMAIN + prefix).digest()
    return int.from_bytes(prefix + digest[:4], "big"), int.from_bytes(digest[4:12], "big")


def _next(index: int, state: int) -> tuple[int, int]:
    """The next cell of a walk: cell i + 1, 2, ... with the chance that 1/sqrt(random) gives; in whole numbers only."""
    state = (state * _MULTIPLIER + _INCREMENT) & _WORD
    root = isqrt(((state >> 32) + 1) << 32)
    gap = -(-(2 * index + 3) * (_ONE - root) // (2 * root))
    return index + max(1, gap), state


class Sketch:
    """The cells of one set. Putting a prefix in and taking it out are the same."""

    def __init__(self, cells: list[int] | None = None) -> None:
        self.cells = [0] * CELLS if cells is None else cells

    def toggle(self, prefix: bytes) -> None:
        """Put a key's prefix in, or take it out."""
        value, state = symbol(prefix)
        cells, index = self.cells, 0
        while index < CELLS:
            cells[index] ^= value
            state = (state * _MULTIPLIER + _INCREMENT) & _WORD  # `_next`, written out: this runs for every record
            root = isqrt(((state >> 32) + 1) << 32)
            index += max(1, -(-(2 * index + 3) * (_ONE - root) // (2 * root)))

    def dump(self) -> bytes:
        """All cells."""
        return dump(self.cells)


def dump(cells: Iterable[int]) -> bytes:
    """Cells as bytes: prefix and check of each."""
    return b"".join(cell.to_bytes(CELL_BYTES, "big") for cell in cells)


def load(data: bytes) -> list[int]:
    """The cells in bytes. Raises Malformed."""
    if len(data) % CELL_BYTES or len(data) > CELLS * CELL_BYTES:
        raise Malformed(f"{len(data)} bytes are no cells")
    return [int.from_bytes(data[at : at + CELL_BYTES], "big") for at in range(0, len(data), CELL_BYTES)]


class Peeler:
    """Finds what is in one of two sets from their cells. `found` never holds more prefixes than there are cells."""

    def __init__(self, mine: Sequence[int]) -> None:
        self._mine = mine
        self._cells: list[int] = []
        self._walks: dict[bytes, tuple[int, int, int]] = {}
        self.broken = False
        """A prefix came out twice: these are no cells of sets, and nothing else will come of them."""

    def __len__(self) -> int:
        return len(self._cells)

    @property
    def found(self) -> list[bytes]:
        """The prefixes that are in one of the sets only."""
        return list(self._walks)

    @property
    def whole(self) -> bool:
        """Whether all of them were found: every key is in the first cell, so it is empty then."""
        return bool(self._cells) and not self.broken and self._cells[0] == 0

    def read(self, theirs: Sequence[int]) -> None:
        """The next cells of the other set."""
        start = len(self._cells)
        end = min(start + len(theirs), len(self._mine))
        self._cells += [one ^ other for one, other in zip(self._mine[start:end], theirs, strict=False)]
        for prefix, walk in list(self._walks.items()):
            self._walk(prefix, *walk)
        self._peel(list(range(start, end)))

    def wanted(self) -> int:
        """How many cells it will probably take in all, judged by the empty ones among the later half."""
        size = len(self._cells)
        late = self._cells[size // 2 :]
        empty = sum(cell == 0 for cell in late)
        share = 1 / (1 + 0.375 * size)  # of all keys, in a cell in the middle of that half
        left = 8 * size if not empty else log(empty / len(late)) / log(1 - share) if empty < len(late) else 1
        guess = int(1.45 * (len(self._walks) + left)) + 8
        return min(len(self._mine), max(guess, size + size // 6 + 8), 3 * size)

    def _peel(self, suspects: list[int]) -> None:
        while suspects and not self.broken:
            cell = self._cells[suspects.pop()]
            if not cell:
                continue
            prefix = (cell >> _CHECK_BITS).to_bytes(PREFIX_BYTES, "big")
            value, state = symbol(prefix)
            if value != cell:
                continue
            if prefix in self._walks or len(self._walks) >= len(self._cells):
                self.broken = True
                return
            suspects += self._walk(prefix, value, 0, state)

    def _walk(self, prefix: bytes, value: int, index: int, state: int) -> list[int]:
        """Take a prefix out of the cells that are here, from where its walk stands."""
        touched: list[int] = []
        while index < len(self._cells):
            self._cells[index] ^= value
            touched.append(index)
            index, state = _next(index, state)
        self._walks[prefix] = (value, index, state)
        return touched
