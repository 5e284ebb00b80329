"""Carries the core's effects out over the network, within bounds, and brings back what came of them."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

import trio

from freehold.protocol import requests
from freehold.protocol.envelope import pack
from freehold.protocol.text import RECORD, show

from .core.effects import Announce, Ask, Converse, Hand, Kept, Meet, Notify, Pay, Penalize
from .net.port import NetworkError, NotSpoken
from .questions import Questions
from .stamping import find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .border import Border
    from .core.effects import Effect
    from .net.libp2p import Network

WAITING_ANNOUNCEMENTS = 20_000
"""A burst of this many own records is more than a person makes; beyond, catch-up brings them."""
WAITING_PARCELS = 512
WAITING_REMARKS = 4_096
ASKED_AT_ONCE = 24
HANDED_AT_ONCE = 8
"""Apart from what is asked: one whose recipient is gone may take a minute."""
TALKS_AT_ONCE = 4
"""The core opens three at a time; one more may just be ending."""
WAITING_TALKS = 64
WAITING_STAMPS = 64
"""They are looked for one after the other; what finds no place is asked for again."""
ANSWER_S = 10.0
ADDRESSES_TRIED = 4
_LOG = logging.getLogger(__name__)


class Courier:
    """One for a node. `carry` never blocks and never fails; what it cannot take is counted in `dropped`."""

    def __init__(self, wire_names: Mapping[str, str]) -> None:
        self._wire_names = wire_names
        self._announce, self._announcements = trio.open_memory_channel[Announce](WAITING_ANNOUNCEMENTS)
        self._hand, self._parcels = trio.open_memory_channel[Hand](WAITING_PARCELS)
        self._questions = Questions()
        self._remark, self._remarks = trio.open_memory_channel[Penalize | Meet](WAITING_REMARKS)
        self._talk, self._talks = trio.open_memory_channel[Converse](WAITING_TALKS)
        self._pay, self._payments = trio.open_memory_channel[Pay](WAITING_STAMPS)
        self.dropped = 0

    def carry(self, effect: Effect) -> None:
        """Take it up for `run`."""
        try:
            match effect:
                case Announce():
                    self._announce.send_nowait(effect)
                case Ask():
                    self.dropped += not self._questions.put(effect)
                case Hand():
                    self._hand.send_nowait(effect)
                case Converse():
                    self._talk.send_nowait(effect)
                case Pay():
                    self._pay.send_nowait(effect)
                case Penalize() | Meet():
                    self._remark.send_nowait(effect)
                case Notify(event, about):
                    _LOG.info("%s: %s", event, show(about, RECORD))
                case Kept():
                    pass
        except trio.WouldBlock:
            self.dropped += 1

    async def run(self, network: Network, border: Border) -> None:
        """Carry what is taken up, for ever. What comes back enters by the border, as everything from outside does."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._announce_all, network)
            nursery.start_soon(self._pass_remarks, network)
            nursery.start_soon(self._pay_stamps, border)
            for _ in range(ASKED_AT_ONCE):
                nursery.start_soon(self._questions.ask_all, partial(_ask, network=network, border=border))
            for _ in range(HANDED_AT_ONCE):
                nursery.start_soon(self._hand_over, network, border)
            for _ in range(TALKS_AT_ONCE):
                nursery.start_soon(self._converse, network, border)

    async def _announce_all(self, network: Network) -> None:
        async for effect in self._announcements:
            await network.announce(self._wire_names[effect.topic], pack(effect.record))

    async def _pass_remarks(self, network: Network) -> None:
        async for remark in self._remarks:
            if isinstance(remark, Penalize):
                network.penalize(remark.peer, remark.reason)
            else:
                network.offer_address(remark.address)

    async def _hand_over(self, network: Network, border: Border) -> None:
        async for hand in self._parcels:
            await _hand(hand, network, border)

    async def _pay_stamps(self, border: Border) -> None:
        async for pay in self._payments:
            border.paid(pay, await find(pay))

    async def _converse(self, network: Network, border: Border) -> None:
        async for talk in self._talks:
            try:
                await network.converse(talk.peer, talk.number, talk.first)
            except NotSpoken:
                border.talk_refused(talk.number)
            except NetworkError as error:
                border.talk_ended(talk.number, str(error))


async def _ask(ask: Ask, network: Network, border: Border) -> None:
    try:
        reply = await network.request(ask.peer, requests.write(ask.request), timeout_s=ANSWER_S)
    except NetworkError as error:
        _LOG.debug("%s did not answer: %s", ask.peer, error)
        border.failed(ask)
    else:
        border.replied(ask, reply)


async def _hand(hand: Hand, network: Network, border: Border) -> None:
    trouble = "none of its owner's nodes has an address here"
    request = requests.write(requests.Deliver(hand.parcel.sealed, hand.stamp))
    for address in hand.nodes[:ADDRESSES_TRIED]:
        try:
            peer = await network.connect(address)
            reply = await network.request(peer, request, timeout_s=ANSWER_S)
        except NetworkError as error:
            trouble = str(error)
            continue
        border.handed(hand.parcel, reply)
        return
    border.not_handed(hand.parcel, trouble)
