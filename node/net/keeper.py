"""Which peers to be connected to: seeds first, then those that were reached before, then those that were heard of."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import trio

from .addresses import peer_of, worth_a_dial
from .port import NetConfig, NetworkError, PeerInfo

if TYPE_CHECKING:
    import random

LOOK_S, LEAST_LOOK_S = 2.0, 0.2
"""Between two looks at who is connected; the second when somebody was heard of or lost meanwhile."""
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 300.0
"""After a failed dial, doubling, give or take a quarter."""
HEARD_OF, KNOWN = 256, 64
DIALS_AT_ONCE = 4
"""A handshake costs about 20 ms of processor time."""


class Dialler(Protocol):
    """What the keeper needs of the network."""

    peer_id: str
    addresses: tuple[str, ...]

    async def connect(self, address: str) -> str:
        """Dial. Raises NetworkError."""
        ...

    def peers(self) -> list[PeerInfo]:
        """Who is connected."""
        ...


class Memory(Protocol):
    """What the keeper needs to know of peers that are not connected."""

    def known(self, limit: int) -> list[str]:
        """Addresses of peers that were reached, latest first."""
        ...

    def banned(self, peer: str) -> bool:
        """Whether a peer is banned now."""
        ...


@dataclass(frozen=True, slots=True)
class _Wait:
    until: float
    length_s: float


class Keeper:
    """Dials until there are enough outbound connections; a seed that is lost is dialled again, ever more seldom."""

    def __init__(self, config: NetConfig, dialler: Dialler, memory: Memory, rng: random.Random) -> None:
        self._config, self._dialler, self._memory, self._rng = config, dialler, memory, rng
        self._heard_of: OrderedDict[str, None] = OrderedDict()
        self._waits: OrderedDict[str, _Wait] = OrderedDict()
        self._wake = trio.Event()

    def offer(self, address: str) -> None:
        """Remember an address that somebody announced."""
        if not peer_of(address) or address in self._heard_of or not worth_a_dial(address, self._dialler.addresses):
            return
        self._heard_of[address] = None
        if len(self._heard_of) > HEARD_OF:
            self._heard_of.popitem(last=False)
        self.look()

    def look(self) -> None:
        """Look soon: somebody was heard of, or lost."""
        self._wake.set()

    async def run(self) -> None:
        """Keep looking, for ever."""
        while True:
            self._wake = trio.Event()
            async with trio.open_nursery() as nursery:
                for address in self._candidates(trio.current_time())[:DIALS_AT_ONCE]:
                    nursery.start_soon(self._dial, address)
            await trio.sleep(LEAST_LOOK_S)
            with trio.move_on_after(LOOK_S - LEAST_LOOK_S):
                await self._wake.wait()

    def _candidates(self, now: float) -> list[str]:
        peers = self._dialler.peers()
        here = {info.peer for info in peers} | {self._dialler.peer_id}
        free = self._config.outbound - sum(1 for info in peers if info.direction == "out")
        seeds = [address for address in self._config.seeds if self._may_dial(address, here, now)]
        if free <= len(seeds):
            return seeds  # seeds are the owner's word: dialled even beyond the bound
        heard_of = list(self._heard_of)
        self._rng.shuffle(heard_of)  # else whoever is named first and most fills every place
        others = dict.fromkeys(self._memory.known(KNOWN) + heard_of)
        wanted = [address for address in others if address not in seeds and self._may_dial(address, here, now)]
        return seeds + wanted[: free - len(seeds)]

    def _may_dial(self, address: str, here: set[str], now: float) -> bool:
        wait, peer = self._waits.get(address), peer_of(address)
        return peer not in here and (wait is None or wait.until <= now) and not self._memory.banned(peer)

    async def _dial(self, address: str) -> None:
        try:
            await self._dialler.connect(address)
        except NetworkError:
            self._note_failure(address)
        else:
            self._waits.pop(address, None)

    def _note_failure(self, address: str) -> None:
        last = self._waits.pop(address, None)
        length_s = FIRST_WAIT_S if last is None else min(last.length_s * 2, LONGEST_WAIT_S)
        spread = 0.75 + self._rng.random() / 2
        self._waits[address] = _Wait(trio.current_time() + length_s * spread, length_s)
        if len(self._waits) > HEARD_OF + KNOWN + len(self._config.seeds):
            self._waits.popitem(last=False)
        if address in self._heard_of and length_s >= LONGEST_WAIT_S:
            del self._heard_of[address]  # nobody is there: make room for another
