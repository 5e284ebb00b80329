"""What does not count: each attempt has its reason, and leaves the contract as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from freehold.protocol import contract as c
from freehold.protocol.envelope import seal
from freehold.protocol.fold import fold
from freehold.protocol.kinds.agreement import AGREEMENT
from freehold.protocol.kinds.changes import (
    Cancellation,
    Settlement,
)
from freehold.protocol.kinds.disputes import (
    CASES,
    NOBODY,
    Answer,
    CaseDeclined,
    CaseTaken,
    Dispute,
    Ruling,
)
from freehold.protocol.kinds.entries import Acceptance, Blocked, Delivery, Finish, Revision, Timesheet, Unblocked
from freehold.protocol.kinds.offer import HOURLY
from freehold.protocol.kinds.payments import Funding, PaymentDenied
from freehold.protocol.kinds.timing import Claim, Ping
from freehold.protocol.kinds.values import CLIENT
from tests.cast import NETWORK, Person, alice, bob, carol, mallory, receipt

from .attempts import refuses, waits
from .deal import KINDS, RECEIVED, SENT, WORK, dave, deal, delivered, erin, ms
from .roads import ARBITERS, ROADS, walk_to

WRONG_ROLE: list[tuple[str, Person, Any, str]] = [
    (c.FUNDING, bob, Funding("manual-ack/1"), "funding is up to the client"),
    (c.WORKING, alice, Delivery("Mine."), "delivery is up to the freelancer"),
    (c.WORKING, alice, Blocked("No."), "blocked is up to the freelancer"),
    (c.BLOCKED, bob, Unblocked(), "unblocked is up to the client"),
    (c.DELIVERED, bob, Acceptance(), "acceptance is up to the client"),
    (c.DELIVERED, bob, Revision(("1",)), "revision is up to the client"),
    (c.DELIVERED, bob, Dispute("?"), "dispute is up to the client"),
    (c.REVISION, alice, Dispute("?"), "dispute is up to the freelancer"),
    (c.REVISION, alice, Cancellation(), "cancellation is up to the freelancer"),
    (c.PAYABLE, bob, SENT, "payment-sent is up to the client"),
    (c.PAID, alice, RECEIVED, "payment-received is up to the freelancer"),
    (c.PAID, alice, PaymentDenied(), "payment-denied is up to the freelancer"),
    (c.AWAITING_ARBITER, alice, CaseTaken(), "case-taken is not up to its author"),
    (c.AWAITING_ARBITER, erin, CaseTaken(), "case-taken is not up to its author"),
    (c.AWAITING_ARBITER, erin, CaseDeclined(), "case-declined is not up to its author"),
    (c.AWAITING_ANSWER, alice, Answer("I answer myself."), "answer is not up to its author"),
    (c.AWAITING_ANSWER, dave, Answer("For bob."), "answer is not up to its author"),
    (c.DELIBERATING, bob, Ruling(1000, CLIENT), "ruling is not up to its author"),
    (c.DELIBERATING, erin, Ruling(1000, CLIENT), "ruling is not up to its author"),
    (c.UNPAID, alice, Dispute("?"), "dispute is up to the freelancer"),
    (c.UNDELIVERED, alice, Dispute("?"), "dispute is up to the freelancer"),
    (c.BY_CLIENT, alice, Dispute("?"), "dispute is up to the freelancer"),
    (c.BY_FREELANCER, bob, Dispute("?"), "dispute is up to the client"),
    (c.WORKING, dave, Cancellation(), "cancellation is not up to its author"),
]


@pytest.mark.parametrize(("state", "who", "body", "why"), WRONG_ROLE)
def test_the_wrong_role(state: str, who: Person, body: Any, why: str) -> None:
    walk = walk_to(state, deal, witness=carol)
    if who.id not in walk.deal.heads and KINDS[type(body)] not in CASES:
        walk.deal.does(who, CaseTaken(), walk.day)  # a party's entry needs one before it
    attempt = walk.deal.signed(who, body, walk.day + 0.1)
    refuses(walk.deal, attempt, why, walk.day + 0.2)


OUT_OF_TURN = [
    (state, who, body)
    for who, body, possible in (
        (bob, Delivery("Again."), {c.WORKING, c.BLOCKED, c.REVISION}),
        (alice, Acceptance(), {c.DELIVERED}),
        (alice, SENT, {c.PAYABLE, c.OWED, c.UNPAID, c.NONCOMPLIANT}),
        (bob, RECEIVED, {c.PAID, c.AWARD_PAID}),
        (dave, Ruling(0, NOBODY), {c.DELIBERATING}),
        (alice, Cancellation(), {c.FUNDING, c.WORKING, c.BLOCKED, c.REVISION}),
        (bob, Timesheet(ms(-1), 60), set[str]()),
        (bob, Finish(), set[str]()),
    )
    for state in ROADS
    if state not in possible
]


@pytest.mark.parametrize(("state", "who", "body"), OUT_OF_TURN)
def test_out_of_turn(state: str, who: Person, body: Any) -> None:
    walk = walk_to(state, deal, witness=carol)
    attempt = walk.deal.signed(who, body, walk.day + 0.1)
    word = KINDS[type(body)].name.partition("/")[0]
    refuses(walk.deal, attempt, f"{word} is not possible while the milestone is {state}", walk.day + 0.2)


def test_an_hourly_milestone_takes_no_delivery() -> None:
    told = deal(witness=carol, milestones=(replace(WORK, basis=HOURLY),))
    attempt = told.signed(bob, Delivery("All of it."), 1)
    refuses(told, attempt, "delivery is not possible while the milestone is working", 2)


def test_a_milestone_that_was_not_agreed() -> None:
    told = deal(witness=carol, arbiters=ARBITERS)
    for who, body in ((bob, Delivery("More.")), (alice, Cancellation()), (alice, Claim(told.id))):
        refuses(told, told.signed(who, body, 1, part=1), "there is no milestone 2", 2)
    refuses(told, told.signed(alice, Settlement(0), 1, part=1), "there is no such milestone", 2)


STRANGER = "only the parties and arbiters of a contract act in it"


@pytest.mark.parametrize("who", [mallory, carol], ids=["a stranger", "a witness"])
@pytest.mark.parametrize("body", [Delivery("Mine!"), Acceptance(), Cancellation(), Ruling(0, NOBODY), Ping()])
def test_entries_of_strangers_and_witnesses(who: Person, body: Any) -> None:
    told = delivered(witness=carol)
    part = None if isinstance(body, Ping) else 0
    for chain in ({"seq": 1, "prev": told.heads[alice.id].id}, {"seq": 2, "prev": told.heads[bob.id].id}):
        refuses(told, told.signed(who, body, 2, part, **chain), STRANGER, 3)


def test_receipts_of_strangers_make_no_time() -> None:
    """Mallory vouches that the delivery came late; so does bob, for his own."""
    told = delivered(day=1, witness=carol)
    before = told.at(50)
    told.records += [receipt(mallory, told.heads[bob.id], at=ms(-9)), receipt(bob, told.heads[bob.id], at=ms(-9))]
    assert told.at(50) == before


def test_another_contracts_records() -> None:
    """The same bytes in another context: entries, an arbiter's case (whose chain begins with nothing), receipts."""
    told, other = deal(witness=carol, arbiters=ARBITERS), deal(witness=carol, arbiters=ARBITERS, salt=1)
    other.does(bob, Delivery("There."), 1)
    other.does(alice, Dispute("?"), 2)
    other.does(dave, CaseTaken(), 3)
    entries = [record for record in other.records if record.header.kind != AGREEMENT.name]
    assert fold([*told.records, *entries], ms(4)) == told.at(4)

    told.does(bob, Delivery("Here."), 1)
    told.does(alice, Dispute("?"), 2)
    assert fold([*told.records, *entries], ms(4)) == told.at(4)
    assert told.state(4) == c.AWAITING_ARBITER


