"""With whom a node reconciles next: nobody has all places, and nobody makes it do nothing else."""

from __future__ import annotations

import pytest

from freehold.node.core.effects import Converse
from freehold.node.core.participation import Participation
from freehold.node.core.partners import (
    EVERY_MS,
    LATER_MS,
    LONGEST_MS,
    PARTNERS,
    SLOW_MS,
    WORTH,
    Outcome,
    Partners,
    plan,
)
from freehold.node.core.reconciling import GATHER_MS, GATHERED
from freehold.node.core.talk import STALE_MS, UNHEARD_MS
from freehold.node.store.ranges import SqliteRanges
from freehold.protocol.reconcile import messages
from tests.cast import START_MS, alice, bob
from tests.node.core.street import Street, ids, keeps, offers
from tests.node.core.test_guests import opening, ops

NOW = START_MS


def after(*outcomes: Outcome, lends: bool = True) -> int:
    """How long after the last of these conversations the next one begins, ms."""
    partners = Partners()
    partners.joined("mallory", NOW)
    partner = partners.get("mallory")
    assert partner
    for outcome in outcomes:
        plan(partner, outcome, NOW, lends=lends)
    return partner.next_at - NOW


@pytest.mark.parametrize(
    ("outcome", "wait_ms"),
    [
        (Outcome("more", WORTH, 0, 9), 0),
        (Outcome("more", 0, WORTH, 9), 0),
        (Outcome("more", WORTH - 1, WORTH - 1, 9), LATER_MS),
        (Outcome("more", 0, 0, 9), 2 * EVERY_MS),
        (Outcome("later", 0, 0, 9), LATER_MS),
        (Outcome("done", 1, 0, 9), EVERY_MS),
        (Outcome("done", 0, 0, 9), 2 * EVERY_MS),
        (Outcome("same", 0, 0, 9), 2 * EVERY_MS),
        (Outcome("", 0, 0, 9), 2 * EVERY_MS),
    ],
    ids=str,
)
def test_the_next_conversation_follows_at_once_only_where_something_moved(outcome, wait_ms):
    assert after(outcome) == wait_ms


def test_who_was_sent_enough_waits_although_there_is_more():
    assert after(Outcome("more", 0, 500, 9), lends=False) == LATER_MS


def test_waits_grow_to_two_minutes():
    assert after(*[Outcome("", 0, 0, 9)] * 9) == LONGEST_MS


def test_one_place_is_kept_from_those_that_bring_nothing():
    partners = Partners()
    for number in range(6):
        partners.joined(f"idle {number}", NOW)
        partner = partners.get(f"idle {number}")
        assert partner
        plan(partner, Outcome("", 0, 0, 9) if number % 2 else Outcome("done", 0, 0, SLOW_MS + 1), NOW, lends=True)
    later = NOW + LONGEST_MS
    assert len(partners.due(later, set())) == PARTNERS - 1
    assert partners.due(later, {"idle 0", "idle 1"}) == []
    partners.joined("honest", later)
    assert partners.due(later, {"idle 0", "idle 1"}) == ["honest"]
    assert partners.due(later, set())[0] == "honest"


def test_others_have_few_pieces_of_the_network_gathered_in_a_minute():
    alices = Street().open(alice, Participation())
    keeps(alices, *offers(alice, 5))
    talks, ranges = alices.service.reconciling, alices.desk.stores.ranges
    assert talks
    assert isinstance(ranges, SqliteRanges)
    for number in range(50):
        guest = talks.spoken_to("mallory", NOW)
        said = talks.heard(guest, opening(since=number + 1), NOW)
        assert ops(said) == ["Later"]
        talks.ended(guest, "", NOW)
    assert len(ranges._views) == GATHERED
    while ranges.tend(NOW):
        pass
    for since, now, answer in ((1, NOW, "Ranges"), (50, NOW, "Later"), (50, NOW + GATHER_MS, "Later")):
        guest = talks.spoken_to("carol", now)
        frames = [messages.read(frame) for frame in talks.heard(guest, opening(since=since), now).frames]
        assert [type(frame).__name__ for frame in frames] == [answer]
        talks.ended(guest, "", now)
    assert len(ranges._views) == GATHERED + 1


