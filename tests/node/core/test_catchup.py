"""Catching up: what gossip lost arrives page by page, and a partner that lies costs bounded work."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import count

import pytest

from freehold.node.core import catchup
from freehold.node.core.effects import Ask, Effect, Penalize
from freehold.node.core.service import Service
from freehold.protocol import requests
from freehold.protocol.envelope import pack
from freehold.protocol.requests import CatchUp, Declined, Fetch, Logs, Page, Records
from tests.cast import DAY_MS, HOUR_MS, START_MS, alice, bob, carol, mallory, offer, profile, raw, story
from tests.node.core.market import Stall, desk_of

NOW = START_MS + HOUR_MS
EPOCH = b"a partner's epoch"[:16]
NEVER_READ = CatchUp(bytes(16), 0)


def node(who=alice):
    desk = desk_of(who)
    return Stall(who, desk, Service(desk))


def keeps(stall, *records):
    for record in records:
        assert stall.desk.stores.records.add(record, NOW, shared=True)


def names(stall):
    return {name for _, name in stall.desk.stores.records.after(0, 9_999)}


def penalties(effects):
    return [effect.reason for effect in effects if isinstance(effect, Penalize)]


def asked(effects):
    return [effect.request for effect in effects if isinstance(effect, Ask)]


@dataclass
class Reader:
    """alice's node, which reads a partner that the test plays: `says` maps a request to a reply, or to None."""

    stall: Stall = field(default_factory=node)
    asked: list[requests.Request] = field(default_factory=list[requests.Request])
    penalties: list[str] = field(default_factory=list[str])

    def meets(self, says, now=NOW, most=20_000):
        self.follows(self.stall.service.connected("partner", now), says, now, most)

    def follows(self, effects: list[Effect], says, now=NOW, most=20_000):
        """Until nothing more is asked, or `most` questions have been."""
        waiting = deque(effects)
        for _ in range(most):
            while waiting and not isinstance(waiting[0], Ask):
                self.penalties += penalties([waiting.popleft()])
            if not waiting:
                return
            ask = waiting.popleft()
            assert isinstance(ask, Ask)
            self.asked.append(ask.request)
            reply = says(ask.request)
            if reply is None:
                waiting += self.stall.service.failed(ask.peer, ask.request, now)
            else:
                data = reply if isinstance(reply, bytes) else requests.write(reply)
                waiting += self.stall.service.replied(ask.peer, ask.request, data, now)
        pytest.fail("it asks without end")

    def cursor(self):
        return self.stall.desk.stores.cursors.get("partner")


@pytest.fixture
def reader():
    return Reader()


def honest(stall):
    """What a real node says."""
    return lambda request: stall.service.answer(requests.write(request), "alice", NOW)[0]


OFFERS = [offer(bob, number=number) for number in range(600)]


@pytest.fixture(scope="module")
def source():
    """bob's node, with three pages of records."""
    found = node(bob)
    keeps(found, bob.inception, *OFFERS)
    return found


def test_a_node_reads_all_that_another_has_page_by_page(reader, source):
    reader.meets(honest(source))
    assert names(reader.stall) == names(source)
    pages = [request for request in reader.asked if isinstance(request, CatchUp)]
    assert [request.after for request in pages] == [0, 256, 512]
    assert reader.cursor() == (source.desk.stores.records.epoch, 601)
    assert reader.penalties == []


def test_the_next_round_reads_only_what_is_new(reader):
    source = node(bob)
    keeps(source, bob.inception, offer(bob))
    reader.meets(honest(source))
    reader.asked.clear()
    keeps(source, profile(bob))
    reader.follows(reader.stall.service.tick(NOW + catchup.EVERY_MS), honest(source))
    assert [type(request) for request in reader.asked] == [CatchUp, Fetch]
    assert reader.asked[0] == CatchUp(source.desk.stores.records.epoch, 2)
    assert names(reader.stall) == names(source)


def test_another_epoch_is_read_from_its_beginning(reader, source):
    reader.stall.desk.stores.cursors.set("partner", bytes(15) + b"x", 599)
    reader.meets(honest(source))
    assert names(reader.stall) == names(source)


def test_only_what_is_missing_is_fetched(reader, source):
    keeps(reader.stall, bob.inception, *OFFERS[:255])
    reader.meets(honest(source))
    fetched = [name for request in reader.asked if isinstance(request, Fetch) for name in request.ids]
    assert len(fetched) == len(set(fetched)) == 601 - 256


def test_records_too_large_for_one_reply_are_fetched_in_several(reader):
    source = node(bob)
    large = [raw("org.example.scan/1", bytes([number]) * 15_000, bob) for number in range(40)]
    keeps(source, bob.inception, *large)
    reader.meets(honest(source))
    assert names(reader.stall) == names(source)
    assert len([request for request in reader.asked if isinstance(request, Fetch)]) == 3


