"""Records in bulk: the same whoever checks their signatures, durable before anybody is told so, and no process that
checks is needed."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trio
import trio.testing

from freehold.node.border import Border
from freehold.node.checking import BACKLOG, DEATHS, IN_FLIGHT, Checking
from freehold.node.core.desk import Desk
from freehold.node.core.effects import Verdict
from freehold.node.core.ports import StorageFull
from freehold.node.core.reconciling import Said
from freehold.node.core.service import Service
from freehold.node.inflow import A_BLOCK, CHECKED_SLICE, FIRST_MESSAGE, LATELY_S, MOMENT_S, SLICE, Inflow, take_in
from freehold.node.ledger import Ledger
from freehold.node.policies.ranking import PERSONAL
from freehold.node.store.sqlite import SqliteStore
from freehold.protocol import identity
from freehold.protocol.kind import Registry
from freehold.protocol.kinds import BUILTIN
from freehold.protocol.network import network
from tests.cast import NETWORK, alice
from tests.node.backlog import COUNT, FORGED, NOW, OFFERS, PACKED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from freehold.protocol.envelope import Sealed

DIES = (sys.executable, "-c", "import sys; sys.stdin.buffer.read(1)")
SAYS_TOO_LITTLE = (sys.executable, "-c", "import sys; sys.stdout.buffer.write(b'\\1'); sys.stdout.flush()")
NO_PROGRAM = ("/no/such/program",)


class Home:
    """What takes records in, over a real file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "node.db"
        self.store = SqliteStore.open(self.path)
        self.store.records.add(alice.inception, NOW, shared=True)
        self.store.commit()
        desk = Desk(network(NETWORK), Registry(BUILTIN), self.store, PERSONAL, bytes)
        self.service, self.ledger = Service(desk), Ledger(self.store, lambda _effect: None)

    async def take_in(self, packed: list[bytes], inflow: Inflow) -> list[Verdict]:
        return [finding.verdict for finding in await take_in(inflow, self.service, self.ledger, packed)]

    def on_disk(self) -> int:
        """Offers that another connection sees: those that are committed."""
        other = sqlite3.connect(self.path)
        try:
            return other.execute("SELECT count(*) FROM offer").fetchone()[0]
        finally:
            other.close()


class Sure(Checking):
    """Calls everything good: what is kept although it is forged was not checked here."""

    def __init__(self, asked: list[int]) -> None:
        super().__init__(1)
        self._asked = asked

    @property
    def at_once(self) -> int:
        return 1

    async def check(self, proofs: Sequence[bytes], on_its_way: Callable[[], None] = lambda: None) -> bytes:
        self._asked.append(len(proofs))
        return bytes([1]) * len(proofs)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("freehold.node.inflow.now_ms", lambda: NOW)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def expected() -> list[Verdict]:
    return [Verdict.REFUSE if number in FORGED else Verdict.ACCEPT for number in range(COUNT)]


async def test_a_backlog_is_checked_by_processes_and_nothing_here(
    home: Home, monkeypatch: pytest.MonkeyPatch, nursery: trio.Nursery
) -> None:
    checked: list[bytes] = []
    verify = identity.verify

    def noted(key: bytes, signature: bytes, message: bytes) -> None:
        checked.append(message[-32:])
        verify(key, signature, message)

    monkeypatch.setattr("freehold.protocol.envelope.verify", noted)
    workers = Checking(2)
    nursery.start_soon(workers.run)
    await trio.testing.wait_all_tasks_blocked()
    with trio.fail_after(60):
        assert await home.take_in(PACKED, Inflow(workers)) == expected()
    assert sorted(checked) == sorted(OFFERS[number].id for number in FORGED)  # once more, to say why
    assert home.on_disk() == COUNT - len(FORGED)
    assert workers.running >= 1
    assert workers.deaths == 0


