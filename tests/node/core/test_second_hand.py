"""Several partners have the same: a newcomer takes it from one of them, and from the others what that one lacks."""

from __future__ import annotations

import random

import pytest

from freehold.node.core.effects import Converse
from freehold.node.core.partners import EVERY_MS, LATER_MS
from freehold.node.core.talk import Talk
from freehold.protocol.reconcile.blocks import BLOCK_RECORDS
from tests.cast import alice, bob, carol, person
from tests.node.core.street import NOW, Street, ids, keeps, offers
from tests.node.core.test_guests import opening, ops

COUNT = 1_500
OFFERS = offers(bob, COUNT)
GIVERS = (bob, carol, person("dora"))


def speaks(street: Street, effect: Converse):
    """A conversation of alice's with a peer, a little at each turn: a frame, or some of the records in one."""
    giver = street.nodes[effect.peer].service.reconciling
    taker = street.nodes["alice"].service.reconciling
    assert giver
    assert taker
    guest, frames, over = giver.spoken_to("alice", NOW), [effect.first], False
    while frames and not over:
        said = giver.heard(guest, frames.pop(0), NOW)
        back = list(said.frames)
        while said.busy:
            said = giver.take(guest, NOW)
            back += said.frames
        for frame in back:
            said = taker.heard(effect.number, frame, NOW)
            yield
            while said.busy:
                said = taker.take(effect.number, NOW)
                yield
            frames += said.frames
            over = over or said.over
    giver.ended(guest, "", NOW)
    follows = taker.ended(effect.number, "", NOW)
    assert not [each for each in follows if isinstance(each, Converse)], "it is asked again at once"


def first_sync(seed: int, lacking: int = 0) -> tuple[Street, int]:
    """Alice begins with nothing; three have it all, but for what the first lacks. How many records she took."""
    rng, street = random.Random(seed), Street()
    alices = street.open(alice)
    for who in GIVERS:
        keeps(street.open(who), bob.inception, *OFFERS[lacking if who is bob else 0 :])
    talks = [
        speaks(street, effect)
        for who in GIVERS
        for effect in alices.service.connected(who.name, NOW)
        if isinstance(effect, Converse)
    ]
    assert len(talks) == len(GIVERS)
    while talks:
        one = talks[0] if seed == 0 else rng.choice(talks)
        if next(one, "ended") == "ended":
            talks.remove(one)
        elif seed == 0:
            talks.append(talks.pop(0))
    return street, alices.service.statistics()["sync: records taken"]


@pytest.mark.parametrize("seed", range(4))
def test_what_three_have_is_taken_about_once(seed):
    street, taken = first_sync(seed)
    assert {record.id for record in OFFERS} <= ids(street.nodes["alice"])
    assert COUNT < taken < COUNT + (len(GIVERS) - 1) * 4 * BLOCK_RECORDS, f"seed {seed}"


def test_it_would_be_noticed(monkeypatch):
    monkeypatch.setattr(Talk, "comes_late", False)
    _, taken = first_sync(1)
    assert taken > len(GIVERS) * COUNT


@pytest.mark.parametrize("seed", range(3))
def test_what_the_first_does_not_have_comes_from_the_others_soon(seed):
    street, _ = first_sync(seed, lacking=400)
    street.passes(LATER_MS)
    assert {record.id for record in OFFERS} <= ids(street.nodes["alice"]), f"seed {seed}"
    assert street.blamed == []


def test_who_was_put_off_is_heard_soon_and_whoever_brought_it_at_once():
    street, _ = first_sync(0)
    talks = street.nodes["alice"].service.reconciling
    assert talks
    put_off = [
        who.name for who in GIVERS if ops(talks.heard(talks.spoken_to(who.name, NOW), opening(), NOW)) == ["Later"]
    ]
    assert len(put_off) == len(GIVERS) - 1
    soon = NOW + LATER_MS
    assert {effect.peer for effect in talks.tick(soon) if isinstance(effect, Converse)} == set(put_off)
    assert [ops(talks.heard(talks.spoken_to("stranger", soon), opening(), soon))] == [["Ranges"]]


def test_a_clock_set_back_puts_nobody_off():
    street, _ = first_sync(0)
    talks = street.nodes["alice"].service.reconciling
    assert talks
    before = NOW - EVERY_MS
    assert [ops(talks.heard(talks.spoken_to(who.name, before), opening(), before)) for who in GIVERS] == [
        ["Ranges"]
    ] * 3
