"""A market in one process: real cores over real stores, and what they ask of their shells carried out at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from freehold.node.core import identities
from freehold.node.core.desk import Denied, Desk
from freehold.node.core.effects import Announce, Effect, Hand, Judgement, Notify, Pay, Verdict
from freehold.node.core.service import Service
from freehold.node.policies.ranking import PERSONAL
from freehold.node.store.sqlite import SqliteStore
from freehold.protocol import frame, requests
from freehold.protocol.envelope import pack
from freehold.protocol.kind import Registry
from freehold.protocol.kinds import BUILTIN
from freehold.protocol.network import network
from freehold.protocol.stamp import Stamp, question, search
from freehold.protocol.steps import at_once
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
    return Desk(rules or network(NETWORK), Registry(BUILTIN), memory_store(), PERSONAL, dice(name), key)


def paid(pay: Pay) -> Stamp | None:
    """The stamp that a node is to pay."""
    nonce = at_once(search(question(pay.parcel.recipient, pay.hour, pay.parcel.sealed), pay.bits))
    return None if nonce is None else Stamp(pay.hour, nonce)


def public(record: Record, desk: Desk) -> bytes:
    """A record as everybody gets it."""
    kind = record.header.kind
    private = kind in desk.registry and desk.registry[kind].private
    return pack(record.without_body() if private else record)


@dataclass
class Stall:
    """Somebody's node. `notices` are the events that its owner was told of; `away`: nothing reaches it; `listener` sees
    every effect."""

    person: Person
    desk: Desk
    service: Service
    notices: list[str] = field(default_factory=list)
    away: bool = False
    listener: Callable[[Effect], None] = lambda _effect: None

    def judges(self, record: Record, now: int = NOW) -> Judgement:
        """One record by gossip, without its body if that is private."""
        batch = frame.pack_batch([public(record, self.desk)])
        return self.service.received(batch, PEER, now, self.desk.registry.topic(record.header.kind))

    def hears(self, record: Record, now: int = NOW) -> Verdict:
        """The same; only what became of it."""
        return self.judges(record, now).verdict

    def restarts(self) -> None:
        """The process ends, and another one begins with what was kept."""
        self.desk.stores.commit()
        self.service = Service(self.desk)


class Market:
    """Stalls, and what passes between them. Its clock stands still unless it is moved."""

    def __init__(self, rules: Network | None = None) -> None:
        self._rules = rules or network(NETWORK)
        self.stalls: dict[bytes, Stall] = {}
        self.now = NOW

    def open(self, who: Person, *, reachable: bool = True, witness: bool = False) -> Stall:
        """A new stall, known to all others and knowing them."""
        desk = desk_of(who, self._rules)
        desk.witness = witness
        stall = Stall(who, desk, Service(desk))
        self._catch_up(stall)
        self.stalls[who.id] = stall
        self.carry(stall, identities.enrol(desk, who.inception, self.now)[1])
        if reachable:
            self.carry(stall, stall.service.set_nodes((ADDRESS,), self.now))
        return stall

    def does(self, stall: Stall, act: Callable[..., tuple[Any, list[Effect]]], *arguments: Any) -> Any:
        """An act of a stall's owner, carried out to the end; what the act answers."""
        result, effects = act(stall.desk, *arguments, self.now)
        effects = [*effects, *stall.service.acted(effects, self.now)]
        stall.desk.stores.commit()
        self.carry(stall, effects)
        return result

    def passes(self, ms: int = 0) -> None:
        """Time passes, and every node does what it does then."""
        self.now += ms
        for stall in self.stalls.values():
            if not stall.away:
                self.carry(stall, [])

    def returns(self, stall: Stall) -> None:
        """Somebody is there again, and has caught up."""
        stall.away = False
        self._catch_up(stall)
        self.passes()

    def carry(self, stall: Stall, effects: Iterable[Effect]) -> None:
        """Gossip to everybody, parcels to their recipients, until nothing is left to do."""
        waiting = [(stall, effect) for effect in (*effects, *stall.service.tick(self.now))]
        while waiting:
            at, effect = waiting.pop(0)
            at.listener(effect)
            if isinstance(effect, Announce):
                waiting += self._gossip(at, effect)
            elif isinstance(effect, Notify):
                at.notices.append(effect.event)
            elif isinstance(effect, Hand):
                waiting += self._hand(at, effect)
            elif isinstance(effect, Pay):
                waiting += [(at, then) for then in at.service.paid(effect, paid(effect), self.now)]

    def _gossip(self, stall: Stall, announced: Announce) -> list[tuple[Stall, Effect]]:
        assert announced.topic == stall.desk.registry.topic(announced.record.header.kind)
        assert pack(announced.record) == public(announced.record, stall.desk), "a private body is announced"
        follows: list[tuple[Stall, Effect]] = []
        for other in self.stalls.values():
            if other is not stall and not other.away:
                found = other.judges(announced.record, self.now)
                assert found.verdict is not Verdict.REFUSE, found.reason
                follows += [(other, effect) for effect in found.effects]
        return follows

    def _hand(self, sender: Stall, hand: Hand) -> list[tuple[Stall, Effect]]:
        recipient = self.stalls.get(hand.parcel.recipient)
        if recipient is None or recipient.away or not hand.nodes:
            return [(sender, effect) for effect in sender.service.not_handed(hand.parcel, "nobody answers", self.now)]
        request = requests.write(requests.Deliver(hand.parcel.sealed, hand.stamp))
        reply, effects = recipient.service.answer(request, PEER, self.now)
        after = [(sender, effect) for effect in sender.service.handed(hand.parcel, reply, self.now)]
        return after + [(recipient, effect) for effect in effects]

    def _catch_up(self, stall: Stall) -> None:
        effects: list[Effect] = []
        for other in self.stalls.values():
            for record in other.desk.stores.records.shared([name for _, name in store_names(other)]):
                effects += stall.judges(record, self.now).effects
        self.carry(stall, effects)

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
