"""Reconciling nodes: what one has the other gets, in one conversation; partners of every sort cost bounded work."""

from __future__ import annotations

import random

from freehold.node.core.effects import Ask, Converse
from freehold.node.core.participation import Participation
from freehold.node.core.partners import EVERY_MS, LATER_MS, LONGEST_MS, PARTNERS
from freehold.protocol.network import MAIN
from freehold.protocol.reconcile import messages
from freehold.protocol.reconcile.domain import EVERYTHING
from freehold.protocol.requests import CatchUp
from tests.cast import DAY_MS, START_MS, alice, bob, carol, offer, profile, story
from tests.node.core.street import NOW, Street, ids, keeps, offers, two


def test_what_either_has_both_have_after_one_conversation():
    street = Street(now=START_MS + 25 * DAY_MS)
    told = story()
    alices, bobs = two(
        street, offers(alice, 300), [carol.inception, *offers(bob, 20), profile(bob), *told.contract_records]
    )
    assert ids(alices) == ids(bobs)
    assert len(ids(alices)) > 320
    assert street.blamed == []


def test_private_bodies_stay_where_they_are():
    street = Street()
    told = story()
    alices, _ = two(street, [], told.contract_records)
    private = [record for record in told.contract_records if alices.desk.registry[record.header.kind].private]
    assert private
    for record in private:
        found = alices.desk.stores.records.get(record.id)
        assert found is None or found.body is None
    assert street.blamed == []


def test_what_is_kept_back_is_not_told_of():
    street = Street()
    alices, bobs = street.open(alice), street.open(bob)
    keeps(bobs)
    secret = offer(bob, title="For nobody")
    bobs.desk.stores.records.add(secret, NOW, shared=False)
    street.meet("alice", "bob")
    assert not alices.desk.stores.records.has(secret.id)


