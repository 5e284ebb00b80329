"""Every verdict on a record from outside, and its reason: kept, nobody's fault, or the peer's."""

from __future__ import annotations

import dataclasses

import pytest
from msgspec import structs

from freehold.node.core import admission, limiter
from freehold.node.core.admission import Admission, Finding
from freehold.node.core.effects import Verdict
from freehold.node.core.parking import Arrival, Way
from freehold.protocol import limits, topics
from freehold.protocol.canonical import decode, encode
from freehold.protocol.envelope import Draft, Record, pack, seal
from freehold.protocol.identity import verify
from freehold.protocol.kinds.entries import DELIVERY, Delivery
from freehold.protocol.network import Quotas, network
from tests.cast import (
    DAY_MS,
    MINUTE_MS,
    NETWORK,
    START_MS,
    alice,
    bob,
    mallory,
    offer,
    person,
    profile,
    proposal,
    raw,
    story,
)
from tests.node.core.market import PEER, desk_of

NOW = START_MS
ACCEPT, IGNORE, REFUSE = Verdict.ACCEPT, Verdict.IGNORE, Verdict.REFUSE


class Door:
    """A node's admission, with alice's and bob's key logs behind it."""

    def __init__(self, quotas: Quotas | None = None) -> None:
        rules = network(NETWORK)
        self.desk = desk_of(None, dataclasses.replace(rules, quotas=quotas) if quotas else rules)
        self.admission = Admission(self.desk)
        for who in (alice, bob):
            assert self.brings(who.inception).verdict is ACCEPT

    def brings(
        self, record: Record | bytes, now: int = NOW, topic: str | None = None, way: Way = Way.GOSSIP, peer: str = PEER
    ) -> Finding:
        """A peer brings a record."""
        packed = record if isinstance(record, bytes) else pack(record)
        return self.admission.judge(Arrival(packed, peer, now, way, topic), now)

    def has(self, record: Record) -> bool:
        return self.desk.stores.records.has(record.id)


@pytest.fixture
def door():
    return Door()


def forged(record: Record) -> bytes:
    """The same header, and so the same id, under a signature that does not hold."""
    return pack(structs.replace(record, signature=bytes(64)))


def test_a_sound_record_is_kept_and_told_to_everybody(door):
    found = door.brings(offer(), topic=topics.OFFERS)
    assert (found.verdict, found.reason, found.record) == (ACCEPT, "", offer())
    assert [name for _, name in door.desk.stores.records.after(0, 9)][-1] == offer().id


def test_what_is_here_already_is_nobodys_fault(door):
    door.brings(offer())
    assert door.brings(offer()) == Finding(IGNORE, "known")


def test_an_older_version_changes_nothing(door):
    door.brings(offer(title="A sign", at=NOW + 1))
    for _ in range(2):
        assert door.brings(offer()) == Finding(IGNORE, "older than what is here")


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (b"", "not canonical MessagePack"),
        (b"\xc1", "not canonical MessagePack"),
        (encode([1, 2]), "array of suite, header, signature and body"),
        (encode([1, b"", bytes(64), None]), "not canonical MessagePack"),
        (forged(offer()), "signature does not match"),
        (pack(offer())[:-1] + b"!", "not the one that was signed"),
        (pack(structs.replace(offer(), body=b"short")), "bytes, the header says"),
        (pack(seal(Draft("offer/1", NOW, b""), "test-elsewhere", alice.key)), "made for the network test-elsewhere"),
        (pack(raw("offer/1", b"\xa0", alice, slot=bytes(16), till=NOW + DAY_MS)), "map"),
        (pack(proposal()), "goes to one person only"),
        (pack(raw("delivery/1", b"\x80", bob).without_body()), "a contract entry names its contract"),
        (pack(story().delivery), "its body goes sealed to those it is for"),
    ],
)
def test_what_breaks_a_rule_is_refused(door, packed, reason):
    before = door.desk.stores.records.totals()
    found = door.brings(packed)
    assert found.verdict is REFUSE
    assert reason in found.reason
    assert door.desk.stores.records.totals() == before


