"""How much of this node's sending a partner may use up, so that one who begins anew for ever does not get it all."""

from __future__ import annotations

from collections import OrderedDict

A_SECOND = 1024 * 1024
"""Bytes: a first sync of a million records then takes minutes, not hours."""
AT_ONCE = 64 * 1024 * 1024
REMEMBERED = 1_024


class Lending:
    """One account a peer. What a conversation took is known when it ends, so accounts may be overdrawn once."""

    def __init__(self) -> None:
        self._accounts: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def allows(self, peer: str, now: int) -> bool:
        """Whether a peer may have another conversation."""
        return self._level(peer, now) > 0

    def spend(self, peer: str, amount: int, now: int) -> None:
        """So many bytes were sent to it."""
        self._accounts[peer] = (self._level(peer, now) - amount, now)
        self._accounts.move_to_end(peer)
        if len(self._accounts) > REMEMBERED:
            self._accounts.popitem(last=False)

    def _level(self, peer: str, now: int) -> float:
        """A clock that was set back gives as if it were set forward, or an account could stay overdrawn for hours."""
        level, at = self._accounts.get(peer, (AT_ONCE, now))
        return min(AT_ONCE, level + abs(now - at) * A_SECOND / 1000)
