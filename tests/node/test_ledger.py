"""Effects leave the node only after what they follow from is on the disk; nothing that comes in ends it."""

import pytest
import trio
import trio.testing

from freehold.node.border import Border
from freehold.node.checking import Checking
from freehold.node.core.effects import Ask, Converse, Judgement, Kept, Meet, Penalize, Verdict
from freehold.node.core.ports import StorageBroken, StorageFull
from freehold.node.inflow import Inflow
from freehold.node.ledger import BATCH_EFFECTS, BATCH_NOTES, BATCH_S, BULK_S, Ledger
from freehold.protocol import requests
from tests.cast import offer

SPREAD = Meet("/ip4/127.0.0.1/tcp/1")
BLAME = Penalize("peer", "it lied")
KEPT = Kept(offer())


class Disk:
    """Stores, as far as a ledger knows them: it only commits."""

    def __init__(self):
        self.commits, self.full = 0, False
        self.passing: list[bool] = []

    def commit(self, *, passing=False):
        if self.full:
            raise StorageFull("no room")
        self.commits += 1
        self.passing.append(passing)


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def carried():
    return []


@pytest.fixture
def ledger(disk, carried):
    return Ledger(disk, lambda effect: carried.append((effect, disk.commits)))


async def test_an_effect_waits_for_the_commit(ledger, carried, autojump_clock, nursery):
    nursery.start_soon(ledger.run)
    ledger.note([SPREAD])
    assert carried == []
    await trio.sleep(2 * BATCH_S)
    assert carried == [(SPREAD, 1)]


async def test_what_comes_after_somebody_settled_is_carried_too(ledger, carried, autojump_clock, nursery):
    nursery.start_soon(ledger.run)
    await trio.sleep(BATCH_S)
    for number in range(1, 4):
        ledger.settle()  # nothing was noted, and `run` waits
        ledger.note([SPREAD])
        await trio.sleep(2 * BATCH_S)
        assert carried == [(SPREAD, 2 * one) for one in range(1, number + 1)]


async def test_only_what_others_bring_again_does_not_wait_for_the_disk(ledger, disk, autojump_clock, nursery):
    nursery.start_soon(ledger.run)
    for effects, passing in (([KEPT], True), ([KEPT, SPREAD], True), ([KEPT], False), ([], True)):
        ledger.note(effects, passing=passing)
        await trio.sleep(2 * BULK_S)
    assert disk.passing == [True, False, False, True]
    ledger.note([KEPT], passing=True)
    ledger.settle()
    assert disk.passing[-1] is False


async def test_what_must_last_does_not_wait_for_what_need_not(ledger, carried, disk, autojump_clock, nursery):
    nursery.start_soon(ledger.run)
    ledger.note([KEPT], passing=True)
    await trio.sleep(BATCH_S)
    assert carried == []
    ledger.note([SPREAD])
    await trio.sleep(BATCH_S)
    assert (carried, disk.passing) == ([(KEPT, 1), (SPREAD, 1)], [False])