def test_a_key_that_does_not_speak_for_its_author_is_refused(door):
    stolen_name = dataclasses.replace(mallory.key, identity=alice.id)
    draft = Draft("offer/1", NOW, offer().body or b"", slot=offer().header.slot, till=offer().header.till)
    found = door.brings(seal(draft, NETWORK, stolen_name))
    assert (found.verdict, found.reason) == (REFUSE, "this key does not speak for that identity")


def test_a_record_on_a_topic_that_is_not_its_kinds_is_refused(door):
    found = door.brings(offer(), topic=topics.REVIEWS)
    assert (found.verdict, found.reason) == (REFUSE, "sent on the wrong topic")
    assert door.brings(offer(), topic=topics.OFFERS).verdict is ACCEPT


def test_a_suite_from_the_future_is_nobodys_fault(door):
    assert door.brings(encode([2, offer().header_bytes, b"other"])) == Finding(IGNORE, "signature suite 2")


def test_a_header_from_the_future_is_nobodys_fault(door):
    header = decode(offer().header_bytes)
    assert isinstance(header, dict)
    found = door.brings(encode([1, encode(header | {"v": 2}), bytes(64), None]))
    assert (found.verdict, found.reason) == (IGNORE, "record version 2")


def test_a_clock_that_is_ten_minutes_off_is_an_honest_one(door):
    assert door.brings(offer(at=NOW + limits.CLOCK_AHEAD_MS)).verdict is ACCEPT


def test_what_is_dated_ahead_waits_until_its_time(door):
    early = offer(at=NOW + limits.CLOCK_AHEAD_MS + 1)
    assert door.brings(early) == Finding(IGNORE, "dated ahead: it waits")
    assert door.brings(early).reason == "dated ahead, and waiting already or without room to wait"
    assert door.admission.parking.due(NOW) == []
    (waited,) = door.admission.parking.due(NOW + 1)
    assert door.admission.judge(waited, NOW + 1).verdict is ACCEPT


def test_what_is_dated_more_than_two_hours_ahead_does_not_even_wait(door):
    assert door.brings(offer(at=NOW + limits.CLOCK_PARK_MS)).reason == "dated ahead: it waits"
    found = door.brings(offer(at=NOW + limits.CLOCK_PARK_MS + 1, number=2))
    assert (found.verdict, found.reason) == (IGNORE, "dated more than two hours ahead")
    assert len(door.admission.parking) == 1


def test_what_was_asked_for_waits_for_days_when_a_clock_is_off_by_one(door, monkeypatch):
    monkeypatch.setattr("freehold.node.core.parking.FAR_A_PEER", 2)
    far = [offer(at=NOW + DAY_MS, number=number) for number in range(4)]
    assert [door.brings(one, way=Way.ASKED).reason for one in far[:2]] == ["dated ahead: it waits"] * 2
    for again in (far[0], far[2]):
        found = door.brings(again, way=Way.ASKED)
        assert found == Finding(IGNORE, "dated ahead, and waiting already or without room to wait")
    assert door.brings(far[3], way=Way.ASKED, peer="another peer").reason == "dated ahead: it waits"
    beyond = offer(at=NOW + admission.FAR_AHEAD_MS + 1, number=9)
    assert door.brings(beyond, way=Way.ASKED).reason == "dated more than two hours ahead"
    due = NOW + DAY_MS - limits.CLOCK_AHEAD_MS
    assert door.admission.parking.due(due - 1) == []
    assert [door.admission.judge(waited, due).verdict for waited in door.admission.parking.due(due)] == [ACCEPT] * 3
    assert len(door.admission.parking) == 0
    assert door.brings(offer(at=due + DAY_MS, number=5), due, way=Way.ASKED).reason == "dated ahead: it waits"


