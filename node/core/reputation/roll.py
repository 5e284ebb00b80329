"""Identities as numbers: their places in the sorted list of all that are known, so that number order is id order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

ID_BYTES = 32
_WORDS = ID_BYTES // 8


@dataclass(frozen=True, slots=True)
class Roll:
    """Sorted identities, 32 bytes each and nothing more: `words` holds them as four big-endian numbers a row."""

    raw: NDArray[np.uint8]

    @classmethod
    def of(cls, identities: Iterable[bytes]) -> Roll:
        """The roll of these identities."""
        distinct = sorted(set(identities))
        return cls(_rows(distinct))

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def ids(self) -> NDArray[np.void]:
        """The identities as numpy's fixed bytes, which `bytes` turns into what they are."""
        return self.raw.view(np.dtype((np.void, ID_BYTES))).ravel()

    def identity(self, number: int) -> bytes:
        """Who has a number."""
        return self.raw[number].tobytes()

    def number(self, identity: bytes) -> int | None:
        """The number of an identity, or None if it is not known."""
        low, high = 0, len(self.raw)
        while low < high:
            middle = (low + high) // 2
            if self.raw[middle].tobytes() < identity:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self.raw) and self.raw[low].tobytes() == identity else None


def merged(roll: Roll, identities: Sequence[bytes]) -> tuple[Roll, NDArray[np.int32], NDArray[np.int32]]:
    """A roll with more identities on it; the new numbers of those on the old one, and those of `identities`."""
    rows = _rows(identities)
    both = np.concatenate([roll.raw, rows])
    words = both.view(">u8").reshape(len(both), _WORDS)
    order = np.lexsort(tuple(words[:, place] for place in reversed(range(_WORDS))))
    ordered = both[order]
    fresh = np.ones(len(both), np.bool_)
    fresh[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    numbers = np.empty(len(both), np.int32)
    numbers[order] = np.cumsum(fresh) - 1
    return Roll(ordered[fresh]), numbers[: len(roll)], numbers[len(roll) :]


def _rows(identities: Sequence[bytes]) -> NDArray[np.uint8]:
    if any(len(identity) != ID_BYTES for identity in identities):
        raise ValueError("an identity has 32 bytes")
    return np.frombuffer(b"".join(identities), np.uint8).reshape(len(identities), ID_BYTES)
