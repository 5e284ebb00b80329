"""The write-ahead log stays short however much comes in, and nobody but bulk waits for that."""

import pytest
import trio
import trio.testing

from freehold.node import checkpoints
from freehold.node.checkpoints import Checkpoints
from freehold.node.core.effects import Meet
from freehold.node.core.ports import StorageFull
from freehold.node.ledger import PAUSE_S, Ledger
from freehold.node.store.sqlite import SqliteStore
from tests.cast import offer

BLOCKS, A_BLOCK, LONG_BYTES = 20, 10, 150_000
SPREAD = Meet("/ip4/127.0.0.1/tcp/1")


@pytest.fixture
def store(tmp_path):
    found = SqliteStore.open(tmp_path / "node.db")
    yield found
    found.close()


@pytest.fixture
def ledger(store):
    return Ledger(store, lambda _: None)


async def write(store, ledger, blocks=BLOCKS):
    """Bulk that never pauses by itself."""
    for block in range(blocks):
        async with ledger.bulk():
            for number in range(block * A_BLOCK, (block + 1) * A_BLOCK):
                store.records.add(offer(number=number), number, shared=True)
            await trio.lowlevel.checkpoint()
            ledger.note((), passing=True)
            ledger.settle(passing=True)
        await trio.lowlevel.checkpoint()


def begun(tmp_path):
    """How often the log was begun: a number in its head, which SQLite counts up."""
    return int.from_bytes((tmp_path / "node.db-wal").read_bytes()[12:16], "big")


async def test_the_log_is_begun_anew_in_the_midst_of_bulk(store, ledger, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "LONG_BYTES", LONG_BYTES)
    await write(store, ledger)
    at_first = begun(tmp_path)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(write, store, ledger, 10_000)
        with trio.fail_after(20):
            await Checkpoints(store, ledger).once()
            while begun(tmp_path) == at_first:
                await trio.lowlevel.checkpoint()
                assert (tmp_path / "node.db-wal").stat().st_size < 20 * LONG_BYTES
        nursery.cancel_scope.cancel()
    ledger.settle()
    assert store.faults() == []


async def test_bulk_stands_still_while_the_rest_of_a_long_log_is_moved(store, ledger, monkeypatch, nursery):
    """Else there is always something that is not moved yet, and the log is never begun anew."""
    monkeypatch.setattr(checkpoints, "LONG_BYTES", LONG_BYTES)
    await write(store, ledger)
    kept, seen, move = [], [], store.checkpoint

    async def one():
        async with ledger.bulk():
            kept.append(store.records.add(offer(number=1_000 + len(kept)), 0, shared=True))
            ledger.note((), passing=True)

    async def more():
        nursery.start_soon(one)
        await trio.testing.wait_all_tasks_blocked()
        seen.append((len(kept), store.database._rows_later > 0 or store.database._connection.in_transaction))

    def checkpoint():
        trio.from_thread.run(more)
        return move()

    monkeypatch.setattr(store, "checkpoint", checkpoint)
    await Checkpoints(store, ledger).once()
    assert seen == [(1, True), (1, False)]
    await trio.testing.wait_all_tasks_blocked()
    assert kept == [True, True]


async def test_bulk_waits_for_a_pause_and_a_pause_for_bulk(ledger, store, autojump_clock, nursery):
    order = []

    async def bulk(name, until):
        async with ledger.bulk():
            order.append(f"{name} begins")
            await until.wait()
            order.append(f"{name} ends")

    async def pause(until):
        async with ledger.paused():
            order.append("pause")
            await until.wait()
        order.append("over")

    first, second, going_on = trio.Event(), trio.Event(), trio.Event()
    nursery.start_soon(bulk, "first", first)
    await trio.testing.wait_all_tasks_blocked()
    nursery.start_soon(pause, going_on)
    await trio.testing.wait_all_tasks_blocked()
    nursery.start_soon(bulk, "second", second)
    await trio.testing.wait_all_tasks_blocked()
    assert order == ["first begins"]
    first.set()
    await trio.testing.wait_all_tasks_blocked()
    assert order == ["first begins", "first ends", "pause"]
    going_on.set()
    second.set()
    await trio.testing.wait_all_tasks_blocked()
    assert order[3:] in (["over", "second begins", "second ends"], ["second begins", "over", "second ends"])


async def test_bulk_that_takes_very_long_is_not_waited_for(ledger, store, autojump_clock):
    async with ledger.bulk():
        began = trio.current_time()
        async with ledger.paused():
            assert trio.current_time() == pytest.approx(began + PAUSE_S)


async def test_what_was_noted_is_settled_when_the_pause_begins(store):
    carried = []
    ledger = Ledger(store, carried.append)
    ledger.note([SPREAD])
    async with ledger.paused():
        assert carried == [SPREAD]


async def test_a_pause_that_fails_lets_bulk_go_on(ledger, store, monkeypatch):
    def full(*, passing):
        raise StorageFull("no room")

    monkeypatch.setattr(store, "commit", full)
    with pytest.raises(StorageFull):
        async with ledger.paused():
            raise AssertionError("begun")
    with trio.fail_after(5):
        async with ledger.bulk():
            pass


async def test_a_log_that_nothing_shortens_is_cut_off(ledger, store, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "LONG_BYTES", LONG_BYTES)
    monkeypatch.setattr(checkpoints, "TOO_LONG_BYTES", LONG_BYTES)
    await write(store, ledger)
    assert (tmp_path / "node.db-wal").stat().st_size > LONG_BYTES
    await Checkpoints(store, ledger).once()
    assert (tmp_path / "node.db-wal").stat().st_size == 0
