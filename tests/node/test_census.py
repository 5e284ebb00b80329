"""Counting a million records holds nobody up: it is done elsewhere, and only when somebody has asked."""

import threading
from types import SimpleNamespace

import trio
import trio.testing

from freehold.node.census import MANY, Census
from freehold.node.core.ports import StorageBroken
from freehold.node.store.sqlite import SqliteStore
from tests.cast import START_MS, alice, offer


class Counted:
    """A store of so many offers, which notes who counts them."""

    def __init__(self, count):
        self.count, self.counted_by = count, []
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
    with trio.fail_after(20):
        while not holds():
            await trio.lowlevel.checkpoint()


def test_a_few_are_counted_at_once():
    store = Counted(MANY - 1)
    census = census_of(store)
    assert census.totals() == {"offer/1": MANY - 1}
    store.count = 5
    assert census.totals() == {"offer/1": 5}


async def test_many_are_counted_elsewhere_and_only_if_somebody_asks(nursery):
    store = Counted(MANY)
    census = census_of(store)
    nursery.start_soon(census.run)
    assert census.totals() == {"offer/1": MANY}
    store.count += 1
    await trio.testing.wait_all_tasks_blocked()
    assert len(store.counted_by) == 1, "nobody asked"
    assert census.totals() == {"offer/1": MANY}
    await until(lambda: census.totals() == {"offer/1": MANY + 1})
    assert [thread is threading.current_thread() for thread in store.counted_by] == [True, False]


async def test_what_cannot_be_counted_stays_as_it_was(nursery, caplog):
    store = Counted(MANY)
    census = census_of(store)
    nursery.start_soon(census.run)
    census.totals()
    store.failure = StorageBroken("it is away")
    census.totals()
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
