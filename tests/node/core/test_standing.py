"""How much is kept of whom: strangers little, those the owner deals with more, of a contract each party its half."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from freehold.node.core import standing as bounds
from freehold.node.core.effects import Verdict
from freehold.node.core.parking import Arrival, Way
from freehold.node.core.service import Service
from freehold.node.core.standing import Standing, standing
from freehold.protocol.kinds.disputes import CASE_TAKEN, CaseTaken
from freehold.protocol.kinds.entries import Delivery
from freehold.protocol.kinds.review import REVIEW_REPLY, ReviewReply
from freehold.protocol.network import Quotas, network
from tests.cast import (
    DAY_MS,
    NETWORK,
    START_MS,
    agreement,
    agreement_body,
    alice,
    bob,
    carol,
    entry,
    inbox,
    mallory,
    note as sealed_note,
    offer,
    person,
    profile,
    raw,
    receipt,
    review,
    signed,
    story,
)
from tests.node.core.market import PEER, Stall, desk_of, public

NOW = START_MS + DAY_MS
DAN = person("dan")
QUOTAS = Quotas(trusted=9, known=6, new=3, trusted_a_day=8, known_a_day=5, new_a_day=2, open_offers=4)


class Home(Stall):
    """alice's node with small quotas. It answers why a record was not kept; "" for one that was."""

    def __init__(self, quotas: Quotas = QUOTAS) -> None:
        desk = desk_of(alice, dataclasses.replace(network(NETWORK), quotas=quotas))
        super().__init__(alice, desk, Service(desk))
        for who in (alice, bob, carol, mallory, DAN):
            self.takes(who.inception)

    def takes(self, record, now=NOW, way=Way.GOSSIP):
        return self.service._admission.judge(Arrival(public(record, self.desk), PEER, now, way), now).reason

    def trusts(self, who):
        self.desk.stores.contacts.trust(who.id, who.name, NOW)

    def sees_contract(self, client, freelancer, signers=None, **fields):
        """A contract of two; both sign it unless `signers` says otherwise."""
        body = agreement_body(client, freelancer, **fields)
        for signer in signers or (client, freelancer):
            self.desk.stores.records.add(agreement(signer, body), START_MS - DAY_MS, shared=True)


@pytest.fixture
def home():
    return Home()


def notes(who, count, day=0):
    """Records of a kind that nobody knows, which are counted like any other."""
    return [raw("org.example.note/1", b"%d %d" % (day, number), who) for number in range(count)]


def test_standing_comes_from_the_owners_word_and_from_contracts_that_both_signed(home):
    assert standing(home.desk, alice.id) is Standing.TRUSTED
    assert standing(home.desk, bob.id) is Standing.NEW
    home.sees_contract(alice, bob, signers=[bob])
    assert standing(home.desk, bob.id) is Standing.NEW
    home.sees_contract(alice, bob)
    assert standing(home.desk, bob.id) is Standing.TRUSTED
    home.sees_contract(bob, carol)
    assert standing(home.desk, carol.id) is Standing.KNOWN
    home.sees_contract(carol, DAN)
    assert standing(home.desk, DAN.id) is Standing.NEW
    home.trusts(mallory)
    assert standing(home.desk, mallory.id) is Standing.TRUSTED


def test_claiming_to_have_dealt_with_the_owner_makes_nobody_known(home):
    home.sees_contract(alice, mallory, signers=[mallory])
    home.sees_contract(mallory, DAN)
    assert [standing(home.desk, who.id) for who in (mallory, DAN)] == [Standing.NEW] * 2


def befriended(home, who, wanted):
    if wanted is Standing.TRUSTED:
        home.trusts(who)
    elif wanted is Standing.KNOWN:
        home.trusts(bob)
        home.sees_contract(bob, who)
    assert standing(home.desk, who.id) is wanted


