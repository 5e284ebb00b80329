"""What contracts show of many authors at once: counted without reading, read only where somebody complained."""

import pytest

from freehold.node.core import glancing
from freehold.node.core.glancing import Glance, Glances
from freehold.protocol.kinds.agreement import AGREEMENT
from freehold.protocol.kinds.changes import AMENDMENT, Amendment
from freehold.protocol.kinds.values import CLIENT, FREELANCER
from tests.cast import DAY_MS, START_MS, agreement, agreement_body, alice, bob, carol, entry, mallory, story
from tests.node.core.market import desk_of

NOW = START_MS + 30 * DAY_MS
CLEAN: dict[str, int] = dict.fromkeys(("silent", "unpaid", "undelivered", "late", "fault"), 0)


@pytest.fixture
def desk():
    return desk_of(None)


def keeps(desk, *records):
    for record in records:
        desk.stores.records.add(record, NOW, shared=True)


def test_contracts_are_counted_in_the_role_that_the_offer_gives_its_author(desk):
    keeps(desk, *story().contract_records, *story(alice, carol, START_MS + DAY_MS, salt=1).contract_records)
    keeps(desk, *story(bob, alice, START_MS + 2 * DAY_MS, salt=2).contract_records)
    glances = Glances(desk, [alice.id, bob.id], NOW)
    as_client = glances.of(alice.id, CLIENT)
    assert (as_client.contracts, as_client.more, as_client.asked, as_client.faults) == (2, False, 0, CLEAN)
    assert as_client.since == story().client_signs.header.at
    assert glances.of(alice.id, FREELANCER).contracts == 1
    assert glances.of(bob.id, FREELANCER).contracts == 1
    assert glances.of(mallory.id, CLIENT) == Glance(faults=CLEAN)


def test_what_only_one_side_signed_is_no_contract(desk):
    keeps(desk, agreement(alice, agreement_body()), agreement(mallory, agreement_body(alice, mallory, salt=5)))
    assert Glances(desk, [alice.id], NOW).of(alice.id, CLIENT).contracts == 0


def test_changes_that_somebody_asked_for_are_counted_and_not_those_of_the_other_side(desk):
    told = story()
    agreed = AGREEMENT.open(told.client_signs)
    asked = Amendment(bytes(32), ("1",), agreed.milestones, bytes(32))
    for who, signed in ((alice, told.client_signs), (bob, told.freelancer_signs)):
        keeps(desk, *told.contract_records, entry(who, asked, signed, at=START_MS + DAY_MS))
        assert desk.stores.records.counts_in(told.contract, who.id)[AMENDMENT.name] == 1
    glances = Glances(desk, [alice.id], NOW)
    assert glances.of(alice.id, CLIENT).asked == 1


def test_only_contracts_with_a_claim_or_a_ruling_are_read(desk, monkeypatch):
    def read(_context):
        raise AssertionError("a contract without a claim was read")

    keeps(desk, *story().contract_records)
    monkeypatch.setattr(desk.stores.records, "in_context", read)
    assert Glances(desk, [alice.id], NOW).of(alice.id, CLIENT).whole


def test_of_many_contracts_the_newest_are_counted(desk, monkeypatch):
    monkeypatch.setattr(glancing, "CONTRACTS", 2)
    for salt in range(3):
        keeps(desk, *story(salt=salt, at=START_MS + salt * DAY_MS).contract_records)
    found = Glances(desk, [alice.id], NOW).of(alice.id, CLIENT)
    assert (found.contracts, found.more) == (2, True)
