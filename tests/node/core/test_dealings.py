"""Contracts: delivered, accepted, paid, confirmed, each in its turn; and every act that is denied."""

import pytest

from freehold.node.core import dealings, direct
from freehold.node.core.desk import Denied
from freehold.protocol.contract import ACTIVE, CLOSED, DELIVERED, LAPSED, OFFERED, PAID, PAYABLE, SETTLED, WORKING
from freehold.protocol.kinds.agreement import Windows
from freehold.protocol.kinds.entries import Acceptance, Blocked as BlockedBody, Delivery, Handover, Revision, Unblocked
from freehold.protocol.kinds.notes import Note
from tests.cast import DAY_MS, agreement, agreement_body, alice, bob, carol, mallory
from tests.node.core.market import ADDRESS, denied
from tests.node.core.tale import DRAFTS, RECEIVED, SENT, Tale, agreed, by_hand

MOVES = (
    (bob, Delivery("Here it is.", (Handover("logo.svg", "", bytes(32)),)), DELIVERED),
    (alice, Acceptance("Lovely."), PAYABLE),
    (alice, SENT, PAID),
    (bob, RECEIVED, SETTLED),
)
"""Who moves, with what, and the milestone's state afterwards."""


@pytest.fixture
def tale(market, stalls):
    """A contract with two milestones, seen by carol too."""
    return agreed(market, parts=2)


def refused(tale, who, body, part=0):
    return denied(tale.at(who), tale.market, dealings.act, tale.id, part, body).code


def test_the_straight_path_is_seen_alike_by_everybody_and_read_by_the_parties_alone(tale):
    for part in (0, 1):
        for number, (who, body, state) in enumerate(MOVES, 1):
            tale.market.now += 60_000
            record = tale.does(who, body, part)
            assert (tale.state(0), tale.state(1)) == ((state, WORKING) if part == 0 else (SETTLED, state))
            assert [tale.reads(person, record) for person in (alice, bob, carol)] == [True, True, False]
            assert len(tale.seen_by(carol).steps) == 4 * part + number
    for who in (alice, bob):
        assert tale.seen_by(who).state == CLOSED
        steps = tale.seen_by(who).steps
        opened = [tale.at(who).desk.registry[step.entry.header.kind].open(step.entry) for step in steps]
        assert opened == [body for _, body, _ in MOVES] * 2


def test_an_entry_names_the_last_one_of_the_other_party_as_seen(tale):
    delivery = tale.does(bob, DRAFTS)
    assert tale.does(alice, Acceptance("Lovely.")).header.seen == (delivery.id,)


@pytest.mark.parametrize("done", range(5))
def test_in_every_state_one_party_can_make_one_move(tale, done):
    for who, body, _ in MOVES[:done]:
        tale.does(who, body)
    for number, (_, body, _) in enumerate(MOVES):
        for who in (alice, bob):
            if (number, who) != (done, MOVES[done % 4][0]):
                assert refused(tale, who, body) == "not-your-turn"
    if done < 4:
        tale.does(*MOVES[done][:2])


def test_strangers_and_unknown_contracts_and_milestones_are_denied(tale):
    assert refused(tale, carol, DRAFTS) == "not-yours"
    assert refused(tale, bob, DRAFTS, part=2) == "no-such-part"
    assert refused(Tale(tale.market, bytes(32)), bob, DRAFTS) == "not-found"
    assert denied(tale.at(carol), tale.market, dealings.add_note, tale.id, Note("Hello")).code == "not-yours"


@pytest.mark.parametrize(
    "body", [Delivery("x" * 4_001), Delivery("\x1b[31m"), Delivery("", (Handover("a", "", b"short"),))]
)
def test_what_the_other_side_would_refuse_is_denied(tale, body):
    assert refused(tale, bob, body) == "bad-entry"


def test_a_revision_that_cites_no_clause_of_the_terms_is_denied(tale):
    tale.does(bob, DRAFTS)
    assert refused(tale, alice, Revision(("9",))) == "not-your-turn"


def test_who_was_away_when_the_other_one_signed_in_time_is_bound_all_the_same(market):
    at_alice, at_bob = market.open(alice), market.open(bob)
    body = agreement_body(alice, bob)
    theirs, ours = agreement(bob, body, market.now), agreement(alice, body, market.now)
    for stall in (at_alice, at_bob):
        stall.hears(theirs)
    at_bob.away = True
    market.carry(at_alice, at_alice.judges(ours, market.now).effects)
    tale = Tale(market, ours.header.body)
    tale.passes(9)
    market.returns(at_bob)
    tale.passes(1)
    assert at_bob.desk.stores.records.totals()["receipt/1"]
    assert (tale.seen_by(alice).state, tale.state()) == (ACTIVE, WORKING)


def test_words_beyond_bounds_are_denied(tale):
    act = denied(tale.at(bob), tale.market, dealings.add_note, tale.id, Note("x" * 4_001))
    assert act.code == "bad-entry"


