"""Whole nodes in this process, without doors for their owners: cores, stores, and a real network on loopback.

Time is the test's (`Clock`); nothing in them looks at another, but for the seconds that a silent line may take.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import trio

from freehold.node import border as border_module
from freehold.node.border import Border
from freehold.node.checking import Checking
from freehold.node.core.participation import Participation
from freehold.node.core.service import Service
from freehold.node.courier import Courier
from freehold.node.inflow import Inflow
from freehold.node.ledger import Ledger
from freehold.node.net.libp2p import Network
from freehold.node.net.port import NetConfig
from freehold.protocol import topics
from freehold.protocol.network import MAIN
from tests.cast import HOUR_MS, NETWORK, START_MS
from tests.node.core.market import desk_of
from tests.node.net.neighbours import ANYWHERE, PATIENCE_S, Book, key

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable

    import pytest

    from freehold.node.core.effects import Effect
    from freehold.protocol.envelope import Record
    from freehold.protocol.reconcile.side import Tally
    from tests.cast import Person

TALK = f"/{NETWORK}/sync/1"
ROOMY = type(MAIN)(NETWORK, MAIN.quotas)
_WIRE_NAMES = topics.wire_names(NETWORK)


@dataclass
class Clock:
    """Milliseconds since the epoch."""

    now: int = START_MS + HOUR_MS

    def __call__(self) -> int:
        return self.now


class _Watched(Border):
    """Tells when something came in, and keeps what all conversations came to."""

    def __init__(self, service: Service, *parts: Any) -> None:
        super().__init__(service, *parts)
        self.news = trio.Event()
        self.tallies: dict[int, tuple[str, Tally]] = {}
        self.most_talks: Counter[str] = Counter()

    def _guarded(self, take: Callable[[], list[Effect]], *, passing: bool = False) -> bytes | None:
        failure = super()._guarded(take, passing=passing)
        talks = self._service.reconciling._talks if self._service.reconciling else {}
        for number, talk in talks.items():
            if talk.conversation is not None:
                self.tallies[number] = talk.peer, talk.conversation.tally
        self.most_talks |= Counter(talk.peer for talk in talks.values())
        news, self.news = self.news, trio.Event()
        news.set()
        return failure


class House:
    """One node."""

    def __init__(self, who: Person, clock: Clock, rules: Any = None) -> None:
        self.desk = desk_of(who, rules)
        self.desk.stores.records.add(who.inception, clock(), shared=True)
        self.service = Service(self.desk, Participation())
        self.courier = Courier(_WIRE_NAMES)
        self.ledger = Ledger(self.desk.stores, self.courier.carry)
        self.border = _Watched(self.service, self.ledger, Inflow(Checking(0)), _WIRE_NAMES, self._broken)
        config = NetConfig((ANYWHERE,), (), tuple(_WIRE_NAMES.values()), f"/{NETWORK}/req/1", TALK)
        self.book = Book()
        self.network = Network(config, key(who.name), self.border, self.book, clock, random.Random(who.name))

    @property
    def address(self) -> str:
        return self.network.addresses[0]

    @property
    def reconciling(self) -> Any:
        assert self.service.reconciling is not None
        return self.service.reconciling

    def counted(self, what: str) -> int:
        """Of the statistics of core and network."""
        return {**self.service.statistics(), **self.network.statistics()}.get(what, 0)

    def tallies(self, peer: str) -> list[Tally]:
        """Of all conversations with somebody."""
        return [tally for other, tally in self.border.tallies.values() if other == peer]

    def keeps(self, records: Iterable[Record], now: int) -> None:
        for record in records:
            self.desk.stores.records.add(record, now, shared=True)
        self.desk.stores.commit()

    def ids(self) -> set[bytes]:
        return {name for _, name in self.desk.stores.records.after(0, 99_999)}

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is true; looked at whenever something came in."""
        with trio.fail_after(PATIENCE_S):
            while not true():
                await self.border.news.wait()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        async with trio.open_nursery() as nursery:
            await nursery.start(self.network.run)
            nursery.start_soon(self.ledger.run)
            nursery.start_soon(self.courier.run, self.network, self.border)
            task_status.started()

    def _broken(self, error: Exception) -> None:
        raise AssertionError from error


@asynccontextmanager
async def living(patch: pytest.MonkeyPatch, clock: Clock, *houses: House) -> AsyncGenerator[None]:
    """Run nodes by a clock; they are stopped at the end."""
    patch.setattr(border_module, "now_ms", clock)
    async with trio.open_nursery() as nursery:
        for house in houses:
            await nursery.start(house.run)
        yield
        nursery.cancel_scope.cancel()
