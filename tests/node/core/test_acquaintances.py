"""What the owner alone thinks of people: a word for them, and a block: out of sight, and out of no contract."""

import dataclasses

import pytest

from freehold.node.core import acquaintances, budget, catalog, finding, proposing, reputation, searching, triaging
from freehold.node.core.ports import OfferQuery
from freehold.node.core.standing import Standing, standing
from freehold.protocol.contract import DELIVERED
from freehold.protocol.envelope import place_of
from freehold.protocol.kinds.offer import WANTED, Offer
from freehold.protocol.network import Quotas
from freehold.protocol.requests import Acknowledged, Declined
from tests.cast import DAY_MS, START_MS, agreement, agreement_body, alice, bob, carol, mallory, note, offer, proposal
from tests.node.core.market import denied
from tests.node.core.tale import DRAFTS, agreed
from tests.node.core.test_direct import NOW, Home
from tests.node.core.test_proposing import proposed, published
from tests.node.core.test_vouching import hears_a_deal

LABEL = acquaintances.LABEL_CHARACTERS * "x"


def blocks(market, stall, who):
    market.does(stall, lambda desk, now: (acquaintances.block(desk, who.id, now), []))


def unblocks(market, stall, who):
    market.does(stall, lambda desk, _now: (acquaintances.unblock(desk, who.id), []))


def calls(desk, who, label, now):
    return acquaintances.call(desk, who.id, label, now), []


def test_a_word_for_somebody_is_theirs_alone_and_can_be_taken_away(market, stalls):
    at_alice, _, _ = stalls
    contacts = at_alice.desk.stores.contacts
    assert market.does(at_alice, calls, bob, f"  {LABEL} ") == LABEL
    assert denied(at_alice, market, calls, carol, LABEL.upper()).code == "label-taken"
    for bad in (LABEL + "x", "two\nlines", "\u202eturned", "\x07"):
        assert denied(at_alice, market, calls, bob, bad).code == "bad-label"
    assert denied(at_alice, market, calls, mallory, "nobody here").code == "not-found"
    market.does(at_alice, lambda desk, now: (acquaintances.trust(desk, bob.id, "", now), []))
    assert contacts.listed() == [(bob.id, LABEL)]
    market.does(at_alice, lambda desk, _: (acquaintances.distrust(desk, bob.id), []))
    assert dict(contacts.labels()) == {bob.id: LABEL}
    market.does(at_alice, calls, bob, "")
    assert dict(contacts.labels()) == {}
    assert market.does(at_alice, calls, carol, LABEL) == LABEL


def test_what_cannot_be_blocked_is_denied(market, stalls, monkeypatch):
    at_alice, _, _ = stalls
    block = lambda desk, who, now: (acquaintances.block(desk, who.id, now), [])  # noqa: E731
    assert denied(at_alice, market, block, alice).code == "own-identity"
    assert denied(at_alice, market, block, mallory).code == "not-found"
    assert denied(at_alice, market, lambda desk, _: acquaintances.unblock(desk, bob.id)).code == "not-found"
    monkeypatch.setattr(acquaintances, "BLOCKED", 1)
    blocks(market, at_alice, bob)
    blocks(market, at_alice, bob)
    assert denied(at_alice, market, block, carol).code == "too-many-people"
    trust = lambda desk, now: acquaintances.trust(desk, bob.id, "", now)  # noqa: E731
    assert denied(at_alice, market, trust).code == "blocked"


def test_offers_of_somebody_blocked_are_hidden_and_counted(market, stalls):
    at_alice, at_bob, at_carol = stalls
    market.does(at_alice, lambda desk, now: (searching.save(desk, "logos", OfferQuery(now), finding.ANYBODY, now), []))
    blocks(market, at_alice, bob)
    market.now += 1
    for number in range(3):
        market.does(at_bob, catalog.publish, Offer(WANTED, f"A logo {number}"), DAY_MS)
    (kept,) = (market.does(at_carol, catalog.publish, Offer(WANTED, "A falcon"), DAY_MS),)
    query = OfferQuery(market.now, limit=2)
    page = catalog.search(at_alice.desk, query)
    assert (page.records, page.hidden, page.next) == ((kept,), 3, None)
    assert len(catalog.search(at_alice.desk, query, blocked=True).records) == 2
    assert catalog.search(at_alice.desk, dataclasses.replace(query, author=bob.id)).hidden == 0
    assert catalog.search(at_carol.desk, query).hidden == 0
    assert [one.text for one in at_alice.desk.stores.notices.latest(9)] == ["logos: A falcon"]
    unblocks(market, at_alice, bob)
    assert catalog.search(at_alice.desk, dataclasses.replace(query, limit=9)).hidden == 0


