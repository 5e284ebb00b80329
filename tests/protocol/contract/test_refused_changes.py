"""Terms that one side alone signed, and answers that do not count."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from freehold.protocol.kinds.changes import (
    Amendment,
    Cancellation,
    Consent,
    Objection,
    Settlement,
    Withdrawal,
)
from freehold.protocol.kinds.entries import Delivery, Revision
from freehold.protocol.kinds.offer import HOURLY
from tests.cast import DAY_MS, alice, bob, carol, receipt

from .attempts import in_dispute, refuses
from .deal import RECEIVED, SENT, WORK, Deal, dave, deal, delivered, ms, payable
from .roads import ARBITERS

NOTE = bytes(32)


def more(told: Deal, *, terms: bytes = bytes(32), clauses: tuple[str, ...] = ("1", "2"), **fields: Any) -> Amendment:
    """New terms with a second clause."""
    return Amendment(terms, clauses, fields.get("milestones", told.body.milestones), NOTE)


def test_terms_signed_by_one_only() -> None:
    told = deal(witness=carol, arbiters=ARBITERS)
    proposed = told.does(alice, more(told), 1, part=None)
    assert len(told.at(2).scopes) == 1
    consents = told.signed(alice, Consent(proposed.id), 1.5, part=None)
    refuses(told, consents, "whoever proposes may withdraw, and the other party may answer", 2)
    objects = told.signed(alice, Objection(proposed.id), 1.5, part=None)
    refuses(told, objects, "whoever proposes may withdraw, and the other party may answer", 2)
    withdraws = told.signed(bob, Withdrawal(proposed.id), 1.5, part=None)
    refuses(told, withdraws, "whoever proposes may withdraw, and the other party may answer", 2)


def test_an_arbiter_consents_for_nobody() -> None:
    told = in_dispute()
    amended = told.does(alice, more(told), 3.1, part=None)
    settled = told.does(alice, Settlement(0), 3.2)
    for proposed, part in ((amended, None), (settled, 0)):
        for body in (Consent(proposed.id), Objection(proposed.id)):
            attempt = told.signed(dave, body, 3.5, part)
            refuses(told, attempt, "whoever proposes may withdraw, and the other party may answer", 4)
    refuses(told, told.signed(dave, Settlement(0), 3.5), "changes are up to the parties", 4)
    refuses(told, told.signed(dave, more(told), 3.5, part=None), "changes are up to the parties", 4)


def test_consent_that_comes_too_late() -> None:
    """The moment is the witness's: that bob dates it back changes nothing."""
    told = deal(witness=carol)
    proposed = told.does(alice, more(told), 1, part=None)
    told.offset[bob.id] = -3 * DAY_MS
    attempt = told.signed(bob, Consent(proposed.id), 6.5, part=None)
    told.keep(receipt(carol, attempt, at=ms(6.5)), 6.5, witnessed=False)
    refuses(told, attempt, "it came too late: no answer in time is a no", 7, counts=False)
    assert [change.state for change in told.at(7).changes] == ["declined"]


def test_consent_that_no_witness_has_counts_as_given_now() -> None:
    told = deal(witness=carol)
    proposed = told.does(alice, more(told), 1, part=None)
    attempt = told.signed(bob, Consent(proposed.id), 2, part=None)
    refuses(told, attempt, "it came too late: no answer in time is a no", 7, counts=False)


def test_what_is_withdrawn_declined_or_agreed_is_over() -> None:
    for body, author, state in (
        (Withdrawal, alice, "withdrawn"),
        (Objection, bob, "declined"),
        (Consent, bob, "agreed"),
    ):
        told = deal(witness=carol)
        proposed = told.does(alice, more(told), 1, part=None)
        told.does(author, body(proposed.id), 1.5, part=None)
        for again, who in ((Consent, bob), (Objection, bob), (Withdrawal, alice)):
            attempt = told.signed(who, again(proposed.id), 1.7, part=None)
            refuses(told, attempt, f"what it answers is {state} already", 2)


def test_an_answer_to_nothing() -> None:
    told = deal(witness=carol)
    proposed = told.does(alice, Settlement(0), 1)
    why = "it answers something that was not proposed here"
    refuses(told, told.signed(bob, Consent(bytes(32)), 2), why, 3)
    refuses(told, told.signed(bob, Consent(told.heads[alice.id].id), 2, part=None), why, 3)
    refuses(told, told.signed(bob, Consent(proposed.id), 2, part=None), why, 3)


def test_amendments_that_nobody_can_agree_to() -> None:
    told = deal(witness=carol, milestones=(WORK, WORK))
    told.does(alice, Cancellation(), 1, part=1)
    short = replace(WORK, work=20 * DAY_MS)
    for milestones, why in (
        ((WORK,), "an amendment takes no milestone away: cancel it"),
        ((WORK, short), "an amendment changes no milestone that is at an end"),
        ((replace(WORK, basis=HOURLY), WORK), "a milestone does not change from fixed to hourly or back"),
    ):
        told_it = told.signed(bob, more(told, milestones=milestones), 2, part=None)
        refuses(told, told_it, why, 3)


def test_a_settlement_of_what_is_over() -> None:
    told = payable(witness=carol)
    told.does(alice, SENT, 3)
    told.does(bob, RECEIVED, 4)
    why = "nothing is left to settle while the milestone is settled"
    refuses(told, told.signed(alice, Settlement(0), 5), why, 6)


def test_consent_to_what_has_ended_meanwhile() -> None:
    told = payable(witness=carol)
    proposed = told.does(bob, Settlement(500), 2.5)
    told.does(alice, SENT, 3)
    told.does(bob, RECEIVED, 4)
    why = "nothing is left to settle while the milestone is settled"
    refuses(told, told.signed(alice, Consent(proposed.id), 5), why, 6)


def test_a_revision_beyond_the_terms() -> None:
    told = delivered(witness=carol)
    refuses(told, told.signed(alice, Revision(("7",)), 2), "the terms have no clause 7", 3)
    refuses(told, told.signed(alice, Revision(("1", "7")), 2), "the terms have no clause 7", 3)
    refuses(told, told.signed(alice, Revision(("1",)), 2).without_body(), "the body of this revision/1 is not here", 3)
    for day in (2, 4):
        told.does(alice, Revision(("1",)), day)
        told.does(bob, Delivery("Again."), day + 1)
    refuses(told, told.signed(alice, Revision(("1",)), 6), "all 2 revisions that were agreed are used", 7)
