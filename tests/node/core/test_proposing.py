"""Proposals: sealed, received, accepted, declined; and everything that must not be accepted."""

import dataclasses

import pytest

from freehold.node.core import catalog, dealings, intake, proposing
from freehold.node.core.desk import Denied
from freehold.node.core.proposing import Bid, Conditions, Piece
from freehold.protocol import requests
from freehold.protocol.contract import ACTIVE
from freehold.protocol.envelope import pack, place_of
from freehold.protocol.kinds.agreement import Clause, Milestone, Windows
from freehold.protocol.kinds.offer import FIXED, HOURLY, SERVICE, WANTED, Intake, Offer
from freehold.protocol.kinds.proposal import DECLINE, PROPOSAL, Decline, Proposal
from freehold.protocol.kinds.values import FREELANCER, Money
from freehold.protocol.kinds.worth import TOP
from freehold.protocol.sealing import seal_to
from tests.cast import DAY_MS, agreement, agreement_body, alice, bob, carol, mallory, profile, signed, terms
from tests.node.core.market import NOW, PEER, denied, everything

LOGO = Offer(WANTED, "A logo for a bakery", "A croissant, drawn by hand.")
BID = Bid("I drew the signs of forty bakeries.", (Piece("Drawing", Money(15_000, "EUR"), Milestone(5 * DAY_MS)),))
WEEK_MS = 7 * DAY_MS


def published(market, stall, offer=LOGO, life_ms=30 * DAY_MS):
    return place_of(market.does(stall, catalog.publish, offer, life_ms).header)


def proposed(market, stall, place, bid=BID):
    return market.does(stall, proposing.propose, place, bid, WEEK_MS)


@pytest.fixture
def offered(market, stalls):
    """The place of alice's offer, and the id of bob's proposal for it."""
    place = published(market, stalls[0])
    return place, proposed(market, stalls[1], place).id


def test_a_proposal_reaches_its_recipient_and_nobody_else(market, stalls, offered):
    at_alice, at_bob, at_carol = stalls
    _, proposal = offered
    (letter,) = proposing.received(at_alice.desk, market.now)
    assert (letter.record.id, letter.state, letter.proposal.cover) == (proposal, proposing.OPEN, BID.cover)
    (mine,) = proposing.sent(at_bob.desk, market.now)
    assert (mine.record.id, mine.state, mine.contract) == (proposal, proposing.DELIVERED, letter.contract)
    assert proposing.received(at_bob.desk, market.now) == proposing.sent(at_alice.desk, market.now) == []
    assert at_carol.desk.stores.records.totals().get("proposal/1") is None
    assert at_alice.notices == ["proposal"]
    for stall in stalls:
        assert proposal not in {name for _, name in stall.desk.stores.records.after(0, 999)}


def test_a_proposal_without_clauses_has_the_offers_own_text_as_its_clause(market, stalls, offered):
    letter = proposing.show(stalls[0].desk, offered[1], market.now)
    assert letter.proposal.terms.clauses == (Clause("1", f"{LOGO.title}\n\n{LOGO.description}"),)
    own = dataclasses.replace(BID, clauses=(Clause("a", "Two drafts."), Clause("b", "No tracing.")))
    other = proposed(market, stalls[1], offered[0], own)
    letter = proposing.show(stalls[0].desk, other.id, market.now)
    assert letter.proposal.terms.clauses == own.clauses


@pytest.mark.parametrize(("side", "client"), [(WANTED, alice), (SERVICE, bob)])
def test_who_is_client_follows_from_the_offers_side(market, stalls, side, client):
    place = published(market, stalls[0], dataclasses.replace(LOGO, side=side))
    letter = proposing.show(stalls[0].desk, proposed(market, stalls[1], place).id, market.now)
    assert letter.agreement.client == client.id
    contract = market.does(stalls[0], proposing.accept, letter.record.id)
    assert dealings.contract(stalls[2].desk, contract, market.now).agreement.client == client.id


