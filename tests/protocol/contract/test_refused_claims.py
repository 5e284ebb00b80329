"""Claims, absences and questions that do not count, and attempts to bend time."""

from __future__ import annotations

from freehold.protocol import contract as c
from freehold.protocol.envelope import Record
from freehold.protocol.kinds.entries import Delivery, Revision
from freehold.protocol.kinds.timing import Absence, Claim, Ping, Pong, Resume
from tests.cast import alice, bob, carol, receipt

from .attempts import in_dispute, refuses
from .deal import dave, deal, delivered, ms
from .roads import ARBITERS, walk_to


def test_claims_that_do_not_stand() -> None:
    told = delivered(day=1, witness=carol, arbiters=ARBITERS)
    since, opening = told.heads[bob.id], told.heads[alice.id]
    early = "its time is not over yet"
    refuses(told, told.signed(bob, Claim(since.id), 10.9), early, 12)
    refuses(told, told.signed(bob, Claim(since.id), 11), early, 12)
    other = "it claims something else than what the milestone waits for"
    refuses(told, told.signed(bob, Claim(opening.id), 11.5), other, 12)
    refuses(told, told.signed(bob, Claim(told.id), 11.5), other, 12)
    refuses(told, told.signed(alice, Claim(since.id), 11.5), "a claim is up to the party that waits", 12)
    refuses(told, told.signed(dave, Claim(since.id), 11.5, seq=0, prev=None), _ARBITER_FIRST, 12)
    told.does(bob, Claim(since.id), 11.5)
    refuses(told, told.signed(bob, Claim(since.id), 12), "it is claimed already", 13)


_ARBITER_FIRST = "a party's entries follow its signature: seq is 1 or more"


def test_an_arbiter_claims_nothing() -> None:
    told = in_dispute()
    obligation = told.at(20).milestones[0].since
    refuses(told, told.signed(dave, Claim(obligation), 12), "a claim is up to the party that waits", 13)


def test_a_claim_at_an_end() -> None:
    for state in (c.SETTLED, c.UNPAID, c.CANCELLED):
        walk = walk_to(state, deal, witness=carol)
        attempt = walk.deal.signed(bob, Claim(walk.deal.at(walk.day).milestones[0].since), walk.day + 20)
        why = f"nobody owes anything while the milestone is {state}"
        refuses(walk.deal, attempt, why, walk.day + 21)


def test_a_claim_by_a_clock_that_is_fast() -> None:
    """Bob's clock says that the time is over; the witness's does not."""
    told = delivered(day=1, witness=carol)
    attempt = told.signed(bob, Claim(told.heads[bob.id].id), 12)
    told.records.append(receipt(carol, attempt, at=ms(10.5)))
    refuses(told, attempt, "its time is not over yet", 12, counts=False)


def test_a_claim_on_what_no_witness_has() -> None:
    told = deal(witness=carol)
    told.does(bob, Delivery("Here."), 1, witnessed=False)
    attempt = told.signed(bob, Claim(told.heads[bob.id].id), 12)
    refuses(told, attempt, "its time has not begun: no witness has what it follows from", 13)


def test_the_debtor_cannot_make_a_claim_too_early() -> None:
    """Alice vouches that she had bob's claim before her time was over, and bob before he wrote anything."""
    told = delivered(day=1, witness=carol)
    claim = told.does(bob, Claim(told.heads[bob.id].id), 11.5)
    told.records.append(receipt(alice, claim, at=ms(2)))
    assert told.at(15).refused == ()
    assert told.state(15) == c.PAYABLE


def test_absences_that_do_not_stand() -> None:
    told = deal(witness=carol, arbiters=ARBITERS)

    def tell(since: float, until: float, day: float) -> Record:
        return told.signed(bob, Absence(ms(since), ms(until)), day, part=None)

    refuses(told, tell(2, 16.1, 1), "it announces more absence than a contract bears", 9)
    refuses(told, tell(-3, 1, 1), "it announces an absence that is over", 9)
    told.does(bob, Absence(ms(2), ms(6)), 1, part=None)
    refuses(told, tell(5, 8, 1.5), "it announces an absence for a time that is announced already", 9)
    refuses(told, tell(7, 17.1, 1.5), "it announces more absence than a contract bears", 9)
    refuses(told, told.signed(bob, Resume(), 7, part=None), "its author is not away", 9)
    refuses(told, told.signed(alice, Resume(), 3, part=None), "its author is not away", 9)


def test_an_arbiter_announces_no_absence() -> None:
    told = in_dispute()
    attempt = told.signed(dave, Absence(ms(4), ms(6)), 3.5, part=None)
    refuses(told, attempt, "absences are announced by the parties", 9)
    refuses(told, told.signed(dave, Ping(), 3.5, part=None), "signs of life are asked for by the parties", 9)
    refuses(told, told.signed(dave, Pong(), 3.5, part=None), "nobody asked for it", 9)
    refuses(told, told.signed(dave, Resume(), 3.5, part=None), "its author is not away", 9)


def test_pings_that_do_not_stand() -> None:
    told = deal(witness=carol)
    refuses(told, told.signed(alice, Pong(), 1, part=None), "nobody asked for it", 2)
    asked = told.does(alice, Ping(), 1, part=None)
    refuses(told, told.signed(alice, Ping(), 1.5, part=None), "it asks again too soon", 2)
    refuses(told, told.signed(alice, Claim(asked.id), 5.5, part=None), "its time is not over yet", 6)
    why = "it claims a sign of life that its author did not ask for, or that was given"
    refuses(told, told.signed(bob, Claim(asked.id), 6.5, part=None), why, 7)
    refuses(told, told.signed(alice, Claim(told.id), 6.5, part=None), why, 7)
    told.does(bob, Pong(), 2, part=None)
    refuses(told, told.signed(alice, Claim(asked.id), 6.5, part=None), why, 7)
    refuses(told, told.signed(alice, Ping(), 7.9, part=None), "it asks again too soon", 8)


def test_nobody_is_overrun_by_an_old_receipt() -> None:
    """Bob keeps back the entry before his second delivery, and shows it when alice has asked for a revision: her time
    to look at it begins with the revision, not with the day on which the witness had it."""
    told = delivered(day=1, witness=carol)
    kept_back = told.signed(bob, Ping(), 1.5, part=None)
    told.heads[bob.id] = kept_back
    told.does(bob, Delivery("Second."), 2, seen=())
    told.heads[bob.id] = told.heads[alice.id]
    told.does(alice, Revision(("1",)), 10)
    told.records.append(kept_back)
    progress = told.at(11).milestones[0]
    assert progress.state == c.DELIVERED
    assert progress.deadline == ms(20)
