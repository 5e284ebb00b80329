"""Contracts: delivered, accepted, paid, confirmed, each in its turn; and every move that is denied."""

import pytest

from freehold.node.core import catalog, dealings, proposing
from freehold.node.core.desk import Denied
from freehold.node.core.proposing import Bid, Piece
from freehold.protocol.contract import ACTIVE, CLOSED, DELIVERED, OFFERED, PAID, PAYABLE, SETTLED, WORKING
from freehold.protocol.envelope import place_of
from freehold.protocol.kinds.entries import Acceptance, Delivery, Handover, PaymentReceived, PaymentSent
from freehold.protocol.kinds.offer import WANTED, Offer
from freehold.protocol.kinds.values import Money
from tests.cast import DAY_MS, agreement, agreement_body, alice, bob, mallory
from tests.node.core.market import denied

PRICE = Money(10_000, "EUR")
PIECES = (Piece("Sketch", PRICE, DAY_MS), Piece("Drawing", Money(20_000, "EUR"), 2 * DAY_MS))
MOVES = (
    (1, Delivery("Here it is.", (Handover("logo.svg", "", bytes(32)),)), DELIVERED),
    (0, Acceptance("Lovely."), PAYABLE),
    (0, PaymentSent(PRICE, "SEPA", "RF18"), PAID),
    (1, PaymentReceived(PRICE), SETTLED),
)
"""Who moves (index into the stalls), with what, and the milestone's state afterwards."""


@pytest.fixture
def contract(market, stalls):
    """A contract with two milestones between alice (client) and bob."""
    offer = market.does(stalls[0], catalog.publish, Offer(WANTED, "A logo"), 30 * DAY_MS)
    bid = Bid("I draw.", PIECES)
    proposal = market.does(stalls[1], proposing.propose, place_of(offer.header), bid, 7 * DAY_MS)
    return market.does(stalls[0], proposing.accept, proposal.id)


def states(stall, contract):
    return dealings.contract(stall.desk, contract).milestones


def test_the_straight_path_is_seen_alike_by_everybody_and_read_by_the_parties_alone(market, stalls, contract):
    for part in (0, 1):
        for number, (who, body, state) in enumerate(MOVES, 1):
            market.now += 60_000
            record = market.does(stalls[who], dealings.act, contract, part, body)
            expected = (state, WORKING) if part == 0 else (SETTLED, state)
            assert [states(stall, contract) for stall in stalls] == [expected] * 3
            at_both = [stall.desk.stores.records.get(record.id).body is not None for stall in stalls]
            assert at_both == [True, True, False]
            assert len(dealings.contract(stalls[2].desk, contract).steps) == 4 * part + number
    assert [dealings.contract(stall.desk, contract).state for stall in stalls] == [CLOSED] * 3
    for stall in stalls[:2]:
        steps = dealings.contract(stall.desk, contract).steps
        opened = [stall.desk.registry[step.entry.header.kind].open(step.entry) for step in steps]
        assert opened == [body for _, body, _ in MOVES] * 2


def test_an_entry_names_the_last_one_of_the_other_party_as_seen(market, stalls, contract):
    delivery = market.does(stalls[1], dealings.act, contract, 0, MOVES[0][1])
    acceptance = market.does(stalls[0], dealings.act, contract, 0, MOVES[1][1])
    assert acceptance.header.seen == (delivery.id,)


@pytest.mark.parametrize("done", range(5))
def test_in_every_state_one_party_can_make_one_move(market, stalls, contract, done):
    for who, body, _ in MOVES[:done]:
        market.does(stalls[who], dealings.act, contract, 0, body)
    for number, (_, body, _) in enumerate(MOVES):
        for who in (0, 1):
            if (number, who) != (done, MOVES[done % 4][0]):
                found = denied(stalls[who], market, dealings.act, contract, 0, body)
                assert found.code == "not-your-turn"
    if done < 4:
        market.does(stalls[MOVES[done][0]], dealings.act, contract, 0, MOVES[done][1])


def test_strangers_and_unknown_contracts_and_milestones_are_denied(market, stalls, contract):
    assert denied(stalls[2], market, dealings.act, contract, 0, Delivery("Mine!")).code == "not-yours"
    assert denied(stalls[1], market, dealings.act, bytes(32), 0, Delivery("x")).code == "not-found"
    assert denied(stalls[1], market, dealings.act, contract, 2, Delivery("x")).code == "no-such-part"


@pytest.mark.parametrize(
    "body", [Delivery("x" * 4_001), Delivery("\x1b[31m"), Delivery("", (Handover("a", "", b"short"),))]
)
def test_what_the_other_side_would_refuse_is_denied(market, stalls, contract, body):
    assert denied(stalls[1], market, dealings.act, contract, 0, body).code == "bad-entry"


def test_an_act_waits_until_somewhere_to_hand_it_over_is_known(market, stalls, contract):
    market.now += 8 * DAY_MS
    assert denied(stalls[1], market, dealings.act, contract, 0, Delivery("x")).code == "no-inbox"
    market.carry(stalls[0], stalls[0].service.tick(market.now))
    market.does(stalls[1], dealings.act, contract, 0, Delivery("x"))
    assert states(stalls[0], contract)[0] == DELIVERED


def test_nothing_moves_before_both_have_signed(market, stalls):
    signature = agreement(bob, agreement_body(alice, bob))
    for stall in stalls:
        stall.hears(signature)
    contract = signature.header.body
    assert dealings.contract(stalls[1].desk, contract).state == OFFERED
    assert denied(stalls[1], market, dealings.act, contract, 0, Delivery("x")).code == "not-signed-yet"


def test_agreements_that_strangers_alone_signed_are_no_contracts_of_ours(market, stalls, contract):
    stalls[0].hears(mallory.inception)
    for salt in range(5):
        stalls[0].hears(agreement(mallory, agreement_body(alice, mallory, salt=salt)))
    assert len(stalls[0].desk.stores.records.contracts_of(alice.id)) == 6
    assert [found.id for found in dealings.contracts(stalls[0].desk)] == [contract]


def test_the_terms_are_there_for_both_parties_and_for_nobody_else(market, stalls, contract):
    agreed = dealings.contract(stalls[0].desk, contract).agreement
    for stall in stalls[:2]:
        terms = dealings.terms_of(stall.desk, agreed, contract)
        assert terms is not None
        assert [(part.title, part.price) for part in terms.parts] == [(piece.title, piece.price) for piece in PIECES]
    assert dealings.terms_of(stalls[2].desk, agreed, contract) is None
    assert dealings.terms_of(stalls[0].desk, agreed, bytes(32)) is None


def test_a_node_that_starts_again_goes_on_where_it_was(market, stalls, contract):
    market.does(stalls[1], dealings.act, contract, 0, Delivery("x"))
    at_alice = stalls[0]
    at_alice.service = type(at_alice.service)(at_alice.desk)
    market.does(at_alice, dealings.act, contract, 0, Acceptance(""))
    assert states(stalls[1], contract) == (PAYABLE, WORKING)
    assert dealings.contract(stalls[1].desk, contract).state == ACTIVE


def test_a_locked_node_acts_in_no_contract(market, stalls, contract):
    stalls[1].desk.signer = None
    with pytest.raises(Denied) as caught:
        dealings.act(stalls[1].desk, contract, 0, Delivery("x"), market.now)
    assert caught.value.code == "key-locked"
    assert dealings.contracts(stalls[1].desk) == []
