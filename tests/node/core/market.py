"""A market in one process: real cores over real stores, and what they ask of their shells carried out at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from freehold.node.core import identities
from freehold.node.core.desk import Denied, Desk
from freehold.node.core.effects import Announce, Effect, Hand, Notify, Verdict
from freehold.node.core.service import Service
from freehold.node.policies.ranking import BAYESIAN
from freehold.node.store.sqlite import SqliteStore
from freehold.protocol import frame, requests
from freehold.protocol.envelope import pack
from freehold.protocol.kind import Registry
from freehold.protocol.kinds import BUILTIN
from freehold.protocol.network import network
from tests.cast import NETWORK, START_MS, Person
from tests.memory import memory_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from freehold.protocol.envelope import Record
    from freehold.protocol.network import Network

NOW = START_MS
PEER = "a peer"
ADDRESS = "/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWGzxzKZYveHXtpG6AsrUJBcWxHBFS2HsEoGTxrMLvKXtf"


def dice(name: str) -> Callable[[int], bytes]:
    """Randomness that is the same in every run."""
    numbers = count()
    return lambda size: hashlib.shake_256(f"{name} {next(numbers)}".encode()).digest(size)


def desk_of(who: Person | None, rules: Network | None = None) -> Desk:
    """Somebody's desk with an empty store, or (None) that of a node which only relays."""
    name, key = (who.name, who.key) if who else ("a relay", None)
    return Desk(rules or network(NETWORK), Registry(BUILTIN), memory_store(), BAYESIAN, dice(name), key)


@dataclass
class Stall:
    """Somebody's node. `notices` are the events that its owner was told of."""

    person: Person
    desk: Desk
    service: Service
    notices: list[str] = field(default_factory=list)

    def hears(self, record: Record, now: int = NOW) -> Verdict:
        """One record by gossip."""
        topic = self.desk.registry.topic(record.header.kind)
        return self.service.received(frame.pack_batch([pack(record)]), PEER, now, topic).verdict


class Market:
    """Stalls, and what passes between them. Its clock stands still unless it is moved."""

    def __init__(self, rules: Network | None = None) -> None:
        self._rules = rules or network(NETWORK)
        self.stalls: dict[bytes, Stall] = {}
        self.now = NOW

    def open(self, who: Person, *, reachable: bool = True) -> Stall:
        """A new stall, known to all others and knowing them."""
        desk = desk_of(who, self._rules)
        stall = Stall(who, desk, Service(desk))
        for other in self.stalls.values():
            for record in other.desk.stores.records.shared([name for _, name in store_names(other)]):
                stall.hears(record, self.now)
        self.stalls[who.id] = stall
        self.carry(stall, identities.enrol(desk, who.inception, self.now)[1])
        if reachable:
            self.carry(stall, stall.service.set_nodes((ADDRESS,), self.now))
        return stall

    def does(self, stall: Stall, act: Callable[..., tuple[Any, list[Effect]]], *arguments: Any) -> Any:
        """An act of a stall's owner, carried out to the end; what the act answers."""
        result, effects = act(stall.desk, *arguments, self.now)
        stall.desk.stores.commit()
        self.carry(stall, effects)
        return result

    def carry(self, stall: Stall, effects: Iterable[Effect]) -> None:
        """Gossip to everybody, parcels to their recipients, until nothing is left to do."""
        for effect in effects:
            if isinstance(effect, Announce):
                assert effect.topic == stall.desk.registry.topic(effect.record.header.kind)
                for other in self.stalls.values():
                    if other is not stall:
                        assert other.hears(effect.record, self.now) is not Verdict.REFUSE
            elif isinstance(effect, Notify):
                stall.notices.append(effect.event)
        for effect in stall.service.tick(self.now):
            if isinstance(effect, Hand):
                self._hand(stall, effect)

    def _hand(self, sender: Stall, hand: Hand) -> None:
        recipient = self.stalls[hand.parcel.recipient]
        request = requests.write(requests.Deliver(hand.parcel.sealed))
        reply, effects = recipient.service.answer(request, PEER, self.now)
        self.carry(sender, sender.service.handed(hand.parcel, reply, self.now))
        self.carry(recipient, effects)

    def close(self) -> None:
        for stall in self.stalls.values():
            assert isinstance(stall.desk.stores, SqliteStore)
            stall.desk.stores.close()


def store_names(stall: Stall) -> list[tuple[int, Any]]:
    """All that a stall would tell another in a catch-up."""
    return stall.desk.stores.records.after(0, 10_000)


def everything(stall: Stall) -> tuple[Any, ...]:
    """What must be the same before and after something that was denied."""
    stores = stall.desk.stores
    return (stores.records.totals(), store_names(stall), [parcel.record for parcel in stores.outbox.due(2**53 - 1, 99)])


def denied(stall: Stall, market: Market, act: Callable[..., Any], *arguments: Any) -> Denied:
    """The denial that an act must end in; nothing may have been kept, and it must say what to do."""
    before = everything(stall)
    with pytest.raises(Denied) as caught:
        act(stall.desk, *arguments, market.now)
    assert everything(stall) == before
    assert caught.value.what
    assert caught.value.hint
    return caught.value