@pytest.mark.parametrize(
    ("wanted", "a_day", "in_all"), [(Standing.NEW, 2, 3), (Standing.KNOWN, 5, 6), (Standing.TRUSTED, 8, 9)]
)
def test_each_standing_has_its_day_and_its_room(home, wanted, a_day, in_all):
    befriended(home, carol, wanted)
    contract = 1 if wanted is Standing.KNOWN else 0  # carol's signature is kept already, since the day before
    reasons = [home.takes(note) for note in notes(carol, in_all)]
    today = min(a_day, in_all - contract)
    assert reasons[:today] == [""] * today
    assert set(reasons[today:]) <= {"the author's quota for a day is full", "the author's quota is full"}
    later = [home.takes(note, NOW + DAY_MS + 1) for note in notes(carol, in_all)]
    assert later.count("known") == today
    assert later.count("") == in_all - contract - today
    assert home.desk.stores.records.count(carol.id) == in_all
    assert home.takes(notes(carol, 1, day=9)[0], NOW + 9 * DAY_MS) == "the author's quota is full"


def test_what_this_node_asked_for_is_bounded_in_all_but_not_by_the_day(home):
    reasons = [home.takes(note, way=Way.ASKED) for note in notes(carol, 4)]
    assert reasons == ["", "", "", "the author's quota is full"]


def test_the_owners_own_records_have_no_quota(home):
    assert [home.takes(note) for note in notes(alice, 12)] == [""] * 12


def test_log_profile_and_inbox_have_room_when_everything_else_is_full(home):
    for note in notes(carol, 3):
        home.takes(note, way=Way.ASKED)
    assert home.takes(profile(carol)) == home.takes(inbox(carol, at=NOW)) == home.takes(profile(carol, at=NOW)) == ""


def test_an_author_has_a_bounded_number_of_open_offers():
    home = Home(dataclasses.replace(QUOTAS, new=20, new_a_day=20))
    reasons = [home.takes(offer(carol, number=number)) for number in range(5)]
    assert reasons == [""] * 4 + ["the author has too many open offers"]
    assert home.takes(offer(carol, number=1, at=NOW, closed=True)) == ""
    assert home.takes(offer(carol, number=5)) == ""


def test_an_offer_can_be_closed_with_a_full_quota(home):
    kept = [offer(carol, number=number) for number in range(3)]
    assert [home.takes(record, way=Way.ASKED) for record in kept] == [""] * 3
    tomorrow = NOW + DAY_MS + 1
    assert home.takes(offer(carol, number=3), tomorrow) == "the author's quota is full"
    assert home.takes(offer(carol, number=2, at=NOW + 1, closed=True), tomorrow) == ""
    assert home.desk.stores.records.open_offers(carol.id, tomorrow) == 2
    assert home.desk.stores.records.count(carol.id) == 3


def test_contract_records_need_no_quota_of_their_author_once_both_have_signed(home):
    told = story(carol, DAN, START_MS - DAY_MS)
    home.sees_contract(carol, DAN)
    for who in (carol, DAN):
        for note in notes(who, 3):
            home.takes(note, way=Way.ASKED)
    entries = [*told.contract_records[2:], told.client_reviews, told.freelancer_reviews]
    assert [home.takes(record) for record in entries] == [""] * 6


def test_before_both_have_signed_contract_records_take_their_authors_room(home):
    home.sees_contract(carol, DAN, signers=[DAN])
    for note in notes(DAN, 3):
        home.takes(note, way=Way.ASKED)
    assert home.takes(story(carol, DAN, START_MS - DAY_MS).delivery) == "the author's quota is full"


def test_what_strangers_add_to_a_contract_is_not_kept(home):
    home.sees_contract(carol, DAN)
    signature = agreement(DAN, agreement_body(carol, DAN))
    meddling = entry(mallory, Delivery("Here it is."), signature)
    assert home.takes(meddling) == "its author has no part in that contract"
    contract = signature.header.body
    assert home.takes(review(mallory, DAN, contract)) == "its author has no part in that contract"
    assert mallory.id not in {record.author for record in home.desk.stores.records.in_context(contract)}


def chain(author, body, count):
    """An author's signature under a contract, and entries after it."""
    records = [agreement(author, body)]
    for number in range(count):
        records.append(entry(author, Delivery(f"Draft {number}."), records[-1]))
    return records[1:]


def test_each_party_has_half_of_a_contracts_records(home, monkeypatch):
    monkeypatch.setattr(bounds, "A_PARTY", 4)
    home.sees_contract(carol, DAN)
    body = agreement_body(carol, DAN)
    greedy = [home.takes(record) for record in chain(DAN, body, 5)]
    assert greedy == ["", "", "", "the contract is full", "the contract is full"]
    assert [home.takes(record) for record in chain(carol, body, 3)] == ["", "", ""]


