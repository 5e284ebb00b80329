"""Receipts: given by parties and by willing witnesses, of contracts in force, in batches, each record once."""

import pytest

from freehold.node.core import witnessing
from freehold.protocol.kinds.entries import Acceptance, Blocked, Unblocked
from freehold.protocol.kinds.timing import RECEIPT
from tests.cast import DAY_MS, agreement, agreement_body, alice, bob, carol, mallory
from tests.node.core.market import desk_of
from tests.node.core.tale import DRAFTS, by_hand, dave

SECOND_MS = 1_000


def vouched(tale, who):
    """The ids in each receipt of somebody, in order of their time, as alice's node has them."""
    records = tale.at(alice).desk.stores.records.in_context(tale.id)
    mine = [record for record in records if record.author == who.id and record.header.kind == RECEIPT.name]
    return [set(RECEIPT.open(record).ids) for record in sorted(mine, key=lambda record: record.header.at)]


@pytest.fixture
def tale(market, stalls):
    """A contract that names carol (willing) and dave (not) as witnesses; mallory's node is willing and not named."""
    stalls[2].desk.witness = True
    market.open(dave)
    market.open(mallory, witness=True)
    market.now += DAY_MS
    return by_hand(market, witnesses=(carol.id, dave.id), quorum=1)


def test_parties_and_willing_witnesses_vouch_and_nobody_else(tale):
    tale.does(bob, DRAFTS)
    tale.passes(0)
    signed = {record.author: record.id for record in tale.seen_by(alice).signatures.values()}
    delivery = tale.done[0].id
    assert set().union(*vouched(tale, carol)) == {*signed.values(), delivery}
    assert set().union(*vouched(tale, alice)) == {signed[bob.id], delivery}
    assert set().union(*vouched(tale, bob)) == {signed[alice.id]}
    assert vouched(tale, dave) == vouched(tale, mallory) == []
    assert all(step.at.witnessed for step in tale.seen_by(dave).steps)


def test_a_busy_minute_costs_one_receipt_and_no_record_is_named_twice(tale):
    tale.passes(0)
    before = vouched(tale, carol)
    for _ in range(2):
        for who, body in ((bob, Blocked("The name, please.")), (alice, Unblocked("Crumb."))):
            tale.does(who, body)
    tale.market.passes(SECOND_MS)
    assert vouched(tale, carol) == [*before, {record.id for record in tale.done}]
    tale.passes(3)
    tale.does(bob, DRAFTS)
    tale.passes(0)
    named = vouched(tale, carol)
    assert named[-1] == {tale.done[-1].id}
    assert sum(map(len, named)) == len(set().union(*named)) == 7


def test_what_was_not_vouched_for_when_the_process_ended_is_found_again(tale):
    tale.passes(0)
    delivery = tale.does(bob, DRAFTS)
    before = vouched(tale, carol)
    tale.at(carol).restarts()
    tale.passes(0)
    assert vouched(tale, carol) == [*before, {delivery.id}]
    tale.at(carol).restarts()
    tale.passes(0)
    assert len(vouched(tale, carol)) == len(before) + 1


def test_a_contract_that_one_side_signed_is_vouched_for_by_nobody(market, stalls):
    stalls[2].desk.witness = True
    body = agreement_body(alice, bob, witnesses=(carol.id,), quorum=1)
    theirs, ours = agreement(bob, body), agreement(alice, body)
    for stall in stalls:
        stall.hears(theirs)
        stall.restarts()
    market.passes(DAY_MS)
    assert "receipt/1" not in stalls[0].desk.stores.records.totals()
    for stall in stalls:
        market.carry(stall, stall.judges(ours, market.now).effects)
    market.passes(SECOND_MS)
    assert stalls[0].desk.stores.records.totals()["receipt/1"] == 3


def test_a_relay_vouches_for_nothing():
    desk = desk_of(None)
    relay = witnessing.Witnessing(desk)
    body = agreement_body(alice, bob)
    for who in (alice, bob):
        desk.stores.records.add(agreement(who, body), 0, shared=True)
        relay.noted(agreement(who, body), 0)
    assert relay.due(DAY_MS) == []


def test_many_contracts_are_vouched_for_a_few_at_a_time_and_many_records_in_several_receipts(monkeypatch):
    desk = desk_of(alice)
    for salt in range(20):
        body = agreement_body(alice, bob, salt=salt)
        for who in (alice, bob):
            desk.stores.records.add(agreement(who, body), 0, shared=True)
    found = witnessing.Witnessing(desk)
    a_tick = [len(found.due(DAY_MS + number)) for number in range(4)]
    assert a_tick == [witnessing.A_TICK, witnessing.A_TICK, 20 - 2 * witnessing.A_TICK, 0]
    monkeypatch.setattr(witnessing, "RECEIPT_IDS", 3)
    assert [len(batch) for batch in witnessing._batches([bytes(32)] * 7)] == [3, 3, 1]


def test_an_unwilling_witness_that_changes_its_mind_vouches_from_its_next_start(tale):
    tale.does(bob, DRAFTS)
    tale.passes(1)
    tale.does(alice, Acceptance())
    tale.at(dave).desk.witness = True
    tale.at(dave).restarts()
    tale.passes(0)
    (names,) = vouched(tale, dave)
    assert {record.id for record in tale.done} < names
