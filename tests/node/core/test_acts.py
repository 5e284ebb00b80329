"""Every kind of act in a contract, told between three or four stalls: what follows is the same at each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from freehold.node.core import amending, dealings
from freehold.node.core.amending import Changed, Changes
from freehold.protocol import contract as c
from freehold.protocol.kinds import changes, disputes, entries, payments, timing
from freehold.protocol.kinds.agreement import Clause, Milestone
from freehold.protocol.kinds.disputes import Answer, CaseDeclined, CaseTaken, Dispute, Finding, Ruling
from freehold.protocol.kinds.entries import Acceptance, Revision, Timesheet
from freehold.protocol.kinds.notes import Note
from freehold.protocol.kinds.offer import HOURLY
from freehold.protocol.kinds.values import Money
from tests.cast import DAY_MS, Person, alice, bob, carol
from tests.node.core.market import NOW, denied
from tests.node.core.tale import DRAFTS, RECEIVED, SENT, agreed, by_hand, dave, erin, shown

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Act:
    """Who does what (or what follows from the entries before), `days` later; the milestone's state afterwards."""

    who: Person
    body: Any
    state: str
    part: int | None = 0
    days: float = 0.0


def naming(kind: Callable[[bytes], Any], back: int = 1) -> Callable[[list[Any]], Any]:
    """A body that names the entry so many before it."""
    return lambda done: kind(done[-back].id)


FOUR = (dave.id, erin.id)
STORIES: dict[str, tuple[dict[str, Any], tuple[Act, ...]]] = {
    "blocked, revised, paid": ({}, (
        Act(bob, entries.Blocked("The name of the bakery, please."), c.BLOCKED),
        Act(alice, entries.Unblocked("Crumb."), c.WORKING, days=2),
        Act(bob, DRAFTS, c.DELIVERED, days=6),
        Act(alice, Revision(("1",)), c.REVISION),
        Act(bob, DRAFTS, c.DELIVERED),
        Act(alice, Acceptance(), c.PAYABLE),
        Act(alice, SENT, c.PAID),
        Act(bob, RECEIVED, c.SETTLED),
    )),
    "funded, then given up by the client": ({"funded": True}, (
        Act(alice, payments.Funding("manual-ack/1", "A letter of the bank"), c.WORKING),
        Act(alice, changes.Cancellation(), c.BY_CLIENT),
        Act(bob, Dispute("Half of it was done."), c.CONTESTED),
    )),
    "an hour a week": ({"milestones": (Milestone(7 * DAY_MS, basis=HOURLY),)}, (
        Act(bob, Timesheet(NOW, 60, "First drafts"), c.DELIVERED),
        Act(alice, Acceptance(), c.PAYABLE),
        Act(alice, SENT, c.PAID),
        Act(bob, RECEIVED, c.WORKING),
        Act(alice, entries.Finish(), c.SETTLED),
    )),
    "settled for a half": ({}, (
        Act(bob, DRAFTS, c.DELIVERED),
        Act(bob, changes.Settlement(700), c.DELIVERED),
        Act(alice, naming(changes.Objection), c.DELIVERED),
        Act(alice, changes.Settlement(0), c.DELIVERED),
        Act(alice, naming(changes.Withdrawal), c.DELIVERED),
        Act(alice, changes.Settlement(500), c.DELIVERED),
        Act(bob, naming(changes.Consent), c.OWED),
        Act(alice, SENT, c.AWARD_PAID),
        Act(bob, RECEIVED, c.RESOLVED),
    )),
    "cancelled by both": ({}, (
        Act(alice, changes.Settlement(0), c.WORKING),
        Act(bob, naming(changes.Consent), c.CANCELLED),
    )),
    "away, back, and asked for a sign of life": ({}, (
        Act(bob, timing.Absence(NOW, NOW + 5 * DAY_MS), c.WORKING, part=None),
        Act(bob, timing.Resume(), c.WORKING, part=None, days=1),
        Act(alice, timing.Ping(), c.WORKING, part=None),
        Act(bob, timing.Pong(), c.WORKING, part=None, days=1),
    )),
    "the client is silent": ({}, (
        Act(bob, DRAFTS, c.DELIVERED),
        Act(bob, naming(timing.Claim), c.DELIVERED, days=11),
        Act(bob, naming(timing.Claim), c.PAYABLE, days=11),
    )),
    "a payment that did not come": ({"arbiters": FOUR, "appeal": True}, (
        Act(bob, DRAFTS, c.DELIVERED),
        Act(alice, Acceptance(), c.PAYABLE),
        Act(alice, SENT, c.PAID),
        Act(bob, payments.PaymentDenied("Nothing came."), c.AWAITING_ARBITER),
        Act(dave, CaseTaken(), c.AWAITING_ANSWER),
        Act(alice, Answer("Look again."), c.DELIBERATING),
        Act(dave, Ruling(1_000, disputes.CLIENTS), c.OWED),
        Act(alice, disputes.Appeal(), c.AWAITING_ARBITER),
        Act(erin, CaseDeclined(), c.CONTESTED),
    )),
}  # fmt: skip
ELSEWHERE = {changes.Amendment}
"""Has a story of its own."""


