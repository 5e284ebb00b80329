"""Contracts of lists are folded once while nothing comes in, and anew as soon as something does."""

import pytest

from freehold.node.core import folding
from freehold.node.core.folding import folded
from tests.cast import START_MS, alice, story
from tests.node.core.market import desk_of

TOLD = story()


@pytest.fixture
def desk():
    return desk_of(alice)


def keeps(desk, *records):
    for record in records:
        desk.stores.records.add(record, START_MS, shared=True)


def states(desk, now=START_MS):
    found = folded(desk, TOLD.contract, now)
    return None if found is None else [step.state for step in found.steps]


def every_record_shows(desk):
    assert states(desk) is None
    for number, record in enumerate(TOLD.contract_records):
        keeps(desk, record)
        assert len(states(desk) or ()) == max(0, number - 1), record.header.kind


def test_whatever_comes_in_shows_at_once(desk):
    every_record_shows(desk)


def test_a_stamp_that_stands_still_would_be_noticed(desk, monkeypatch):
    monkeypatch.setattr(desk.stores.records, "stamp", lambda _context: (1,))
    with pytest.raises(AssertionError):
        every_record_shows(desk)


def test_nothing_is_read_twice_until_some_seconds_have_passed(desk, monkeypatch):
    keeps(desk, *TOLD.contract_records)
    first, read = folded(desk, TOLD.contract, START_MS), list[bytes]()
    monkeypatch.setattr(desk.stores.records, "in_context", lambda context: read.append(context) or [])
    assert folded(desk, TOLD.contract, START_MS + folding.KEPT_MS - 1) is first
    assert read == []
    assert folded(desk, TOLD.contract, START_MS + folding.KEPT_MS) is None
    assert read == [TOLD.contract]


def test_a_body_that_comes_after_its_header_is_read(desk):
    bare = TOLD.delivery.without_body()
    keeps(desk, TOLD.freelancer_signs, TOLD.client_signs, bare)
    before = folded(desk, TOLD.contract, START_MS)
    keeps(desk, TOLD.delivery)
    after = folded(desk, TOLD.contract, START_MS)
    assert before is not None
    assert after is not None
    assert [one.steps[0].entry.body is None for one in (before, after)] == [True, False]


def test_so_many_are_kept(desk, monkeypatch):
    monkeypatch.setattr(folding, "MOST", 2)
    for name in (b"a" * 32, b"b" * 32, b"c" * 32):
        folded(desk, name, START_MS)
    assert list(desk.folds) == [b"b" * 32, b"c" * 32]