def test_what_has_expired_is_not_kept_and_nobodys_fault(door):
    old = offer(at=NOW - DAY_MS, life_ms=DAY_MS)
    assert door.brings(old).verdict is ACCEPT
    assert Door().brings(old, NOW + 1) == Finding(IGNORE, "expired")


def test_a_record_whose_authors_log_is_not_here_waits_and_the_log_is_asked_for(door):
    found = door.brings(offer(mallory))
    assert (found.verdict, found.author) == (IGNORE, mallory.id)
    assert not door.has(offer(mallory))
    (waited,) = door.admission.parking.release(mallory.id)
    assert waited.packed == pack(offer(mallory))


def test_a_log_is_not_asked_for_when_there_was_no_room_to_wait(door, monkeypatch):
    monkeypatch.setattr("freehold.node.core.parking.AN_AUTHOR", 0)
    assert door.brings(offer(mallory)) == Finding(IGNORE, "its author's key log is not here")


PORTFOLIO = raw("org.example.portfolio/1", b"\xa4work", alice)


def test_a_kind_that_is_not_known_is_kept_and_passed_on_byte_for_byte(door):
    assert door.brings(PORTFOLIO, topic=topics.OTHER).verdict is ACCEPT
    (kept,) = door.desk.stores.records.shared([PORTFOLIO.id])
    assert pack(kept) == pack(PORTFOLIO)


def test_a_kind_that_is_not_known_takes_its_authors_room():
    door = Door(Quotas(new=2, new_a_day=9))
    for number in range(2):
        assert door.brings(raw("org.example.portfolio/1", b"%d" % number, alice)).verdict is ACCEPT
    assert door.brings(PORTFOLIO) == Finding(IGNORE, "the author's quota is full")
    assert door.brings(offer()) == Finding(IGNORE, "the author's quota is full")
    assert door.brings(offer(bob)).verdict is ACCEPT


@pytest.mark.parametrize("way", list(Way))
def test_who_gives_a_private_body_to_everybody_is_to_blame_and_the_bare_header_may_still_come(door, way):
    delivery, late = story().delivery, NOW + DAY_MS
    for _ in range(2):
        assert door.brings(delivery, late, way=way) == Finding(REFUSE, admission.EXPOSED)
    assert not door.has(delivery)
    assert door.brings(delivery.without_body(), late, way=way).record == delivery.without_body()
    assert door.brings(delivery, late, way=way) == Finding(REFUSE, admission.EXPOSED)
    assert door.desk.stores.records.get(delivery.id) == delivery.without_body()


def test_a_private_body_does_not_wait_in_the_place_of_the_bare_header(door):
    stranger = story(mallory, person("dan")).delivery
    assert door.brings(stranger, NOW + DAY_MS).verdict is REFUSE
    assert door.brings(story().delivery, story().delivery.header.at - limits.CLOCK_PARK_MS).verdict is REFUSE
    assert len(door.admission.parking) == 0


@pytest.mark.parametrize("copy", [forged(offer()), pack(offer().without_body())])
def test_what_is_known_is_not_known_by_other_bytes(door, copy):
    door.brings(offer())
    assert door.brings(copy) == Finding(IGNORE, "known, but not by these bytes")


def test_a_profile_is_not_passed_on_in_any_number_of_versions_a_day():
    door = Door(Quotas(trusted_a_day=4))
    reasons = [door.brings(profile(alice, NOW + number)).reason for number in range(5)]
    assert reasons == ["", "", "", "its author changes too often", "its author changes too often"]  # the log counts too
    assert door.brings(profile(bob)).verdict is ACCEPT
    assert door.brings(profile(alice, NOW + 9), way=Way.ASKED).verdict is ACCEPT
    assert door.brings(profile(alice, NOW + DAY_MS), now=NOW + DAY_MS).verdict is ACCEPT


