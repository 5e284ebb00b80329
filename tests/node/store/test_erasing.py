"""What was erased is in no file any more: not in a table, not in the index, not in a free page, not in the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from freehold.node.core.ports import OfferQuery, Parcel
from freehold.node.store.erasing import Scrubbing
from freehold.node.store.sqlite import SqliteStore
from tests.cast import START_MS, alice, bob, offer, proposal, story

MARKER = "zyzzogeton"
"""No other word begins as it does, or the index would keep only its end."""
SECRET = offer(number=999, title=f"A drawing of a {MARKER}", description=f"{MARKER.title()} and {MARKER}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "node" / "node.db"


def lived_in(path: Path) -> SqliteStore:
    """A store with a record to erase among others that came before and after, partly checkpointed."""
    store = SqliteStore.open(path)
    for number in range(60):
        store.records.add(
            offer(number=number, title=f"Offer {number}", description="words " * 50), START_MS, shared=True
        )
        if number == 30:
            store.records.add(SECRET, START_MS, shared=True)
            store.outbox.put(Parcel(SECRET.id, bob.id, MARKER.encode() * 9, START_MS))
        if number % 7 == 0:
            store.commit()
    store.commit()
    store.checkpoint()
    assert where(path) == {"node.db"} | {name for name in ("node.db-wal",) if path.with_name(name).stat().st_size}
    return store


def where(path: Path) -> set[str]:
    """The files in which the marker is found, in any case."""
    return {file.name for file in path.parent.iterdir() if MARKER.encode() in file.read_bytes().lower()}


def erase(store: SqliteStore) -> None:
    assert store.records.erase(SECRET.id, START_MS, header_stays=False)
    store.commit()


def scrub(scrubbing: Scrubbing) -> None:
    while scrubbing.step():
        pass
    assert scrubbing.cut()
    scrubbing.done()


def test_a_body_that_was_erased_is_found_in_no_file(path: Path) -> None:
    store = lived_in(path)
    erase(store)
    assert store.scrubbing.due()
    scrub(store.scrubbing)
    assert where(path) == set()
    assert not store.scrubbing.due()
    assert store.faults() == []
    store.close()
    assert where(path) == set()


@pytest.mark.parametrize(
    ("left_out", "where_it_stays"), [("step", "node.db"), ("cut", "node.db-wal"), ("secure", "node.db")]
)
def test_the_search_finds_what_a_careless_erasure_leaves(
    path: Path, monkeypatch: pytest.MonkeyPatch, left_out: str, where_it_stays: str
) -> None:
    store = lived_in(path)
    match left_out:
        case "step":
            monkeypatch.setattr(Scrubbing, "step", lambda _self: False)
        case "cut":
            monkeypatch.setattr(Scrubbing, "cut", lambda _self: True)
        case _:
            store._database.rows("PRAGMA secure_delete = OFF")
    erase(store)
    scrub(store.scrubbing)
    assert where_it_stays in where(path)
    store.close()


def test_an_erasure_that_was_broken_off_is_finished_by_the_next_process(path: Path) -> None:
    store = lived_in(path)
    erase(store)
    store._database.close()
    again = SqliteStore.open(path)
    assert again.scrubbing.due()
    scrub(again.scrubbing)
    assert where(path) == set()
    again.close()


def test_what_was_erased_does_not_come_back(path: Path) -> None:
    store = lived_in(path)
    erase(store)
    for _ in range(2):
        assert store.records.has(SECRET.id)
        assert store.records.get(SECRET.id) is None
        assert not store.records.add(SECRET, START_MS, shared=True)
        assert not store.records.add(SECRET.without_body(), START_MS, shared=True)
        store.commit()
        store.close()
        store = SqliteStore.open(path)
    assert store.records.search(OfferQuery(now=START_MS, text=MARKER)).records == ()
    assert store.outbox.due(START_MS, 9) == []
    later = offer(number=999, title="Another drawing", at=START_MS + 1)
    assert store.records.add(later, START_MS, shared=True)
    store.close()


def test_the_header_of_a_private_body_stays_in_its_chain(path: Path) -> None:
    store = SqliteStore.open(path)
    told = story()
    for record in told.contract_records:
        store.records.add(record, START_MS, shared=True)
    positions = store.records.after(0, 99)
    assert store.records.erase(told.delivery.id, START_MS, header_stays=True)
    assert store.records.get(told.delivery.id) == told.delivery.without_body()
    assert not store.records.add(told.delivery, START_MS, shared=True)
    assert store.records.get(told.delivery.id) == told.delivery.without_body()
    assert store.records.after(0, 99) == positions
    assert store.records.erased(told.delivery.id)
    assert not store.records.erased(told.acceptance.id)
    store.close()


def test_what_is_not_here_cannot_be_erased(path: Path) -> None:
    store = SqliteStore.open(path)
    assert not store.records.erase(proposal().id, START_MS, header_stays=False)
    assert not store.records.erased(proposal().id)
    store.records.add(alice.inception, START_MS, shared=True)
    assert not store.scrubbing.due()
    store.close()
