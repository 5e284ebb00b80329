"""Which peers to be connected to: seeds first, then those that were reached before, then those that were heard of."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false
# libp2p's insides are overridden here, and trio's old stubs (a dependency of libp2p) hide newer names.
from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Protocol

import trio

from .port import NetConfig, NetworkError, PeerInfo

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from ..core.ports import PeerBook

LOOK_S = 2.0
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 300.0
HEARD_OF = 256
KNOWN = 64
DIALS_AT_ONCE = 4


class Dialler(Protocol):
    """What the keeper needs of the network."""

    peer_id: str

    async def connect(self, address: str) -> str:
        """Dial."""
        ...

    def peers(self) -> list[PeerInfo]:
        """Who is connected."""
        ...


class Keeper:
    """Dials until there are enough outbound connections; a seed that is lost is dialled again, ever more seldom."""

    def __init__(
        self, config: NetConfig, book: PeerBook, dialler: Dialler, now_ms: Callable[[], int], rng: random.Random
    ) -> None:
        self._config, self._book, self._dialler, self._now, self._rng = config, book, dialler, now_ms, rng
        self._heard_of: OrderedDict[str, None] = OrderedDict()
        self._wait: dict[str, tuple[float, float]] = {}
        self._wake = trio.Event()

    def offer(self, address: str) -> None:
        """Remember an address that somebody announced."""
        self._heard_of[address] = None
        if len(self._heard_of) > HEARD_OF:
            self._heard_of.popitem(last=False)
        self._wake.set()

    async def run(self) -> None:
        """Look every two seconds, for ever."""
        while True:
            async with trio.open_nursery() as nursery:
                for address in self._candidates()[:DIALS_AT_ONCE]:
                    nursery.start_soon(self._dial, address)
            self._wake = trio.Event()
            with trio.move_on_after(LOOK_S):
                await self._wake.wait()

    def _candidates(self) -> list[str]:
        connected = {info.peer for info in self._dialler.peers()} | {self._dialler.peer_id}
        free = self._config.outbound - sum(1 for info in self._dialler.peers() if info.direction == "out")
        wanted = [address for address in self._config.seeds if _peer(address) not in connected]
        if free > len(wanted):
            known = [address for _, address in self._book.known(KNOWN)]
            heard = list(self._heard_of)
            self._rng.shuffle(heard)
            others = [a for a in dict.fromkeys(known + heard) if _peer(a) not in connected and a not in wanted]
            wanted += others[: free - len(wanted)] if len(others) > free - len(wanted) else others
        now = trio.current_time()
        return [
            a
            for a in wanted
            if self._wait.get(a, (0.0, 0.0))[0] <= now and self._book.banned_until(_peer(a)) <= self._now()
        ]

    async def _dial(self, address: str) -> None:
        try:
            await self._dialler.connect(address)
            self._wait.pop(address, None)
        except NetworkError:
            _, last = self._wait.get(address, (0.0, FIRST_WAIT_S / 2))
            wait = min(last * 2, LONGEST_WAIT_S)
            self._wait[address] = (trio.current_time() + wait * (0.75 + self._rng.random() / 2), wait)
            if len(self._wait) > 4 * HEARD_OF:
                self._wait.clear()


def _peer(address: str) -> str:
    return address.rpartition("/p2p/")[2]
