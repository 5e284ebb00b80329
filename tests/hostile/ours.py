"""Freehold's network under attack, with an application that believes everything."""

from __future__ import annotations

from typing import Any

import trio

from tests.node.net.neighbours import OFFERS, Ears, Neighbour

POISON = b"poison"
HEARD = b"tell me when you have heard "
"""A request that is answered once a record has come by gossip."""


class Believer(Ears):
    """An application that believes everything, fails on poison, and tells when it has heard something."""

    def heard(self, topic: str, data: bytes, peer: str) -> bool:
        if data.endswith(POISON):
            raise ZeroDivisionError
        return super().heard(topic, data, peer)

    async def answer(self, peer: str, request: bytes) -> bytes:
        if request.endswith(POISON):
            raise ZeroDivisionError
        if request.startswith(HEARD):
            await self.until(lambda: request.removeprefix(HEARD) in self.records)
        return await super().answer(peer, request)


class Ours:
    """One node; the same surface as `stock.Stock`."""

    def __init__(self) -> None:
        self._neighbour = Neighbour("victim", ears=Believer())
        self.address = self.peer = ""

    @property
    def heard(self) -> int:
        return len(self._neighbour.ears.messages)

    async def run(self, *, task_status: Any = trio.TASK_STATUS_IGNORED) -> None:
        async with trio.open_nursery() as nursery:
            await nursery.start(self._neighbour.network.run)
            self.address, self.peer = self._neighbour.address, self._neighbour.id
            task_status.started()

    async def gossip(self, data: bytes) -> None:
        await self._neighbour.network.announce(OFFERS, data)

    def facts(self) -> dict[str, int]:
        life = self._neighbour.network._life
        counts = self._neighbour.network.statistics()
        if life is None:
            return {**counts, "life": 0}
        swarm = life._host.get_network()
        return {
            **counts,
            "life": 1,
            "bans": len(self._neighbour.book.banned),
            "slots": swarm._inbound_limiter.borrowed_tokens,
            "streams": sum(len(conn.muxed_conn.streams) for conn in swarm.get_connections()),
            "topics": len(life._pubsub.peer_topics),
            "back_off": sum(map(len, life._router.back_off.values())),
            "noted": sum(map(len, life._router.recent_message_deliveries.values())),
            "unread": sum(
                len(buffer) for conn in swarm.get_connections() for buffer in conn.muxed_conn.stream_buffers.values()
            ),
        }