def test_the_same_bid_twice_makes_two_contracts(market, stalls, offered):
    first, second = (proposing.show(stalls[0].desk, name, market.now) for name in (
        offered[1], proposed(market, stalls[1], offered[0]).id))  # fmt: skip
    assert first.contract != second.contract


def test_accepting_makes_a_contract_that_both_have_signed_on_every_node(market, stalls, offered):
    contract = market.does(stalls[0], proposing.accept, offered[1])
    for stall in stalls:
        found = dealings.contract(stall.desk, contract, market.now)
        assert (found.state, set(found.signatures)) == (ACTIVE, {alice.id, bob.id})
    for stall in stalls[:2]:
        assert proposing.show(stall.desk, offered[1], market.now).state == proposing.ACCEPTED
        assert [found.id for found in dealings.contracts(stall.desk, market.now)] == [contract]
    assert dealings.contracts(stalls[2].desk, market.now) == []


def test_a_proposer_whom_no_gossip_reaches_learns_of_the_contract_directly(market, stalls, offered):
    _, effects = proposing.accept(stalls[0].desk, offered[1], market.now)
    market.carry(stalls[0], [])
    assert effects
    assert [found.state for found in dealings.contracts(stalls[1].desk, market.now)] == [ACTIVE]
    assert dealings.contracts(stalls[2].desk, market.now) == []


def test_accepting_works_while_the_proposer_is_away_and_declining_waits(market, stalls):
    place = published(market, stalls[0])
    proposal = market.does(stalls[1], proposing.propose, place, BID, 20 * DAY_MS).id
    market.now += 10 * DAY_MS
    assert denied(stalls[0], market, proposing.decline, proposal, "").code == "no-inbox"
    assert market.does(stalls[0], proposing.accept, proposal)
    assert [found.state for found in dealings.contracts(stalls[1].desk, market.now)] == [ACTIVE]


def test_a_decline_reaches_the_proposer_with_its_reason(market, stalls, offered):
    market.does(stalls[0], proposing.decline, offered[1], "Watercolour is not what we need.")
    for stall in stalls[:2]:
        letter = proposing.show(stall.desk, offered[1], market.now)
        assert (letter.state, letter.reason) == (proposing.DECLINED, "Watercolour is not what we need.")
    assert "decline" in stalls[1].notices


def test_a_decline_by_somebody_else_declines_nothing(market, stalls, offered):
    forged = signed(DECLINE, Decline(bob.id, bytes(32), "Never!"), carol, context=offered[1])
    stalls[1].desk.stores.records.add(forged, market.now, shared=False)
    assert proposing.show(stalls[1].desk, offered[1], market.now).state == proposing.DELIVERED


def test_what_is_decided_is_decided(market, stalls, offered):
    at_alice, at_bob, _ = stalls
    second = proposed(market, at_bob, offered[0]).id
    market.does(at_alice, proposing.accept, offered[1])
    market.does(at_alice, proposing.decline, second, "")
    for name in (offered[1], second):
        assert denied(at_alice, market, proposing.accept, name).code == "not-open"
        assert denied(at_alice, market, proposing.decline, name, "").code == "not-open"


def test_deciding_is_denied_for_own_unknown_and_expired_proposals(market, stalls, offered):
    at_alice, at_bob, at_carol = stalls
    assert denied(at_bob, market, proposing.accept, offered[1]).code == "not-yours"
    assert denied(at_bob, market, proposing.decline, offered[1], "").code == "not-yours"
    assert denied(at_carol, market, proposing.accept, offered[1]).code == "not-found"
    assert denied(at_alice, market, proposing.accept, offered[0]).code == "not-found"
    market.now += WEEK_MS + 1
    assert proposing.show(at_alice.desk, offered[1], market.now).state == proposing.EXPIRED
    assert denied(at_alice, market, proposing.accept, offered[1]).code == "not-open"


