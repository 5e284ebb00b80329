"""Strangers are told what they have to pay, others pay nothing; and a node pays by itself, within bounds."""

from __future__ import annotations

import dataclasses

import pytest

from freehold.node.core import direct
from freehold.node.core.effects import Hand, Meet, Notify, Pay
from freehold.node.core.postage import PAYING_MS, Postage
from freehold.node.core.service import Service
from freehold.protocol import requests, sealing
from freehold.protocol.envelope import pack
from freehold.protocol.kinds.profile import INBOX
from freehold.protocol.kinds.proposal import DECLINE, Decline
from freehold.protocol.requests import Acknowledged, Declined, Deliver
from freehold.protocol.stamp import HOUR_MS, Stamp, hour_of, question, search
from freehold.protocol.steps import at_once
from tests.cast import DAY_MS, START_MS, agreement, agreement_body, alice, bob, carol, inbox, proposal, signed
from tests.node.core.market import PEER, Stall, desk_of, paid

NOW = START_MS
NODE = "/dns/alice/tcp/1/p2p/a"
ASKED = 8
SHORT = Declined("strangers pay a stamp of 8 bits here, this has 0", again=True, stamp=ASKED)


class Home(Stall):
    """alice's node, which asks strangers for a stamp of 8 bits; it knows the logs of all others."""

    def __init__(self) -> None:
        desk = desk_of(alice)
        desk.postage = Postage(ask=ASKED)
        super().__init__(alice, desk, Service(desk))
        for who in (alice, bob, carol):
            desk.stores.records.add(who.inception, START_MS, shared=True)
        desk.stores.prekeys.add(alice.prekey[1], alice.prekey[0], NOW + 90 * DAY_MS)

    def gets(self, sealed: bytes, stamp: Stamp | None = None, now: int = NOW):
        reply, _ = self.service.answer(requests.write(Deliver(sealed, stamp)), PEER, now)
        return requests.read_reply(reply)

    def bits(self, record) -> int | None:
        return self.desk.stores.stamps.of([record.id]).get(record.id)


@pytest.fixture
def home():
    return Home()


def sealed(record) -> bytes:
    return sealing.seal_to(alice.id, alice.prekey[1], pack(record))


def stamped(data: bytes, bits: int = ASKED, hour: int = hour_of(NOW)) -> Stamp:
    nonce = at_once(search(question(alice.id, hour, data), bits))
    assert nonce is not None
    return Stamp(hour, nonce)


def test_a_stranger_without_a_stamp_is_told_what_would_be_needed_and_with_it_is_taken(home):
    data = sealed(proposal())
    assert home.gets(data) == SHORT
    assert not home.desk.stores.records.has(proposal().id)
    assert isinstance(home.gets(data, stamped(data)), Acknowledged)
    assert home.bits(proposal()) >= ASKED
    assert isinstance(home.gets(data), Acknowledged)  # its acknowledgment was lost: it has paid


def test_a_stamp_of_another_record_or_an_old_one_is_not_taken(home):
    data, other = sealed(proposal()), sealed(proposal(salt=1))
    reply = home.gets(data, stamped(other))
    assert (reply.again, reply.stamp) == (True, ASKED)
    old = home.gets(data, stamped(data, hour=hour_of(NOW) - 3))
    assert old == Declined("the stamp was made for another hour: is your clock right?", again=True, stamp=ASKED)


def test_who_is_no_stranger_pays_nothing(home):
    records = home.desk.stores.records
    home.desk.stores.contacts.trust(carol.id, "carol", NOW)
    assert isinstance(home.gets(sealed(proposal(carol))), Acknowledged)
    body = agreement_body(alice, bob)
    for who in (alice, bob):
        records.add(agreement(who, body), START_MS, shared=True)
    assert isinstance(home.gets(sealed(proposal())), Acknowledged)
    assert home.bits(proposal()) is None


def test_a_decline_of_the_owners_own_proposal_costs_nothing_and_any_other_does(home):
    mine = proposal(alice, to=bob)
    home.desk.stores.records.add(mine, NOW, shared=False)
    answer = signed(DECLINE, Decline(alice.id, alice.prekey[1]), bob, context=mine.id)
    assert isinstance(home.gets(sealed(answer)), Acknowledged)
    assert home.gets(sealed(signed(DECLINE, Decline(alice.id, alice.prekey[1]), bob, context=bytes(32)))) == SHORT
    assert home.gets(sealed(signed(DECLINE, Decline(alice.id, alice.prekey[1]), carol, context=mine.id))) == SHORT


def test_where_nothing_is_asked_a_stamp_is_noted_all_the_same_and_an_old_one_is_none(home):
    home.desk.postage = Postage()
    data = sealed(proposal())
    assert isinstance(home.gets(data, stamped(data, 6)), Acknowledged)
    assert home.bits(proposal()) >= 6
    other = sealed(proposal(salt=1))
    assert isinstance(home.gets(other, stamped(other, hour=1)), Acknowledged)
    assert home.bits(proposal(salt=1)) is None


def test_ten_thousand_wrong_stamps_open_nothing(home, monkeypatch):
    home.desk.postage = Postage(ask=26)  # one in 67 million would be right by chance
    opened = []
    monkeypatch.setattr(sealing, "unseal", lambda *_: opened.append(1))
    monkeypatch.setattr(home.service._admission.limiter, "allows_check", lambda *_: True)  # it would stop them at 1,000
    data = sealed(proposal())
    reply = b""
    for number in range(10_000):
        hour = hour_of(NOW) if number % 2 else number
        reply, effects = home.service.answer(
            requests.write(Deliver(data, Stamp(hour, (number << 32).to_bytes(8, "big")))), PEER, NOW
        )
        assert effects == []
        assert requests.read_reply(reply).__class__ is Declined
    assert opened == []
    assert home.desk.stores.records.totals().get("proposal/1", 0) == 0


