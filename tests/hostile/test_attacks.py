"""Every attack against the stock library, which shows that it is one, and against ours, which must not mind."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
import trio

from tests.hostile.attacks import ATTACKS, Attack, launched
from tests.hostile.ours import HEARD
from tests.node.net.neighbours import OFFERS, PATIENCE_S, Neighbour, running

if TYPE_CHECKING:
    from tests.hostile.conftest import Victim


async def _honest_peer_is_served(victim: Victim) -> None:
    """Somebody else connects, is answered, and is heard."""
    carol = Neighbour("carol")
    record = os.urandom(16)
    async with running(carol):
        with trio.fail_after(PATIENCE_S):
            await carol.network.connect(victim.address)
            assert await carol.network.request(victim.peer, b"hello") == b"echo hello"
            await carol.network.announce(OFFERS, record)
            await carol.network.request(victim.peer, HEARD + record)


async def _try(attack: Attack, victim: Victim, size: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The victim's facts before, and once the attack shows or ten seconds have passed."""
    before = await victim.look()
    shows = attack.stock if victim.kind == "stock" else attack.ours
    async with launched(attack, victim.kind, victim.address, size) as who:
        after = await victim.settled(lambda facts: shows(before, facts | {"sent_back": who.sent_back}))
        return before, after | {"sent_back": who.sent_back}


async def _compare(attack: Attack, stock: Victim, ours: Victim, size: int) -> None:
    before = await stock.look()
    before, after = await _try(attack, stock, size)
    assert attack.stock(before, after), f"the stock library did not mind: {before} {after}"
    before, held = await _try(attack, ours, size)
    assert attack.ours(before, held), (before, held)
    assert (held["ended"], held["life"], held["restarts"]) == ("", 1, 0)
    if "stalls" in attack.name:
        assert held["stall_ms"] < after["stall_ms"] / 2, (after, held)
    await _honest_peer_is_served(ours)


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
async def test_what_harms_the_stock_library_does_not_harm_ours(attack: Attack, stock: Victim, ours: Victim) -> None:
    await _compare(attack, stock, ours, attack.size)


@pytest.mark.slow
@pytest.mark.parametrize(
    "attack", [attack for attack in ATTACKS if attack.slow_size], ids=[a.name for a in ATTACKS if a.slow_size]
)
async def test_nor_does_ten_times_as_much(attack: Attack, stock: Victim, ours: Victim) -> None:
    await _compare(attack, stock, ours, attack.slow_size)
