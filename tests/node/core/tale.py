"""Contracts for tests of the core: made by proposal or by hand, and told act by act at several stalls."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from freehold.node.core import catalog, dealings, proposing
from freehold.node.core.proposing import Bid, Conditions, Piece
from freehold.protocol.envelope import Record, place_of
from freehold.protocol.kinds.agreement import Milestone
from freehold.protocol.kinds.entries import Delivery
from freehold.protocol.kinds.offer import WANTED, Offer
from freehold.protocol.kinds.payments import PaymentReceived, PaymentSent
from freehold.protocol.kinds.values import Money
from tests.cast import DAY_MS, Person, agreement, agreement_body, alice, bob, person

if TYPE_CHECKING:
    from freehold.node.core.ports import Notice
    from freehold.protocol.fold.progress import Contract
    from freehold.protocol.kinds.notes import Note
    from tests.node.core.market import Market, Stall

dave, erin = person("dave"), person("erin")
"""Arbiters."""
PRICE = Money(10_000, "EUR")
SENT, RECEIVED = PaymentSent(PRICE, "manual-ack/1", "RF18"), PaymentReceived(PRICE)
DRAFTS = Delivery("Three drafts.")
WORK = Milestone(work=7 * DAY_MS)


@dataclass
class Tale:
    """A contract of alice (client) and bob at the stalls of a market. `done`: what was signed, in order."""

    market: Market
    id: bytes
    done: list[Record] = field(default_factory=list)

    def at(self, who: Person) -> Stall:
        """Somebody's stall."""
        return self.market.stalls[who.id]

    def does(self, who: Person, body: Any, part: int | None = 0, words: Note | None = None) -> Record:
        """Somebody acts in the contract."""
        at = self.at(who)
        record: Record = self.market.does(at, lambda desk, now: dealings.act(desk, self.id, part, body, now, words))
        self.done.append(record)
        return record

    def passes(self, days: float) -> None:
        """Time passes: at once everybody vouches for what was just signed, in the end what waits is handed over."""
        self.market.passes(2_000)
        self.market.passes(round(days * DAY_MS))
        self.market.passes(60_000)

    def seen_by(self, who: Person) -> Contract:
        """The contract as somebody's node shows it now."""
        return dealings.contract(self.at(who).desk, self.id, self.market.now)

    def state(self, part: int = 0) -> str:
        """Where a milestone stands, at every stall alike."""
        found = {self.seen_by(stall.person).milestones[part].state for stall in self.market.stalls.values()}
        (state,) = found
        return state

    def reads(self, who: Person, record: Record) -> bool:
        """Whether somebody has what a record says."""
        kept = self.at(who).desk.stores.records.get(record.id)
        return kept is not None and kept.body is not None

    def told(self, who: Person, topic: str = "") -> list[str]:
        """What somebody was told of this contract, of one topic or of all."""
        notices: list[Notice] = self.at(who).desk.stores.notices.after(0, 999)
        return [one.text for one in notices if one.about == self.id and topic in ("", one.topic)]


def shown(found: Contract) -> tuple[Any, ...]:
    """A contract as everybody must see it: without the bodies, which only some have."""
    steps = [(step.entry.id, step.part, step.state, step.at, step.derived) for step in found.steps]
    milestones = [replace(one, claim=None) for one in found.milestones]
    claims = [one.claim and (one.claim.entry.id, one.claim.until) for one in (*found.milestones, *found.pings)]
    changed = [(change.entry.id, change.state, change.until) for change in found.changes]
    pinged = [(ping.entry.id, ping.deadline) for ping in found.pings]
    heads = {author: record.id for author, record in found.heads.items()}
    signed = {author: record.id for author, record in found.signatures.items()}
    rest = (
        found.id,
        found.agreement,
        found.scopes,
        found.lapsed,
        found.marks,
        found.absences,
        found.refused,
        found.waiting,
    )
    return (steps, milestones, claims, changed, pinged, heads, signed, *rest)


def agreed(market: Market, parts: int = 1, **conditions: Any) -> Tale:
    """A contract that came about by an offer of alice's and a proposal of bob's; the stalls are there."""
    at_alice, at_bob = market.stalls[alice.id], market.stalls[bob.id]
    offer = market.does(at_alice, catalog.publish, Offer(WANTED, "A logo"), 30 * DAY_MS)
    pieces = tuple(Piece(f"Milestone {number + 1}", PRICE, WORK) for number in range(parts))
    bid = Bid("I draw.", pieces, conditions=Conditions(**conditions))
    proposal = market.does(at_bob, proposing.propose, place_of(offer.header), bid, 7 * DAY_MS)
    return Tale(market, market.does(at_alice, proposing.accept, proposal.id))


def by_hand(market: Market, at: int | None = None, **fields: Any) -> Tale:
    """A contract of which every stall hears both signatures; `fields` are those of `cast.agreement_body`."""
    body = agreement_body(alice, bob, **fields)
    signed = [agreement(who, body, market.now if at is None else at) for who in (bob, alice)]
    for stall in market.stalls.values():
        for record in signed:
            market.carry(stall, stall.judges(record, market.now).effects)
    return Tale(market, signed[0].header.body)
