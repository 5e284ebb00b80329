"""Stamps: work that a stranger's node has done for one delivery, cheap to check before anything is opened
(specs/06-direct.md#stamps).

A stamp is bound to the recipient, to an hour and to the sealed document: it serves for no other record and nobody else,
and not after a few hours. So stamps cannot be made in advance and let go all at once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from .errors import NotAllowed
from .schema import Raw, Whole

if TYPE_CHECKING:
    from .steps import Steps

HOUR_MS = 60 * 60 * 1000
NONCE_BYTES = 8
MOST_BITS = 32
"""That anybody can ask for: four thousand million tries on average, half an hour or more of one core."""
HOURS_PAST, HOURS_AHEAD = 2, 1
"""Which hours a recipient takes, beside its own: time to find it and to try again, and clocks that differ."""
STEP_TRIES = 4_096
"""Tries between two steps: some two milliseconds."""
PATIENCE = 16
"""Of so many times the tries that are needed on average, one search in nine million finds nothing."""
_DOMAIN = b"freehold/stamp/1\0"
_HASH_BITS = 256


@dataclass(frozen=True)
class Stamp:
    """Made for an `hour` (hours since the epoch); the `nonce` makes its hash begin with zeros."""

    hour: Annotated[int, Whole()]
    nonce: Annotated[bytes, Raw(NONCE_BYTES)]


def hour_of(now: int) -> int:
    """The hour of a time in ms."""
    return now // HOUR_MS


def question(recipient: bytes, hour: int, sealed: bytes) -> bytes:
    """What a nonce is looked for: 72 bytes."""
    return recipient + hour.to_bytes(8, "big") + hashlib.sha256(sealed).digest()


def strength(stamp: Stamp, recipient: bytes, sealed: bytes, now: int) -> int:
    """How many zero bits the stamp's hash begins with. Raises NotAllowed if it is of another hour than it may be."""
    if not -HOURS_PAST <= stamp.hour - hour_of(now) <= HOURS_AHEAD:
        raise NotAllowed("the stamp was made for another hour")
    found = hashlib.sha256(_DOMAIN + question(recipient, stamp.hour, sealed) + stamp.nonce).digest()
    return _HASH_BITS - int.from_bytes(found, "big").bit_length()


def search(asked: bytes, bits: int) -> Steps[bytes | None]:
    """Look for a nonce to a question, in steps of some milliseconds; None if luck failed for too long."""
    if not 0 < bits <= MOST_BITS:
        raise ValueError(f"a stamp of {bits} bits")
    base, bound = hashlib.sha256(_DOMAIN + asked), (1 << (_HASH_BITS - bits)).to_bytes(_HASH_BITS // 8, "big")
    for start in range(0, PATIENCE << bits, STEP_TRIES):
        for number in range(start, start + STEP_TRIES):
            tried = base.copy()
            tried.update(nonce := number.to_bytes(NONCE_BYTES, "big"))
            if tried.digest() < bound:
                return nonce
        yield
    return None
