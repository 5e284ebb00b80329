"""Conversations that others open: few at a time, and an end with whoever begins badly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from freehold.node.core import reconciling as module
from freehold.node.core.effects import Converse
from freehold.node.core.partners import LATER_MS
from freehold.node.core.reconciling import GUESTS
from freehold.node.core.talk import GUEST_BYTES_A_SECOND, SETTLES_IN_MS
from freehold.protocol.reconcile import messages
from tests.cast import DAY_MS, alice, bob
from tests.node.core.street import NOW, Street, ids, keeps, offers


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


def test_four_that_say_little_do_not_keep_everybody_out():
    alices = Street().open(alice)
    keeps(alices)
    talks = alices.service.reconciling
    assert talks
    numbers = [talks.spoken_to(f"peer {n}", NOW) for n in range(GUESTS)]
    for number in numbers:
        talks.heard(number, opening(), NOW)
    busy = talks._talks[numbers[0]].conversation
    assert busy
    later = NOW + SETTLES_IN_MS + 1
    busy.tally.bytes_out += GUEST_BYTES_A_SECOND * 2 * SETTLES_IN_MS // 1000
    assert ops(talks.heard(talks.spoken_to("bob", later - 1), opening(), later - 1)) == ["Later"]
    answers = [ops(talks.heard(talks.spoken_to(f"late {n}", later), opening(), later)) for n in range(GUESTS)]
    assert answers == [["Ranges"]] * (GUESTS - 1) + [["Later"]]
    said = [talks.heard(number, messages.write(messages.Done(5, bytes(32))), later) for number in numbers]
    assert [one == module.Said(over=True) for one in said] == [False, True, True, True]
    assert [talks.ended(number, "the other side left", later) for number in numbers[1:]] == [[]] * (GUESTS - 1)


def test_of_two_that_speak_at_once_one_is_heard():
    for nonce, after_ms, answer in (
        (b"\xff" * 8, 0, "Ranges"),
        (bytes(8), LATER_MS, "Later"),
        (bytes(8), LATER_MS + 1, "Ranges"),  # what alice said has not reached bob, or bob's answer has not come
    ):
        alices = Street().open(alice)
        keeps(alices)
        alices.service.connected("bob", NOW)
        talks = alices.service.reconciling
        assert talks
        said = talks.heard(talks.spoken_to("bob", NOW + after_ms), opening(nonce=nonce), NOW + after_ms)
        assert ops(said) == [answer]


def test_who_speaks_with_this_node_is_not_spoken_to_meanwhile():
    alices = Street().open(alice)
    talks = alices.service.reconciling
    assert talks
    keeps(alices)
    number = talks.spoken_to("bob", NOW)
    talks.heard(number, opening(n=0), NOW)
    assert talks.connected("bob", NOW) == []
    (to_carol,) = talks.connected("carol", NOW)
    assert isinstance(to_carol, Converse)
    talks.ended(number, "", NOW)
    (to_bob,) = talks.tick(NOW)
    assert isinstance(to_bob, Converse)
    assert to_bob.peer == "bob"


def test_who_has_all_that_there_was_is_heard_again_before_its_stream_has_ended():
    street = Street()
    alices, bobs = street.open(alice), street.open(bob)
    keeps(alices, *offers(alice, 50))
    giver, taker = alices.service.reconciling, bobs.service.reconciling
    assert giver
    assert taker
    (first,) = taker.connected("alice", NOW)
    assert isinstance(first, Converse)
    number, frames, over = giver.spoken_to("bob", NOW), [first.first], False
    while not over:
        heard = [said for frame in frames for said in giver.heard(number, frame, NOW).frames]
        frames = []
        for frame in heard:
            said = taker.heard(first.number, frame, NOW)
            while said.busy:
                said = taker.take(first.number, NOW)
            frames += said.frames
            over = said.over
    assert ids(bobs) >= ids(alices)
    assert ops(giver.heard(giver.spoken_to("bob", NOW), opening(), NOW)) == ["Ranges"]


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
