"""Silence falls on the silent side alone, by times that others than the parties witnessed."""

from __future__ import annotations

from itertools import product

import pytest

from freehold.protocol import contract as c
from freehold.protocol.fold import fold
from freehold.protocol.fold.progress import Contract
from freehold.protocol.kinds.entries import Acceptance, Blocked, Delivery, Unblocked
from freehold.protocol.kinds.timing import Absence, Claim, Ping, Pong, Resume
from tests.cast import DAY_MS, MINUTE_MS, alice, bob, carol, receipt

from .deal import RECEIVED, SENT, Deal, dave, deal, delivered, erin, ms, payable


def test_the_silent_client() -> None:
    """The founding complaint: bob delivers, alice is never heard of again. Carol alone has seen it."""
    told = delivered(day=1, witness=carol)
    assert told.at(10.9).debtor(0) == "client"
    told.does(bob, Claim(told.heads[bob.id].id), 11.01)
    assert (told.state(14), told.marks(14)) == (c.DELIVERED, [])

    deemed = told.at(14.1).milestones[0]
    assert (deemed.state, deemed.start.ms) == (c.PAYABLE, ms(14.01))
    told.does(bob, Claim(deemed.since), 21.02)
    assert told.state(24) == c.PAYABLE

    end = told.at(24.1)
    assert (end.state, end.milestones[0].state) == (c.CLOSED, c.UNPAID)
    assert told.marks(24.1) == [("alice", "silent"), ("alice", "did not pay")]
    assert all(mark.witnessed for mark in end.marks)
    because = end.marks[0].because
    assert [record.author for record in told.records if record.id in because] == [bob.id, bob.id]
    assert [step.derived for step in end.steps] == [False, False, True, False, True]


def test_the_silent_freelancer() -> None:
    told = deal(witness=carol)
    opening = told.at(1).milestones[0].since
    told.does(alice, Claim(opening), 10.01)  # seven days of work, three of grace
    assert told.state(13) == c.WORKING
    assert (told.state(13.1), told.marks(13.1)) == (c.UNDELIVERED, [("bob", "did not deliver")])


def test_paid_and_never_confirmed() -> None:
    told = payable(witness=carol)
    told.does(alice, SENT, 3)
    told.does(alice, Claim(told.heads[alice.id].id), 8.1)
    assert (told.state(11.2), told.marks(11.2)) == (c.UNCONFIRMED, [("bob", "silent")])


def test_performance_in_the_last_hour_is_late_and_nothing_worse() -> None:
    told = delivered(day=1, witness=carol)
    told.does(bob, Claim(told.heads[bob.id].id), 11.01)
    told.does(alice, Acceptance(), 14)
    assert (told.state(30), told.marks(30)) == (c.PAYABLE, [("alice", "late")])


def test_a_minute_after_it_nothing_helps() -> None:
    told = delivered(day=1, witness=carol)
    told.does(bob, Claim(told.heads[bob.id].id), 11)
    told.records.pop()
    told.records.append(receipt(carol, told.heads[bob.id], at=ms(11.01)))
    told.does(alice, Acceptance(), 14.011)
    assert [reason for _, reason in told.at(15).refused] == [
        "acceptance is not possible while the milestone is payable"
    ]
    assert told.marks(15) == [("alice", "silent")]


def test_performance_that_surfaces_late_voids_the_claim() -> None:
    """Bob delivered in time, as carol witnessed; alice's node did not have it when she claimed."""
    told = deal(witness=carol)
    delivery = told.signed(bob, Delivery("In time."), 9)
    told.does(alice, Claim(told.at(1).milestones[0].since), 10.1)
    assert (told.state(14), told.marks(14)) == (c.UNDELIVERED, [("bob", "did not deliver")])

    told.keep(delivery, 9)
    assert (told.state(14), told.marks(14)) == (c.DELIVERED, [])
    assert [reason for _, reason in told.at(14).refused] == ["a claim is up to the party that waits"]


def test_what_nobody_witnessed_comes_too_late() -> None:
    """Bob dates a delivery back. No witness had it in time, so it is worth nothing against the claim."""
    told = deal(witness=carol)
    opening = told.at(1).milestones[0].since
    told.does(alice, Claim(opening), 10.1)
    told.does(bob, Delivery("I say I was in time."), 9, witnessed=False)
    assert (told.state(14), told.marks(14)) == (c.UNDELIVERED, [("bob", "did not deliver")])


def test_paying_after_all_leaves_late_in_place_of_unpaid() -> None:
    told = payable(day=2, witness=carol)
    told.does(bob, Claim(told.heads[alice.id].id), 9.1)
    assert told.marks(13) == [("alice", "did not pay")]
    told.does(alice, SENT, 20)
    told.does(bob, RECEIVED, 21)
    assert (told.state(22), told.marks(22)) == (c.SETTLED, [("alice", "late")])


