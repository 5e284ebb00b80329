"""What does not count: each attempt has its reason, and leaves the contract as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from freehold.protocol import contract as c
from freehold.protocol.envelope import Record, seal
from freehold.protocol.fold import fold
from freehold.protocol.kinds.agreement import AGREEMENT
from freehold.protocol.kinds.changes import (
    Amendment,
    Cancellation,
    Consent,
    Objection,
    Settlement,
    Withdrawal,
)
from freehold.protocol.kinds.disputes import (
    CASES,
    KEPT,
    NOBODY,
    NOT_IN_TERMS,
    Answer,
    Appeal,
    CaseDeclined,
    CaseTaken,
    Dispute,
    Finding,
    Ruling,
)
from freehold.protocol.kinds.entries import Acceptance, Blocked, Delivery, Finish, Revision, Timesheet, Unblocked
from freehold.protocol.kinds.offer import HOURLY
from freehold.protocol.kinds.payments import Funding, PaymentDenied
from freehold.protocol.kinds.timing import Absence, Claim, Ping, Pong, Resume
from freehold.protocol.kinds.values import CLIENT, FREELANCER
from tests.cast import DAY_MS, NETWORK, Person, alice, bob, carol, mallory, receipt

from .deal import KINDS, RECEIVED, SENT, WORK, Deal, dave, deal, delivered, erin, ms, payable
from .roads import ARBITERS, ROADS, walk_to

NOTE = bytes(32)


def refuses(told: Deal, attempt: Record, why: str, now: float = 100, *, counts: bool = True) -> None:
    """The attempt is refused with this reason, and everything else is as if it had never been made."""
    before = told.at(now)
    with_it = [*told.records, attempt]
    if counts and told.witness is not None:
        with_it.append(receipt(told.witness, attempt, at=attempt.header.at))
    after = fold(with_it, ms(now))
    assert after is not None
    assert {name: reason for name, reason in after.refused if (name, reason) not in before.refused} == {attempt.id: why}
    assert replace(after, refused=before.refused, heads=before.heads) == before


def waits(told: Deal, attempt: Record, why: str, now: float = 100) -> None:
    """The attempt is not refused for ever, but nothing follows from it as long as something is missing."""
    before, after = told.at(now), fold([*told.records, attempt], ms(now))
    assert after is not None
    assert dict(after.waiting) == dict(before.waiting) | {attempt.id: why}
    assert replace(after, waiting=before.waiting, marks=before.marks) == before


def in_dispute(**fields: Any) -> Deal:
    """Alice has disputed the delivery and dave has taken the case; erin and frank would be next."""
    told = delivered(witness=carol, arbiters=ARBITERS, **fields)
    told.does(alice, Dispute("It is blue."), 2)
    told.does(dave, CaseTaken(), 3)
    return told


def heard(**fields: Any) -> Deal:
    """Both have been heard."""
    told = in_dispute(**fields)
    told.does(bob, Answer("You said blue."), 4)
    return told


def ruled(**fields: Any) -> Deal:
    """Dave has ruled."""
    told = heard(**fields)
    told.does(dave, Ruling(600, CLIENT), 5)
    return told


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


# Money and terms.


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


# Claims.


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


# Absences and pings.


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


# Disputes.


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

    settled = delivered(witness=carol, arbiters=ARBITERS, appeal=True)
    proposed = settled.does(bob, Settlement(500), 2)
    settled.does(alice, Consent(proposed.id), 3)
    refuses(settled, settled.signed(alice, Appeal(), 4), "only a ruling can be appealed", 5)
    never = delivered(witness=carol, appeal=True, fallback=FREELANCER)
    never.does(alice, Dispute("?"), 2)
    refuses(never, never.signed(alice, Appeal(), 4), "only a ruling can be appealed", 5)


def test_a_dispute_after_the_time_to_contest() -> None:
    for state in sorted(c.CONTESTED_FOR_A_TIME):
        walk = walk_to(state, deal, witness=carol)
        who = alice if state == c.BY_FREELANCER else bob
        attempt = walk.deal.signed(who, Dispute("?"), walk.day + 14.5)
        why = "the time to contest this end, or to make up for it, is over"
        refuses(walk.deal, attempt, why, walk.day + 15)


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
