"""Whether this machine's clock agrees with others': by the dates of records that peers gossip as they are made."""

from __future__ import annotations

from collections import OrderedDict, deque
from statistics import median_low

WINDOW_MS = 15 * 60 * 1000
"""What was heard before says nothing of the clock as it is now: it may have been set since."""
LEAP_MS, EVENLY_MS = 60 * 1000, 10 * 60 * 1000
"""More than a busy node takes from one tick to the next; and longer than a machine needs to ask others for the time."""
PEERS, CLAIMS = 64, 32
"""Peers that are heard, and the last records of each."""


class Clocks:
    """How far ahead of our clock others' are.

    Records travel for a while, so most are older than our now; the newest of each peer say what its neighbourhood takes
    for now. The middle one of the peers counts: those who lie must be as many as all others together.
    """

    def __init__(self) -> None:
        self._heard: OrderedDict[str, deque[tuple[int, int]]] = OrderedDict()

    def heard(self, peer: str, at: int, now: int) -> None:
        """A peer has gossiped a genuine record of that date."""
        claims = self._heard.get(peer)
        if claims is None:
            claims = self._heard[peer] = deque(maxlen=CLAIMS)
        claims.append((now, at - now))
        self._heard.move_to_end(peer)
        if len(self._heard) > PEERS:
            self._heard.popitem(last=False)

    def gone(self, peer: str) -> None:
        """Who is not connected has no say."""
        self._heard.pop(peer, None)

    def ahead_ms(self, now: int) -> int | None:
        """How far others are ahead of us, negative for behind or for old records; None if nobody spoke."""
        newest = [
            max(recent)
            for claims in self._heard.values()
            if (recent := [ahead for heard, ahead in claims if 0 <= now - heard <= WINDOW_MS])
        ]
        return median_low(newest) if newest else None


def over(since: int, wait_ms: int, now: int) -> bool:
    """Whether a wait that began at `since` is over. The system's clock may be set back, by hours: what began further
    ahead than the wait is long began by another clock, and is over as well, or it would last until that time comes."""
    return abs(now - since) >= wait_ms


class Steady:
    """Whether the clock has gone evenly for a while. Only then is what it says has expired thrown away: a clock
    that was years ahead for a minute, as on a machine that has just started, must not cost anything."""

    def __init__(self) -> None:
        self._since = self._last = 0

    def ticked(self, now: int) -> None:
        """It is looked at every second or so."""
        if abs(now - self._last) > LEAP_MS:
            self._since = now
        self._last = now

    def holds(self) -> bool:
        """Whether it has been looked at for so long and never leapt."""
        return self._last - self._since >= EVENLY_MS
