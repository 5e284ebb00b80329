"""A node with a locked key sees what others do, and signs what it owes afterwards."""

import pytest

from freehold.node.core import dealings
from freehold.node.core.desk import Denied
from freehold.protocol.kinds.forks import FORK
from freehold.protocol.kinds.timing import RECEIPT
from tests.cast import alice, bob, carol
from tests.node.core.tale import DRAFTS, by_hand
from tests.node.core.test_forking import twin


@pytest.fixture
def tale(market, stalls):
    return by_hand(market, at=market.now)


def locked(tale, who):
    desk = tale.at(who).desk
    key, desk.owner, desk.signer = desk.signer, who.id, None
    return key


def unlocked(tale, who, key):
    stall = tale.at(who)
    stall.desk.signer = key
    tale.market.carry(stall, stall.service.unlocked(tale.market.now))


def signed_by(tale, who, kind):
    records = tale.at(who).desk.stores.records.in_context(tale.id)
    return [record for record in records if record.header.kind == kind.name and record.author == who.id]


def test_a_locked_party_sees_its_contracts_and_acts_in_none(tale):
    locked(tale, bob)
    desk = tale.at(bob).desk
    assert [found.id for found in dealings.contracts(desk, tale.market.now)] == [tale.id]
    with pytest.raises(Denied) as caught:
        dealings.act(desk, tale.id, 0, DRAFTS, tale.market.now)
    assert caught.value.code == "key-locked"


def test_what_came_meanwhile_is_vouched_for_when_it_is_unlocked(tale):
    tale.passes(1)
    before = len(signed_by(tale, alice, RECEIPT))
    key = locked(tale, alice)
    tale.does(bob, DRAFTS)
    tale.passes(1)
    assert len(signed_by(tale, alice, RECEIPT)) == before
    unlocked(tale, alice, key)
    (receipt,) = signed_by(tale, alice, RECEIPT)[before:]
    assert tale.done[0].id in RECEIPT.open(receipt).ids


def test_a_fork_that_was_seen_meanwhile_is_proven_when_it_is_unlocked(tale):
    key = locked(tale, carol)
    at_carol = tale.at(carol)
    for text in ("One.", "Another."):
        at_carol.hears(twin(tale, bob, text), tale.market.now)
    assert signed_by(tale, carol, FORK) == []
    unlocked(tale, carol, key)
    assert len(signed_by(tale, carol, FORK)) == 1
    unlocked(tale, carol, key)
    assert len(signed_by(tale, carol, FORK)) == 1
