"""Counting a million records holds nobody up: it is done elsewhere, and only when there may be something new."""

import threading
from types import SimpleNamespace

import pytest
import trio

from freehold.node.census import EVERY_S, MANY, Census
from freehold.node.core.ports import StorageBroken
from freehold.node.store.sqlite import SqliteStore
from tests.cast import START_MS, alice, offer


class Counted:
    """A store of so many offers, which notes who counts them."""

    def __init__(self, count):
        self.count, self.counted_by, self.changes = count, [], 0
        self.records = SimpleNamespace(totals=self._count)
        self.failure: Exception | None = None

    def _count(self):
        self.counted_by.append(threading.current_thread())
        if self.failure is not None:
            raise self.failure
        return {"offer/1": self.count}

    totals_apart = _count


def census_of(store):
    return Census(store)  # pyright: ignore[reportArgumentType]


async def until(holds):
    """Within some seconds of the other thread's time; the clock jumps from look to look."""
    for _ in range(10_000):
        if holds():
            return
        await trio.sleep(EVERY_S)
        await trio.to_thread.run_sync(lambda: None)
    assert holds()


def test_a_few_are_counted_at_once():
    store = Counted(MANY - 1)
    census = census_of(store)
    assert census.totals() == {"offer/1": MANY - 1}
    store.count = 5
    assert census.totals() == {"offer/1": 5}


@pytest.mark.parametrize("why", ["written", "asked"])
async def test_many_are_counted_elsewhere_when_something_was_written_or_somebody_asks(nursery, autojump_clock, why):
    store = Counted(MANY)
    census = census_of(store)
    if why == "written":
        census._totals = {"offer/1": MANY}
    else:
        assert census.totals() == {"offer/1": MANY}
    store.counted_by.clear()
    nursery.start_soon(census.run)
    store.count += 1
    store.changes += why == "written"
    await until(lambda: census._totals == {"offer/1": MANY + 1})
    assert [thread is threading.current_thread() for thread in store.counted_by] == [False]
    store.counted_by.clear()
    await trio.sleep(10 * EVERY_S)
    assert store.counted_by == [], "nothing was written, and nobody asked"
    assert census.totals() == {"offer/1": MANY + 1}


async def test_a_few_are_not_counted_in_idle_moments(nursery, autojump_clock):
    store = Counted(MANY - 1)
    census = census_of(store)
    census.totals()
    nursery.start_soon(census.run)
    store.changes += 1
    await trio.sleep(10 * EVERY_S)
    assert len(store.counted_by) == 1


async def test_what_cannot_be_counted_stays_as_it_was(nursery, caplog, autojump_clock):
    store = Counted(MANY)
    census = census_of(store)
    nursery.start_soon(census.run)
    census.totals()
    store.failure = StorageBroken("it is away")
    await until(lambda: "it is away" in caplog.text)
    assert census.totals() == {"offer/1": MANY}


async def test_both_ways_of_counting_say_the_same(tmp_path):
    store = SqliteStore.open(tmp_path / "node.db")
    assert store.totals_apart() == store.records.totals() == {}
    for record in (alice.inception, offer(), offer(number=2)):
        store.records.add(record, START_MS, shared=True)
    store.commit()
    assert await trio.to_thread.run_sync(store.totals_apart) == store.records.totals()
    assert store.totals_apart()["offer/1"] == 2
    store.close()
