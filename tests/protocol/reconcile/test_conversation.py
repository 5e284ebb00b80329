"""Conversations: both sides end with everything, in bounds, whatever partner there is."""

from __future__ import annotations

import random

import pytest
import zstandard
from hypothesis import given, settings, strategies as st

from freehold.protocol.errors import Malformed, NotAllowed, ProtocolError, Unsupported
from freehold.protocol.reconcile import blocks, messages, ranges, side as bounds, sketch
from freehold.protocol.reconcile.conversation import Conversation, speak_first
from freehold.protocol.reconcile.domain import EVERYTHING
from freehold.protocol.reconcile.giving import Giving
from freehold.protocol.reconcile.messages import Ask, Cells, Credit, Done, Give, Gone, Later, More, Open, Ranges, Same
from tests.protocol.planted import Bug, nothing
from tests.protocol.reconcile.sides import NONCE, START_MS, MemorySide, record, talk

NUMBERS = st.sets(st.integers(0, 300), max_size=150)


def side(numbers, *, cells: bool = True) -> MemorySide:
    made = MemorySide() if cells else MemorySide(cells=None)
    return made.put(record(START_MS + number // 3, number) for number in sorted(numbers))


def converges(mine, theirs, cells=True) -> None:
    one, other = side(mine, cells=cells), side(theirs)
    talk(one, other)
    assert sorted(one.shelf) == sorted(other.shelf) == sorted(side(mine | theirs).shelf)


@settings(max_examples=60, deadline=None)
@given(NUMBERS, NUMBERS, st.booleans())
def test_after_one_conversation_both_have_everything(mine, theirs, cells):
    converges(mine, theirs, cells)


@pytest.mark.parametrize(
    "bug",
    [
        Bug(ranges, "_compare_list", nothing),
        Bug(Giving, "asked", lambda *_: []),
        Bug(Giving, "messages", lambda *_: ()),
    ],
    ids=str,
)
def test_it_would_be_noticed(bug):
    numbers = st.sets(st.integers(0, 60), max_size=40)
    bug.must_be_caught(converges, numbers, numbers, st.booleans())


def test_equal_sets_cost_one_round_and_few_bytes():
    found = talk(side(range(500)), side(range(500)))
    assert (found.mine.outcome, found.rounds) == ("same", 1)
    assert found.wire_bytes < 200


def test_a_sketch_that_misses_something_is_made_good_by_ranges(monkeypatch):
    """Two records with one prefix: in the sketch they are one, or none."""
    one, other = side(range(300)), side(range(280))
    lost = next(iter(one.shelf))
    assert other.cells is not None
    other.keys.discard(next(key for key in other.keys if key[8:] == lost))
    other.shelf.pop(lost)
    other.prefixes.pop(lost[:8])  # and its cells still hold it
    found = talk(one, other)
    assert found.mine.sketched
    assert found.mine.ranged
    assert sorted(one.shelf) == sorted(other.shelf)


def test_more_differences_than_a_sketch_shows_are_found_by_ranges():
    one, other = side(range(0, 6_000, 2)), side(range(1, 6_000, 2))
    found = talk(one, other)
    assert found.mine.sketched
    assert found.mine.ranged
    assert len(one.shelf) == len(other.shelf) == 6_000


def test_what_is_known_and_not_wanted_is_not_asked_for_again():
    one, other = side(range(100)), side(range(110))
    one.unwanted = set(other.shelf) - set(one.shelf)
    found = talk(one, other)
    assert found.mine.taken == 0
    assert len(one.shelf) == 100


def test_what_is_told_of_and_not_there_any_more_holds_nobody_up():
    one, other = side(range(100)), side(range(110))
    for name in sorted(set(other.shelf) - set(one.shelf))[:4]:
        del other.shelf[name]
    assert talk(one, other).mine.outcome == "done"
    assert len(one.shelf) == 106


def test_a_conversation_has_an_end_of_bytes_and_the_next_goes_on(monkeypatch):
    monkeypatch.setattr(bounds, "BYTES", 20_000)
    monkeypatch.setattr(blocks, "_AIM_BYTES", 8 * 1024)
    one, other = side(()), side(range(2_000))
    outcomes = []
    for _ in range(40):
        found = talk(one, other)
        outcomes.append(found.mine.outcome)
        assert found.mine.bytes_in < 20_000 + 3 * 16 * 1024
        if found.mine.outcome != "more":
            break
    assert outcomes[-1] in ("done", "same")
    assert "more" in outcomes
    assert len(one.shelf) == 2_000


# Partners that are not honest


def opener(numbers=range(100)) -> Conversation:
    made = Conversation(side(numbers), EVERYTHING, opener=True)
    made.opening(NONCE)
    return made


def answerer(numbers=range(100), n=50) -> Conversation:
    made = Conversation(side(numbers), EVERYTHING, opener=False)
    made.opened(Open((), 0, b"", n, bytes(32), NONCE, (messages.CELLS_CAP,)))
    return made


RANDOM = random.Random(1)
BLOCK, _ = blocks.write([record(START_MS, 1_000)])
SUMS = Ranges(9, ranges.dump([ranges.Span(None, 9, bytes(16))]))
NOTHING = Ranges(0, ranges.dump([ranges.Span(None, 0, None, ())]))
FLAWS = {
    "more before cells were told": (opener, [More(100)]),
    "cells to the wrong side": (answerer, [Cells(9, 0, bytes(12))]),
    "cells that skip": (opener, [Cells(9, 5, bytes(12))]),
    "cells that stand still": (opener, [Cells(9, 0, bytes(12) * 5), Cells(9, 0, bytes(12) * 5)]),
    "no cells": (opener, [Cells(9, 0, b"")]),
    "half a cell": (opener, [Cells(9, 0, bytes(13))]),
    "cells asked for again": (answerer, [More(200), More(200)]),
    "same after the first answer": (opener, [SUMS, Same()]),
    "later after the first answer": (opener, [SUMS, Later()]),
    "same from who opened": (answerer, [Same()]),
    "ranges that nobody waits for": (opener, [Ranges(9, b""), Ranges(9, b"")]),
    "a third block on two credits": (answerer, [Credit(0), *[Give(BLOCK)] * 200_000]),
    "credit for nothing": (answerer, [Credit(2)]),
    "done before the answer": (opener, [Done(9, bytes(32))]),
    "half a name": (answerer, [Ask(b"123")]),
    "a block of nothing": (answerer, [Give(b"")]),
    "a second opening": (answerer, [Open((), 0, b"", 1, bytes(32), NONCE, ())]),
    "too many asks": (answerer, [Ask(RANDOM.randbytes(8 * 2048))] * 60),
    "too many messages": (answerer, [Credit(0)] * 5_000),
    "ranges for ever": (answerer, [SUMS] * 100),
}


def say_all(made: Conversation, said) -> None:
    for message in said:
        made.heard(messages.write(message))


@pytest.mark.parametrize("flaw", FLAWS)
def test_who_breaks_the_rules_is_refused(flaw, monkeypatch):
    monkeypatch.setattr(bounds, "BYTES", 100)
    make, said = FLAWS[flaw]
    with pytest.raises(ProtocolError):
        say_all(make(), said)


def test_a_conversation_begins_with_open():
    with pytest.raises(Malformed, match="begins"):
        speak_first(messages.write(Same()))
    with pytest.raises(Unsupported):
        speak_first(b"\x81\xa2op\xa5dance")


def test_sums_that_are_lies_come_to_an_end_after_so_many_rounds():
    made = answerer(range(300))
    lie = Ranges(300, ranges.dump([ranges.Span(None, 300, b"a lie, a lie, ok")]))
    with pytest.raises(NotAllowed):
        say_all(made, [lie] * 1_000)
    assert made.tally.frames_in <= bounds.ROUNDS + 2


def test_a_sketch_that_never_peels_leads_to_ranges():
    made = opener()
    said: list[bytes] = []
    first = 0
    while first < sketch.CELLS:
        count = min(512, sketch.CELLS - first)
        said = made.heard(messages.write(Cells(100, first, RANDOM.randbytes(12 * count)))).say
        first += count
    assert isinstance(messages.read(said[0]), Ranges)


def test_who_asks_for_the_same_again_and_again_is_given_so_many_bytes(monkeypatch):
    monkeypatch.setattr(bounds, "BYTES", 20_000)
    made = answerer(range(2_000), n=1_990)
    names = b"".join(sorted(name[:8] for name in side(range(2_000)).shelf))
    for _ in range(40):
        step = made.heard(messages.write(Ask(names)))
        while any(isinstance(messages.read(frame), Give) for frame in step.say):
            step = made.heard(messages.write(Credit(1)))
    assert made.tally.bytes_out < 20_000 + 3 * messages.FRAME_BYTES


def test_a_list_of_one_key_for_everything_costs_no_walk_through_everything():
    made = answerer(range(3_000), n=2_990)
    span = ranges.Span(None, 1, None, (bytes(16),))
    step = made.heard(messages.write(Ranges(1, ranges.dump([span]))))
    given = [frame for frame in step.say if isinstance(messages.read(frame), Give)]
    assert len(given) == bounds.WINDOW


def test_ranges_without_end_that_are_to_be_given_do_not_pile_up(monkeypatch):
    monkeypatch.setattr(bounds, "PUSHES", 50)
    made = answerer(range(300), n=2_990)
    wants = [ranges.Span((START_MS + number).to_bytes(8, "big") + bytes(32), 0, None, ()) for number in range(200)]
    step = made.heard(messages.write(Ranges(0, ranges.dump(wants))))
    assert len(made._giving._pushes) <= 50
    said = [messages.read(frame) for frame in step.say]
    assert [type(message) for message in said] == [Give, Gone]
    assert said[-1] == Gone(b"")  # the next conversation goes on
    assert made.tally.given == 49 * 3  # nothing is before the first bound


def test_copies_that_shrink_to_nothing_are_not_taken_for_ever(monkeypatch):
    monkeypatch.setattr(bounds, "UNPACKED_BYTES", 200_000)
    made = answerer()
    copies, _ = blocks.write([record(START_MS, 1_000)] * 256)
    assert len(copies) < 1_000
    answers: list[object] = []
    while Credit(0) not in answers:
        answers += [messages.read(frame) for frame in made.heard(messages.write(Give(copies))).say]
        assert len(answers) < 20
    made.heard(messages.write(Give(copies)))  # it was on its way
    with pytest.raises(NotAllowed):
        say_all(made, [Give(copies)])


def _off_by_one(made: bytes) -> bytes:
    return made[:5] + bytes([made[5] ^ 1]) + made[6:]


BOMBS = {
    "no label": lambda: zstandard.ZstdCompressor(write_content_size=False).compress(bytes(1000)),
    "too much": lambda: zstandard.ZstdCompressor().compress(bytes(blocks.RAW_BYTES + 1)),
    "no block": lambda: b"\x28\xb5\x2f\xfd" + bytes(10),
    "something behind": lambda: blocks.write([b"a"])[0] + b"x",
    "two blocks": lambda: blocks.write([b"a"])[0] * 2,
    "no records": lambda: zstandard.ZstdCompressor().compress(b"\x90"),
    "a longer form": lambda: zstandard.ZstdCompressor().compress(b"\xdc\x00\x01\xc4\x01a"),
    "nested": lambda: zstandard.ZstdCompressor().compress(b"\x91" * 100_000),
    "too many": lambda: zstandard.ZstdCompressor().compress(b"\xdc\x01\x01" + b"\xc4\x01a" * 257),
    "a lying label": lambda: _off_by_one(zstandard.ZstdCompressor(write_checksum=False).compress(bytes(200))),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=list(BOMBS))
def test_what_is_no_block_is_refused(bomb):
    with pytest.raises(Malformed):
        blocks.read(bomb())


def test_blocks_hold_as_many_records_as_a_frame_has_room_for():
    noise = [RANDOM.randbytes(17_000) for _ in range(20)]
    data, count = blocks.write(noise)
    assert len(data) <= blocks.SENT_BYTES
    assert blocks.read(data) == noise[:count]
    assert count >= 2
    data, count = blocks.write([b"the same again" * 20] * 300)
    assert count == 256
    assert len(messages.write(Give(data))) < messages.FRAME_BYTES


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([
    Same(), Later(), Credit(0), Credit(1), Gone(b""), Gone(b"12345678"), Ask(b"12345678"), Give(BLOCK), More(100),
    Done(5, bytes(32)), SUMS, Ranges(5, b""), Cells(5, 0, bytes(120)), NOTHING,
]), max_size=25), st.booleans())  # fmt: skip
def test_whatever_is_said_it_is_refused_or_answered(said, opens):
    made = opener(range(20)) if opens else answerer(range(20))
    for message in said:
        try:
            step = made.heard(messages.write(message))
        except ProtocolError:
            return
        assert len(step.say) < 10
        if step.over:
            return