def test_nodes_that_have_the_same_speak_ever_less_often():
    street = Street()
    two(street)
    for _ in range(600):
        street.passes()
    quiet = street.talks
    assert quiet <= 2 * (4 + 600_000 // LONGEST_MS)
    for _ in range(LONGEST_MS // 1000 + 1):
        street.passes()
    assert street.talks > quiet


def test_a_newer_version_takes_the_place_of_the_older_one_and_both_agree():
    street = Street()
    old, new = offer(bob, title="Old"), offer(bob, title="New", at=START_MS + 9)
    alices, bobs = two(street, [bob.inception, old], [new])
    assert ids(alices) == ids(bobs)
    assert new.id in ids(alices)
    views = [stall.desk.stores.ranges.view(EVERYTHING) for stall in (alices, bobs)]
    one, other = [list(view.keys) for view in views if view]
    assert one == other


def test_what_is_refused_is_brought_once_and_then_counts_as_if_it_were_here():
    """A stranger may have five records here; the other node trusts them with more."""
    street = Street()
    alices, bobs = street.open(alice, rules=MAIN_LIKE), street.open(bob)
    keeps(alices)
    keeps(bobs, carol.inception, *offers(carol, 18))
    street.meet("alice", "bob")
    found = alices.desk.stores.records.shared(sorted(ids(alices)))
    assert len([record for record in found if record.author == carol.id]) == 6
    talks, frames = street.talks, street.frames
    for _ in range(LONGEST_MS // 1000 + 1):
        street.passes()
    assert street.frames - frames == 2 * (street.talks - talks) > 0  # open and same
    alices.desk.stores.ranges.reconsider(carol.id)
    alices.desk.stores.contacts.trust(carol.id, "Carol", NOW)
    for _ in range(LONGEST_MS // 1000 + 1):
        street.passes()
    assert ids(alices) == ids(bobs)
    assert len(ids(bobs)) == 21


MAIN_LIKE = type(MAIN)("test-market", MAIN.quotas)


def test_a_node_that_takes_part_in_a_piece_gets_that_piece():
    street = Street()
    alices = street.open(alice, Participation(kinds=frozenset({"profile/1"})))
    bobs = street.open(bob)
    keeps(alices, *offers(alice, 3))
    keeps(bobs, profile(bob), *offers(bob, 5))
    street.meet("alice", "bob")
    for _ in range(20):
        street.passes()
    assert kinds(alices, bob) == {"inception/1", "profile/1"}
    assert kinds(bobs, alice) == {"inception/1"}
    assert street.blamed == []


def kinds(stall, author) -> set[str]:
    records = stall.desk.stores.records.shared(sorted(ids(stall)))
    return {record.header.kind for record in records if record.author == author.id}


def test_two_that_follow_different_people_have_nothing_to_say():
    street = Street()
    street.open(alice, Participation(people=frozenset({alice.id})))
    street.open(bob, Participation(people=frozenset({bob.id})))
    keeps(street.nodes["bob"], *offers(bob, 5))
    street.meet("alice", "bob")
    for _ in range(100):
        street.passes()
    assert ids(street.nodes["alice"]) == set()
    assert street.talks <= 4


def test_only_what_is_recent_if_that_is_wanted():
    street = Street(now=START_MS + 100 * DAY_MS)
    alices, bobs = street.open(alice, Participation(days=30)), street.open(bob)
    late = offer(bob, number=9, at=street.now - DAY_MS)
    keeps(bobs, *offers(bob, 5), late)
    street.meet("alice", "bob")
    for _ in range(20):
        street.passes()
    assert ids(alices) == {bob.inception.id, late.id}
    assert alices.service.reconciling
    assert alices.service.reconciling.status(street.now)["days"] == 30


def test_a_partner_that_does_not_speak_it_is_read_by_cursors():
    street = Street()
    alices = street.open(alice)
    effects = alices.service.connected("old", NOW)
    (talk,) = [effect for effect in effects if isinstance(effect, Converse)]
    assert alices.service.reconciling
    (asked,) = alices.service.reconciling.refused(talk.number, NOW)
    assert isinstance(asked, Ask)
    assert asked.request == CatchUp(bytes(16), 0)
    later = alices.service.tick(NOW + EVERY_MS)
    assert not [effect for effect in later if isinstance(effect, Converse)]
    assert alices.service.statistics()["sync: partners read by cursors"] == 1


def test_three_partners_at_a_time():
    street = Street()
    alices = street.open(alice)
    begun = [
        effect
        for number in range(9)
        for effect in alices.service.connected(f"peer {number}", NOW)
        if isinstance(effect, Converse)
    ]
    assert len(begun) == PARTNERS
    assert alices.service.reconciling
    (following,) = alices.service.reconciling.ended(begun[0].number, "it broke off", NOW)
    assert isinstance(following, Converse)
    assert following.peer == "peer 3"


def test_who_is_told_to_come_later_comes_soon():
    alices = Street().open(alice)
    (talk,) = [effect for effect in alices.service.connected("bob", NOW) if isinstance(effect, Converse)]
    talks = alices.service.reconciling
    assert talks
    assert talks.heard(talk.number, messages.write(messages.Later()), NOW).over
    talks.ended(talk.number, "", NOW)
    assert not [effect for effect in alices.service.tick(NOW + LATER_MS - 1) if isinstance(effect, Converse)]
    assert [effect for effect in alices.service.tick(NOW + LATER_MS) if isinstance(effect, Converse)]


def test_a_first_sync_goes_on_until_it_is_whole_and_says_how_far_it_is(monkeypatch):
    monkeypatch.setattr("freehold.protocol.reconcile.side.BYTES", 30_000)
    street = Street()
    alices, bobs = street.open(alice), street.open(bob)
    keeps(bobs, *offers(bob, 900))
    assert alices.service.reconciling
    assert alices.service.reconciling.status(NOW)["state"] == "waiting for partners"
    seen = []
    take = alices.service.reconciling._take_in

    def watched(records, peer, now, genuine):
        effects = take(records, peer, now, genuine)
        assert alices.service.reconciling
        seen.append(alices.service.reconciling.status(now))
        return effects

    alices.service.reconciling._take_in = watched
    street.meet("alice", "bob")
    assert ids(alices) == ids(bobs)
    assert street.talks > 3
    assert seen[2]["state"] == "first sync"
    assert 0 < seen[2]["records"] < seen[2]["about"] == 901
    assert alices.service.reconciling.status(NOW)["state"] == "whole"


def test_any_sets_become_one(monkeypatch):
    for seed in range(6):
        rng, street = random.Random(seed), Street()
        numbers = range(120)
        alices = street.open(alice)
        bobs = street.open(bob)
        keeps(alices, bob.inception, *(offers(bob, 1, number)[0] for number in numbers if rng.random() < 0.6))
        keeps(bobs, alice.inception, *(offers(bob, 1, number)[0] for number in numbers if rng.random() < 0.6))
        street.meet("alice", "bob")
        assert ids(alices) == ids(bobs)
        assert street.blamed == []
