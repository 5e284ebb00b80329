"""Handing over: tried again until the recipient signs for it, and nobody else's word is taken for that."""

from __future__ import annotations

import dataclasses

import pytest
from msgspec import structs

from freehold.node.core import direct
from freehold.node.core.desk import Denied
from freehold.node.core.effects import Announce, Hand, Meet, Notify
from freehold.node.core.service import Service
from freehold.protocol import limits, requests, sealing
from freehold.protocol.envelope import Record, pack, place_of
from freehold.protocol.kinds.entries import Delivery
from freehold.protocol.kinds.profile import INBOX
from freehold.protocol.kinds.proposal import ACKNOWLEDGMENT, DECLINE, Acknowledgment, Decline
from freehold.protocol.network import Quotas, network
from freehold.protocol.requests import Acknowledged, Declined, Deliver
from tests.cast import (
    DAY_MS,
    HOUR_MS,
    NETWORK,
    START_MS,
    Person,
    agreement,
    agreement_body,
    alice,
    bob,
    carol,
    entry,
    inbox,
    mallory,
    note,
    offer,
    proposal,
    signed,
)
from tests.node.core.market import PEER, Stall, desk_of

NOW = START_MS + HOUR_MS
NODE = "/dns/alice/tcp/1/p2p/a"


class Home(Stall):
    """alice's node, reachable, with an inbox; it knows the logs of all others."""

    def __init__(self, quotas: Quotas | None = None) -> None:
        rules = network(NETWORK)
        desk = desk_of(alice, dataclasses.replace(rules, quotas=quotas) if quotas else rules)
        super().__init__(alice, desk, Service(desk))
        for who in (alice, bob, carol, mallory):
            desk.stores.records.add(who.inception, START_MS, shared=True)
        desk.stores.prekeys.add(alice.prekey[1], alice.prekey[0], NOW + 90 * DAY_MS)

    def gets(self, record: Record | bytes, now: int = NOW, to: Person = alice, prekey: bytes = alice.prekey[1]):
        """The reply when somebody hands over a record."""
        packed = record if isinstance(record, bytes) else pack(record)
        request = requests.write(Deliver(sealing.seal_to(to.id, prekey, packed)))
        reply, effects = self.service.answer(request, PEER, now)
        self.notices += [effect.event for effect in effects if isinstance(effect, Notify)]
        return requests.read_reply(reply)

    def has(self, record: Record) -> bool:
        return self.desk.stores.records.has(record.id)


@pytest.fixture
def home():
    return Home()


@pytest.fixture
def sending():
    """bob's node with a parcel for alice; it has her log and inbox."""
    desk = desk_of(bob)
    for record in (bob.inception, alice.inception, carol.inception, inbox(alice, nodes=(NODE,))):
        desk.stores.records.add(record, START_MS, shared=True)
    assert direct.post(desk, proposal(), alice.id, NOW) == [Meet(NODE)]
    return Stall(bob, desk, Service(desk))


def acknowledged(*names: bytes, by: Person = alice) -> bytes:
    body = Acknowledgment(bob.id, names)
    return requests.write(Acknowledged(pack(signed(ACKNOWLEDGMENT, body, by, NOW))))


def parcel_of(stall):
    return stall.desk.stores.outbox.get(proposal().id, alice.id)


def test_a_parcel_goes_to_the_recipients_nodes_until_it_is_signed_for(sending):
    (hand,) = sending.service.parcels(NOW)
    assert isinstance(hand, Hand)
    assert (hand.nodes, hand.parcel.recipient) == ((NODE,), alice.id)
    assert sending.service.handed(hand.parcel, acknowledged(proposal().id), NOW + 5) == [
        Notify("delivered", proposal().id)
    ]
    assert parcel_of(sending).acknowledged == NOW + 5
    assert sending.service.parcels(NOW + 90 * DAY_MS) == []