async def test_a_backlog_is_committed_in_parts(ledger, carried, disk, autojump_clock, nursery):
    nursery.start_soon(ledger.run)
    for _ in range(4):
        ledger.note([KEPT] * (BATCH_EFFECTS // 2), passing=True)
        await trio.testing.wait_all_tasks_blocked()
    assert (disk.commits, len(carried)) == (2, 2 * BATCH_EFFECTS)


async def test_what_comes_within_the_batch_shares_one_commit(ledger, carried, disk, autojump_clock, nursery):
    nursery.start_soon(ledger.run)
    for _ in range(10):
        ledger.note([SPREAD])
        await trio.sleep(BATCH_S / 20)
    await trio.sleep(2 * BATCH_S)
    assert (disk.commits, len(carried)) == (1, 10)


async def test_a_full_batch_is_not_kept_waiting(ledger, carried, autojump_clock, nursery):
    nursery.start_soon(ledger.run)
    began = trio.current_time()
    for _ in range(BATCH_NOTES):
        ledger.note([SPREAD])
    await trio.testing.wait_all_tasks_blocked()
    assert len(carried) == BATCH_NOTES
    assert trio.current_time() - began < BATCH_S


async def test_a_full_disk_drops_what_followed_but_not_the_blame_and_the_next_batch_goes_through(
    ledger, carried, disk, autojump_clock, nursery
):
    nursery.start_soon(ledger.run)
    disk.full = True
    ledger.note([SPREAD, BLAME])
    await trio.sleep(2 * BATCH_S)
    assert carried == [(BLAME, 0)]
    disk.full = False
    ledger.note([SPREAD])
    await trio.sleep(2)
    assert carried == [(BLAME, 0), (SPREAD, 1)]
    assert ledger.full_since_start == 1


@pytest.mark.parametrize("lost", [False, True], ids=["the commit fails", "a write has failed"])
async def test_a_full_disk_keeps_no_conversation_from_being_opened(ledger, carried, disk, lost):
    talk = Converse("peer", 1, b"first")
    ledger.note([SPREAD, talk])
    disk.full = True
    if lost:
        ledger.lost()
    else:
        with pytest.raises(StorageFull):
            ledger.settle()
    assert carried == [(talk, 0)]


class Failing:
    """A service that fails in the way it is told to."""

    def __init__(self):
        self.failure: Exception | None = None
        self.follows = [SPREAD]

    def _maybe(self):
        if self.failure is not None:
            raise self.failure

    def received(self, data, peer, now, topic):
        self._maybe()
        verdict = {b"good": Verdict.ACCEPT, b"bad": Verdict.REFUSE}.get(data, Verdict.IGNORE)
        return Judgement(verdict, "", (SPREAD,))

    def answer(self, data, peer, now):
        self._maybe()
        return b"reply", self.follows

    def tick(self, now):
        self._maybe()
        return self.follows

    def replied(self, peer, request, reply, now):
        self._maybe()
        return [SPREAD]


@pytest.fixture
def service():
    return Failing()


@pytest.fixture
def ended():
    return []


@pytest.fixture
def border(service, ledger, ended):
    return Border(service, ledger, Inflow(Checking(0)), {"offers": "/test/offers/1"}, ended.append)


async def test_only_what_is_accepted_is_relayed(border):
    assert border.heard("/test/offers/1", b"good", "peer")
    assert not border.heard("/test/offers/1", b"bad", "peer")
    assert not border.heard("/test/offers/1", b"other", "peer")


async def test_an_answer_is_what_the_service_says(border, ledger, carried):
    assert await border.answer("peer", b"request") == b"reply"
    ledger.settle()
    assert carried == [(SPREAD, 1)]


async def test_time_and_questions_wait_for_the_disk_only_if_something_follows(
    border, service, ledger, disk, autojump_clock, nursery
):
    """A second passes in the middle of a catch-up, peers ask: each would cost it a wait for the disk."""
    nursery.start_soon(ledger.run)
    for follows in ([], [SPREAD]):
        service.follows = follows
        border.ticked()
        await trio.sleep(2 * BULK_S)
        await border.answer("peer", b"request")
        await trio.sleep(2 * BULK_S)
    assert disk.passing == [True, True, False, False]


@pytest.mark.parametrize("failure", [ZeroDivisionError("bug"), StorageFull("no room"), StorageBroken("bad page")])
async def test_no_input_ends_the_node_by_an_exception(border, service, failure, ended):
    service.failure = failure
    assert not border.heard("/test/offers/1", b"good", "peer")
    border.ticked()
    border.replied(Ask("peer", requests.Fetch((bytes(32),))), b"reply")
    reply = requests.read_reply(await border.answer("peer", b"request"))
    assert isinstance(reply, requests.Declined)
    assert reply.again != isinstance(failure, ZeroDivisionError)
    assert len(ended) == (4 if isinstance(failure, StorageBroken) else 0)
    service.failure = None
    assert border.heard("/test/offers/1", b"good", "peer")


async def test_a_write_that_fails_takes_along_what_was_not_committed(border, service, ledger, carried):
    assert border.heard("/test/offers/1", b"good", "peer")
    service.failure = StorageFull("no room")
    border.ticked()
    ledger.settle()
    assert carried == []


async def test_a_mistake_of_ours_costs_only_its_own_input(border, service, ledger, carried):
    assert border.heard("/test/offers/1", b"good", "peer")
    service.failure = KeyError("bug")
    border.ticked()
    ledger.settle()
    assert len(carried) == 1
    assert border.mistakes == 1