def test_their_proposals_are_folded_with_the_reason_and_can_still_be_accepted(market, stalls):
    at_alice, at_bob, _ = stalls
    place = published(market, at_alice)
    blocks(market, at_alice, bob)
    one = proposed(market, at_bob, place)
    letters = proposing.received(at_alice.desk, market.now)
    assert triaging.look(at_alice.desk, letters)[one.id].folded == triaging.BLOCKED
    assert proposing.sent(at_bob.desk, market.now)[0].state == proposing.DELIVERED  # nothing tells him
    assert market.does(at_alice, proposing.accept, one.id)
    unblocks(market, at_alice, bob)
    assert triaging.look(at_alice.desk, letters)[one.id].folded is None


def test_a_contract_goes_on_whoever_of_the_two_is_blocked(market, stalls):
    tale = agreed(market)
    blocks(market, stalls[0], bob)
    delivered = tale.does(bob, DRAFTS)
    assert tale.state() == DELIVERED
    assert tale.reads(alice, delivered)


def test_what_no_contract_needs_is_declined_and_what_one_needs_is_taken():
    home = Home(Quotas(proposals_a_day=2))
    home.desk.stores.contacts.trust(bob.id, "", NOW)
    home.desk.stores.contacts.block(bob.id, NOW)
    body = agreement_body()
    home.desk.stores.records.add(agreement(bob, body), START_MS, shared=True)
    words = note(bob, agreement(bob, body).header.body, "Answer me!")
    assert home.gets(words) == Declined("refused: its recipient takes nothing of that sort from you", again=False)
    replies = [isinstance(home.gets(proposal(salt=salt)), Acknowledged) for salt in range(3)]
    assert replies == [True, True, False], "as many as of a stranger, though he was trusted"
    home.desk.stores.records.add(agreement(alice, body), START_MS, shared=True)
    assert isinstance(home.gets(words), Acknowledged), "the contract is in force: silence would count"


def test_somebody_blocked_is_a_stranger_and_brings_nobody_along(market, stalls):
    at_alice, _, _ = stalls
    desk = at_alice.desk
    agreed(market)
    hears_a_deal(at_alice, bob, mallory, market)
    assert (standing(desk, bob.id), standing(desk, mallory.id)) == (Standing.TRUSTED, Standing.KNOWN)
    blocks(market, at_alice, bob)
    assert (standing(desk, bob.id), standing(desk, mallory.id)) == (Standing.NEW, Standing.NEW)
    circles = list(budget.draw(desk, market.now))[-1]
    assert (circles.blocked, circles.standing(bob.id), circles.standing(mallory.id)) == (
        {bob.id}, Standing.NEW, Standing.NEW,
    )  # fmt: skip
    unblocks(market, at_alice, bob)
    assert (standing(desk, bob.id), standing(desk, mallory.id)) == (Standing.TRUSTED, Standing.KNOWN)


@pytest.mark.parametrize("rooted", [True, False])
def test_what_somebody_blocked_says_of_others_has_no_weight(market, stalls, rooted):
    at_alice, _, _ = stalls
    hears_a_deal(at_alice, bob, mallory, market)
    market.now += DAY_MS
    if rooted:
        for who in (bob, carol):
            at_alice.desk.stores.contacts.trust(who.id, "", market.now)
        hears_a_deal(at_alice, carol, bob, market)
        market.now += DAY_MS
    assert reputation.of(at_alice.desk, mallory.id, market.now).score.counted == 1
    blocks(market, at_alice, bob)
    found = reputation.of(at_alice.desk, mallory.id, market.now)
    assert found.score.counted == 0
    assert [reason for _, reason in found.left_out] == ["you have blocked its author"]
    assert found.anywhere.counted == 1
    unblocks(market, at_alice, bob)
    assert reputation.of(at_alice.desk, mallory.id, market.now).score.counted == 1


def test_over_the_budget_they_give_first_and_all_they_have():
    found = {bytes(who.id): budget.Holding(who.id, loose=1_000_000) for who in (alice, bob, carol, mallory)}
    circles = budget.Circles({alice.id}, {carol.id}, {bob.id})
    *_, weighed = budget.weigh(found, circles, alice.id)
    for room, giving in ((3_500_000, {bob.id: 675_000}), (2_900_000, {bob.id: 1_000_000, mallory.id: 245_000})):
        *_, gives = budget.plan(weighed, room)
        assert gives == giving


def test_an_offer_that_is_asked_for_by_name_is_shown(market, stalls):
    at_alice, _, _ = stalls
    at_alice.judges(offer(bob), market.now)
    blocks(market, at_alice, bob)
    assert catalog.search(at_alice.desk, OfferQuery(market.now)).records == ()
    assert catalog.show(at_alice.desk, place_of(offer(bob).header) or b"")[0] == offer(bob)