def test_a_failed_parcel_waits_twice_as_long_each_time_up_to_an_hour(sending):
    now, waits = NOW, []
    for _ in range(12):
        (hand,) = sending.service.parcels(now)
        sending.service.not_handed(hand.parcel, "nobody is there", now)
        due = parcel_of(sending).next_try
        assert sending.service.parcels(due - 1) == []
        waits.append((due - now) // 1000)
        now = due
    assert waits == [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]
    assert parcel_of(sending).trouble == "nobody is there"


def test_a_parcel_that_is_under_way_is_not_handed_over_twice(sending):
    assert len(sending.service.parcels(NOW)) == 1
    assert sending.service.parcels(NOW + 1) == sending.service.tick(NOW + 1) == []


@pytest.mark.parametrize("tried", [False, True], ids=["under way", "tried"])
def test_a_parcel_is_handed_over_again_if_the_clock_was_set_back(sending, tried):
    (hand,) = sending.service.parcels(NOW + 3 * HOUR_MS)
    if tried:
        sending.service.not_handed(hand.parcel, "nobody is there", NOW + 3 * HOUR_MS)
    assert len(sending.service.parcels(NOW)) == 1


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (acknowledged(proposal().id, by=mallory), "signed by somebody else"),
        (acknowledged(proposal().id, by=carol), "signed by somebody else"),
        (acknowledged(bytes(32)), "it acknowledges something else"),
        (requests.write(Acknowledged(pack(alice.inception))), "is not acknowledgment/1"),
        (requests.write(Acknowledged(b"\xc1")), "its acknowledgment does not hold"),
        (b"\xc1", "its acknowledgment does not hold"),
        (requests.write(requests.Records(())), "it answered something else"),
        (requests.write(Declined("not today", again=True)), "not today"),
    ],
)
def test_nobody_elses_word_and_no_other_word_counts_as_an_acknowledgment(sending, reply, trouble):
    (hand,) = sending.service.parcels(NOW)
    assert sending.service.handed(hand.parcel, reply, NOW) == []
    parcel = parcel_of(sending)
    assert (parcel.acknowledged, parcel.tries) == (None, 1)
    assert trouble in parcel.trouble
    assert parcel.next_try == NOW + direct.FIRST_RETRY_MS


def test_an_acknowledgment_by_a_key_that_is_not_the_recipients_is_not_believed(sending):
    thief = dataclasses.replace(alice, key=dataclasses.replace(mallory.key, identity=alice.id))
    (hand,) = sending.service.parcels(NOW)
    assert sending.service.handed(hand.parcel, acknowledged(proposal().id, by=thief), NOW) == []
    assert "this key does not speak for that identity" in parcel_of(sending).trouble


def test_what_is_handed_over_is_signed_for_kept_and_told_to_the_owner(home):
    reply = home.gets(proposal())
    assert isinstance(reply, Acknowledged)
    assert home.has(proposal())
    assert proposal().id not in {name for _, name in home.desk.stores.records.after(0, 99)}
    assert isinstance(home.gets(proposal()), Acknowledged)
    assert home.notices == ["proposal"]


def test_what_is_signed_for_is_on_the_disk(home, monkeypatch):
    steps = []
    monkeypatch.setattr(type(home.desk.stores), "commit", lambda _: steps.append("commit"))
    monkeypatch.setattr("freehold.node.core.direct.seal", lambda *_: steps.append("sign") or alice.inception)
    home.gets(proposal())
    assert steps == ["commit", "sign"]


def test_what_is_sealed_for_somebody_else_or_to_an_old_prekey_is_declined(home):
    assert home.gets(proposal(), to=carol) == Declined("this is for somebody else", again=False)
    old = sealing.new_prekey(bytes(32))[1]
    reply = home.gets(proposal(), prekey=old)
    assert reply == Declined("that prekey is no longer kept: seal it to the current one", again=False)
    assert not home.has(proposal())


def test_what_was_written_to_another_prekey_of_the_recipient_is_declined(home):
    private, public = sealing.new_prekey(bytes(32))
    home.desk.stores.prekeys.add(public, private, NOW + DAY_MS)
    reply = home.gets(proposal(), prekey=public)
    assert reply == Declined("refused: it was written to somebody else", again=False)


@pytest.mark.parametrize(
    ("record", "word"),
    [
        (proposal(to=carol), "written to somebody else"),
        (signed(DECLINE, Decline(carol.id, alice.prekey[1]), bob, context=bytes(32)), "written to somebody else"),
        (offer(bob), "offer/1 is not handed over directly"),
        (structs.replace(proposal(), signature=bytes(64)), "signature does not match"),
        (b"\xc1", "not canonical"),
    ],
)
def test_what_will_never_be_taken_is_declined_for_good(home, record, word):
    reply = home.gets(record)
    assert isinstance(reply, Declined)
    assert (word in reply.reason, reply.again) == (True, False)


def test_an_author_whose_log_is_not_here_may_come_again():
    desk = desk_of(alice)
    desk.stores.prekeys.add(alice.prekey[1], alice.prekey[0], NOW + DAY_MS)
    home = Home()
    home.desk, home.service = desk, Service(desk)
    assert home.gets(proposal()) == Declined("the author's key log is not known here yet", again=True)
    desk.stores.records.add(bob.inception, NOW, shared=True)
    assert isinstance(home.gets(proposal()), Acknowledged)


def test_what_is_dated_ahead_may_come_again_when_its_time_has_come(home):
    early = proposal(at=NOW + limits.CLOCK_AHEAD_MS + 1)
    assert home.gets(early) == Declined("it is dated ahead of this node's clock", again=True)
    assert isinstance(home.gets(early, NOW + 1), Acknowledged)