def test_a_reason_beyond_bounds_is_denied(market, stalls, offered):
    assert denied(stalls[0], market, proposing.decline, offered[1], "x" * 1_001).code == "bad-reason"


def test_accepting_is_denied_once_the_offer_is_closed_or_has_expired(market, stalls):
    place = published(market, stalls[0], life_ms=DAY_MS)
    proposal = proposed(market, stalls[1], place).id
    market.now += DAY_MS + 1
    assert denied(stalls[0], market, proposing.accept, proposal).code == "offer-closed"
    market.now -= DAY_MS
    market.does(stalls[0], catalog.close, place)
    assert denied(stalls[0], market, proposing.accept, proposal).code == "offer-closed"


def test_proposing_is_denied_for_own_closed_expired_and_unknown_offers(market, stalls):
    at_alice, at_bob, _ = stalls
    place = published(market, at_alice, life_ms=DAY_MS)
    assert denied(at_alice, market, proposing.propose, place, BID, WEEK_MS).code == "own-offer"
    assert denied(at_bob, market, proposing.propose, bytes(32), BID, WEEK_MS).code == "not-found"
    market.now += DAY_MS + 1
    assert denied(at_bob, market, proposing.propose, place, BID, WEEK_MS).code == "offer-closed"
    market.now -= DAY_MS
    market.does(at_alice, catalog.close, place)
    assert denied(at_bob, market, proposing.propose, place, BID, WEEK_MS).code == "offer-closed"


def test_proposing_is_denied_while_nobody_knows_where_the_recipient_is(market, stalls):
    at_mallory = market.open(mallory, reachable=False)
    place = published(market, at_mallory)
    found = denied(stalls[1], market, proposing.propose, place, BID, WEEK_MS)
    assert found.code == "no-inbox"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"cover": ""}, "cover"),
        ({"cover": "x" * 4_001}, "cover"),
        ({"cover": "\x1b[2J"}, "control"),
        ({"parts": ()}, "0 items"),
        ({"parts": BID.parts * 21}, "21 items"),
        ({"parts": (Piece("", Money(1, "EUR"), Milestone(1)),)}, "title"),
        ({"parts": (Piece("a", Money(-1, "EUR"), Milestone(1)),)}, "amount"),
        ({"parts": (Piece("a", Money(1, "eur"), Milestone(1)),)}, "eur"),
        ({"parts": (Piece("a", Money(1, "EUR"), Milestone(0)),)}, "work"),
        ({"clauses": (Clause("1", "a"), Clause("1", "b"))}, "named twice"),
        ({"clauses": (Clause("1", "x" * 2_000),) * 9}, "bytes"),
        ({"answers": ("",)}, "answers"),
        ({"answers": ("a",) * 6}, "answers"),
    ],
)
def test_what_the_recipient_would_refuse_is_denied_with_the_reason(market, stalls, change, word):
    place = published(market, stalls[0])
    bid = dataclasses.replace(BID, **change)
    found = denied(stalls[1], market, proposing.propose, place, bid, WEEK_MS)
    assert found.code == "bad-proposal"
    assert word in found.what


def handed_over(stall, market, author, place, *, body=None, parts=1, **fields):
    """A proposal that its author made by other means than ours, sealed to the stall's owner and taken in."""
    inbox = stall.desk.stores.records.latest(stall.person.id, "inbox/1", b"inbox")
    prekey = inbox and stall.desk.registry["inbox/1"].open(inbox).prekey
    made = body or agreement_body(stall.person, author, parts=parts, about=place)
    packed = pack(agreement(author, made, market.now))
    proposal = Proposal(stall.person.id, prekey, bytes(32), "Hello", terms(parts), packed, **fields)
    record = signed(PROPOSAL, proposal, author, market.now, context=place, till=market.now + WEEK_MS)
    sealed = requests.write(requests.Deliver(seal_to(stall.person.id, prekey, pack(record))))
    reply, _ = stall.service.answer(sealed, PEER, market.now)
    return record, requests.read_reply(reply)


