"""Names as people type them: whole, shortened, mistyped, ambiguous."""

import pytest
from hypothesis import given, strategies as st

from freehold.node.api import names
from freehold.node.core.desk import Denied
from freehold.protocol import text
from freehold.protocol.errors import Malformed
from tests.cast import alice, bob, offer, offer_place, person, story

_ANY = st.binary(min_size=32, max_size=32)
LETTERS = 52
"""Of a name, without its check digits."""


@given(_ANY, st.integers(0, LETTERS - 1))
def test_the_first_letters_settle_the_first_bytes(name, letters):
    start = text.beginning(text.show(name, "fho")[: 4 + letters], "fho")
    assert name.startswith(start)
    assert len(start) == letters * 5 // 8


@pytest.mark.parametrize("typed", ["fho", "fh1qqqq", "fho1b", "fho1i", "fho1 ", "fho1" + "q" * LETTERS])
def test_what_begins_no_name_is_malformed(typed):
    with pytest.raises(Malformed):
        text.beginning(typed, "fho")


@pytest.fixture
def desk(counters):
    stall = counters[0].office
    for record in (offer(), *story().contract_records):
        stall.desk.stores.records.add(record, stall.now(), shared=True)
    return stall.desk


def code(look, desk, typed):
    with pytest.raises(Denied) as caught:
        look(desk, typed)
    assert caught.value.hint
    return caught.value.code


@pytest.mark.parametrize("letters", [8, 9, 20, 51, 52, 58])
def test_every_sort_of_name_is_found_by_its_whole_and_by_its_beginning(desk, letters):
    told = story()
    for look, name, prefix in (
        (names.identity, bob.id, text.IDENTITY),
        (names.offer, offer_place(), text.OFFER),
        (names.contract, told.contract, text.CONTRACT),
        (names.record, told.delivery.id, text.RECORD),
    ):
        whole = text.show(name, prefix)
        typed = whole[: len(prefix) + 1 + letters]
        if letters == LETTERS:  # all letters, but not all check digits
            assert code(look, desk, typed) == "bad-name"
        else:
            assert look(desk, typed) == name
            assert look(desk, f" {typed.upper()} ") == name


def test_a_whole_name_is_taken_as_it_is_known_or_not(desk):
    assert names.offer(desk, text.show(bytes(32), text.OFFER)) == bytes(32)


def test_too_short_unknown_mistyped_and_other_sorts_are_told_apart(desk):
    whole = text.show(alice.id, text.IDENTITY)
    wrong = whole[:-1] + ("q" if whole[-1] != "q" else "p")
    assert code(names.identity, desk, whole[:10]) == "bad-name"
    assert code(names.identity, desk, wrong) == "bad-name"
    assert code(names.identity, desk, "alice") == "bad-name"
    assert code(names.identity, desk, "") == "bad-name"
    assert code(names.offer, desk, whole) == "bad-name"
    assert code(names.identity, desk, text.show(bytes(32), text.IDENTITY)[:20]) == "not-found"
    last = "q" if whole[14] != "q" else "p"
    assert code(names.identity, desk, whole[:14] + last) == "not-found"


def test_what_begins_two_names_is_ambiguous(desk, monkeypatch):
    twins = [bob.id[:6] + bytes(26), bob.id[:6] + bytes([255]) * 26]
    monkeypatch.setattr(type(desk.stores.records), "identities_like", lambda *_: twins)
    typed = text.show(twins[0], text.IDENTITY)[: 3 + 9]
    assert code(names.identity, desk, typed) == "ambiguous-name"
    further = text.show(twins[0], text.IDENTITY)[: 3 + 14]
    assert names.identity(desk, further) == twins[0]


def test_hostile_text_is_a_name_of_nothing(desk):
    for typed in ("fh1" + "q" * 10_000, "\x1b[2Jfh1qqqqqqqq", "fh1" + "\u0661" * 8, "%"):
        assert code(names.identity, desk, typed) == "bad-name"


def test_the_same_letters_of_many_names_find_the_one(counters):
    records = counters[0].office.desk.stores.records
    people = [person(f"number {number}") for number in range(200)]
    for who in people:
        records.add(who.inception, 0, shared=True)
    for who in people:
        assert names.identity(counters[0].office.desk, text.show(who.id, text.IDENTITY)[: 3 + 8]) == who.id
