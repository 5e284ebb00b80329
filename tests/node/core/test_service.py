"""The node's mind as a whole: whatever comes in, something sound follows; and what a node without an owner does."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, strategies as st
from msgspec import structs

from freehold.node.core import admission, missing_logs, parking, service as mind
from freehold.node.core.effects import Announce, Ask, Meet, Penalize, Verdict
from freehold.node.core.service import Service
from freehold.protocol import frame, limits, requests, topics
from freehold.protocol.canonical import encode
from freehold.protocol.envelope import Draft, Record, pack, seal
from freehold.protocol.requests import CatchUp, Declined, Deliver, Fetch, Logs
from tests.cast import (
    DAY_MS,
    MINUTE_MS,
    NETWORK,
    START_MS,
    Person,
    alice,
    bob,
    inbox,
    mallory,
    offer,
    person,
    profile,
    story,
)
from tests.node.core.market import PEER, Stall, desk_of

NOW = START_MS + MINUTE_MS


def node(who: Person | None = alice, *known: Record) -> Stall:
    desk = desk_of(who)
    stall = Stall(who or alice, desk, Service(desk))
    for record in known:
        desk.stores.records.add(record, NOW, shared=True)
    return stall


def told(stall, *records, peer=PEER, now=NOW, topic=None):
    """One gossip message with these records, or packed records."""
    packed = [record if isinstance(record, bytes) else pack(record) for record in records]
    return stall.service.received(frame.pack_batch(packed), peer, now, topic)


def announced(effects):
    return [effect.record for effect in effects if isinstance(effect, Announce)]


BAD = pack(structs.replace(offer(), signature=bytes(64)))
BROKEN = pack(seal(Draft("offer/1", START_MS, b"\xa0", slot=bytes(16), till=NOW + DAY_MS), NETWORK, alice.key))
"""Authentic, and against the rules of its kind."""


def test_a_message_of_good_records_goes_on_as_it_is():
    stall = node(bob, alice.inception)
    found = told(stall, offer(), profile(alice))
    assert (found.verdict, announced(found.effects)) == (Verdict.ACCEPT, [])
    assert told(stall, offer(), offer(number=2)).verdict is Verdict.ACCEPT
    assert told(stall, offer(), offer(number=2)).verdict is Verdict.IGNORE


@pytest.mark.parametrize("bad", [BAD, BROKEN])
def test_a_bad_record_in_a_message_is_the_peers_fault_and_does_not_hold_up_the_good_ones(bad):
    found = told(node(bob, alice.inception), offer(number=2), bad, offer(number=3))
    assert found.verdict is Verdict.REFUSE
    assert announced(found.effects) == [offer(number=2), offer(number=3)]
    assert [effect.peer for effect in found.effects if isinstance(effect, Penalize)] == [PEER]


def doubtful(stall):
    """Records that this node ignores without having found them good."""
    told(stall, BROKEN, peer="mallory")
    told(stall, offer(), peer="mallory")
    elsewhere = seal(Draft("offer/1", START_MS, b"", slot=bytes(16)), NETWORK, mallory.key)
    return {
        "refused before": BROKEN,
        "from an author whose log is not here": pack(elsewhere),
        "dated far ahead": pack(offer(at=NOW + DAY_MS)),
        "here already, under another signature": BAD,
    }


@pytest.mark.parametrize("why", doubtful(node(bob, alice.inception)))
def test_a_node_never_passes_on_what_its_neighbours_may_blame_it_for(why):
    stall, neighbour = node(bob, alice.inception), node(alice, alice.inception, mallory.inception)
    found = told(stall, offer(number=2), doubtful(stall)[why], peer="mallory 2")
    assert found.verdict is Verdict.IGNORE
    assert announced(found.effects) == [offer(number=2)]
    for record in announced(found.effects):
        assert told(neighbour, record, peer="bob's node").verdict is Verdict.ACCEPT


def test_a_private_body_is_passed_on_by_nobody_whether_its_header_is_known_or_not():
    delivery, late = story().delivery, NOW + DAY_MS
    stall = node(alice, alice.inception, bob.inception)
    for known in (False, True):
        found = told(stall, offer(number=1 + known), delivery, now=late)
        assert (found.verdict, announced(found.effects)) == (Verdict.REFUSE, [offer(number=1 + known)])
        assert Penalize(PEER, admission.EXPOSED) in found.effects
        stall.desk.stores.records.add(delivery.without_body(), late, shared=True)


def test_a_reply_with_a_private_body_is_the_peers_fault_and_its_header_may_come_from_another():
    delivery, late = story().delivery, NOW + DAY_MS
    stall = node(alice, alice.inception, bob.inception)
    request = Fetch((delivery.id,))
    reply = requests.write(requests.Records((pack(delivery),)))
    assert stall.service.replied("mallory's node", request, reply, late) == [
        Penalize("mallory's node", admission.EXPOSED)
    ]
    bare = requests.write(requests.Records((pack(delivery.without_body()),)))
    stall.service.replied("bob's node", request, bare, late)
    assert stall.desk.stores.records.get(delivery.id) == delivery.without_body()


@pytest.mark.parametrize(
    "data", [b"", b"\xc0", b"\x90", encode(["text"]), encode([b"" for _ in range(65)]), bytes(70_000)]
)
def test_what_is_no_batch_is_refused(data):
    found = node().service.received(data, PEER, NOW, topics.OFFERS)
    assert found.verdict is Verdict.REFUSE
    assert found.effects == (Penalize(PEER, found.reason),)


def mutated(draw, data):
    """Bytes that are almost a request."""
    place = draw(st.integers(0, len(data) - 1))
    change = draw(st.sampled_from(["flip", "cut", "insert"]))
    if change == "cut":
        return data[:place]
    middle = bytes([data[place] ^ draw(st.integers(1, 255))]) if change == "flip" else draw(st.binary(min_size=1))
    return data[:place] + middle + data[place + (change == "flip") :]


REQUESTS = [
    requests.write(request)
    for request in (Fetch((bytes(32),)), Logs((alice.id,)), CatchUp(bytes(16), 0), Deliver(b"a box"))
]
ALMOST = st.composite(lambda draw: mutated(draw, draw(st.sampled_from(REQUESTS))))()


def written(fields: dict[str, Any]) -> bytes:
    return encode(fields)


MAPS = st.dictionaries(
    st.sampled_from(["op", "ids", "of", "after", "epoch", "sealed", "more"]),
    st.one_of(
        st.sampled_from(["fetch", "logs", "catch-up", "deliver", "records", "hug"]),
        st.integers(0, 2**53 - 1),
        st.binary(max_size=40),
        st.lists(st.binary(min_size=32, max_size=32), max_size=3),
    ),
).map(written)
ANYBODY = node()
"""Whatever it has been sent before, it must go on answering."""


@given(st.one_of(st.binary(max_size=200), ALMOST, MAPS, st.sampled_from(REQUESTS)))
def test_whatever_the_bytes_there_is_a_reply(data):
    reply, effects = ANYBODY.service.answer(data, PEER, NOW)
    assert len(reply) <= limits.REPLY_BYTES
    requests.read_reply(reply)
    assert all(isinstance(effect, Penalize) and effect.peer == PEER for effect in effects)


def test_an_unreadable_request_is_the_peers_fault_and_an_unknown_one_is_not():
    answer = node().service.answer
    reply, effects = answer(b"\xc1", PEER, NOW)
    assert requests.read_reply(reply) == Declined("unreadable", again=False)
    assert [type(effect) for effect in effects] == [Penalize]
    reply, effects = answer(encode({"op": "hug"}), PEER, NOW)
    assert requests.read_reply(reply) == Declined("request 'hug' is not known here", again=False)
    assert effects == []


def test_who_delivers_too_much_is_asked_to_come_again():
    stall, request = node(), requests.write(Deliver(b"a box"))
    while stall.service._admission.limiter.allows_check("mallory", NOW):
        pass
    reply, _ = stall.service.answer(request, "mallory", NOW)
    assert requests.read_reply(reply) == Declined("too many from this peer", again=True)


def test_a_node_without_a_key_relays_serves_and_receives_nothing_for_anybody():
    relay = node(None)
    assert told(relay, alice.inception, offer()).verdict is Verdict.ACCEPT
    reply, _ = relay.service.answer(requests.write(CatchUp(bytes(16), 0)), PEER, NOW)
    page = requests.read_reply(reply)
    assert isinstance(page, requests.Page)
    assert page.ids == (alice.inception.id, offer().id)
    reply, _ = relay.service.answer(requests.write(Deliver(b"a box")), PEER, NOW)
    assert requests.read_reply(reply) == Declined("nobody lives here", again=False)
    assert relay.service.set_nodes(("/ip4/127.0.0.1/tcp/1/p2p/x",), NOW) == []
    assert relay.service.tick(NOW) == []


def test_an_inbox_says_where_another_node_can_be_met():
    found = told(node(bob, alice.inception), inbox(alice, nodes=("/dns/a/p2p/1", "/dns/b/p2p/2")))
    assert [effect for effect in found.effects if isinstance(effect, Meet)] == [
        Meet("/dns/a/p2p/1"),
        Meet("/dns/b/p2p/2"),
    ]


def test_a_log_is_asked_of_whoever_brought_the_record_and_what_waited_goes_on():
    stall = node(bob)
    stall.service.connected("alice's node", NOW)
    found = told(stall, offer(), peer="alice's node")
    assert found.effects == (Ask("alice's node", Logs((alice.id,))),)
    assert told(stall, offer(number=2), peer="alice's node").effects == ()
    reply = requests.write(requests.Records((pack(alice.inception),)))
    effects = stall.service.replied("alice's node", Logs((alice.id,)), reply, NOW)
    assert {record.id for record in announced(effects)} >= {offer().id, offer(number=2).id}
    assert stall.service.statistics()["parked"] == 0


def test_a_log_that_did_not_come_is_asked_of_others():
    stall = node(bob)
    for number in range(3):
        stall.service.connected(f"peer {number}", NOW)
    told(stall, offer(), peer="peer 0")
    later = NOW
    asked = set()
    for _ in range(3):
        later += missing_logs.ASKED_AGAIN_MS
        asks = [effect for effect in stall.service.tick(later) if isinstance(effect, Ask)]
        asked |= {ask.peer for ask in asks if isinstance(ask.request, Logs)}
    assert asked == {"peer 0", "peer 1", "peer 2"}


def test_what_was_dated_ahead_is_announced_when_its_time_has_come():
    stall = node(bob, alice.inception)
    early = offer(at=NOW + limits.CLOCK_AHEAD_MS + 1)
    assert told(stall, early).verdict is Verdict.IGNORE
    assert announced(stall.service.tick(NOW)) == []
    assert announced(stall.service.tick(NOW + 1)) == [early]
    assert announced(stall.service.tick(NOW + 2)) == []


def test_what_has_expired_is_dropped_in_time():
    stall = node(bob, alice.inception)
    told(stall, offer(life_ms=2 * MINUTE_MS))
    stall.service.tick(NOW + MINUTE_MS)
    assert stall.desk.stores.records.totals() == {"inception/1": 1, "offer/1": 1}
    for minutes in range(2, 13):  # a clock that goes evenly
        stall.service.tick(NOW + minutes * MINUTE_MS)
    assert stall.desk.stores.records.totals() == {"inception/1": 1}


def test_the_owners_bulk_records_are_judged_at_any_speed():
    stall = node(bob, alice.inception)
    batches = [[offer(number=64 * batch + number) for number in range(64)] for batch in range(18)]
    for batch in batches:
        findings = stall.service.ingest_many([pack(record) for record in batch], NOW)
        assert {finding.verdict for finding in findings} == {Verdict.ACCEPT}
    assert stall.desk.stores.records.totals()["offer/1"] == 18 * 64


def test_what_waited_for_many_logs_is_judged_in_parts():
    """A batch of logs can let go of 512 records, each with its signature: too many for one turn of the event loop."""
    people = [person(f"late {number}") for number in range(5)]
    stall = node(bob)
    for who in people:
        stall.service.ingest_many([pack(offer(who, number=number)) for number in range(30)], NOW)
    assert stall.service.statistics()["parked"] == 150
    stall.service.ingest_many([pack(who.inception) for who in people], NOW)
    kept = [0]
    while stall.service.statistics()["parked"]:
        kept.append(stall.desk.stores.records.totals()["offer/1"])
        stall.service.tick(NOW + len(kept) * 1_000)
    kept.append(stall.desk.stores.records.totals()["offer/1"])
    assert [after - before for before, after in itertools.pairwise(kept)] == [64, 64, 22]
    assert parking.RELEASED_AT_ONCE == 64


def test_what_was_asked_for_in_bulk_is_judged_each_and_only_what_is_refused_costs_the_peer():
    stall = node(bob, alice.inception)
    batch = [pack(offer()), BROKEN, pack(offer()), pack(offer(mallory))]
    findings, effects = stall.service.received_many(batch, PEER, NOW)
    assert [finding.verdict for finding in findings] == [
        Verdict.ACCEPT, Verdict.REFUSE, Verdict.IGNORE, Verdict.IGNORE
    ]  # fmt: skip
    assert findings[0].record == offer()
    assert findings[3].author == mallory.id
    assert [effect.peer for effect in effects if isinstance(effect, Penalize)] == [PEER]


def test_a_few_records_that_the_owner_brings_are_passed_on_and_what_is_bad_among_them_is_not():
    stall = node(bob, alice.inception)
    findings, effects = stall.service.ingest([pack(offer()), BROKEN], NOW)
    assert [finding.verdict for finding in findings] == [Verdict.ACCEPT, Verdict.REFUSE]
    assert announced(effects) == [offer()]
    assert announced(stall.service.ingest([pack(offer())], NOW)[1]) == []


def test_statistics_count_verdicts_by_reason_and_what_waits():
    stall = node(bob, alice.inception)
    told(stall, offer(), offer(), BROKEN)
    told(stall, offer(mallory))
    stall.service.received(b"", PEER, NOW, None)
    counts = stall.service.statistics()
    assert counts["accept"] == counts["ignore: known"] == counts["refuse: not a batch"] == counts["parked"] == 1
    assert counts["ignore: its author's key log is not here"] == 1


def test_peers_cannot_make_the_statistics_grow_without_end():
    stall = node(bob)
    for number in range(mind.REASONS_COUNTED + 200):
        told(stall, encode([number + 2, offer().header_bytes, b""]))
    counts = stall.service.statistics()
    assert len(counts) <= mind.REASONS_COUNTED + 3
    assert counts["other reasons"] == 200