def test_a_stranger_hands_over_a_few_a_day_and_somebody_trusted_any_number():
    home = Home(dataclasses.replace(network(NETWORK).quotas, proposals_a_day=2))
    sent = [proposal(salt=salt) for salt in range(4)]
    too_many = Declined("too many from you today", again=True)
    assert [home.gets(record) == too_many for record in sent[:3]] == [False, False, True]
    assert isinstance(home.gets(sent[0]), Acknowledged)  # its acknowledgment was lost: no new one
    assert home.gets(proposal(carol)) != too_many
    assert isinstance(home.gets(sent[2], NOW + DAY_MS // 2), Acknowledged)
    assert home.gets(sent[3], NOW + DAY_MS // 2) == too_many
    home.desk.stores.contacts.trust(bob.id, "bob", NOW)
    assert isinstance(home.gets(sent[3], NOW + DAY_MS // 2), Acknowledged)


def test_who_has_a_part_in_the_same_contract_is_no_stranger():
    home = Home(dataclasses.replace(network(NETWORK).quotas, proposals_a_day=1))
    body = agreement_body(alice, bob, arbiters=(carol.id,))
    for who in (alice, bob):
        home.desk.stores.records.add(agreement(who, body), START_MS, shared=True)
    contract = agreement(bob, body).header.body
    replies = [home.gets(note(carol, contract, f"Reasons {number}")) for number in range(3)]
    assert all(isinstance(reply, Acknowledged) for reply in replies)
    assert isinstance(home.gets(note(mallory, contract, "Hear me!")), Declined)


def test_what_others_get_too_is_bounded_as_if_they_had_brought_it(home):
    body = agreement_body(bob, carol)
    for who in (bob, carol):
        home.desk.stores.records.add(agreement(who, body), START_MS, shared=True)
    meddling = entry(mallory, Delivery("Here it is."), agreement(carol, body))
    assert home.gets(meddling) == Declined("its author has no part in that contract", again=True)
    assert not home.has(meddling)


def test_the_body_of_a_private_record_reaches_who_has_only_its_header(home):
    body = agreement_body()
    for who in (alice, bob):
        home.desk.stores.records.add(agreement(who, body), START_MS, shared=True)
    delivery = entry(bob, Delivery("Here it is."), agreement(bob, body))
    home.hears(delivery, NOW)
    assert home.desk.stores.records.get(delivery.id) == delivery.without_body()
    assert isinstance(home.gets(delivery), Acknowledged)
    assert home.desk.stores.records.get(delivery.id) == delivery
    assert home.notices == ["delivery"]


def published(home: Home, nodes: tuple[str, ...], now: int) -> list[Record]:
    """What the node announces when it is told of its nodes, or (with none) when time passes."""
    effects = home.service.set_nodes(nodes, now) if nodes else home.service.tick(now)
    return [effect.record for effect in effects if isinstance(effect, Announce)]


def renewed(home: Home, nodes: tuple[str, ...], now: int) -> Record:
    """The inbox that the node must publish now."""
    (record,) = published(home, nodes, now)
    return record


def test_an_inbox_is_renewed_at_half_its_life_and_when_the_nodes_change(home):
    first = renewed(home, (NODE,), NOW)
    assert INBOX.open(first).nodes == (NODE,)
    assert published(home, (NODE,), NOW + 1) == []
    half = NOW + direct.PREKEY_MS // 2
    assert published(home, (), half - 1) == []
    second = renewed(home, (), half)
    assert place_of(second.header) == place_of(first.header)
    assert INBOX.open(second).prekey != INBOX.open(first).prekey
    moved = renewed(home, (NODE, "/dns/other/tcp/1/p2p/a"), half)
    assert moved.header.at == second.header.at + 1
    assert len(INBOX.open(moved).nodes) == 2


def test_parcels_sealed_to_an_earlier_prekey_can_be_opened_for_two_weeks_after_it(home):
    first = renewed(home, (NODE,), NOW)
    prekey = INBOX.open(first).prekey
    end = NOW + direct.PREKEY_MS + direct.KEPT_AFTER_MS
    for now in range(NOW, end, direct.PREKEY_MS // 2):
        published(home, (), now)
    assert home.desk.stores.prekeys.private(prekey) is not None
    assert renewed(home, (), end)
    home.desk.stores.prekeys.forget(end)  # as the service does, every minute: see test_leaping
    assert home.desk.stores.prekeys.private(prekey) is None


def test_an_inbox_whose_private_half_is_lost_is_replaced(home):
    home.desk.stores.records.add(inbox(alice, NOW, nodes=(NODE,)), NOW, shared=True)
    home.desk.stores.prekeys.forget(NOW + 365 * DAY_MS)
    assert INBOX.open(renewed(home, (NODE,), NOW)).prekey != alice.prekey[1]


def test_nothing_is_sealed_to_an_inbox_that_is_missing_or_has_expired(sending):
    for who, now in ((mallory, NOW), (alice, NOW + 8 * DAY_MS)):
        with pytest.raises(Denied) as caught:
            direct.post(sending.desk, proposal(), who.id, now)
        assert caught.value.code == "no-inbox"
