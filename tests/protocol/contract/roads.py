"""How a contract comes to each state of the table: entries and silences, played by the fold like any other records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from freehold.protocol import contract as c
from freehold.protocol.kinds import disputes, entries
from freehold.protocol.kinds.changes import Cancellation, Consent, Settlement
from freehold.protocol.kinds.payments import Funding, PaymentDenied
from freehold.protocol.kinds.timing import Claim
from freehold.protocol.kinds.values import CLIENT, FREELANCER, other
from freehold.protocol.network import network
from tests.cast import DAY_MS, HOUR_MS, NETWORK, START_MS, Person, alice, bob

from .deal import EVERYBODY, RECEIVED, SENT, Deal, dave, erin, frank

TIMES = network(NETWORK).times
PARTIES = {CLIENT: alice, FREELANCER: bob}
ARBITERS = (dave.id, erin.id, frank.id)
Step = Callable[["Walk"], None]


class Walk:
    """A deal that goes on by itself: an entry half a day after the last, a claim when a deadline is over."""

    def __init__(self, deal: Deal, day: float = 0) -> None:
        self.deal, self.day = deal, day

    def does(self, who: Person, body: Any) -> None:
        """Somebody adds an entry."""
        self.day += 0.5
        self.deal.does(who, body, self.day)

    def debtor(self) -> Person:
        """Whom the milestone waits for."""
        found = self.deal.at(self.day)
        return EVERYBODY[found.identity(found.debtor(0) or "", 0) or b""]

    def claims(self, who: Person | None = None) -> None:
        """The deadline passes, the other side claims at once, nobody answers the claim."""
        found = self.deal.at(self.day)
        progress, role = found.milestones[0], found.debtor(0) or ""
        assert progress.deadline is not None
        creditor = who or (PARTIES[other(role)] if role in PARTIES else alice)
        self.day = max(self.day, _day(progress.deadline + 1))
        self.deal.does(creditor, Claim(progress.since), self.day)
        self.day += _day(START_MS + TIMES.cure + 1)

    def state(self) -> str:
        """Where the milestone stands now."""
        return self.deal.state(self.day)


def _day(at: int) -> float:
    return (at - START_MS) / DAY_MS


def does(who: Person, body: Any) -> Step:
    """A step of somebody."""
    return lambda walk: walk.does(who, body)


def silence(walk: Walk) -> None:
    """The step that nobody takes."""
    walk.claims()


def _agreed(walk: Walk) -> None:
    walk.does(bob, Consent(walk.deal.heads[alice.id].id))


def _untouched(walk: Walk) -> None:
    walk.day += (TIMES.dormant + 12 * HOUR_MS) / DAY_MS + 20


DELIVERS, ACCEPTS = does(bob, entries.Delivery("Here.")), does(alice, entries.Acceptance())
DISPUTES, TAKES = does(alice, disputes.Dispute("It is blue.")), does(dave, disputes.CaseTaken())
ANSWERS, RULES = does(bob, disputes.Answer("You said blue.")), does(dave, disputes.Ruling(600, disputes.CLIENTS))
PAYS, CONFIRMS = does(alice, SENT), does(bob, RECEIVED)
_OWED = (DELIVERS, DISPUTES, TAKES, ANSWERS, RULES)

ROADS: dict[str, tuple[Step, ...]] = {
    c.FUNDING: (),
    c.WORKING: (),
    c.BLOCKED: (does(bob, entries.Blocked("The old logo.")),),
    c.DELIVERED: (DELIVERS,),
    c.REVISION: (DELIVERS, does(alice, entries.Revision(("1",)))),
    c.PAYABLE: (DELIVERS, ACCEPTS),
    c.PAID: (DELIVERS, ACCEPTS, PAYS),
    c.AWAITING_ARBITER: (DELIVERS, DISPUTES),
    c.AWAITING_ANSWER: (DELIVERS, DISPUTES, TAKES),
    c.DELIBERATING: (DELIVERS, DISPUTES, TAKES, ANSWERS),
    c.OWED: _OWED,
    c.AWARD_PAID: (*_OWED, PAYS),
    c.SETTLED: (DELIVERS, ACCEPTS, PAYS, CONFIRMS),
    c.UNCONFIRMED: (DELIVERS, ACCEPTS, PAYS, silence),
    c.RESOLVED: (*_OWED, PAYS, CONFIRMS),
    c.CANCELLED: (does(alice, Settlement(0)), _agreed),
    c.BY_CLIENT: (does(alice, Cancellation()),),
    c.BY_FREELANCER: (does(bob, Cancellation()),),
    c.UNFUNDED: (silence,),
    c.UNDELIVERED: (silence,),
    c.ABANDONED: (does(bob, entries.Blocked("The old logo.")), silence),
    c.UNPAID: (DELIVERS, ACCEPTS, silence),
    c.NONCOMPLIANT: (*_OWED, silence),
    c.CONTESTED: (DELIVERS, DISPUTES, silence, silence, silence),
    c.DORMANT: (_untouched,),
}
"""The steps from both signatures to a state. Funding is agreed only where the road needs it (`FUNDED`)."""
FUNDED = frozenset((c.FUNDING, c.UNFUNDED))

BODIES: dict[str, Any] = {
    "funding/1": Funding("manual-ack/1"),
    "delivery/1": entries.Delivery("Here."),
    "blocked/1": entries.Blocked("The old logo."),
    "unblocked/1": entries.Unblocked(),
    "acceptance/1": entries.Acceptance(),
    "revision/1": entries.Revision(("1",)),
    "timesheet/1": entries.Timesheet(START_MS, 600),
    "finish/1": entries.Finish(),
    "payment-sent/1": SENT,
    "payment-received/1": RECEIVED,
    "payment-denied/1": PaymentDenied(),
    "cancellation/1": Cancellation(),
    "dispute/1": disputes.Dispute("No."),
    "answer/1": disputes.Answer("Yes."),
    "appeal/1": disputes.Appeal(),
    "case-taken/1": disputes.CaseTaken(),
    "case-declined/1": disputes.CaseDeclined(),
    "ruling/1": disputes.Ruling(600, disputes.CLIENTS),
}
"""An entry of every kind that the table names."""


def walk_to(state: str, build: Callable[..., Deal], **fields: Any) -> Walk:
    """A contract in a state; `build` makes the deal from the fields of the agreement."""
    fields = {"arbiters": ARBITERS, "funded": state in FUNDED} | fields
    walk = Walk(build(**fields))
    for step in ROADS[state]:
        step(walk)
    return walk