def test_what_a_partner_no_longer_has_does_not_hold_up_the_rest(reader):
    source, gone = node(bob), offer(bob, number=9)
    keeps(source, bob.inception, offer(bob))

    def says(request):
        reply = requests.read_reply(honest(source)(request))
        return Page(reply.epoch, (gone.id, *reply.ids), reply.next, reply.more) if isinstance(reply, Page) else reply

    reader.meets(says)
    assert names(reader.stall) == names(source)
    assert reader.cursor()[1] == 2


def test_only_the_public_half_of_private_records_is_given(reader):
    source, told = node(bob), story()
    keeps(source, alice.inception, bob.inception, *told.contract_records)
    assert source.desk.stores.records.get(told.delivery.id) == told.delivery
    assert told.delivery.body is not None
    reader.meets(honest(source), now=NOW + DAY_MS)
    assert reader.stall.desk.stores.records.get(told.delivery.id) == told.delivery.without_body()


@pytest.mark.parametrize("silent_at", [1, 2, 3, 4])
def test_a_conversation_that_ends_in_silence_is_resumed_where_it_stood(reader, source, silent_at):
    numbers = count(1)
    reader.meets(lambda request: None if next(numbers) >= silent_at else honest(source)(request))
    assert len(reader.asked) == silent_at
    before = names(reader.stall)
    assert reader.stall.service.tick(NOW + catchup.EVERY_MS - 1) == []
    reader.follows(reader.stall.service.tick(NOW + catchup.EVERY_MS), honest(source))
    assert names(reader.stall) == names(source)
    fetched = [name for request in reader.asked[silent_at:] if isinstance(request, Fetch) for name in request.ids]
    assert before.isdisjoint(fetched)


def test_the_cursor_moves_only_when_the_page_is_here(reader, source):
    reader.meets(lambda request: None if isinstance(request, Fetch) else honest(source)(request))
    assert reader.cursor() == (bytes(16), 0)


def test_a_partner_that_never_answers_is_asked_again_after_a_minute(reader):
    reader.stall.service.connected("partner", NOW)
    later = NOW + catchup.STALE_MS
    assert asked(reader.stall.service.tick(later)) == []
    assert asked(reader.stall.service.tick(later + 1)) == [NEVER_READ]


def test_a_late_answer_of_a_conversation_that_is_over_changes_nothing(reader, source):
    reader.meets(honest(source))
    at = reader.cursor()
    late = requests.write(Page(EPOCH, (bytes(32),), 1, more=True))
    assert reader.stall.service.replied("partner", NEVER_READ, late, NOW) == []
    assert reader.cursor() == at


def test_a_late_answer_does_not_steer_the_conversation_that_runs(reader, source):
    service, late = reader.stall.service, Fetch((bytes(32),))
    (ask,) = service.connected("partner", NOW)
    (fetch,) = service.replied("partner", ask.request, honest(source)(ask.request), NOW)
    assert isinstance(fetch.request, Fetch)
    assert service.replied("partner", late, requests.write(Records(())), NOW) == []
    assert service.failed("partner", late, NOW) == []
    assert reader.cursor() == (bytes(16), 0)
    reader.follows([fetch], honest(source))
    assert names(reader.stall) == names(source)


def test_what_was_asked_for_is_taken_even_when_it_comes_late(reader, source):
    (ask,) = reader.stall.service.connected("partner", NOW)
    (fetch,) = reader.stall.service.replied("partner", ask.request, honest(source)(ask.request), NOW)
    reader.stall.service.disconnected("partner", NOW)
    reader.stall.service.replied("partner", fetch.request, honest(source)(fetch.request), NOW)
    assert len(names(reader.stall)) == 256
    assert reader.cursor() == (bytes(16), 0)


def test_three_partners_are_read_in_one_round_those_read_longest_ago_first():
    service = node().service
    for number in range(5):
        service.connected(f"peer {number}", NOW + number)
        service.failed(f"peer {number}", NEVER_READ, NOW + number)
    ticks = [service.tick(NOW + catchup.EVERY_MS + 10) for _ in range(3)]
    rounds = [[effect.peer for effect in effects if isinstance(effect, Ask)] for effects in ticks]
    assert rounds == [["peer 0", "peer 1", "peer 2"], ["peer 3", "peer 4"], []]


