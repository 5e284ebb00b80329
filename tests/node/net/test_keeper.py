"""Who is dialled, when, and who is not, on a clock that jumps."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING

import trio

from freehold.node.net.keeper import HEARD_OF, Keeper
from freehold.node.net.port import NetConfig, PeerInfo, Unreachable

if TYPE_CHECKING:
    from trio.testing import MockClock

_OWN: tuple[str, ...] = ("/ip4/127.0.0.1/tcp/1/p2p/me",)


def _address(name: str, host: str = "127.0.0.1") -> str:
    return f"/ip4/{host}/tcp/1/p2p/{name}"


class Market:
    """A dialler and a memory: who is there, and every attempt with its time."""

    def __init__(self, *there: str) -> None:
        self.peer_id: str = "me"
        self.addresses: tuple[str, ...] = _OWN
        self.there, self.banned_peers, self.reached = set(there), set[str](), list[str]()
        self.connected: dict[str, PeerInfo] = {}
        self.attempts: list[tuple[float, str]] = []
        self.at_once = self.most_at_once = 0

    async def connect(self, address: str) -> str:
        peer = address.rpartition("/")[2]
        self.attempts.append((trio.current_time(), peer))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await trio.sleep(0.1)
        self.at_once -= 1
        if peer not in self.there:
            raise Unreachable("nobody there")
        self.connected[peer] = PeerInfo(peer, address, "out", 0)
        return peer

    def peers(self) -> list[PeerInfo]:
        return list(self.connected.values())

    def known(self, limit: int) -> list[str]:
        return [_address(name) for name in self.reached][:limit]

    def banned(self, peer: str) -> bool:
        return peer in self.banned_peers


def _keeper(market: Market, *seeds: str, outbound: int = 8) -> Keeper:
    config = NetConfig((), tuple(_address(name) for name in seeds), (), "/p", outbound=outbound)
    return Keeper(config, market, market, random.Random(1))


async def _keep(keeper: Keeper, seconds: float) -> None:
    with trio.move_on_after(seconds):
        await keeper.run()


async def test_a_seed_that_is_down_is_tried_ever_more_seldom_and_reached_when_it_is_up(
    autojump_clock: MockClock,
) -> None:
    market = Market()
    keeper = _keeper(market, "seed")
    await _keep(keeper, 3_600)
    times = [time for time, _ in market.attempts]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert 1.5 <= pauses[0] <= 5
    assert all(225 <= pause <= 380 for pause in pauses[-5:])
    market.there.add("seed")
    await _keep(keeper, 400)
    assert "seed" in market.connected


async def test_a_seed_that_is_lost_is_dialled_again_at_once(autojump_clock: MockClock) -> None:
    market = Market("seed")
    keeper = _keeper(market, "seed")
    await _keep(keeper, 10)
    assert len(market.attempts) == 1
    market.connected.clear()
    keeper.look()
    await _keep(keeper, 1)
    assert "seed" in market.connected


async def test_no_more_are_dialled_than_there_are_places_nor_many_at_once(autojump_clock: MockClock) -> None:
    names = [f"peer {number}" for number in range(50)]
    market = Market(*names)
    keeper = _keeper(market)
    for name in names:
        keeper.offer(_address(name))
    await _keep(keeper, 60)
    assert len(market.connected) == 8
    assert market.most_at_once == 4


async def test_peers_that_were_reached_before_come_before_those_that_were_heard_of(autojump_clock: MockClock) -> None:
    market = Market("old friend", "stranger")
    market.reached = ["old friend"]
    keeper = _keeper(market, outbound=1)
    keeper.offer(_address("stranger"))
    await _keep(keeper, 60)
    assert list(market.connected) == ["old friend"]


async def test_nobody_dials_the_banned_themselves_or_the_connected(autojump_clock: MockClock) -> None:
    market = Market("mallory", "me", "alice")
    market.banned_peers.add("mallory")
    market.connected["alice"] = PeerInfo("alice", "", "in", 0)
    keeper = _keeper(market)
    for name in ("mallory", "me", "alice"):
        keeper.offer(_address(name))
    await _keep(keeper, 60)
    assert market.attempts == []


async def test_a_stranger_cannot_fill_the_memory_nor_name_places_where_we_do_not_listen(
    autojump_clock: MockClock,
) -> None:
    market = Market()
    keeper = _keeper(market)
    keeper.offer(_address("router", host="192.168.1.1"))
    keeper.offer("/ip4/93.184.216.34/tcp/1")
    for number in range(1_000):
        keeper.offer(_address(f"nobody {number}"))
    assert len(keeper._heard_of) == HEARD_OF
    await _keep(keeper, 7_200)
    assert "router" not in {peer for _, peer in market.attempts}
    assert len(keeper._heard_of) < HEARD_OF  # who is never there is forgotten
    assert market.most_at_once == 4
