"""Disputes: arbiters in their order, silence among them too, and an award that says nothing about the fault."""

from __future__ import annotations

from typing import Any

import pytest

from freehold.protocol import contract as c
from freehold.protocol.kinds.changes import Consent, Settlement
from freehold.protocol.kinds.disputes import (
    BOTH,
    BROKEN,
    NOBODY,
    Answer,
    Appeal,
    CaseDeclined,
    CaseTaken,
    Dispute,
    Finding,
    Ruling,
)
from freehold.protocol.kinds.entries import Delivery, Revision
from freehold.protocol.kinds.payments import PaymentDenied
from freehold.protocol.kinds.timing import Claim
from freehold.protocol.kinds.values import CLIENT, FREELANCER
from tests.cast import alice, bob, carol

from .deal import RECEIVED, SENT, WORK, Deal, dave, deal, delivered, erin, frank, ms, payable
from .roads import ARBITERS


def disputed(**fields: Any) -> Deal:
    """Alice disputes what bob delivered."""
    told = delivered(witness=carol, arbiters=ARBITERS, **fields)
    told.does(alice, Dispute("It is blue."), 2)
    return told


def claims(told: Deal, day: float) -> None:
    """Alice claims what is due."""
    told.does(alice, Claim(told.at(day).milestones[0].since), day)


def test_the_first_arbiter_is_silent_and_the_second_rules() -> None:
    told = disputed()
    assert (told.at(3).debtor(0), told.at(3).identity(c.ARBITER, 0)) == (c.ARBITER, dave.id)
    claims(told, 5.1)
    assert told.at(8).identity(c.ARBITER, 0) == dave.id
    assert (told.state(8.2), told.at(8.2).identity(c.ARBITER, 0)) == (c.AWAITING_ARBITER, erin.id)
    told.does(erin, CaseTaken(), 9)
    told.does(bob, Answer("You said blue."), 10)
    told.does(erin, Ruling(300, FREELANCER, (Finding("1", BROKEN),)), 11)
    found = told.at(12)
    assert (found.milestones[0].state, found.milestones[0].award) == (c.OWED, 300)
    assert told.marks(12) == [("dave", "did not take the case"), ("bob", "at fault")]
    told.does(alice, SENT, 13)
    told.does(bob, RECEIVED, 14)
    assert (told.state(15), told.at(15).state) == (c.RESOLVED, c.CLOSED)


@pytest.mark.parametrize(
    ("award", "fault", "state", "marked"),
    [
        (1000, NOBODY, c.OWED, []),
        (1000, FREELANCER, c.OWED, ["bob"]),
        (0, CLIENT, c.RESOLVED, ["alice"]),
        (500, BOTH, c.OWED, ["alice", "bob"]),
    ],
)
def test_award_and_fault_are_separate(award: int, fault: str, state: str, marked: list[str]) -> None:
    told = disputed()
    told.does(dave, CaseTaken(), 3)
    told.does(bob, Answer("?"), 4)
    told.does(dave, Ruling(award, fault), 5)
    assert (told.state(6), told.at(6).milestones[0].award) == (state, award)
    assert sorted(told.marks(6)) == [(name, "at fault") for name in marked]


def test_who_does_not_answer_is_judged_without() -> None:
    told = disputed()
    told.does(dave, CaseTaken(), 3)
    assert told.at(4).debtor(0) == FREELANCER
    claims(told, 10.1)
    assert (told.state(13.2), told.marks(13.2)) == (c.DELIBERATING, [("bob", "silent")])
    told.does(dave, Ruling(0, FREELANCER), 14)
    assert told.state(15) == c.RESOLVED


def test_an_arbiter_declines() -> None:
    told = disputed()
    told.does(dave, CaseDeclined(), 3)
    found = told.at(4)
    assert (found.milestones[0].state, found.identity(c.ARBITER, 0)) == (c.AWAITING_ARBITER, erin.id)
    assert told.marks(4) == [("dave", "declined the case")]


def test_an_arbiter_who_comes_in_the_last_hour_is_late() -> None:
    told = disputed()
    claims(told, 5.1)
    told.does(dave, CaseTaken(), 8)
    assert (told.state(30), told.marks(30)) == (c.AWAITING_ANSWER, [("dave", "late")])


def test_an_arbiter_who_never_rules() -> None:
    told = disputed()
    told.does(dave, CaseTaken(), 3)
    told.does(bob, Answer("?"), 4)
    claims(told, 18.1)
    assert told.at(22).identity(c.ARBITER, 0) == erin.id
    assert told.marks(22) == [("dave", "silent")]


