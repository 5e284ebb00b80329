"""Proposals that are taken back: heeded where the word of it came, and a signature stands whenever it was given."""

import dataclasses

from freehold.node.core import proposing
from freehold.node.core.proposing import ACCEPTED, DECLINED, DELIVERED, EXPIRED, OPEN, SENDING, WITHDRAWING, WITHDRAWN
from freehold.protocol.kind import Registry
from freehold.protocol.kinds import BUILTIN
from freehold.protocol.kinds.proposal import WITHDRAWAL, Withdrawal
from freehold.protocol.network import Quotas
from freehold.protocol.requests import Acknowledged, Declined
from tests.cast import START_MS, alice, bob, carol, mallory, proposal, signed
from tests.node.core.market import denied
from tests.node.core.test_direct import NOW, Home
from tests.node.core.test_proposing import WEEK_MS, proposed, published


def withdraws(desk, record_id, now):
    return proposing.withdraw(desk, record_id, "I am ill.", now)


def states(market, stalls, record_id):
    """How its recipient and its author see a proposal."""
    return tuple(proposing.show(stall.desk, record_id, market.now).state for stall in stalls[:2])


def test_what_was_withdrawn_is_not_accepted_any_more(market, stalls):
    at_alice, at_bob, _ = stalls
    place = published(market, at_alice)
    one, other = proposed(market, at_bob, place), proposed(market, at_bob, place)
    assert denied(at_alice, market, withdraws, one.id).code == "not-yours"
    market.does(at_bob, withdraws, one.id)
    assert states(market, stalls, one.id) == (WITHDRAWN, WITHDRAWN)
    assert proposing.show(at_alice.desk, one.id, market.now).reason == "I am ill."
    assert at_alice.notices[-1] == "proposal-withdrawal"
    for stall, act in ((at_alice, proposing.accept), (at_bob, withdraws)):
        assert "withdrawn" in denied(stall, market, act, one.id).what
    assert states(market, stalls, other.id) == (OPEN, DELIVERED)
    assert market.does(at_alice, proposing.accept, other.id)
    assert "accepted" in denied(at_bob, market, withdraws, other.id).what


def test_as_long_as_the_recipient_is_away_they_can_still_accept_and_a_signature_stands(market, stalls):
    at_alice, at_bob, _ = stalls
    one = proposed(market, at_bob, published(market, at_alice))
    at_bob.away = True
    contract = market.does(at_alice, proposing.accept, one.id)
    at_bob.away, at_alice.away = False, True
    market.does(at_bob, withdraws, one.id)
    letter = proposing.show(at_bob.desk, one.id, market.now)
    assert (letter.state, letter.contract) == (WITHDRAWING, contract)
    assert "can still accept" in (letter.reason or "")
    market.returns(at_alice)
    market.passes(WEEK_MS // 2)
    assert states(market, stalls, one.id) == (ACCEPTED, ACCEPTED)
    assert "although you withdrew it" in (proposing.show(at_bob.desk, one.id, market.now).reason or "")
    assert proposing.show(at_alice.desk, one.id, market.now).reason is None


def test_a_decline_that_crosses_with_it_stands_at_both(market, stalls):
    at_alice, at_bob, _ = stalls
    one = proposed(market, at_bob, published(market, at_alice))
    at_bob.away = True
    market.does(at_alice, lambda desk, now: proposing.decline(desk, one.id, "Taken.", now))
    at_bob.away, at_alice.away = False, True
    market.does(at_bob, withdraws, one.id)
    market.returns(at_alice)
    market.passes(WEEK_MS // 2)
    assert states(market, stalls, one.id) == (DECLINED, DECLINED)


def test_one_that_never_arrived_is_not_handed_over_any_more(market, stalls):
    at_alice, at_bob, _ = stalls
    place = published(market, at_alice)
    at_alice.away = True
    one = proposed(market, at_bob, place)
    assert proposing.show(at_bob.desk, one.id, market.now).state == SENDING
    market.does(at_bob, withdraws, one.id)
    market.returns(at_alice)
    market.passes(WEEK_MS // 2)
    assert at_alice.desk.stores.records.get(one.id) is None
    assert proposing.show(at_bob.desk, one.id, market.now).state == WITHDRAWN
    parcel = at_bob.desk.stores.outbox.get(one.id, alice.id)
    assert parcel is not None
    assert parcel.trouble.startswith("you withdrew it")


def test_a_node_that_does_not_know_the_kind_declines_it_and_its_author_is_told(market, stalls):
    at_alice, at_bob, _ = stalls
    one = proposed(market, at_bob, published(market, at_alice))
    at_alice.desk.registry = Registry(kind for kind in BUILTIN if kind is not WITHDRAWAL)
    market.does(at_bob, withdraws, one.id)
    assert states(market, stalls, one.id) == (OPEN, WITHDRAWING)
    reason = proposing.show(at_bob.desk, one.id, market.now).reason or ""
    assert "can still accept" in reason
    assert "proposal-withdrawal/1 is not known here" in reason
    at_alice.desk.registry = Registry(BUILTIN)
    market.passes(WEEK_MS // 2)
    assert states(market, stalls, one.id) == (WITHDRAWN, WITHDRAWN)
    market.passes(WEEK_MS)
    assert states(market, stalls, one.id) == (WITHDRAWN, WITHDRAWN)


def test_a_withdrawal_that_comes_too_late_is_no_more_than_an_expiry(market, stalls):
    at_alice, at_bob, _ = stalls
    one = proposed(market, at_bob, published(market, at_alice))
    at_alice.away = True
    market.does(at_bob, withdraws, one.id)
    market.passes(WEEK_MS + 1)
    assert proposing.show(at_bob.desk, one.id, market.now).state == EXPIRED
    market.returns(at_alice)
    assert states(market, stalls, one.id) == (EXPIRED, EXPIRED)


def test_only_its_author_takes_it_back_and_one_word_of_it_needs_no_room():
    home = Home(dataclasses.replace(Quotas(), proposals_a_day=1))
    mine = proposal()
    assert isinstance(home.gets(mine), Acknowledged)
    for who, to in ((carol, alice), (mallory, alice), (bob, carol)):
        forged = signed(WITHDRAWAL, Withdrawal(to.id), who, context=mine.id)
        reply = home.gets(forged)
        assert isinstance(reply, Declined)
        assert (reply.again, home.desk.stores.records.get(forged.id)) == (False, None)
    first, second = (signed(WITHDRAWAL, Withdrawal(alice.id, why), bob, START_MS, context=mine.id) for why in "ab")
    assert isinstance(home.gets(first), Acknowledged), "though the one of today was the proposal"
    assert home.gets(second) == Declined("too many from you today", again=True)
    assert isinstance(home.gets(first, NOW + 1), Acknowledged), "its acknowledgment was lost"


def test_it_may_come_before_its_proposal():
    home, mine = Home(), proposal()
    assert isinstance(home.gets(signed(WITHDRAWAL, Withdrawal(alice.id), bob, START_MS, context=mine.id)), Acknowledged)
    assert isinstance(home.gets(mine), Acknowledged)
    assert proposing.show(home.desk, mine.id, NOW).state == WITHDRAWN