def test_a_public_record_without_its_body_may_still_come_whole(door):
    assert door.brings(offer().without_body()) == Finding(IGNORE, "its body is missing")
    assert door.brings(offer()).verdict is ACCEPT


@pytest.mark.parametrize("copy", [forged(offer()), pack(offer().without_body()), pack(offer())[:-1] + b"!"])
@pytest.mark.parametrize("way", [Way.GOSSIP, Way.ASKED])
def test_a_forged_copy_never_keeps_the_true_record_out(door, copy, way):
    for number in range(3):
        assert door.brings(copy, peer=f"mallory {number}", way=way).verdict is not ACCEPT
    assert door.brings(offer()).verdict is ACCEPT


def test_a_forged_copy_does_not_wait_in_the_place_of_the_true_one(door):
    assert door.brings(forged(offer(mallory))).verdict is REFUSE
    assert len(door.admission.parking) == 0
    assert door.brings(offer(mallory)).author == mallory.id


@pytest.fixture
def verified(monkeypatch):
    """The messages whose signatures were checked."""
    seen: list[bytes] = []

    def counted(key: bytes, signature: bytes, message: bytes) -> None:
        seen.append(message)
        verify(key, signature, message)

    monkeypatch.setattr("freehold.protocol.envelope.verify", counted)
    return seen


def test_an_authentic_record_that_breaks_a_rule_is_checked_once(door, verified):
    bad = raw("offer/1", b"\xa0", alice, slot=bytes(16), till=NOW + DAY_MS)
    assert door.brings(bad).verdict is REFUSE
    assert door.brings(bad) == Finding(IGNORE, "refused before")
    assert len(verified) == 1


def test_refusals_are_remembered_within_bounds(door, verified, monkeypatch):
    monkeypatch.setattr(admission, "REMEMBERED_REFUSALS", 2)
    bad = [raw("offer/1", b"%d" % number, alice, slot=bytes(16), till=NOW + DAY_MS) for number in range(3)]
    for record in bad:
        door.brings(record)
    assert [door.brings(record).verdict for record in reversed(bad)] == [IGNORE, IGNORE, REFUSE]


def test_what_is_known_costs_no_signature_check(door, verified):
    door.brings(offer())
    assert len(verified) == 1
    for _ in range(3):
        door.brings(offer())
    assert len(verified) == 1


def test_once_a_peers_bucket_is_empty_none_of_its_signatures_is_checked(door, verified, monkeypatch):
    monkeypatch.setattr(limiter, "CHECKS_BURST_PEER", 5)
    monkeypatch.setattr(limiter, "CHECKS_A_SECOND_PEER", 1)
    door.admission.limiter = limiter.Limiter()
    junk = [forged(offer(number=number)) for number in range(50)]
    reasons = [door.brings(packed, peer="mallory").reason for packed in junk]
    assert len(verified) == 5
    assert set(reasons[5:]) == {"too many from this peer"}
    assert door.brings(offer(), peer="mallory") == Finding(IGNORE, "too many from this peer")
    assert door.brings(offer(number=2), peer="an honest peer").verdict is ACCEPT
    assert door.brings(offer(), now=NOW + MINUTE_MS, peer="mallory").verdict is ACCEPT


@pytest.mark.parametrize("way", [Way.AGAIN, Way.ASKED])
def test_what_was_asked_for_or_has_been_paid_for_needs_no_bucket(door, monkeypatch, way):
    monkeypatch.setattr(limiter.Limiter, "allows_checks", lambda *_: 0)
    assert door.brings(offer()).reason == "too many from this peer"
    assert door.brings(offer(), way=way).verdict is ACCEPT


def test_an_entry_needs_its_place_in_the_chain_but_no_body(door):
    bare = raw("delivery/1", DELIVERY.dump(Delivery("Here it is.")), bob).without_body()
    assert door.brings(bare).verdict is REFUSE
    assert door.brings(story().delivery.without_body(), NOW + DAY_MS).verdict is ACCEPT
