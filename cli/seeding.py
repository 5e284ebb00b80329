"""A test network's worth of clients and their offers, signed here, as a node takes them in.

The same seed, offers, day and network give the same records, so that a benchmark can be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle
from random import Random
from typing import TYPE_CHECKING

from freehold.protocol import frame, limits
from freehold.protocol.envelope import pack, seal
from freehold.protocol.identity import Root
from freehold.protocol.keylog import incept
from freehold.protocol.kinds.offer import OFFER, SLOT_BYTES
from freehold.protocol.kinds.profile import PROFILE, PROFILE_SLOT, Profile
from freehold.protocol.kinds.values import CLIENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from freehold.protocol.envelope import Record
    from freehold.protocol.identity import SecretKey
    from freehold.protocol.kinds.offer import Offer

DAY_MS = 24 * 60 * 60 * 1000
OFFER_LIFE_MS = 90 * DAY_MS
SPREAD_MS = 7 * DAY_MS
"""Offers are dated over the week before the plan's day."""
_RECORD_OVERHEAD_BYTES = 5
"""MessagePack's length in front of a byte string, at its longest."""
_BATCH_OVERHEAD_BYTES = 5
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Plan:
    """How many authors share the offers, on which network, and what everything random follows from.

    `day` is in ms since the epoch; nothing is dated at or after it.
    """

    network: str
    authors: int
    seed: int
    day: int

    @staticmethod
    def day_of(now: int) -> int:
        """The beginning of the UTC day of `now`."""
        return now - now % DAY_MS


def records(plan: Plan, offers: Sequence[Offer]) -> Iterator[Record]:
    """Every author's inception, then every author's profile, then the offers, dealt out in turn."""
    random = Random(plan.seed)  # noqa: S311  -- throw-away identities of a test network, repeatable on purpose
    born = plan.day - SPREAD_MS - DAY_MS
    signers: list[SecretKey] = []
    for _ in range(plan.authors):
        signer, inception = incept(Root(random.randbytes(_SECRET_BYTES)), born, plan.network)
        signers.append(signer)
        yield inception
    for number, signer in enumerate(signers, 1):
        body = Profile(name=f"Client {number}", about="Made by freehold dev seed.", roles=(CLIENT,))
        yield seal(PROFILE.draft(body, born, slot=PROFILE_SLOT), plan.network, signer)
    for offer, signer in zip(offers, cycle(signers), strict=False):
        at = plan.day - 1 - random.randrange(SPREAD_MS)
        draft = OFFER.draft(offer, at, slot=random.randbytes(SLOT_BYTES), till=at + OFFER_LIFE_MS)
        yield seal(draft, plan.network, signer)


def batches(signed: Iterable[Record]) -> Iterator[tuple[int, bytes]]:
    """(number of records, frame) until all are packed: as full as `frame.pack_batch` allows, in the same order."""
    waiting: list[bytes] = []
    size = _BATCH_OVERHEAD_BYTES
    for record in signed:
        packed = pack(record)
        longer = size + len(packed) + _RECORD_OVERHEAD_BYTES
        if waiting and (len(waiting) == limits.BATCH_RECORDS or longer > limits.FRAME_BYTES):
            yield len(waiting), frame.pack_batch(waiting)
            waiting, longer = [], _BATCH_OVERHEAD_BYTES + len(packed) + _RECORD_OVERHEAD_BYTES
        waiting.append(packed)
        size = longer
    if waiting:
        yield len(waiting), frame.pack_batch(waiting)
