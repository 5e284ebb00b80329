"""What the engine reads: opinions (reviews that count), vouches, and the place from which somebody looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from freehold.protocol.kinds.values import CLIENT, FREELANCER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Levels: TypeAlias = tuple[int, int, int, int, int]
Grade: TypeAlias = Literal["A", "B", "C"]

ROLES = (FREELANCER, CLIENT)
"""What a subject was reviewed as; the index is its code in the columns."""
GRADES = ("C", "B", "A")
"""Both signed the contract; both signed a payment; everybody can verify the payment. The index is the code."""
NO_BAND = 15
"""The contract does not state its value."""
FIELDS = 5
CODES = 5**FIELDS
"""Five levels of 0 to 4 as one number."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """A review that counts. `review` is its record's id, `as_role` what its subject was in the contract, `at` ms.

    `band` says roughly how much the contract was worth (`kinds.worth`), where it says so.
    """

    review: bytes
    by: bytes
    of: bytes
    levels: Levels
    at: int
    as_role: str = FREELANCER
    grade: str = "C"
    band: int = NO_BAND


@dataclass(frozen=True, slots=True)
class Vouch:
    """Somebody says that somebody else can be trusted, until `till` (ms). A trust edge, never an opinion of work."""

    record: bytes
    by: bytes
    of: bytes
    till: int


@dataclass(frozen=True, slots=True)
class Place:
    """From where somebody looks: an identity (None: nobody's), and anchors, the people its owner has listed as
    trusted. Counterparties whom `me` rated 4 or better of 5 are found by the engine. Nobody of `blocked` is trusted or
    hands any trust on."""

    me: bytes | None = None
    anchors: frozenset[bytes] = frozenset()
    blocked: frozenset[bytes] = frozenset()


NOBODY = Place()


@dataclass(frozen=True, slots=True)
class Columns:
    """Many opinions at once: `identities` in any order, then one row an opinion; `by` and `of` index `identities`.

    `key`: the first 8 bytes of each review's id as a big-endian number (they also name a review in answers).
    `levels`: `encode` of the five levels. `flags`: `flags_of`. `at`: seconds.
    """

    identities: Sequence[bytes]
    by: NDArray[np.integer]
    of: NDArray[np.integer]
    levels: NDArray[np.uint16]
    at: NDArray[np.integer]
    key: NDArray[np.uint64]
    flags: NDArray[np.uint8]


def encode(levels: Levels) -> int:
    """Five levels as one number below `CODES`."""
    code = 0
    for level in levels:
        code = code * 5 + level
    return code


def decode(code: int) -> Levels:
    """The five levels again."""
    found = [code // 5 ** (FIELDS - 1 - place) % 5 for place in range(FIELDS)]
    return (found[0], found[1], found[2], found[3], found[4])


def flags_of(as_role: str, grade: str, band: int = NO_BAND) -> int:
    """Role, grade and band in one byte."""
    return ROLES.index(as_role) | GRADES.index(grade) << 1 | band << 3


def unflagged(flags: int) -> tuple[str, str, int]:
    """Role, grade and band again."""
    return ROLES[flags & 1], GRADES[flags >> 1 & 3], flags >> 3 & 15


def key_of(review: bytes) -> int:
    """The number that stands for a review in the columns."""
    return int.from_bytes(review[:8], "big")