def test_a_contract_has_room_for_so_many_notes_and_the_reader_keeps_no_more(tale, monkeypatch):
    market = tale.market
    for number in range(3):
        market.does(tale.at(bob), dealings.add_note, tale.id, Note(f"Note {number}"))
    monkeypatch.setattr("freehold.node.core.standing.NOTES", 3)
    assert denied(tale.at(bob), market, dealings.add_note, tale.id, Note("One more")).code == "too-many-notes"
    monkeypatch.setattr("freehold.node.core.dealings.full_of_notes", lambda *_: False)
    extra = market.does(tale.at(bob), dealings.add_note, tale.id, Note("One more"))
    assert not tale.reads(alice, extra)
    assert "as many notes" in tale.at(bob).desk.stores.outbox.get(extra.id, alice.id).trouble


def test_whose_inbox_has_expired_holds_nothing_up_and_gets_it_all_sealed_to_the_next_one(tale):
    tale.at(alice).away = True
    tale.market.now += 8 * DAY_MS
    delivery = tale.does(bob, DRAFTS)
    assert tale.seen_by(bob).milestones[0].state == DELIVERED
    assert tale.at(bob).desk.stores.outbox.get(delivery.id, alice.id).sealed == b""
    tale.passes(20)
    tale.market.returns(tale.at(alice))
    tale.passes(1)
    assert tale.reads(alice, delivery)
    assert tale.at(bob).desk.stores.outbox.get(delivery.id, alice.id).acknowledged


def test_whose_inbox_was_never_known_holds_nothing_up(market):
    market.open(alice)
    at_bob = market.open(bob, reachable=False)
    tale = agreed(market)
    tale.does(bob, BlockedBody("The name of the bakery, please."))
    answer = tale.does(alice, Unblocked("Crumb."))
    tale.passes(0)
    assert (tale.state(), tale.reads(bob, answer)) == (WORKING, False)
    market.carry(at_bob, at_bob.service.set_nodes((ADDRESS,), market.now))
    tale.passes(1 / 24)
    assert tale.reads(bob, answer)


def test_nothing_moves_before_both_have_signed_nor_when_that_was_too_late(market, stalls):
    signature = agreement(bob, agreement_body(alice, bob, windows=Windows(offered=DAY_MS)))
    for stall in stalls:
        stall.hears(signature)
    tale = Tale(market, signature.header.body)
    assert tale.seen_by(bob).state == OFFERED
    assert refused(tale, bob, DRAFTS) == "not-signed-yet"
    tale.passes(2)
    assert tale.seen_by(bob).state == LAPSED
    assert refused(tale, bob, DRAFTS) == "not-signed-yet"
    assert tale.told(bob) == tale.told(alice) == []


def test_agreements_that_strangers_alone_signed_are_no_contracts_of_ours(tale):
    at_alice = tale.at(alice)
    at_alice.hears(mallory.inception)
    for salt in range(5):
        at_alice.hears(agreement(mallory, agreement_body(alice, mallory, salt=salt)))
    assert len(at_alice.desk.stores.records.contracts_of(alice.id)) == 6
    assert [found.id for found in dealings.contracts(at_alice.desk, tale.market.now)] == [tale.id]
    assert dealings.contracts(tale.at(carol).desk, tale.market.now) == []


def test_whom_a_contract_in_force_names_serves_in_it(market, stalls):
    tale = by_hand(market, arbiters=(carol.id,))
    half = agreement(bob, agreement_body(alice, bob, salt=8, arbiters=(carol.id,), windows=Windows(offered=DAY_MS)))
    stalls[2].hears(half)
    for days in (0, 2):
        tale.passes(days)
        assert [found.id for found in dealings.serving(stalls[2].desk, market.now)] == [tale.id]
    assert dealings.serving(stalls[0].desk, market.now) == []


def test_the_terms_are_there_for_both_parties_and_for_nobody_else(tale):
    for who in (alice, bob):
        terms = dealings.terms_of(tale.at(who).desk, tale.seen_by(who))
        assert terms is not None
        assert [part.title for part in terms.parts] == ["Milestone 1", "Milestone 2"]
    assert dealings.terms_of(tale.at(carol).desk, tale.seen_by(carol)) is None


def test_a_node_that_starts_again_goes_on_where_it_was(tale):
    tale.does(bob, DRAFTS)
    tale.at(alice).restarts()
    tale.does(alice, Acceptance(""))
    assert (tale.state(0), tale.state(1), tale.seen_by(bob).state) == (PAYABLE, WORKING, ACTIVE)


def test_a_locked_node_acts_in_no_contract(tale):
    desk = tale.at(bob).desk
    desk.signer = None
    with pytest.raises(Denied) as caught:
        dealings.act(desk, tale.id, 0, DRAFTS, tale.market.now)
    assert caught.value.code == "no-identity"
    assert dealings.contracts(desk, tale.market.now) == dealings.serving(desk, tale.market.now) == []


def test_what_is_handed_over_about_a_contract_that_is_not_known_here_comes_again(tale):
    note = tale.market.does(tale.at(bob), dealings.add_note, tale.id, Note("See my draft."))
    direct.post(tale.at(bob).desk, note, carol.id, tale.market.now)
    stranger = tale.at(carol)
    stranger.desk.stores.records.participants = lambda _contract: ()
    tale.market.carry(tale.at(bob), [])
    assert "not known here yet" in tale.at(bob).desk.stores.outbox.get(note.id, carol.id).trouble