def test_a_conversation_that_nobody_opened_gives_its_place_back():
    """Whatever was asked for in one turn with something that failed is lost (a full disk)."""
    street = Street()
    alices = street.open(alice)
    lost = [effect for number in range(PARTNERS) for effect in alices.service.connected(f"peer {number}", street.now)]
    assert sum(isinstance(effect, Converse) for effect in lost) == PARTNERS
    assert alices.service.tick(street.now + UNHEARD_MS - 1) == []
    again = alices.service.tick(street.now + UNHEARD_MS)
    assert sum(isinstance(effect, Converse) for effect in again) == PARTNERS


def test_a_conversation_in_which_something_was_heard_keeps_its_place():
    street = Street()
    alices, bobs = street.open(alice), street.open(bob)
    keeps(alices)
    keeps(bobs, *offers(bob, 9))
    (opened,) = alices.service.connected("bob", NOW)
    talks, others = alices.service.reconciling, bobs.service.reconciling
    assert isinstance(opened, Converse)
    assert talks
    assert others
    (frame,) = others.heard(others.spoken_to("alice", NOW), opened.first, NOW).frames
    assert not talks.heard(opened.number, frame, NOW).over
    alices.service.tick(NOW + UNHEARD_MS)
    assert talks.talks_with("bob")
    alices.service.tick(NOW + STALE_MS)
    assert talks.heard(opened.number, frame, NOW + STALE_MS).over


def until_next(stall, now: int) -> tuple[int | None, int]:
    """How long until the next conversation begins, ms, looked at once a second; and its number."""
    for passed in range(0, 2 * LONGEST_MS, 1_000):
        for effect in stall.service.tick(now + passed):
            if isinstance(effect, Converse):
                return passed, effect.number
    return None, 0


@pytest.mark.parametrize(
    ("records", "wait_ms"), [(0, LONGEST_MS), (1, EVERY_MS), (WORTH - 1, EVERY_MS), (WORTH, LATER_MS)]
)
def test_whoever_had_the_same_is_asked_again_soon_when_something_has_come(records, wait_ms):
    """What gossip lost of it is not missed for the two minutes that nodes without news leave each other alone."""
    alices, now = Street().open(alice), NOW
    keeps(alices)
    talks = alices.service.reconciling
    assert talks
    talks.connected("bob", now)
    number, waited_ms = 1, None
    for _ in range(4):
        assert talks.heard(number, messages.write(messages.Same()), now).over
        talks.ended(number, "", now)
        waited_ms, number = until_next(alices, now)
        now += waited_ms or 0
    assert waited_ms == LONGEST_MS
    talks.heard(number, messages.write(messages.Same()), now)
    talks.ended(number, "", now)
    for record in offers(alice, records):
        alices.desk.stores.records.add(record, now, shared=True)
    assert until_next(alices, now)[0] == wait_ms


def test_what_came_from_one_partner_is_brought_to_the_next_soon():
    """A chain of nodes: else each would add half a minute."""
    street = Street()
    alices, bobs = street.open(alice), street.open(bob)
    keeps(alices)
    keeps(bobs, *offers(bob, 3))
    street.meet("alice", "bob")
    street.passes()
    keeps(bobs, *offers(bob, WORTH, start=9))
    for _ in range(1 + LATER_MS // 1_000):
        street.passes()
    assert ids(alices) == ids(bobs)


def test_whoever_breaks_off_is_not_asked_sooner_whatever_comes():
    alices = Street().open(alice)
    keeps(alices)
    talks = alices.service.reconciling
    assert talks
    talks.connected("bob", NOW)
    talks.ended(1, "it broke off", NOW)
    for record in offers(alice, WORTH):
        alices.desk.stores.records.add(record, NOW, shared=True)
    assert until_next(alices, NOW)[0] == 2 * EVERY_MS