@pytest.mark.parametrize("name", STORIES)
def test_every_stall_sees_the_same_and_only_participants_read_it(market, stalls, name):
    fields, acts = STORIES[name]
    for arbiter in (dave, erin):
        market.open(arbiter)
    tale = by_hand(market, **fields)
    for act in acts:
        tale.passes(act.days)
        record = tale.does(act.who, act.body(tale.done) if callable(act.body) else act.body, act.part)
        assert tale.state() == act.state
        private = tale.at(bob).desk.registry[record.header.kind].private
        assert [tale.reads(who, record) for who in (alice, bob)] == [True, True]
        assert tale.reads(carol, record) is not private
    tale.passes(0)
    assert all(shown(tale.seen_by(stall.person)) == shown(tale.seen_by(alice)) for stall in market.stalls.values())
    assert tale.seen_by(carol).refused == tale.seen_by(carol).waiting == ()


def handed_over(outbox, record, who):
    """When somebody's node acknowledged a record; None: not yet."""
    parcel = outbox.get(record.id, who.id)
    return None if parcel is None else parcel.acknowledged


def test_the_stories_leave_no_kind_of_act_out():
    told: set[type] = set()
    for _, acts in STORIES.values():
        made = [act.body([alice.inception] * 9) if callable(act.body) else act.body for act in acts]
        told |= {type(body) for body in made}
    assert told | ELSEWHERE == set(dealings.KIND_OF)


def test_new_terms_hold_when_both_have_signed_them_and_are_read_by_the_parties_alone(market, stalls):
    tale = agreed(market)
    before = dealings.terms_of(tale.at(alice).desk, tale.seen_by(alice))
    wanted = Changes(
        (Changed(0, price=Money(15_000, "EUR")),), clauses=(Clause("2", "In colour."),), words="As we said."
    )
    body, words = amending.amendment(tale.at(bob).desk, tale.seen_by(bob), wanted)
    amendment = tale.does(bob, body, None, words)
    assert tale.seen_by(alice).scope.terms != body.terms
    assert dealings.words_of(tale.at(alice).desk, tale.id, body.note) == words
    tale.does(alice, changes.Consent(amendment.id), None)
    for who in (alice, bob):
        terms = dealings.terms_of(tale.at(who).desk, tale.seen_by(who))
        assert terms is not None
        assert terms == words.terms
        assert (terms.parts[0].price.amount, terms.clauses[-1].text) == (15_000, "In colour.")
        assert dealings.terms_of(tale.at(who).desk, tale.seen_by(who), 0) == before
    assert tale.seen_by(carol).scope.clauses == ("1", "2")
    assert dealings.words_of(tale.at(carol).desk, tale.id, body.note) is None
    assert dealings.terms_of(tale.at(carol).desk, tale.seen_by(carol)) is None


def test_a_deadline_is_claimed_by_who_waits_when_it_is_over_and_not_before(market, stalls):
    tale = by_hand(market)
    start = tale.seen_by(bob).milestones[0].since
    tale.passes(9)
    for who in (alice, bob):
        assert denied(tale.at(who), market, dealings.act, tale.id, 0, timing.Claim(start)).code == "not-your-turn"
    tale.passes(2)
    tale.does(alice, timing.Claim(start))
    tale.passes(2.9)
    assert tale.state() == c.WORKING
    tale.passes(0.2)
    assert tale.state() == c.UNDELIVERED
    marks = {(mark.on, mark.what) for mark in tale.seen_by(carol).marks}
    assert marks == {(bob.id, c.UNDELIVERED_MARK)}