def test_another_networks_records() -> None:
    told = delivered(witness=carol)
    kind = KINDS[Acceptance]
    body = told.signed(alice, Acceptance(), 2).header
    chain = {"context": body.context, "seq": body.seq, "prev": body.prev, "part": 0, "seen": body.seen}
    elsewhere = seal(kind.draft(Acceptance(), ms(2), **chain), "test-other", alice.key)
    assert elsewhere.header.network != NETWORK
    assert fold([*told.records, elsewhere], ms(4)) == told.at(4)


MISSING = "what it follows is missing, forked or waits itself"


def test_a_broken_chain() -> None:
    told = delivered(witness=carol)
    first, last = told.heads[alice.id], told.heads[bob.id]
    waits(told, told.signed(alice, Acceptance(), 2, seq=2, prev=first.id), MISSING)  # a gap
    waits(told, told.signed(alice, Acceptance(), 2, seq=1, prev=bytes(32)), MISSING)  # of nothing
    waits(told, told.signed(alice, Acceptance(), 2, seq=1, prev=last.id), MISSING)  # of bob's chain
    waits(told, told.signed(bob, Delivery("Or this."), 2, seq=1, prev=last.id), MISSING)  # a place that is taken
    waits(told, told.signed(alice, Acceptance(), 2, seen=(bytes(32),)), "it names a record that is not here")


def test_entries_before_both_have_signed() -> None:
    told = deal(witness=carol, signatures=False)
    told.signs(bob)
    told.does(bob, Delivery("Already."), 1)
    assert [reason for _, reason in told.at(2).waiting] == ["the contract is not signed by both parties"]
    assert (told.at(2).state, told.at(2).steps) == (c.OFFERED, ())


def test_a_signature_that_comes_too_late() -> None:
    told = deal(witness=carol, signatures=False)
    told.signs(bob)
    assert told.at(7).state == c.OFFERED
    assert told.at(7.1).state == c.LAPSED
    told.signs(alice, 7.1)
    told.does(bob, Delivery("Late."), 7.2)
    assert (told.at(8).state, told.at(8).steps) == (c.LAPSED, ())


def test_whoever_signs_again_moves_nothing() -> None:
    """Bob signs once more, with other dates, to move the beginning of his time or to make a claim miss its mark."""
    told = deal(witness=carol)
    told.does(alice, Claim(told.at(1).milestones[0].since), 10.5)
    before = told.at(14)
    assert before.milestones[0].state == c.UNDELIVERED
    for day in (-5, 0.5, 3, 9, 12):
        told.signs(bob, day)
        told.records.append(receipt(alice, told.heads[bob.id], at=ms(12)))
    assert (told.at(14).milestones, told.at(14).marks) == (before.milestones, before.marks)