@pytest.fixture
def sending():
    """bob's node with a parcel for alice; it has her log and inbox."""
    desk = desk_of(bob)
    for record in (bob.inception, alice.inception, inbox(alice, nodes=(NODE,))):
        desk.stores.records.add(record, START_MS, shared=True)
    desk.stores.records.add(proposal(), START_MS, shared=False)
    assert direct.post(desk, proposal(), alice.id, NOW) == [Meet(NODE)]
    return Stall(bob, desk, Service(desk))


def asking(bits: int) -> bytes:
    return requests.write(Declined(f"a stamp of {bits} bits", again=True, stamp=bits))


def trouble(stall: Stall) -> str:
    parcel = stall.desk.stores.outbox.get(proposal().id, alice.id)
    assert parcel is not None
    return parcel.trouble


def test_a_node_pays_what_it_is_asked_for_and_hands_over_again(sending):
    (hand,) = sending.service.parcels(NOW)
    assert hand.stamp is None
    (pay,) = sending.service.handed(hand.parcel, asking(10), NOW)
    assert pay == Pay(hand.parcel, 10, hour_of(NOW))
    assert sending.service.parcels(NOW + PAYING_MS - 1) == []  # it is being looked for
    (again,) = sending.service.paid(pay, stamp := paid(pay), NOW + 5)
    assert again == Hand(hand.parcel, (NODE,), stamp)
    assert trouble(sending) == ""


def test_who_is_not_satisfied_with_what_was_asked_gets_no_more_work_out_of_a_node(sending):
    (hand,) = sending.service.parcels(NOW)
    (pay,) = sending.service.handed(hand.parcel, asking(10), NOW)
    (again,) = sending.service.paid(pay, paid(pay), NOW)
    assert sending.service.handed(again.parcel, asking(10), NOW) == []
    assert trouble(sending) == "a stamp of 10 bits"
    (later,) = sending.service.parcels(NOW + direct.FIRST_RETRY_MS)
    assert later.stamp == again.stamp  # not made anew
    assert sending.service.handed(later.parcel, asking(9), NOW) == []
    (renewed,) = sending.service.parcels(NOW + 2 * HOUR_MS)
    assert (renewed.bits, renewed.hour) == (10, hour_of(NOW) + 2)


def test_of_more_than_the_node_pays_the_owner_is_told_once(sending):
    (hand,) = sending.service.parcels(NOW)
    assert sending.service.handed(hand.parcel, asking(21), NOW) == [Notify("stamp", proposal().id)]
    assert "a stamp of 21 bits, and your node pays up to 20" in trouble(sending)
    (again,) = sending.service.parcels(NOW + direct.FIRST_RETRY_MS)
    assert sending.service.handed(again.parcel, asking(21), NOW) == []
    (notice,) = sending.desk.stores.notices.latest(9)
    assert (notice.topic, notice.about) == ("stamp", proposal().id)
    sending.desk.postage = Postage(pay=21)
    (pay,) = sending.service.parcels(NOW + DAY_MS)
    assert isinstance(pay, Pay)


def test_a_stamp_that_is_not_found_is_a_failed_try(sending):
    (hand,) = sending.service.parcels(NOW)
    (pay,) = sending.service.handed(hand.parcel, asking(10), NOW)
    assert sending.service.paid(pay, None, NOW) == []
    assert trouble(sending) == "no stamp of 10 bits was found in time"
    assert sending.service.parcels(NOW + 1) == []


def test_nothing_is_paid_for_what_belongs_to_a_contract(sending):
    body = agreement_body(alice, bob)
    signature = agreement(bob, body)
    sending.desk.stores.records.add(signature, START_MS, shared=True)
    direct.post(sending.desk, signature, alice.id, NOW + 1)
    hand = next(one for one in sending.service.parcels(NOW + 1) if one.parcel.record == signature.id)
    assert sending.service.handed(hand.parcel, asking(4), NOW + 1) == []


def test_an_inbox_says_what_is_wanted_and_is_published_anew_when_that_changes(home):
    home.service.set_nodes((NODE,), NOW)

    def wanted() -> int | None:
        found = home.desk.stores.records.latest(alice.id, INBOX.name, b"inbox")
        return INBOX.open(found).stamp

    assert wanted() == ASKED
    home.desk.postage = Postage(ask=4, want=12)
    home.service.tick(NOW + 1)
    assert wanted() == 12
    home.desk.postage = Postage()
    home.service.tick(NOW + 2)
    assert wanted() is None


def test_what_an_inbox_wants_is_paid_before_the_first_try_unless_there_is_a_contract():
    desk = desk_of(bob)
    asks = dataclasses.replace(INBOX.open(inbox(alice, nodes=(NODE,))), stamp=9)
    for record in (
        bob.inception,
        alice.inception,
        signed(INBOX, asks, alice, slot=b"inbox", till=START_MS + DAY_MS),
    ):
        desk.stores.records.add(record, START_MS, shared=True)
    desk.stores.records.add(proposal(), START_MS, shared=False)
    direct.post(desk, proposal(), alice.id, NOW)
    (pay,) = Service(desk).parcels(NOW)
    assert isinstance(pay, Pay)
    assert pay.bits == 9
    desk.postage = Postage(pay=8)
    (hand,) = Service(desk).parcels(NOW)
    assert isinstance(hand, Hand)
    assert hand.stamp is None
    desk.postage = Postage()
    body = agreement_body(alice, bob)
    for who in (alice, bob):
        desk.stores.records.add(agreement(who, body), START_MS, shared=True)
    (hand,) = Service(desk).parcels(NOW)
    assert isinstance(hand, Hand)
    assert hand.stamp is None