def test_an_arbiter_gets_the_file_when_called_and_reads_all_of_it(market, stalls):
    market.open(dave)
    market.open(erin)
    tale = agreed(market, arbiters=FOUR)
    delivery = tale.does(bob, DRAFTS)
    words = Note("The croissant should look left.")
    revision = Revision(("1",), dealings.hash_of(words))
    tale.does(alice, revision, words=words)
    dispute = tale.does(bob, Dispute("That was never agreed.", ("1",)))
    at_dave = tale.at(dave).desk
    assert dealings.terms_of(at_dave, tale.seen_by(dave)) == dealings.terms_of(tale.at(bob).desk, tale.seen_by(bob))
    assert tale.reads(dave, delivery)
    assert tale.reads(dave, dispute)
    assert dealings.words_of(at_dave, tale.id, revision.note) == words
    evidence = market.does(tale.at(alice), dealings.add_note, tale.id, Note("Here is our letter."))
    assert tale.reads(dave, evidence)
    for stranger in (carol, erin):
        desk = tale.at(stranger).desk
        assert desk.stores.records.totals().get("note/1") is None
        assert not tale.reads(stranger, dispute)
    reasons = Note("The terms say nothing of croissants.")
    tale.does(dave, CaseTaken())
    answer = tale.does(alice, Answer("It is a bakery."))
    assert tale.reads(dave, answer)
    findings = (Finding("1", disputes.NOT_IN_TERMS),)
    ruling = Ruling(800, disputes.NOBODY, findings, dealings.hash_of(reasons))
    tale.does(dave, ruling, words=reasons)
    assert tale.state() == c.OWED
    assert [dealings.words_of(tale.at(who).desk, tale.id, ruling.note) for who in (alice, bob)] == [reasons] * 2


def test_the_next_arbiter_gets_the_file_when_the_first_stays_silent(market, stalls):
    market.open(dave)
    market.open(erin)
    tale = agreed(market, arbiters=FOUR)
    delivery = tale.does(bob, DRAFTS)
    dispute = tale.does(alice, Dispute("It is not what we agreed."))
    tale.passes(3.1)
    tale.does(alice, timing.Claim(dispute.id))
    assert not tale.reads(erin, dispute)
    tale.passes(3.1)
    assert (tale.state(), tale.reads(erin, dispute), tale.reads(erin, delivery)) == (c.AWAITING_ARBITER, True, True)
    assert dealings.terms_of(tale.at(erin).desk, tale.seen_by(erin)) is not None
    assert tale.told(erin, "turn") == ["milestone 1 is awaiting arbiter: it is your turn"]
    later = market.does(tale.at(bob), dealings.add_note, tale.id, Note("See the drafts."))
    assert (tale.reads(erin, later), tale.reads(dave, later)) == (True, False)


def test_each_party_hands_each_record_of_the_file_over_once(market, stalls):
    market.open(dave)
    tale = agreed(market, arbiters=FOUR)
    delivery = tale.does(bob, DRAFTS)
    tale.does(alice, Dispute("It is not what we agreed."))
    tale.passes(0)
    outboxes = [tale.at(who).desk.stores.outbox for who in (alice, bob)]
    handed = [handed_over(outbox, delivery, dave) for outbox in outboxes]
    assert None not in handed
    tale.does(dave, CaseTaken())
    tale.passes(1)
    assert [handed_over(outbox, delivery, dave) for outbox in outboxes] == handed


def test_an_arbiter_passes_the_file_on_to_nobody(market, stalls):
    market.open(dave)
    market.open(erin)
    tale = agreed(market, arbiters=FOUR)
    delivery = tale.does(bob, DRAFTS)
    tale.does(alice, Dispute("It is not what we agreed."))
    tale.does(dave, CaseDeclined())
    tale.passes(0)
    assert (tale.reads(dave, delivery), tale.reads(erin, delivery)) == (True, True)
    assert tale.at(dave).desk.stores.outbox.get(delivery.id, erin.id) is None


def test_neither_party_can_keep_the_file_from_an_arbiter(market, stalls):
    market.open(dave)
    tale = agreed(market, arbiters=FOUR)
    tale.does(bob, DRAFTS)
    tale.at(bob).away = True  # he calls, and his node sends nothing
    dispute = tale.does(alice, Dispute("It is not what we agreed."))
    outbox = tale.at(alice).desk.stores.outbox
    assert handed_over(outbox, dispute, dave)
    tale.at(dave).away = True
    market.returns(tale.at(bob))
    delivery = tale.done[0]
    assert tale.at(bob).desk.stores.outbox.get(delivery.id, dave.id) is not None


def test_arbiters_act_in_their_turn_only(market, stalls):
    for arbiter in (dave, erin):
        market.open(arbiter)
    tale = by_hand(market, arbiters=FOUR)
    assert denied(tale.at(dave), market, dealings.act, tale.id, 0, CaseTaken()).code == "not-your-turn"
    tale.does(bob, DRAFTS)
    tale.does(alice, Dispute("No."))
    for who, body in (
        (erin, CaseTaken()),
        (dave, Acceptance()),
        (dave, Ruling(0, disputes.NOBODY)),
        (bob, CaseTaken()),
    ):
        assert denied(tale.at(who), market, dealings.act, tale.id, 0, body).code in ("not-your-turn", "bad-entry")
