"""Rulings, appeals and disputes that do not count."""

from __future__ import annotations

from freehold.protocol import contract as c
from freehold.protocol.kinds.changes import (
    Consent,
    Settlement,
)
from freehold.protocol.kinds.disputes import (
    KEPT,
    NOBODY,
    NOT_IN_TERMS,
    Answer,
    Appeal,
    CaseTaken,
    Dispute,
    Finding,
    Ruling,
)
from freehold.protocol.kinds.timing import Claim
from freehold.protocol.kinds.values import CLIENT, FREELANCER
from tests.cast import alice, bob, carol

from .attempts import heard, refuses, ruled
from .deal import RECEIVED, SENT, dave, deal, delivered, erin
from .roads import ARBITERS, walk_to

_OVER = "the time to contest this end, or to make up for it, is over"


def test_rulings_that_do_not_stand() -> None:
    told = heard()
    refuses(told, told.signed(erin, Ruling(0, FREELANCER), 5), "ruling is not up to its author", 6)
    findings = (Finding("1", KEPT), Finding("9", KEPT))
    refuses(told, told.signed(dave, Ruling(0, NOBODY, findings), 5), "the terms have no clause 9", 6)
    told.does(dave, Ruling(600, NOBODY, (Finding("1", KEPT), Finding("9", NOT_IN_TERMS))), 5)
    why = "ruling is not possible while the milestone is owed"
    refuses(told, told.signed(dave, Ruling(0, NOBODY), 6), why, 7)


def test_an_arbiter_whose_time_is_over_rules_no_more() -> None:
    told = heard()
    told.does(alice, Claim(told.at(5).milestones[0].since), 18.5)
    assert told.state(22) == c.AWAITING_ARBITER
    why = "ruling is not possible while the milestone is awaiting arbiter"
    refuses(told, told.signed(dave, Ruling(0, NOBODY), 22), why, 23)
    told.does(erin, CaseTaken(), 23)
    told.does(bob, Answer("As I said."), 23.1)
    refuses(told, told.signed(dave, Ruling(0, NOBODY), 24), "ruling is not up to its author", 25)


def test_appeals_that_do_not_stand() -> None:
    refuses(ruled(), ruled().signed(bob, Appeal(), 6), "no appeal was agreed", 7)
    last = delivered(witness=carol, arbiters=(dave.id,), appeal=True, fallback=CLIENT)
    last.does(alice, Dispute("?"), 2)
    last.does(dave, CaseTaken(), 3)
    last.does(bob, Answer("!"), 4)
    last.does(dave, Ruling(900, CLIENT), 5)
    refuses(last, last.signed(alice, Appeal(), 6), "no arbiter is left to appeal to", 7)

    paid, late = ruled(appeal=True), heard(appeal=True)
    paid.does(alice, SENT, 6)
    paid.does(bob, RECEIVED, 7)
    refuses(paid, paid.signed(bob, Appeal(), 8), "what was ruled has been done", 9)
    late.does(dave, Ruling(0, NOBODY), 5)
    why = "the time to contest this end, or to make up for it, is over"
    refuses(late, late.signed(bob, Appeal(), 19.1), why, 20)

    settled = delivered(witness=carol, arbiters=ARBITERS, appeal=True)
    proposed = settled.does(bob, Settlement(500), 2)
    settled.does(alice, Consent(proposed.id), 3)
    refuses(settled, settled.signed(alice, Appeal(), 4), "only a ruling can be appealed", 5)
    after = ruled(appeal=True)
    proposed = after.does(bob, Settlement(700), 6)
    after.does(alice, Consent(proposed.id), 6.5)
    refuses(after, after.signed(alice, Appeal(), 7), "only a ruling can be appealed", 8)
    never = delivered(witness=carol, appeal=True, fallback=FREELANCER)
    never.does(alice, Dispute("?"), 2)
    refuses(never, never.signed(alice, Appeal(), 4), "only a ruling can be appealed", 5)


def test_a_dispute_after_the_time_to_contest() -> None:
    for state in sorted(c.CONTESTED_FOR_A_TIME - {c.RESOLVED, c.NONCOMPLIANT}):
        walk = walk_to(state, deal, witness=carol)
        who = alice if state == c.BY_FREELANCER else bob
        attempt = walk.deal.signed(who, Dispute("?"), walk.day + 14.5)
        refuses(walk.deal, attempt, _OVER, walk.day + 15)


def test_a_payment_after_the_time_to_make_up_for_it() -> None:
    """A year later nobody looks any more whether it came: who pays then agrees with the other party on a settlement."""
    for state in (c.UNPAID, c.NONCOMPLIANT):
        walk = walk_to(state, deal, witness=carol)
        refuses(walk.deal, walk.deal.signed(alice, SENT, walk.day + 14.5), _OVER, walk.day + 15)
