"""Contracts in a simulated world: signed and acted in at some of its nodes, folded at all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from freehold.node.core import dealings
from freehold.node.core.catchup import EVERY_MS
from freehold.node.core.desk import Denied
from freehold.node.core.effects import Announce
from freehold.node.core.service import Service
from freehold.protocol.fold import fold
from tests.cast import Person, agreement, agreement_body, alice, bob, carol, person
from tests.node.core.tale import shown
from tests.simulation.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from freehold.node.core.desk import Desk
    from freehold.protocol.envelope import Record
    from freehold.protocol.fold.progress import Contract

ROUND_S = EVERY_MS / 1000
TOWN = ("alice", "bob", "carol", "dan", "erin")
"""carol is the witness."""


def minds(clocks: Mapping[bytes, int]) -> Callable[[Desk], Service]:
    """Services of which some go by a clock that is so many ms off."""

    def mind(desk: Desk) -> Service:
        return _Skewed(desk, clocks.get(desk.me or b"", 0))

    return mind


class _Skewed(Service):
    """Hears every time as its own clock has it."""

    def __init__(self, desk: Desk, off: int) -> None:
        super().__init__(desk)
        for name in ("received", "answer", "replied", "failed", "connected", "disconnected", "handed", "not_handed",
                     "paid", "parcels", "acted", "set_nodes", "tick"):  # fmt: skip
            setattr(self, name, _shifted(getattr(self, name), off))


def _shifted(method: Callable[..., Any], off: int) -> Callable[..., Any]:
    def shifted(*arguments: Any) -> Any:
        return method(*(one + off if type(one) is int else one for one in arguments))

    return shifted


class Deal:
    """One contract of alice and bob, with carol as its witness, in a world; `clocks`: by name, how far off they are."""

    def __init__(self, seed: int, clocks: Mapping[str, int] | None = None, names: tuple[str, ...] = TOWN) -> None:
        self.clocks = dict(clocks or {})
        off: dict[bytes, int] = {person(name).id: ms for name, ms in self.clocks.items()}
        self.world = World(seed, names, minds(off))
        self.world.dwellers["carol"].desk.witness = True
        self.world.start()
        self.world.mingle()
        self.id = b""

    def now(self, name: str) -> int:
        """The time as somebody's clock has it."""
        return self.world.now + self.clocks.get(name, 0)

    def announces(self, name: str, records: list[Record]) -> None:
        """Somebody's node keeps records and gossips them."""
        dweller = self.world.dwellers[name]
        effects: list[Any] = []
        for record in records:
            dweller.store.records.add(record, self.now(name), shared=True)
            topic = dweller.desk.registry.topic(record.header.kind)
            bare = record.without_body() if dweller.desk.registry[record.header.kind].private else record
            effects.append(Announce(topic, bare))
        self.world.note(dweller, [*effects, *dweller.service.acted(effects, self.world.now)])

    def both_sign(self, **fields: Any) -> None:
        """bob and alice sign, each by their own clock; the contract spreads from both."""
        body = agreement_body(alice, bob, witnesses=(carol.id,), quorum=1, **fields)
        for who in (bob, alice):
            self.announces(who.name, [agreement(who, body, self.now(who.name))])
        self.id = agreement(bob, body).header.context or b""

    def tries(self, who: Person, body: Any, part: int | None = 0) -> bool:
        """Somebody acts, if the own node lets them."""
        dweller = self.world.dwellers[who.name]
        try:
            _, effects = dealings.act(dweller.desk, self.id, part, body, self.now(who.name))
        except Denied:
            return False
        self.world.note(dweller, [*effects, *dweller.service.acted(effects, self.world.now)])
        return True

    def does(self, who: Person, body: Any, part: int | None = 0, rounds: int = 20) -> None:
        """Somebody acts as soon as the own node has what it takes: it may have to catch up first."""
        for _ in range(rounds):
            if self.tries(who, body, part):
                return
            self.world.run(ROUND_S)
        raise AssertionError(f"SEED={self.world.seed}: {who.name} could not act in {rounds} rounds: {body}")

    def at(self, name: str) -> Contract:
        """The contract as somebody's node shows it by its own clock."""
        found = fold(self.world.dwellers[name].store.records.in_context(self.id), self.now(name))
        assert found is not None, f"SEED={self.world.seed}: {name} has no contract"
        return found

    def check(self) -> Contract:
        """Every node shows the same contract, and blames nobody; that contract."""
        views = {name: self.at(name) for name in self.world.dwellers}
        first = shown(views["alice"])
        for name, view in views.items():
            for ours, theirs in zip(first, shown(view), strict=True):
                assert theirs == ours, f"SEED={self.world.seed}: {name} shows {theirs}, alice {ours}"
        assert self.world.blamed == [], f"SEED={self.world.seed}"
        return views["alice"]
