"""Conduct is what contracts show: by role, with times that others vouch for, and apart from what anybody thinks."""

import itertools

import pytest

from freehold.node.core.reputation import conduct
from freehold.protocol.contract import AT_FAULT, DELIVERED, LATE, SILENT, UNDELIVERED_MARK, UNPAID_MARK
from freehold.protocol.kinds.disputes import Answer, CaseTaken, Dispute, Ruling
from freehold.protocol.kinds.entries import Acceptance
from freehold.protocol.kinds.timing import Claim
from freehold.protocol.kinds.values import CLIENT, FREELANCER
from tests.cast import DAY_MS, alice, bob, carol
from tests.protocol.contract.deal import RECEIVED, SENT, dave, deal, delivered, payable


def what(found, role):
    return [(fact.mark.what, fact.counts) for fact in found[role].facts]


def good():
    told = payable(witness=carol)
    told.does(alice, SENT, 3)
    told.does(bob, RECEIVED, 3.5)
    return told.at(4)


def silent():
    """Alice is never heard of again after bob has delivered."""
    told = delivered(day=1, witness=carol, salt=1)
    told.does(bob, Claim(told.heads[bob.id].id), 11.01)
    told.does(bob, Claim(told.at(14.1).milestones[0].since), 21.02)
    return told.at(24.1)


def late():
    told = delivered(day=1, witness=carol, salt=2)
    told.does(bob, Claim(told.heads[bob.id].id), 11.01)
    told.does(alice, Acceptance(), 14)
    return told.at(15)


def test_who_answers_is_responsive_and_how_fast():
    found = conduct.of([good()], alice.id)[CLIENT]
    assert (found.contracts, found.partners, found.facts) == (1, 1, ())
    assert (found.answered, found.unanswered, found.responsiveness) == (2, 0, 1)
    assert (found.usual_ms, found.slowest_ms) == (DAY_MS, DAY_MS)
    of_bob = conduct.of([good()], bob.id)[FREELANCER]
    assert (of_bob.answered, of_bob.usual_ms) == (2, DAY_MS // 2), "the work itself is no answer that takes its time"


def test_silence_falls_on_the_silent_side_alone():
    found = conduct.of([silent(), good()], alice.id)
    assert what(found, CLIENT) == [(SILENT, True), (UNPAID_MARK, True)]
    assert (found[CLIENT].answered, found[CLIENT].unanswered, found[CLIENT].responsiveness) == (2, 2, 0.5)
    of_bob = conduct.of([silent(), good()], bob.id)[FREELANCER]
    assert (of_bob.facts, of_bob.unanswered, of_bob.responsiveness) == ((), 0, 1)


def test_an_answer_after_the_claim_is_late_and_an_answer():
    found = conduct.of([late()], alice.id)[CLIENT]
    assert [fact.mark.what for fact in found.facts] == [LATE]
    assert (found.answered, found.unanswered, found.late) == (1, 0, 1)
    assert found.slowest_ms == 13 * DAY_MS, "from the delivery on, whatever was claimed in between"


def test_what_nobody_vouches_for_is_shown_and_has_no_weight():
    told = deal()
    told.does(alice, Claim(told.at(1).milestones[0].since), 10.01)
    found = conduct.of([told.at(13.1)], bob.id)[FREELANCER]
    assert [(fact.mark.what, fact.counts) for fact in found.facts] == [(UNDELIVERED_MARK, False)]
    assert (found.unanswered, found.usual_ms, found.responsiveness) == (0, None, None)


def test_an_open_dispute_says_nothing_yet_and_a_ruling_counts_against_one_side():
    told = delivered(witness=carol, arbiters=(dave.id,))
    told.does(alice, Dispute("Not what was agreed."), 2)
    open_yet = told.at(2.5)
    assert conduct.of([open_yet], bob.id)[FREELANCER].facts == ()
    told.does(dave, CaseTaken(), 3)
    told.does(bob, Answer("It is."), 4)
    told.does(dave, Ruling(award=0, fault=FREELANCER), 6)
    ruled = told.at(7)
    assert what(conduct.of([ruled], bob.id), FREELANCER) == [(AT_FAULT, True)]
    assert conduct.of([ruled], alice.id)[CLIENT].facts == ()
    of_dave = conduct.of([ruled], dave.id)["arbiter"]
    assert (of_dave.contracts, of_dave.partners, of_dave.taken, of_dave.ruled) == (1, 2, 1, 1)
    assert (of_dave.answered, of_dave.unanswered, of_dave.usual_ms) == (2, 0, DAY_MS)
    assert conduct.of([ruled], bob.id)[FREELANCER].answered == 2, "the delivery, and the answer to the arbiter"


def test_a_stranger_has_no_conduct_and_the_order_of_contracts_changes_nothing():
    contracts = [good(), silent(), late()]
    assert conduct.of(contracts, carol.id) == {}
    answers = [conduct.of(order, alice.id) for order in itertools.permutations(contracts)]
    assert all(answer == answers[0] for answer in answers)


def test_the_silence_that_is_claimed_is_told_by_its_records():
    found = conduct.of([silent()], alice.id)[CLIENT]
    entries = {step.entry.id: step.state for step in silent().steps}
    assert entries[found.facts[0].mark.because[0]] == DELIVERED


@pytest.mark.parametrize("make", [good, silent, late])
def test_what_is_up_to_a_side_is_never_counted_for_the_other(make):
    told = make()
    for who, role in ((alice, CLIENT), (bob, FREELANCER)):
        found = conduct.of([told], who.id)
        assert set(found) == {role}
        by_them = [step for step in told.steps if step.entry.author == who.id and not step.derived]
        assert found[role].answered <= len(by_them)
