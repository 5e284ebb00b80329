"""One node of a simulated world: a real core over a real store, which outlives the ends and starts of the node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.node.core import catalog, identities, proposing
from freehold.node.core.desk import Desk
from freehold.node.core.proposing import Bid, Piece
from freehold.node.policies.ranking import PERSONAL
from freehold.protocol.envelope import place_of
from freehold.protocol.kind import Registry
from freehold.protocol.kinds import BUILTIN
from freehold.protocol.kinds.agreement import Milestone
from freehold.protocol.kinds.offer import OFFER, WANTED, Offer
from freehold.protocol.kinds.values import Money
from freehold.protocol.network import network
from tests.cast import DAY_MS, NETWORK, person
from tests.memory import fail_power, memory_store
from tests.node.core.market import dice

if TYPE_CHECKING:
    from collections.abc import Callable

    from freehold.node.core.effects import Effect
    from freehold.node.core.service import Service
    from freehold.protocol.envelope import Record


class Dweller:
    """`life` changes whenever the node starts or ends: what was meant for an earlier life never arrives."""

    def __init__(self, name: str, mind: Callable[[Desk], Service]) -> None:
        self.name, self.on, self.life = name, False, 0
        self.store = memory_store()
        self.address = f"/dns/{name}/tcp/4001/p2p/{name}"
        self.waiting: list[Effect] | None = None
        self.heard: set[bytes] = set()
        self._person, self._mind = person(name), mind
        registry = Registry(BUILTIN)
        self.desk = Desk(network(NETWORK), registry, self.store, PERSONAL, dice(name), self._person.key)
        self.service = mind(self.desk)

    def start(self, now: int) -> list[Effect]:
        """A new process over what the last one left; it says who and where it is."""
        self.on, self.life = True, self.life + 1
        self.service = self._mind(self.desk)
        _, effects = identities.enrol(self.desk, self._person.inception, now)
        return effects + self.service.set_nodes((self.address,), now)

    def stop(self) -> None:
        """The process is killed: what was not committed, parked or on its way is gone."""
        self.on, self.life = False, self.life + 1
        self.waiting, self.heard = None, set()
        fail_power(self.store)

    def lose_folder(self) -> None:
        """The next start finds an empty folder; the key was written down."""
        self.store.close()
        self.store = self.desk.stores = memory_store()

    def publish(self, now: int) -> list[Effect]:
        """One more offer of the owner's."""
        _, effects = catalog.publish(self.desk, Offer(WANTED, f"Work of {self.name}"), 30 * DAY_MS, now)
        return effects

    def offers(self) -> list[bytes]:
        """The places of its owner's offers."""
        found = self.store.records.by_author(self._person.id, OFFER.name, 99)
        return [place for record in found if (place := place_of(record.header)) is not None]

    def propose(self, place: bytes, now: int) -> tuple[bytes, list[Effect]]:
        """Answer an offer; the proposal's id."""
        bid = Bid("I drew the signs of forty bakeries.", (Piece("Drawing", Money(15_000, "EUR"), Milestone(DAY_MS)),))
        proposal, effects = proposing.propose(self.desk, place, bid, 7 * DAY_MS, now)
        return proposal.id, effects

    def knows(self, record: Record) -> bool:
        """Whether it has a record, or another version in the record's place."""
        place = place_of(record.header)
        return self.store.records.has(record.id) or (place is not None and self.store.records.fills(place) is not None)

    def shares(self) -> set[bytes]:
        """The ids of all records that it gives to others."""
        return {name for _, name in self.store.records.after(0, 2**31)}