def test_blocked_stops_the_freelancers_clock() -> None:
    told = deal(witness=carol)
    told.does(bob, Blocked("I need the old logo."), 4)
    assert told.at(5).milestones[0].deadline == ms(9)
    told.does(alice, Unblocked(), 8)
    assert told.at(9).milestones[0].deadline == ms(8 + 10 - 4)
    told.does(bob, Blocked("And its colours."), 10)
    told.does(alice, Unblocked(), 11)
    assert told.at(12).milestones[0].deadline == ms(11 + 10 - 4 - 2)


def test_whoever_leaves_the_other_blocked_abandons() -> None:
    told = deal(witness=carol)
    told.does(bob, Blocked("I need the old logo."), 4)
    told.does(bob, Claim(told.heads[bob.id].id), 9.1)
    assert (told.state(13), told.marks(13)) == (c.ABANDONED, [("alice", "silent")])


def test_an_announced_absence_moves_ones_own_deadline() -> None:
    told = delivered(day=1, witness=carol)
    told.does(alice, Absence(ms(5), ms(9)), 2, part=None)
    assert told.at(3).milestones[0].deadline == ms(15)
    assert [reason for _, reason in _with_claim(told, 14.9).refused] == ["its time is not over yet"]
    assert _with_claim(told, 15.1).refused == ()


def test_an_absence_that_began_before_counts_from_the_delivery_on() -> None:
    told = deal(witness=carol)
    told.does(alice, Absence(ms(1), ms(2)), 0.5, part=None)
    told.does(alice, Absence(ms(3), ms(6)), 0.6, part=None)
    told.does(bob, Delivery("Here."), 4)
    assert told.at(5).milestones[0].deadline == ms(4 + 10 + 2)


def test_what_follows_counts_as_made_no_earlier_than_what_it_follows() -> None:
    """Carol had alice's entries first, and bob's, which they name, later."""
    told = deal(witness=carol)
    for who, body, day, part in (
        (bob, Delivery("Here."), 5, 0),
        (alice, Acceptance(), 4, 0),
        (alice, Ping(), 4.5, None),
    ):
        told.does(who, body, day, part=part)
    found = told.at(6)
    assert (found.milestones[0].state, found.milestones[0].start.ms, found.refused) == (c.PAYABLE, ms(5), ())
    assert [ping.start.ms for ping in found.pings] == [ms(5)]


def test_ones_absence_stops_no_clock_of_the_other() -> None:
    told = delivered(day=1, witness=carol)
    told.does(bob, Absence(ms(5), ms(9)), 2, part=None)
    assert told.at(3).milestones[0].deadline == ms(11)


def test_back_before_it_is_over() -> None:
    told = delivered(day=1, witness=carol)
    told.does(alice, Absence(ms(5), ms(9)), 2, part=None)
    told.does(alice, Resume(), 6, part=None)
    assert told.at(7).milestones[0].deadline == ms(12)
    assert [(away.since, away.until) for away in told.at(7).absences] == [(ms(5), ms(6))]
    told.does(alice, Absence(ms(20), ms(32)), 7, part=None)
    told.does(alice, Resume(), 8, part=None)
    assert len(told.at(9).absences) == 1


def test_an_absence_announced_after_the_deadline_moves_nothing() -> None:
    told = delivered(day=1, witness=carol)
    told.does(alice, Absence(ms(5), ms(15)), 11.5, part=None)
    assert told.at(12).milestones[0].deadline == ms(11)


def test_a_sign_of_life_that_is_owed() -> None:
    told = deal(witness=carol)
    asked = told.does(alice, Ping(), 1, part=None)
    assert [ping.deadline for ping in told.at(2).pings] == [ms(6)]
    told.does(alice, Claim(asked.id), 6.1, part=None)
    assert told.marks(9) == []
    assert (told.marks(9.2), told.at(9.2).pings) == ([("bob", "silent")], ())
    assert told.state(9.2) == c.WORKING


def test_an_absence_stops_the_clock_of_a_ping_too() -> None:
    told = deal(witness=carol)
    told.does(bob, Absence(ms(3), ms(5)), 0.5, part=None)
    asked = told.does(alice, Ping(), 1, part=None)
    assert [ping.deadline for ping in told.at(2).pings] == [ms(8)]
    told.does(alice, Claim(asked.id), 7.9, part=None)
    assert [reason for _, reason in told.at(9).refused] == ["its time is not over yet"]


