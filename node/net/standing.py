"""How peers behaved: strikes, and bans that outlast a restart."""

from __future__ import annotations

import logging
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar

from ..core.ports import StorageBroken, StorageFull

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..core.ports import PeerBook

STRIKES = 20
"""What an honest node with a bug may do before it is sent away."""
BAN_MS, LONGEST_BAN_MS = 60 * 60 * 1000, 24 * 60 * 60 * 1000
"""The first ban; each further one is twice as long."""
REMEMBERED = 4096
"""Peers whose strikes and former bans are kept in memory; the longest unused go first."""
T = TypeVar("T")
_LOG = logging.getLogger(__name__)


class Standing:
    """Notes strikes and bans, and the peers that were reached. Times are ms since the epoch.

    The book is on disk. When the disk is full or the database broken, what is noted here holds until the restart, and
    whoever owns the storage says so to the owner: a peer must not end the network by being struck at a bad moment.
    """

    def __init__(self, book: PeerBook, now_ms: Callable[[], int]) -> None:
        self._book, self._now = book, now_ms
        self._strikes: OrderedDict[str, int] = OrderedDict()
        self._bans: OrderedDict[str, tuple[int, int]] = OrderedDict()
        """(until when, if the book could not take it; how often so far)"""
        self.strikes = 0

    def strike(self, peer: str, reason: str, weight: int) -> bool:
        """Note misbehaviour; True if the peer is banned from now on."""
        self.strikes += weight
        count = self._strikes.pop(peer, 0) + weight
        if count < STRIKES:
            _remember(self._strikes, peer, count)
            return False
        _, before = self._bans.pop(peer, (0, 0))
        until = self._now() + min(BAN_MS << before, LONGEST_BAN_MS)
        saved = self._safely(lambda: self._book.ban(peer, until, reason) or True)
        _remember(self._bans, peer, (0 if saved else until, min(before + 1, LONGEST_BAN_MS.bit_length())))
        _LOG.info("%s is banned until %d: %s", peer, until, reason)
        return True

    def banned(self, peer: str) -> bool:
        """Whether it is banned now."""
        until, _ = self._bans.get(peer, (0, 0))
        if until > self._now():
            return True
        return (self._safely(lambda: self._book.banned_until(peer)) or 0) > self._now()

    def reached(self, peer: str, address: str) -> None:
        """A dial succeeded."""
        self._safely(lambda: self._book.remember(peer, address, self._now()))

    def known(self, limit: int) -> list[str]:
        """Addresses of peers that were reached, latest first."""
        found = self._safely(lambda: self._book.known(limit)) or []
        return [address for _, address in found]

    def _safely(self, use: Callable[[], T]) -> T | None:
        try:
            return use()
        except (StorageFull, StorageBroken) as error:
            _LOG.warning("the list of peers cannot be used for now: %s", error)
            return None


def _remember(kept: OrderedDict[str, T], peer: str, value: T) -> None:
    kept[peer] = value
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
