"""A street of nodes in one process that reconcile with each other, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass, field

from freehold.node.core.effects import Converse, Penalize
from freehold.node.core.participation import Participation
from freehold.node.core.service import Service
from tests.cast import HOUR_MS, START_MS, alice, bob, offer
from tests.node.core.market import Stall, desk_of

NOW = START_MS + HOUR_MS
ALL = Participation()


@dataclass
class Street:
    """Nodes that are all connected, and their conversations carried frame by frame."""

    now: int = NOW
    nodes: dict[str, Stall] = field(default_factory=dict)
    blamed: list[str] = field(default_factory=list)
    talks: int = 0
    frames: int = 0

    def open(self, who, participation=ALL, rules=None) -> Stall:
        desk = desk_of(who, rules)
        stall = Stall(who, desk, Service(desk, participation))
        self.nodes[who.name] = stall
        return stall

    def meet(self, one: str, other: str) -> None:
        self.carry(one, self.nodes[one].service.connected(other, self.now))
        self.carry(other, self.nodes[other].service.connected(one, self.now))

    def passes(self, ms: int = 1_000) -> None:
        self.now += ms
        for name, stall in self.nodes.items():
            while stall.desk.stores.ranges.tend(self.now):
                pass
            self.carry(name, stall.service.tick(self.now))

    def carry(self, name: str, effects) -> None:
        for effect in effects:
            if isinstance(effect, Converse):
                self._converse(name, effect)
            elif isinstance(effect, Penalize):
                self.blamed.append(f"{name} blames {effect.peer}: {effect.reason}")

    def _converse(self, name: str, effect: Converse) -> None:
        self.talks += 1
        peer = self.nodes[effect.peer]
        assert peer.service.reconciling
        guest = peer.service.reconciling.spoken_to(name, self.now)
        queue = [(effect.peer, guest, effect.first)]
        numbers = {name: effect.number, effect.peer: guest}
        ended: list[str] = []
        while queue:
            at, number, frame = queue.pop(0)
            if at in ended:
                continue
            self.frames += 1
            said = self._hear(at, number, frame)
            other = name if at == effect.peer else effect.peer
            queue += [(other, numbers[other], each) for each in said.frames]
            if said.over:
                ended.append(at)
        for each in (effect.peer, name):
            service = self.nodes[each].service.reconciling
            assert service
            self.carry(each, service.ended(numbers[each], "", self.now))

    def _hear(self, at: str, number: int, frame: bytes):
        service = self.nodes[at].service.reconciling
        assert service
        said = service.heard(number, frame, self.now)
        self.carry(at, said.effects)
        while said.busy:
            said = service.take(number, self.now)
            self.carry(at, said.effects)
        return said


def keeps(stall, *records) -> None:
    stall.desk.stores.records.add(stall.person.inception, NOW, shared=True)
    for record in records:
        stall.desk.stores.records.add(record, NOW, shared=True)


def ids(stall) -> set[bytes]:
    return {name for _, name in stall.desk.stores.records.after(0, 99_999)}


def offers(who, count, start=0):
    return [offer(who, number=number, at=START_MS + number) for number in range(start, start + count)]


def two(street, one=(), other=()):
    alices, bobs = street.open(alice), street.open(bob)
    keeps(alices, *one)
    keeps(bobs, *other)
    street.meet("alice", "bob")
    return alices, bobs
