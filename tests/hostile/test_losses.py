"""What the stock library loses without anybody's ill will, and ours does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from tests.hostile.stock import Stock
from tests.node.net.neighbours import PATIENCE_S, Neighbour, running

if TYPE_CHECKING:
    from tests.hostile.conftest import Victim

_MARK = 1_000_000
_BURST = 1_000
_FEW = 20


async def _all_has_come(listener: Stock, victim: Victim) -> None:
    """Wait until something that was said after all the rest is heard."""
    with trio.fail_after(PATIENCE_S):
        for number in range(_MARK, 2 * _MARK):
            await victim.ask("gossip", first=number, count=1)
            with trio.move_on_after(0.2):
                await listener.until(lambda: bool(listener.last) and int(listener.last) >= _MARK)
                return


def _numbers(listener: Neighbour) -> list[int]:
    """What was said here: ours still has in mind, and offers to whoever comes, what an attack before this said."""
    return [int(record) for record in listener.ears.records if record.isdigit()]


async def test_the_stock_queue_loses_part_of_a_burst_and_ours_nothing(stock: Victim, ours: Victim) -> None:
    listener = Stock("listener", validator=False)
    async with trio.open_nursery() as nursery:
        await nursery.start(listener.run)
        await listener.meet(stock.address)
        await stock.ask("gossip", first=0, count=_BURST)
        await _all_has_come(listener, stock)
        assert listener.heard < _BURST * 0.95
        await listener.part()
        nursery.cancel_scope.cancel()
    bob = Neighbour("bob")
    async with running(bob):
        await bob.network.connect(ours.address)
        await ours.settled(lambda facts: facts["connections"] >= 1)
        await ours.ask("gossip", first=0, count=_BURST)
        await bob.ears.until(lambda: len(_numbers(bob)) >= _BURST)
        assert sorted(_numbers(bob)) == list(range(_BURST))
        assert len(set(bob.ears.records)) == len(bob.ears.records), "something came twice"
        assert len(bob.ears.messages) < _BURST / 10


async def test_after_a_restart_the_stock_host_repeats_its_numbers_and_is_not_heard(stock: Victim) -> None:
    """tests/node/net/test_network.py shows that ours is heard at once."""
    listener = Stock("listener", validator=False)
    async with trio.open_nursery() as nursery:
        await nursery.start(listener.run)
        await listener.meet(stock.address)
        await stock.ask("gossip", first=0, count=_FEW)
        with trio.fail_after(PATIENCE_S):
            await listener.until(lambda: listener.heard == _FEW)
        await listener.part()
        await stock.begin()
        await listener.meet(stock.address)
        await stock.ask("gossip", first=100, count=_FEW)
        await _all_has_come(listener, stock)
        assert listener.heard < 2 * _FEW
        await listener.part()
        nursery.cancel_scope.cancel()
