"""What a node asks of its store every minute costs the same however many records there are."""

from __future__ import annotations

from pathlib import Path

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