@pytest.mark.parametrize(
    ("fallback", "state", "award"), [(FREELANCER, c.OWED, 1000), (CLIENT, c.RESOLVED, 0), (NOBODY, c.CONTESTED, 1000)]
)
def test_the_fallback_when_no_arbiter_is_left(fallback: str, state: str, award: int) -> None:
    told = disputed(fallback=fallback)
    for arbiter, day in ((dave, 3), (erin, 4), (frank, 5)):
        told.does(arbiter, CaseDeclined(), day)
    assert told.state(6) == state
    if state != c.CONTESTED:
        assert told.at(6).milestones[0].award == award


@pytest.mark.parametrize(("fallback", "state"), [(FREELANCER, c.OWED), (CLIENT, c.RESOLVED), (NOBODY, c.CONTESTED)])
def test_without_arbiters_the_fallback_follows_at_once(fallback: str, state: str) -> None:
    told = delivered(witness=carol, fallback=fallback)
    told.does(alice, Dispute("?"), 2)
    assert (told.state(3), told.marks(3)) == (state, [])


def test_an_appeal_that_was_agreed() -> None:
    told = disputed(appeal=True)
    told.does(dave, CaseTaken(), 3)
    told.does(bob, Answer("?"), 4)
    told.does(dave, Ruling(100, FREELANCER), 5)
    told.does(bob, Appeal(), 6)
    assert told.at(7).identity(c.ARBITER, 0) == erin.id
    told.does(erin, CaseTaken(), 7)
    assert told.at(8).debtor(0) == CLIENT  # bob appealed, so alice answers
    told.does(alice, Answer("Still blue."), 8)
    told.does(erin, Ruling(900, CLIENT), 9)
    found = told.at(10)
    assert (found.milestones[0].state, found.milestones[0].award) == (c.OWED, 900)


def test_a_ruling_that_awards_nothing_can_be_appealed_for_a_time() -> None:
    """Else a client could appeal every ruling, and a freelancer none of those that hurt most."""
    told = disputed(appeal=True)
    told.does(dave, CaseTaken(), 3)
    told.does(bob, Answer("?"), 4)
    told.does(dave, Ruling(0, NOBODY), 5)
    assert told.at(6).state == c.CLOSED
    told.does(alice, Appeal(), 6)
    assert [reason for _, reason in told.at(7).refused] == ["appeal is up to the freelancer"]
    told.does(bob, Appeal(), 18.9)
    assert (told.state(19), told.at(19).identity(c.ARBITER, 0)) == (c.AWAITING_ARBITER, erin.id)


def test_who_does_not_comply() -> None:
    told = disputed()
    told.does(dave, CaseTaken(), 3)
    told.does(bob, Answer("?"), 4)
    told.does(dave, Ruling(500, CLIENT), 5)
    told.does(bob, Claim(told.heads[dave.id].id), 12.1)
    assert told.state(16) == c.NONCOMPLIANT
    assert told.marks(16) == [("alice", "at fault"), ("alice", "did not comply")]
    told.does(alice, SENT, 17)
    told.does(bob, RECEIVED, 18)
    assert (told.state(19), told.marks(19)) == (c.RESOLVED, [("alice", "at fault"), ("alice", "late")])


def test_a_settlement_closes_the_dispute() -> None:
    told = disputed()
    told.does(dave, CaseTaken(), 3)
    proposed = told.does(bob, Settlement(400), 4)
    told.does(alice, Consent(proposed.id), 5)
    found = told.at(6)
    assert (found.milestones[0].state, found.milestones[0].award, told.marks(6)) == (c.OWED, 400, [])
    told.does(dave, Ruling(1000, CLIENT), 7)
    assert [reason for _, reason in told.at(8).refused] == ["ruling is not possible while the milestone is owed"]


def test_payment_denied_goes_to_an_arbiter() -> None:
    told = payable(witness=carol, arbiters=ARBITERS)
    told.does(alice, SENT, 3)
    told.does(bob, PaymentDenied("Nothing came."), 4)
    told.does(dave, CaseTaken(), 5)
    assert told.at(6).debtor(0) == CLIENT


def test_out_of_scope_is_disputed_and_the_other_milestone_goes_on() -> None:
    told = delivered(witness=carol, arbiters=ARBITERS, milestones=(WORK, WORK))
    told.does(alice, Revision(("1",)), 2)
    told.does(bob, Dispute("That was never agreed."), 3)
    told.does(bob, Delivery("The second."), 4, part=1)
    assert [m.state for m in told.at(5).milestones] == [c.AWAITING_ARBITER, c.DELIVERED]
    assert told.marks(5) == []


def test_an_end_that_one_side_claimed_is_contested() -> None:
    told = deal(witness=carol, arbiters=ARBITERS)
    told.does(alice, Claim(told.at(1).milestones[0].since), 10.1)
    told.does(bob, Dispute("I was blocked."), 20)
    assert told.state(21) == c.AWAITING_ARBITER
    assert told.at(21).milestones[0].deadline == ms(23)