def test_an_agreement_that_turns_the_roles_round_is_not_accepted(market, stalls):
    place = published(market, stalls[0])
    turned = agreement_body(bob, alice, about=place)
    record, _ = handed_over(stalls[0], market, bob, place, body=turned)
    found = denied(stalls[0], market, proposing.accept, record.id)
    assert (found.code, "role" in found.what) == ("bad-proposal", True)


def test_every_condition_that_is_signed_is_shown_before(market, stalls):
    place = published(market, stalls[0])
    windows = Windows(answer=2 * DAY_MS)
    conditions = Conditions(
        (carol.id,), (mallory.id,), 1, appeal=True, fallback=FREELANCER, revisions=3, windows=windows
    )
    pieces = (Piece("Drawing", Money(1, "EUR"), Milestone(DAY_MS, review=3 * DAY_MS, basis=HOURLY), hours=10),)
    bid = dataclasses.replace(BID, parts=pieces, conditions=conditions)
    letter = proposing.show(stalls[0].desk, proposed(market, stalls[1], place, bid).id, market.now)
    contract = market.does(stalls[0], proposing.accept, letter.record.id)
    agreed = letter.agreement
    assert dealings.contract(stalls[2].desk, contract, market.now).agreement == agreed
    assert (agreed.milestones, agreed.arbiters, agreed.witnesses) == ((pieces[0].windows,), (carol.id,), (mallory.id,))
    assert (agreed.quorum, agreed.appeal, agreed.fallback, agreed.revisions) == (1, True, FREELANCER, 3)
    assert agreed.windows == dataclasses.replace(windows, offered=WEEK_MS)
    assert letter.proposal.terms.parts[0].hours == 10


@pytest.mark.parametrize(
    ("price", "basis", "conditions", "band"),
    [
        (Money(15_000, "EUR"), FIXED, Conditions(), 7),
        (Money(499, "CHF"), FIXED, Conditions(), 0),
        (Money(9_999_900, "USD"), FIXED, Conditions(), TOP),
        (Money(15_000, "JPY"), FIXED, Conditions(), None),
        (Money(15_000, "EUR"), HOURLY, Conditions(), None),
        (Money(15_000, "JPY"), FIXED, Conditions(band=6), 6),
        (Money(15_000, "EUR"), FIXED, Conditions(band=0), 0),
        (Money(15_000, "EUR"), FIXED, Conditions(banded=False), None),
    ],
)
def test_a_proposal_states_roughly_what_its_prices_come_to(market, stalls, price, basis, conditions, band):
    piece = Piece("Drawing", price, Milestone(5 * DAY_MS, basis=basis))
    bid = dataclasses.replace(BID, parts=(piece,), conditions=conditions)
    place = published(market, stalls[0])
    name = proposed(market, stalls[1], place, bid).id
    assert proposing.show(stalls[0].desk, name, market.now).agreement.band == band
    assert market.does(stalls[0], proposing.accept, name)


def test_an_agreement_that_states_a_higher_value_than_its_prices_is_not_accepted(market, stalls):
    place = published(market, stalls[0])
    for band, price in ((8, Money(15_000, "EUR")), (1, Money(499, "EUR"))):
        piece = Piece("Drawing", price, Milestone(5 * DAY_MS))
        bid = dataclasses.replace(BID, parts=(piece,), conditions=Conditions(band=band))
        refused = denied(stalls[0], market, proposing.accept, proposed(market, stalls[1], place, bid).id)
        assert (refused.code, "higher value" in refused.what) == ("bad-proposal", True)


def test_a_proposal_about_a_strangers_or_no_offer_is_not_accepted(market, stalls):
    strangers = published(market, stalls[2])
    for place, code in ((strangers, "not-yours"), (bytes(31) + b"x", "not-found")):
        record, _ = handed_over(stalls[0], market, bob, place)
        assert denied(stalls[0], market, proposing.accept, record.id).code == code


