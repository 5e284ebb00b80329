"""Reconciling nodes: what one has the other gets, in one conversation; partners of every sort cost bounded work."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

import pytest

from freehold.node.core import reconciling as module
from freehold.node.core.effects import Ask, Converse, Penalize
from freehold.node.core.participation import Participation
from freehold.node.core.partners import EVERY_MS, LATER_MS, LONGEST_MS, PARTNERS
from freehold.node.core.reconciling import GUESTS
from freehold.node.core.service import Service
from freehold.protocol.network import MAIN
from freehold.protocol.reconcile import messages
from freehold.protocol.reconcile.domain import EVERYTHING
from freehold.protocol.requests import CatchUp
from tests.cast import DAY_MS, HOUR_MS, START_MS, alice, bob, carol, offer, profile, story
from tests.node.core.market import Stall, desk_of

NOW = START_MS + HOUR_MS
ALL = Participation()


@dataclass
class Street:
    """Nodes that are all connected, and their conversations carried frame by frame."""

    now: int = NOW
    nodes: dict[str, Stall] = field(default_factory=dict)
    blamed: list[str] = field(default_factory=list)
    talks: int = 0
    frames: int = 0

    def open(self, who, participation=ALL, rules=None) -> Stall:
        desk = desk_of(who, rules)
        stall = Stall(who, desk, Service(desk, participation))
        self.nodes[who.name] = stall
        return stall

    def meet(self, one: str, other: str) -> None:
        self.carry(one, self.nodes[one].service.connected(other, self.now))
        self.carry(other, self.nodes[other].service.connected(one, self.now))

    def passes(self, ms: int = 1_000) -> None:
        self.now += ms
        for name, stall in self.nodes.items():
            while stall.desk.stores.ranges.tend(self.now):
                pass
            self.carry(name, stall.service.tick(self.now))

    def carry(self, name: str, effects) -> None:
        for effect in effects:
            if isinstance(effect, Converse):
                self._converse(name, effect)
            elif isinstance(effect, Penalize):
                self.blamed.append(f"{name} blames {effect.peer}: {effect.reason}")

    def _converse(self, name: str, effect: Converse) -> None:
        self.talks += 1
        peer = self.nodes[effect.peer]
        assert peer.service.reconciling
        guest = peer.service.reconciling.spoken_to(name, self.now)
        queue = [(effect.peer, guest, effect.first)]
        numbers = {name: effect.number, effect.peer: guest}
        ended: list[str] = []
        while queue:
            at, number, frame = queue.pop(0)
            if at in ended:
                continue
            self.frames += 1
            said = self._hear(at, number, frame)
            other = name if at == effect.peer else effect.peer
            queue += [(other, numbers[other], each) for each in said.frames]
            if said.over:
                ended.append(at)
        for each in (effect.peer, name):
            service = self.nodes[each].service.reconciling
            assert service
            self.carry(each, service.ended(numbers[each], "", self.now))

    def _hear(self, at: str, number: int, frame: bytes | None):
        service = self.nodes[at].service.reconciling
        assert service
        said = service.heard(number, frame, self.now)
        self.carry(at, said.effects)
        while said.busy:
            said = service.heard(number, None, self.now)
            self.carry(at, said.effects)
        return said


def keeps(stall, *records) -> None:
    stall.desk.stores.records.add(stall.person.inception, NOW, shared=True)
    for record in records:
        stall.desk.stores.records.add(record, NOW, shared=True)


def ids(stall) -> set[bytes]:
    return {name for _, name in stall.desk.stores.records.after(0, 99_999)}


def offers(who, count, start=0):
    return [offer(who, number=number, at=START_MS + number) for number in range(start, start + count)]


def two(street, one=(), other=()):
    alices, bobs = street.open(alice), street.open(bob)
    keeps(alices, *one)
    keeps(bobs, *other)
    street.meet("alice", "bob")
    return alices, bobs


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


def opening(n=5, nonce=b"\xff" * 8, **fields) -> bytes:
    made = messages.Open((), 0, b"", n, bytes(32), nonce, ())
    return messages.write(replace(made, **fields))


def ops(said) -> list[str]:
    return [type(messages.read(frame)).__name__ for frame in said.frames]


def test_few_guests_at_a_time_and_one_of_each():
    alices = Street().open(alice)
    keeps(alices)
    talks = alices.service.reconciling
    assert talks
    said = [ops(talks.heard(talks.spoken_to(f"peer {n}", NOW), opening(), NOW)) for n in range(GUESTS + 2)]
    assert said == [["Ranges"]] * GUESTS + [["Later"]] * 2
    assert ops(talks.heard(talks.spoken_to("peer 0", NOW), opening(), NOW)) == ["Later"]


def test_of_two_that_speak_at_once_one_is_heard():
    for nonce, answer in ((b"\xff" * 8, "Ranges"), (bytes(8), "Later")):
        alices = Street().open(alice)
        keeps(alices)
        alices.service.connected("bob", NOW)
        talks = alices.service.reconciling
        assert talks
        assert ops(talks.heard(talks.spoken_to("bob", NOW), opening(nonce=nonce), NOW)) == [answer]


@pytest.mark.parametrize(
    ("frame", "blamed"),
    [
        (b"\xc1", True),
        (b"", True),
        (messages.write(messages.Same()), True),
        (opening(kinds=("b/1", "a/1")), True),
        (opening(people=b"x"), True),
        (b"\x81\xa2op\xa5dance", False),
    ],
)
def test_who_begins_badly_is_left(frame, blamed):
    alices = Street().open(alice)
    talks = alices.service.reconciling
    assert talks
    said = talks.heard(talks.spoken_to("mallory", NOW), frame, NOW)
    assert said.over
    assert bool(said.effects) == blamed
    assert "mallory" in talks.status(NOW)["trouble"]


def test_a_number_that_nobody_was_given_says_nothing():
    talks = Street().open(alice).service.reconciling
    assert talks
    assert talks.heard(77, opening(), NOW) == module.Said(over=True)
    assert talks.ended(77, "", NOW) == []
    assert talks.refused(77, NOW) == []


def test_who_took_too_much_has_to_wait(monkeypatch):
    alices = Street().open(alice)
    keeps(alices, *offers(alice, 50))
    talks = alices.service.reconciling
    assert talks
    monkeypatch.setattr("freehold.node.core.lending.AT_ONCE", 1_000)
    monkeypatch.setattr("freehold.node.core.lending.A_SECOND", 1_000)
    answers = []
    for turn in range(4):
        number = talks.spoken_to("greedy", NOW + turn)
        answers.append(ops(talks.heard(number, opening(n=0), NOW + turn))[0])
        talks.ended(number, "the other side left", NOW + turn)
    assert answers[0] == "Ranges"
    assert answers[-1] == "Later"
    number = talks.spoken_to("greedy", NOW + DAY_MS)
    assert ops(talks.heard(number, opening(n=0), NOW + DAY_MS))[0] == "Ranges"


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

    def watched(records, peer, now):
        effects = take(records, peer, now)
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