async def test_blocks_that_follow_each_other_are_one_backlog_and_a_few_records_are_none() -> None:
    asked: list[int] = []

    taken: list[tuple[int, int]] = []

    def take(some: Sequence[bytes], genuine: Mapping[bytes, Sealed]) -> bool:
        taken.append((len(some), len(genuine)))
        return True

    inflow = Inflow(Sure(asked))
    blocks = [PACKED[start : start + A_BLOCK] for start in range(0, BACKLOG + A_BLOCK, A_BLOCK)]
    for block in blocks:
        await inflow.bring(block, take)
    await inflow.bring(PACKED[: A_BLOCK - 1], take)
    assert asked == [FIRST_MESSAGE, A_BLOCK - FIRST_MESSAGE] * (len(blocks) - BACKLOG // A_BLOCK + 1)
    assert sum(count for count, _ in taken) == len(blocks) * A_BLOCK + A_BLOCK - 1
    inflow._last -= LATELY_S + 1
    await inflow.bring(blocks[0], take)
    assert len(asked) == 2 * (len(blocks) - BACKLOG // A_BLOCK + 1), "what came long before counted"


async def test_a_backlog_keeps_the_inflow_busy_for_a_moment_and_a_few_records_do_not(autojump_clock: object) -> None:
    inflow = Inflow(Checking(0))
    await inflow.bring(PACKED[:A_BLOCK], lambda _some, _genuine: True)
    assert not inflow.is_busy
    await inflow.bring(PACKED, lambda _some, _genuine: True)
    assert inflow.is_busy
    await trio.sleep(MOMENT_S)
    assert not inflow.is_busy


async def test_everybody_has_a_turn_between_two_slices(nursery: trio.Nursery) -> None:
    turns = 0
    seen: list[int] = []

    async def somebody() -> None:
        nonlocal turns
        while True:
            await trio.lowlevel.checkpoint()
            turns += 1

    nursery.start_soon(somebody)
    await trio.lowlevel.checkpoint()
    await Inflow(Checking(0)).bring(PACKED * 3, lambda _some, _genuine: bool(seen.append(turns)) or True)
    assert len(seen) == len(set(seen)) == -(-3 * COUNT // SLICE)


async def test_a_process_has_its_next_messages_before_anything_is_stored_meanwhile() -> None:
    asked: list[int] = []
    stored_with: list[int] = []

    class Roundabout(Sure):
        """What is sent takes some turns of the event loop."""

        @property
        def at_once(self) -> int:
            return IN_FLIGHT

        async def check(self, proofs: Sequence[bytes], on_its_way: Callable[[], None] = lambda: None) -> bytes:
            for _ in range(9):
                await trio.lowlevel.checkpoint()
            answer = await super().check(proofs)
            on_its_way()
            return answer

    def take(some: Sequence[bytes], genuine: Mapping[bytes, Sealed]) -> bool:
        stored_with.append(len(asked))
        return True

    await Inflow(Roundabout(asked)).bring(PACKED, take)
    assert stored_with == [min(IN_FLIGHT + number, len(asked)) for number in range(len(asked))]


async def test_a_conversation_s_block_is_checked_elsewhere_too(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    talks = Said(busy=True, coming=tuple(PACKED[:BACKLOG]))

    class Talks:
        def __init__(self) -> None:
            self.left = PACKED[:BACKLOG]

        def heard(self, number: int, frame: bytes, now: int) -> Said:
            return talks

        def take(self, number: int, now: int, most: int, genuine: Mapping[bytes, Sealed]) -> Said:
            some, self.left = self.left[:most], self.left[most:]
            effects = home.service.received_many(some, "peer", NOW, genuine)[1]
            return Said(busy=True, effects=tuple(effects)) if self.left else Said((b"more",), effects=tuple(effects))

    monkeypatch.setattr(home.service, "reconciling", Talks())
    border = Border(home.service, home.ledger, Inflow(Sure([])), {}, lambda _error: None)
    assert await border.talk_heard(1, b"give") == ((b"more",), False)
    home.ledger.settle()
    assert home.on_disk() == BACKLOG


@pytest.mark.parametrize("command", [DIES, SAYS_TOO_LITTLE, NO_PROGRAM])
async def test_without_processes_that_answer_the_same_is_kept(
    home: Home, nursery: trio.Nursery, command: tuple[str, ...]
) -> None:
    workers = Checking(2, command)
    nursery.start_soon(workers.run)
    await trio.testing.wait_all_tasks_blocked()
    with trio.fail_after(60):
        assert await home.take_in(PACKED, Inflow(workers)) == expected()
        while workers.running:  # those that broke are on their way out
            await trio.lowlevel.checkpoint()
    assert home.on_disk() == COUNT - len(FORGED)
    assert 0 < workers.deaths <= DEATHS + 1


async def test_what_is_told_is_durable_and_little_is_judged_at_once(home: Home) -> None:
    sizes: list[int] = []
    inner = home.service.ingest_many

    def noted(packed: list[bytes], *rest: object) -> object:
        sizes.append(len(packed))
        return inner(packed, *rest)  # pyright: ignore

    home.service.ingest_many = noted  # pyright: ignore
    assert await home.take_in(PACKED, Inflow(Checking(0))) == expected()
    assert home.on_disk() == COUNT - len(FORGED)
    assert max(sizes) <= SLICE <= CHECKED_SLICE
    home.store.close()
    again = SqliteStore.open(home.path)
    assert again.faults() == []
    assert again.records.totals()["offer/1"] == COUNT - len(FORGED)
    again.close()


async def test_a_disk_that_fills_up_in_the_middle_acknowledges_nothing_and_loses_nothing_acknowledged(
    home: Home,
) -> None:
    inflow = Inflow(Checking(0))
    assert await home.take_in(PACKED[:100], inflow) == expected()[:100]
    database = home.store._database
    pages = database.rows("PRAGMA page_count")[0][0]
    database.write(f"PRAGMA max_page_count = {pages + 20}")
    home.store.commit()
    with pytest.raises(StorageFull):
        await home.take_in(PACKED[100:], inflow)
    assert home.ledger.full_since_start > 0
    before = home.on_disk()
    assert before >= 100 - len(FORGED & set(range(100)))
    database.write("PRAGMA max_page_count = 100000")
    home.store.commit()
    found = await home.take_in(PACKED, inflow)
    assert found.count(Verdict.ACCEPT) == COUNT - len(FORGED) - before
    assert home.on_disk() == COUNT - len(FORGED)
    assert home.store.faults() == []


async def test_a_commit_that_fails_in_between_is_not_passed_over_in_silence(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = 0
    commit = home.store.commit

    def failing(*, passing: bool = False) -> None:
        nonlocal commits
        commits += 1
        if commits == 1:
            home.store._database.roll_back()
            raise StorageFull("no room")
        commit(passing=passing)

    monkeypatch.setattr(home.store, "commit", failing)

    class Hasty(Inflow):
        """Somebody else commits after the first slice, as the ledger's own task does."""

        async def bring(self, packed, take):  # pyright: ignore
            take(packed[:SLICE], {})
            with pytest.raises(StorageFull):
                home.ledger.settle()
            take(packed[SLICE : 2 * SLICE], {})
            return True

    with pytest.raises(StorageFull, match="bring them again"):
        await home.take_in(PACKED, Hasty(Checking(0)))