def receipts(author, named, count):
    return [receipt(author, named, at=START_MS + number) for number in range(count)]


def test_arbiters_and_witnesses_have_room_of_their_own_and_strangers_none(home, monkeypatch):
    monkeypatch.setattr(bounds, "A_SERVANT", 2)
    monkeypatch.setattr(bounds, "RECEIPTS", 3)
    erin, frank = person("erin"), person("frank")
    for who in (erin, frank):
        home.takes(who.inception)
        assert [home.takes(note, way=Way.ASKED) for note in notes(who, 4)][-1] == "the author's quota is full"
    named: dict[str, Any] = {"arbiters": (erin.id,), "witnesses": (frank.id,), "quorum": 1}
    home.sees_contract(carol, DAN, **named)
    signature = agreement(DAN, agreement_body(carol, DAN, **named))
    assert [home.takes(one) for one in receipts(frank, signature, 4)] == ["", "", "", "the contract is full"]
    assert [home.takes(one) for one in receipts(erin, signature, 1)] == [""]
    case = {"context": signature.header.context, "part": 0, "seq": 0}
    takes = [signed(CASE_TAKEN, CaseTaken(), erin, START_MS + number, **case) for number in range(3)]
    assert [home.takes(record) for record in takes] == ["", "", "the contract is full"]
    (stranger,) = receipts(mallory, signature, 1)
    assert home.takes(stranger) == "its author has no part in that contract"


def test_vouching_for_a_flood_leaves_its_victim_room_to_act(home, monkeypatch):
    monkeypatch.setattr(bounds, "A_PARTY", 4)
    home.sees_contract(carol, DAN)
    flood = chain(DAN, agreement_body(carol, DAN), 9)
    assert [home.takes(record) for record in flood].count("") == 3
    assert [home.takes(one) for one in receipts(carol, flood[0], 9)] == [""] * 9
    assert [home.takes(record) for record in chain(carol, agreement_body(carol, DAN), 3)] == ["", "", ""]


def test_what_only_some_nodes_have_takes_no_room_that_they_share(home, monkeypatch):
    monkeypatch.setattr(bounds, "A_PARTY", 4)
    home.sees_contract(alice, DAN)
    contract = agreement(DAN, agreement_body(alice, DAN)).header.body
    for number in range(9):
        home.desk.stores.records.add(sealed_note(DAN, contract, f"Note {number}"), NOW, shared=False)
    assert [home.takes(record) for record in chain(DAN, agreement_body(alice, DAN), 3)] == ["", "", ""]


def test_a_reply_can_be_corrected_in_a_full_contract(home, monkeypatch):
    monkeypatch.setattr(bounds, "A_PARTY", 2)
    home.sees_contract(carol, DAN)
    contract = agreement(DAN, agreement_body(carol, DAN)).header.body
    for at, text in ((START_MS, "No."), (START_MS + 1, "Not so.")):
        answer = signed(REVIEW_REPLY, ReviewReply(text), DAN, at, context=contract, slot=bytes(32))
        assert home.takes(answer) == ""
    assert home.takes(chain(DAN, agreement_body(carol, DAN), 1)[0]) == "the contract is full"


def test_the_other_sides_signature_under_what_the_owner_signed_has_room(home):
    for note in notes(bob, 3):
        home.takes(note, way=Way.ASKED)
    body = agreement_body(alice, bob)
    assert home.takes(agreement(bob, body)) == "the author's quota is full"
    home.takes(agreement(alice, body))
    assert home.takes(agreement(bob, body)) == ""
    assert standing(home.desk, bob.id) is Standing.TRUSTED


def test_signing_again_and_again_takes_the_signers_own_room(home):
    home.takes(agreement(alice, agreement_body(alice, bob)))
    again = [agreement(bob, agreement_body(alice, bob), START_MS + number) for number in range(12)]
    assert [home.takes(record) for record in again].count("") == QUOTAS.trusted_a_day


def test_what_is_over_a_quota_is_nobodys_fault(home):
    verdicts = [home.hears(note, NOW) for note in notes(carol, 3)]
    assert verdicts == [Verdict.ACCEPT, Verdict.ACCEPT, Verdict.IGNORE]
