"""What needs both signatures, and weeks of work by the hour."""

from __future__ import annotations

from dataclasses import replace

from freehold.protocol import contract as c
from freehold.protocol.kinds.agreement import Milestone
from freehold.protocol.kinds.changes import Amendment, Cancellation, Consent, Settlement
from freehold.protocol.kinds.entries import Acceptance, Blocked, Delivery, Finish, Revision, Timesheet, Unblocked
from freehold.protocol.kinds.offer import HOURLY
from freehold.protocol.kinds.timing import Claim
from tests.cast import DAY_MS, alice, bob, carol

from .deal import RECEIVED, SENT, WORK, Deal, deal, delivered, ms

LONGER = replace(WORK, work=14 * DAY_MS)
NOTE = bytes(32)


def amended(told: Deal, day: float, *milestones: Milestone, clauses: tuple[str, ...] = ("1", "2")) -> None:
    """Both agree on new terms; alice proposes."""
    body = Amendment(b"\1" * 32, clauses, milestones, NOTE)
    proposed = told.does(alice, body, day, part=None)
    told.does(bob, Consent(proposed.id), day + 0.5, part=None)


def test_an_amendment_adds_a_milestone_and_moves_a_date() -> None:
    told = deal(witness=carol)
    amended(told, 1, LONGER, WORK)
    found = told.at(2)
    assert [(m.state, m.deadline) for m in found.milestones] == [(c.WORKING, ms(17)), (c.WORKING, ms(1.5 + 10))]
    assert [scope.terms == b"\1" * 32 for scope in found.scopes] == [False, True]
    assert found.scope.clauses == ("1", "2")
    told.does(bob, Delivery("Both."), 3)
    told.does(alice, Revision(("2",)), 4)
    assert told.at(5).refused == ()


def test_what_nobody_answered_is_a_no() -> None:
    told = deal(witness=carol)
    told.does(alice, Amendment(NOTE, ("1", "2"), (LONGER,), NOTE), 1, part=None)
    assert [change.state for change in told.at(6).changes] == ["open"]
    found = told.at(6.1)
    assert [change.state for change in found.changes] == ["declined"]
    assert (found.milestones[0].deadline, found.scope.clauses) == (ms(10), ("1",))
    assert found.marks == ()


def test_more_time_for_work_that_was_blocked() -> None:
    """The time that was left when bob was blocked grows by what both add."""
    told = deal(witness=carol)
    told.does(bob, Blocked("The logo?"), 4)
    told.does(alice, Unblocked(), 5)
    assert told.at(5.5).milestones[0].deadline == ms(11)
    amended(told, 6, LONGER)
    assert told.at(7).milestones[0].deadline == ms(18)


def test_who_agrees_to_more_time_claims_nothing_by_the_old() -> None:
    told = deal(witness=carol)
    told.does(alice, Claim(told.at(1).milestones[0].since), 10.1)
    amended(told, 11, LONGER)
    assert (told.state(14), told.marks(14)) == (c.WORKING, [])
    assert told.at(14).milestones[0].deadline == ms(17)


def test_an_older_proposal_does_not_come_back() -> None:
    """Bob left alice's first amendment open; when both have agreed on another, he cannot take that one too."""
    told = deal(witness=carol)
    first = told.does(alice, Amendment(NOTE, ("1",), (LONGER, LONGER), NOTE), 1, part=None)
    second = told.does(bob, Amendment(b"\2" * 32, ("1", "3"), (WORK, WORK), NOTE), 2, part=None)
    told.does(alice, Consent(second.id), 3, part=None)
    told.does(bob, Consent(first.id), 3.5, part=None)
    found = told.at(4)
    assert [reason for _, reason in found.refused] == ["what it answers is declined already"]
    assert found.scope.clauses == ("1", "3")


def test_cancelled_by_both() -> None:
    told = deal(witness=carol)
    proposed = told.does(alice, Settlement(0), 1)
    assert told.state(2) == c.WORKING
    told.does(bob, Consent(proposed.id), 2)
    assert (told.state(3), told.at(3).state, told.marks(3)) == (c.CANCELLED, c.CLOSED, [])


def test_a_delivery_that_a_witness_had_first_voids_a_cancellation() -> None:
    """Alice cancels alone while the delivery is on its way; at the same minute, the work counts more."""
    for day in (4.9, 5.0, 5.1):
        told = deal(witness=carol)
        delivery = told.signed(bob, Delivery("Here."), day)
        told.does(alice, Cancellation(), 5)
        assert told.state(6) == c.BY_CLIENT
        told.keep(delivery, day)
        assert told.state(6) == (c.DELIVERED if day <= 5 else c.BY_CLIENT)


def test_a_settlement_with_a_split() -> None:
    told = delivered(witness=carol)
    proposed = told.does(bob, Settlement(250), 2)
    told.does(alice, Consent(proposed.id), 3)
    found = told.at(4).milestones[0]
    assert (found.state, found.award, found.deadline) == (c.OWED, 250, ms(10))
    told.does(alice, SENT, 5)
    told.does(bob, RECEIVED, 6)
    assert (told.state(7), told.marks(7)) == (c.RESOLVED, [])


def test_the_same_records_without_bodies() -> None:
    """Strangers see no private body; what they conclude is the same."""
    told = delivered(witness=carol)
    told.does(alice, Acceptance("Lovely."), 2)
    told.does(alice, SENT, 3)
    told.does(bob, RECEIVED, 4)
    private = {"delivery/1", "acceptance/1", "payment-sent/1", "payment-received/1"}
    public = [record.without_body() if record.header.kind in private else record for record in told.records]
    stranger = Deal(told.body, records=public)
    assert stranger.state(5) == c.SETTLED
    assert [step.at for step in stranger.at(5).steps] == [step.at for step in told.at(5).steps]


def hourly() -> Deal:
    """A contract by the hour."""
    return deal(witness=carol, milestones=(replace(WORK, basis=HOURLY),))


def test_weeks_of_work_by_the_hour() -> None:
    told = hourly()
    for week in range(1, 4):
        told.does(bob, Timesheet(ms(7 * (week - 1)), 600), 7 * week)
        if week == 2:
            told.does(alice, Revision(("1",)), 7 * week + 0.5)
            told.does(bob, Timesheet(ms(7), 540), 7 * week + 0.7)
        told.does(alice, Acceptance(), 7 * week + 1)
        told.does(alice, SENT, 7 * week + 2)
        told.does(bob, RECEIVED, 7 * week + 3)
        found = told.at(7 * week + 4).milestones[0]
        assert (found.state, found.revisions, found.deadline) == (c.WORKING, 0, ms(7 * week + 3 + 10))
    told.does(alice, Finish(), 26)
    assert (told.state(27), told.at(27).state, told.at(27).refused) == (c.SETTLED, c.CLOSED, ())


def test_hours_that_nobody_looks_at_are_deemed_accepted() -> None:
    told = hourly()
    told.does(bob, Timesheet(ms(0), 600), 7)
    told.does(bob, Claim(told.heads[bob.id].id), 17.1)
    assert (told.state(21), told.marks(21)) == (c.PAYABLE, [("alice", "silent")])