LIES = {
    "backwards": (Page(EPOCH, (bytes(32),), 0, more=True), "its catch-up pages do not go forward"),
    "a page of nothing, and more": (Page(EPOCH, (), 9, more=True), "its catch-up pages do not go forward"),
    "not an answer at all": (b"\xc1", "unreadable reply"),
    "an op nobody knows": (b"\x81\xa2op\xa3hug", "unreadable reply"),
    "a request": (NEVER_READ, "unreadable reply"),
    "an answer to something else": (Records(()), "the reply does not fit the request"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_ends_the_conversation_and_costs_the_liar(reader, lie):
    reply, reason = LIES[lie]
    reader.meets(lambda _: reply)
    assert reader.asked == [NEVER_READ]
    assert len(reader.penalties) == 1
    assert reader.penalties[0].startswith(reason)
    assert reader.cursor() == (bytes(16), 0)
    assert asked(reader.stall.service.tick(NOW + catchup.EVERY_MS)) == [NEVER_READ]


def test_a_page_that_goes_back_under_the_same_epoch_is_a_lie(reader):
    reader.stall.desk.stores.cursors.set("partner", EPOCH, 5)
    reader.meets(lambda _: Page(EPOCH, (), 4, more=False))
    assert reader.penalties == ["its catch-up pages do not go forward"]
    assert reader.cursor() == (EPOCH, 5)


def test_a_partner_may_decline(reader):
    reader.meets(lambda _: Declined("not now", again=True))
    assert (reader.asked, reader.penalties) == ([NEVER_READ], [])


@pytest.mark.parametrize("extra", [carol.inception, mallory.inception])
def test_a_record_that_was_not_asked_for_is_not_taken(reader, extra):
    wanted = bob.inception
    reader.meets(
        lambda request: (
            Page(EPOCH, (wanted.id,), 1, more=False)
            if isinstance(request, CatchUp)
            else Records((pack(wanted), pack(extra)))
        )
    )
    assert names(reader.stall) == {wanted.id}
    assert reader.penalties == ["it sent a record that was not asked for"]
    assert reader.cursor() == (bytes(16), 0)


@pytest.mark.parametrize("sent", [carol.inception, profile(bob), b"\xc1"])
def test_only_the_logs_that_were_asked_for_are_taken(reader, sent):
    keeps(reader.stall, bob.inception)
    packed = sent if isinstance(sent, bytes) else pack(sent)
    data = requests.write(Records((pack(mallory.inception), packed)))
    effects = reader.stall.service.replied("partner", Logs((mallory.id, bob.id)), data, NOW)
    assert penalties(effects) == ["it sent a record that was not asked for"]
    assert names(reader.stall) == {bob.inception.id, mallory.inception.id}


def test_a_forged_record_is_refused_and_the_true_one_comes_from_another(reader, source):
    def forging(request):
        reply = requests.read_reply(honest(source)(request))
        if not isinstance(reply, Records):
            return reply
        return Records(tuple(packed[:-1] + bytes([packed[-1] ^ 1]) for packed in reply.records))

    reader.meets(forging)
    assert names(reader.stall) == set()
    assert len(reader.penalties) == 601
    reader.follows(reader.stall.service.connected("an honest partner", NOW), honest(source))
    assert names(reader.stall) == names(source)


def endless(*, changing_epoch):
    """Pages without end, full of names of which none is ever given."""
    numbers = count(1)

    def says(request):
        if isinstance(request, Fetch):
            return Records(())
        number = next(numbers)
        epoch = number.to_bytes(16, "big") if changing_epoch else EPOCH
        return Page(epoch, (number.to_bytes(32, "big"),), number, more=True)

    return says


@pytest.mark.parametrize("changing_epoch", [False, True])
def test_pages_without_end_are_a_bounded_round(reader, monkeypatch, changing_epoch):
    monkeypatch.setattr(catchup, "MAX_PAGES", 50)
    says = endless(changing_epoch=changing_epoch)
    reader.meets(says)
    assert len([request for request in reader.asked if isinstance(request, CatchUp)]) == 50
    assert len(reader.asked) <= 100
    reader.asked.clear()
    reader.follows(reader.stall.service.tick(NOW + catchup.EVERY_MS), says)
    assert len([request for request in reader.asked if isinstance(request, CatchUp)]) == 50


def test_a_partner_that_gives_one_record_at_a_time_is_asked_once_for_each(reader, source):
    def says(request):
        reply = requests.read_reply(honest(source)(request))
        return Records(reply.records[:1]) if isinstance(reply, Records) else reply

    reader.meets(says)
    assert names(reader.stall) == names(source)
    assert len(reader.asked) == 601 + 3


def test_a_request_for_what_is_not_here_or_not_for_others_is_answered_with_nothing():
    stall = node(bob)
    stall.desk.stores.records.add(offer(bob), NOW, shared=False)
    for request in (Fetch((offer(bob).id, bytes(32))), Logs((mallory.id,))):
        assert requests.read_reply(honest(stall)(request)) == Records(())
    assert requests.read_reply(honest(stall)(CatchUp(bytes(16), 2**53 - 1))) == Page(
        stall.desk.stores.records.epoch, (), 0, more=False
    )