@pytest.mark.parametrize("body", [Pong(), Ping(), Blocked("No."), Delivery("Here.")])
def test_any_entry_is_a_sign_of_life_but_another_question(body: object) -> None:
    told = deal(witness=carol)
    told.does(alice, Ping(), 1, part=None)
    told.does(bob, body, 2, part=0 if isinstance(body, Blocked | Delivery) else None)
    open_pings = [ping.role for ping in told.at(3).pings]
    assert open_pings == (["client", "freelancer"] if isinstance(body, Ping) else [])


def test_sixty_days_of_nothing_end_without_a_mark() -> None:
    for told in (deal(witness=carol), deal()):
        assert told.state(69.9) == c.WORKING
        assert (told.at(70.1).state, told.state(70.1), told.marks(70.1)) == (c.CLOSED, c.DORMANT, [])


def test_a_claim_that_nobody_witnesses_does_not_run() -> None:
    told = delivered(day=1, witness=carol)
    told.does(bob, Claim(told.heads[bob.id].id), 11.1, witnessed=False)
    claim = told.at(20).milestones[0].claim
    assert claim is not None
    assert (claim.until, told.state(20)) == (None, c.DELIVERED)


def test_the_other_party_is_witness_against_itself() -> None:
    """Carol never saw the delivery. Alice's own receipt says that she had it."""
    told = deal(witness=carol)
    delivery = told.does(bob, Delivery("Here."), 1, witnessed=False)
    assert told.at(3).milestones[0].deadline is None
    told.records.append(receipt(alice, delivery, at=ms(2)))
    assert told.at(3).milestones[0].deadline == ms(12)


def test_two_of_three_witnesses_make_a_time() -> None:
    told = deal(witnesses=(carol.id, dave.id, erin.id), quorum=2)
    delivery = told.does(bob, Delivery("Here."), 1)
    times = [(carol, 3.0), (dave, 1.5), (erin, 2.0)]
    for count in range(len(times) + 1):
        told.records += [receipt(who, delivery, at=ms(day)) for who, day in times[count - 1 : count]]
        start = told.at(9).milestones[0].start
        assert (start.ms, start.witnessed) == [(ms(1), False), (ms(1), False), (ms(3), True), (ms(2), True)][count]


def _with_claim(told: Deal, day: float) -> Contract:
    claim = told.signed(bob, Claim(told.heads[bob.id].id), day)
    found = fold([*told.records, claim, receipt(carol, claim, at=ms(day))], ms(day))
    assert found is not None
    return found


def _a_whole_story(shifts: dict[bytes, int]) -> Deal:
    """Silence, cure, claims, a change of mind: told by parties whose clocks are off."""
    told = deal(witness=carol, signatures=False)
    told.offset |= shifts
    told.signs(bob, 0)
    told.signs(alice, 0.2)
    told.does(bob, Blocked("The logo?"), 2)
    told.does(alice, Unblocked(), 4)
    told.does(bob, Delivery("Here."), 9)
    told.does(bob, Claim(told.heads[bob.id].id), 19.1)
    told.does(alice, Acceptance(), 22)
    told.does(bob, Claim(told.heads[alice.id].id), 28.9)  # too early
    told.does(bob, Claim(told.heads[alice.id].id), 29.1)
    told.does(alice, SENT, 32.2)  # a cure that comes too late, and a payment after all
    told.does(bob, RECEIVED, 33)
    return told


@pytest.mark.parametrize(("alices", "bobs"), [pair for pair in product((-1, 0, 1), repeat=2) if 0 in pair])
def test_a_clock_that_is_off_by_a_day_changes_nothing(alices: int, bobs: int) -> None:
    """Both parties vouch for each other's records as well, each by its own clock."""
    shifts: dict[bytes, int] = {alice.id: alices * DAY_MS, bob.id: bobs * DAY_MS}
    true, off = _a_whole_story({}), _a_whole_story(shifts)
    for told in (true, off):
        own = {record.id: record for record in told.records if record.author in shifts}
        for record in own.values():
            by = bob if record.author == alice.id else alice
            at = record.header.at - told.offset.get(record.author, 0) + told.offset.get(by.id, 0) + MINUTE_MS
            told.records.append(receipt(by, record, at=at))
    for day in range(40):
        one, other = true.at(day + 0.5), off.at(day + 0.5)
        assert [m.state for m in one.milestones] == [m.state for m in other.milestones]
        assert one.milestones[0].deadline == other.milestones[0].deadline
        assert one.milestones[0].start == other.milestones[0].start
        assert true.marks(day + 0.5) == off.marks(day + 0.5)
        assert [reason for _, reason in one.refused] == [reason for _, reason in other.refused]
        assert [(s.state, s.at) for s in one.steps] == [(s.state, s.at) for s in other.steps]


def test_without_any_witness_marks_say_so() -> None:
    told = delivered(day=1)
    told.does(bob, Claim(told.heads[bob.id].id), 11.1)
    assert [mark.witnessed for mark in told.at(15).marks] == [False]