def test_terms_other_than_those_signed_are_refused_at_the_door(market, stalls):
    place = published(market, stalls[0])
    before = everything(stalls[0])
    inbox = stalls[0].desk.stores.records.latest(alice.id, "inbox/1", b"inbox")
    prekey = stalls[0].desk.registry["inbox/1"].open(inbox).prekey
    packed = pack(agreement(bob, agreement_body(alice, bob, about=place)))
    dearer = dataclasses.replace(
        terms(), parts=tuple(dataclasses.replace(part, price=Money(999_999, "EUR")) for part in terms().parts)
    )
    body = Proposal(alice.id, prekey, bytes(32), "Hello", dearer, packed)
    record = signed(PROPOSAL, body, bob, NOW, context=place, till=NOW + WEEK_MS)
    request = requests.write(requests.Deliver(seal_to(alice.id, prekey, pack(record))))
    reply, _ = stalls[0].service.answer(request, PEER, NOW)
    assert isinstance(requests.read_reply(reply), requests.Declined)
    assert everything(stalls[0]) == before


def test_a_proposal_passed_on_by_its_reader_convinces_nobody_else(market, stalls, offered):
    at_alice, _, at_carol = stalls
    record = at_alice.desk.stores.records.get(offered[1])
    inbox = at_carol.desk.stores.records.latest(carol.id, "inbox/1", b"inbox")
    prekey = at_carol.desk.registry["inbox/1"].open(inbox).prekey
    request = requests.write(requests.Deliver(seal_to(carol.id, prekey, pack(record))))
    reply, _ = at_carol.service.answer(request, PEER, market.now)
    assert isinstance(requests.read_reply(reply), requests.Declined)
    assert proposing.received(at_carol.desk, market.now) == []


def test_a_locked_node_proposes_and_decides_nothing(market, stalls, offered):
    stalls[0].desk.signer = None
    for act in (
        lambda: proposing.propose(stalls[0].desk, offered[0], BID, WEEK_MS, market.now),
        lambda: proposing.accept(stalls[0].desk, offered[1], market.now),
    ):
        with pytest.raises(Denied) as caught:
            act()
        assert caught.value.code == "no-identity"
    assert proposing.sent(stalls[0].desk, market.now) == []


RULES = Intake(least_characters=60, questions=("Where is your studio?", "By hand?"), languages=("de", "en-GB"))
LONG = "I drew the signs of forty bakeries, and every one is still there."


@pytest.mark.parametrize(
    ("cover", "answers", "languages", "word"),
    [
        (LONG, ("Lund", "Yes"), ("en",), None),
        (LONG, ("Lund", "Yes"), (), None),
        ("Hi!", ("Lund", "Yes"), ("en",), "60"),
        ("Hi!" + " " * 80, ("Lund", "Yes"), ("en",), "60"),
        (LONG, ("Lund",), ("en",), "1 of your 2 questions"),
        (LONG, ("Lund", " "), ("en",), "1 of your 2 questions"),
        (LONG, ("Lund", "Yes"), ("fr",), "languages"),
    ],
)
def test_a_proposal_that_misses_the_owners_rules_is_there_and_folded(market, stalls, cover, answers, languages, word):
    stalls[0].hears(profile(bob, languages=languages))
    place = published(market, stalls[0], dataclasses.replace(LOGO, intake=RULES))
    record = proposed(market, stalls[1], place, dataclasses.replace(BID, cover=cover, answers=answers))
    (letter,) = proposing.received(stalls[0].desk, market.now)
    reason = intake.folded(stalls[0].desk, letter)
    assert letter.record.id == record.id
    assert (word is None) == (reason is None)
    assert (word or "") in (reason or "")
    assert intake.folded(stalls[1].desk, proposing.show(stalls[1].desk, record.id, market.now)) is None
