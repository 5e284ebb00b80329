"""Token buckets: how much a peer, and all peers together, may make this node work. Time is an argument."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

CHECKS_A_SECOND_PEER = 200
"""Signature checks for one peer: ten times the gossip of a busy day, a tenth of one core."""
CHECKS_BURST_PEER = 1_000
"""A catch-up page and a burst of batches at once."""
CHECKS_A_SECOND_NODE = 5_000
"""Signature checks in all: a quarter of what one core can do."""
REMEMBERED = 1_024
"""Buckets of one sort; the one that was longest unused goes first, and comes back full."""

K = TypeVar("K", str, bytes)


class Bucket:
    """Fills by `rate` tokens a second up to `burst`. Kept in thousandths: exact where the rate is a whole number."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._full = rate, burst * 1000
        self._thousandths, self._at = self._full, 0

    def has(self, tokens: float, now: int) -> bool:
        """Whether so many could be taken at `now` ms. A clock that went back fills nothing."""
        self._thousandths = min(self._full, self._thousandths + max(0, now - self._at) * self._rate)
        self._at = now
        return tokens * 1000 <= self._thousandths

    def take(self, tokens: float, now: int) -> bool:
        """Take tokens at `now` ms, or leave them all."""
        if not self.has(tokens, now):
            return False
        self._thousandths -= tokens * 1000
        return True

    def take_some(self, most: int, now: int) -> int:
        """Take so many tokens at `now` ms, or as many as there are; how many."""
        taken = most if self.has(most, now) else int(self._thousandths // 1000)
        self._thousandths -= taken * 1000
        return taken


class Buckets(Generic[K]):
    """A bucket for everybody, by name; how many are remembered is bounded."""

    def __init__(self, rate: float, burst: float, remembered: int = REMEMBERED) -> None:
        self._rate, self._burst, self._remembered = rate, burst, remembered
        self._buckets: OrderedDict[K, Bucket] = OrderedDict()

    def take(self, name: K, now: int) -> bool:
        """Take one token of this name's bucket, if there is one."""
        return self.take_some(name, 1, now) == 1

    def take_some(self, name: K, most: int, now: int) -> int:
        """Take so many tokens of this name's bucket, or as many as there are; how many."""
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = Bucket(self._rate, self._burst)
            if len(self._buckets) > self._remembered:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(name)
        return bucket.take_some(most, now)


class Limiter:
    """One bucket a peer, and one for the node."""

    def __init__(self) -> None:
        self._node = Bucket(CHECKS_A_SECOND_NODE, CHECKS_A_SECOND_NODE)
        self._peers = Buckets[str](CHECKS_A_SECOND_PEER, CHECKS_BURST_PEER)

    def allows_check(self, peer: str, now: int) -> bool:
        """Whether one more signature may be checked for this peer now."""
        return self.allows_checks(peer, 1, now) == 1

    def allows_checks(self, peer: str, most: int, now: int) -> int:
        """How many of so many signatures may be checked for this peer now."""
        return self._node.take_some(self._peers.take_some(peer, most, now), now)
