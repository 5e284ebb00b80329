"""What a node asks of its store every minute costs the same however many records there are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from freehold.node.store import expiring, shelf
from freehold.node.store.expiring import Round
from freehold.node.store.sqlite import SqliteStore
from tests.cast import DAY_MS, START_MS, bob, offer, proposal

YEARS_MS = 1_000 * DAY_MS


def effort(store: SqliteStore) -> int:
    """Steps of SQLite's machine that asking for expired records of the owner alone takes."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = store.database._connection
    connection.set_progress_handler(step, 1)
    found = store.records.unshared_expired(START_MS + YEARS_MS, 0, 64)
    connection.set_progress_handler(None, 1)
    assert [record for _, record in found] == [proposal()]
    return steps


def test_what_is_the_owners_alone_is_found_without_looking_at_what_all_share(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "node.db")
    store.records.add(proposal(), START_MS, shared=False)
    store.commit()
    alone = effort(store)
    for number in range(200):
        store.records.add(offer(bob, number=number), START_MS, shared=True)
    store.commit()
    assert alone <= effort(store) <= alone + 10
    store.close()


ROWS = st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=40)


def rounds(rows: list[tuple[int, bool]], limit: int) -> None:
    """All that goes is chosen once, in one round over all, whatever stays; and no look passes its bound."""
    table = sorted((expired, number, goes) for number, (expired, goes) in enumerate(rows, 1))
    going, looking = Round(), 0
    while going.at != expiring._BEGINNING or not looking:
        seen = [row for row in table if row[:2] > going.at][: expiring.LOOKED_AT]
        chosen = going.choose(seen, limit)
        assert len(chosen) <= limit
        table = [row for row in table if row[1] not in chosen]
        looking += 1
        assert looking <= len(rows) + 2
    assert not any(goes for _, _, goes in table)


@pytest.fixture
def short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiring, "LOOKED_AT", 5)
    monkeypatch.setattr(shelf, "LOOKED_AT", 5)


@pytest.mark.usefixtures("short_looks")
def test_whatever_stays_all_that_expired_goes() -> None:
    given(ROWS, st.integers(1, 7))(rounds)()


@pytest.mark.usefixtures("short_looks")
def test_a_round_that_begins_anew_each_time_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    choose = Round.choose

    def forgets(self: Round, rows: list[tuple[int, int, bool]], limit: int) -> list[int]:
        chosen = choose(self, rows, limit)
        self.at = expiring._BEGINNING
        return chosen

    monkeypatch.setattr(Round, "choose", forgets)
    with pytest.raises(AssertionError):
        rounds([(1, False)] * 9 + [(2, True)], 3)


@pytest.mark.usefixtures("short_looks")
def test_what_stays_is_passed_in_parts(tmp_path: Path) -> None:
    """Twelve proposals of the owner's have expired and stay: they cost every look no more than its part."""
    store = SqliteStore.open(tmp_path / "node.db")
    for number in range(12):
        store.records.add(proposal(salt=number), START_MS, shared=False)
    store.records.add(offer(bob), START_MS, shared=True)
    store.commit()
    later = START_MS + YEARS_MS
    assert [store.records.expire(later, 10) for _ in range(6)].count(1) == 1
    assert store.records.totals() == {"proposal/1": 12}
    store.close()
