"""The same question under the same key is done once."""

import json

import pytest
import trio
from starlette.responses import Response

from freehold.node.api import repeats
from freehold.node.api.repeats import KEPT, KEPT_MS, Repeats
from freehold.node.core.desk import Denied
from freehold.node.core.ports import StorageFull
from tests.node.api.counter import Counter, StallOffice
from tests.node.api.story import LOGO


async def ask(counter, body, key="k", path="/offers"):
    return await counter.ask("POST", path, json.dumps(body).encode(), headers=[(b"idempotency-key", key.encode())])


async def offers(counter):
    return len((await counter.get("/offers", mine=1))["offers"])


async def test_asked_again_it_is_answered_the_same_and_done_once(counters, market):
    first = await ask(counters[0], LOGO)
    assert (await ask(counters[0], LOGO), counters[0].status) == (first, 201)
    assert await offers(counters[0]) == 1
    assert (await ask(counters[0], LOGO, key="another"))["offer"] != first["offer"]
    await counters[0].post("/offers", LOGO)
    assert await offers(counters[0]) == 3
    market.now += KEPT_MS + 1
    assert (await ask(counters[0], LOGO))["offer"] != first["offer"]


async def test_the_same_key_with_another_question_is_422(counters):
    await ask(counters[0], LOGO)
    for body, path in ((LOGO | {"title": "Another"}, "/offers"), (LOGO, "/proposals")):
        assert (await ask(counters[0], body, path=path))["code"] == "key-reused"
        assert counters[0].status == 422
    assert await offers(counters[0]) == 1


async def test_what_was_refused_may_be_tried_again(counters):
    assert (await ask(counters[0], LOGO | {"side": "x"}))["code"] == "bad-offer"
    await ask(counters[0], LOGO)
    assert counters[0].status == 201
    assert (await ask(counters[0], LOGO, key="x" * 300))["code"] == "bad-request"


async def test_while_it_is_being_answered_the_second_waits_for_the_first(counters):
    held, done, begun = Repeats(counters[0].office), [], trio.Event()

    async def act(_office):
        begun.set()
        await trio.lowlevel.checkpoint()
        done.append(1)
        return Response("x")

    async with trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(held.once, "me", "k", b"q", act)
    assert done == [1]
    other = await held.once("you", "k", b"another", act)
    assert (other.body, len(done)) == (b"x", 2)


async def test_one_that_fails_or_is_left_does_not_stand_in_the_way(counters):
    held = Repeats(counters[0].office)

    async def fails(_office):
        raise Denied("bad-offer", "no")

    async def stays(_office):
        await trio.sleep_forever()

    with pytest.raises(Denied):
        await held.once("me", "k", b"q", fails)
    with trio.move_on_after(0):
        await held.once("me", "k", b"q", stays)
    assert held._asked == {}


async def test_what_is_remembered_is_bounded(counters, monkeypatch):
    held = Repeats(counters[0].office)

    async def small(_office):
        return Response("x" * 1_000)

    for number in range(KEPT + 50):
        await held.once("me", str(number), b"q", small)
    assert len(held._asked) == KEPT
    monkeypatch.setattr(repeats, "KEPT_BYTES", 10_000)
    await held.once("me", "last", b"q", small)
    assert len(held._asked) == 10
    assert ("me", "last") in held._asked


def restarted(counter):
    """The same node after a stop: what was in memory is gone, and so is what was not committed."""
    counter.office.desk.stores.database.roll_back()
    return Counter(counter.office)


async def test_after_a_restart_it_is_answered_the_same_and_done_once(counters, market):
    first = await ask(counters[0], LOGO)
    again = restarted(counters[0])
    assert (await ask(again, LOGO), again.status) == (first, 201)
    assert (await ask(again, LOGO | {"title": "Another"}))["code"] == "key-reused"
    assert await offers(again) == 1
    market.now += KEPT_MS + 1
    again = restarted(again)
    assert (await ask(again, LOGO))["offer"] != first["offer"]
    refused = await ask(again, LOGO | {"side": "x"}, key="other")
    assert refused["code"] == "bad-offer"
    await ask(restarted(again), LOGO, key="other")
    assert await offers(again) == 3


class StopsBeforeTheAnswer(StallOffice):
    """The process ends after what was asked is durable, and before its answer is."""

    acts = 0

    async def do(self, act):
        self.acts += 1
        if self.acts > 1:
            raise RuntimeError("the process ended")
        return await super().do(act)


async def test_a_node_that_stopped_before_its_answer_knows_that_it_was_done(counters, market):
    office = StopsBeforeTheAnswer(market, counters[0].office._stall)
    assert (await ask(Counter(office), LOGO))["code"] == "internal"
    again = restarted(counters[0])
    assert ((await ask(again, LOGO))["code"], again.status) == ("answer-lost", 409)
    assert await offers(again) == 1


async def test_what_was_not_committed_was_not_done(counters, monkeypatch):
    """A planted fault: the disk is full. Neither the offer nor its mark is there."""
    office = counters[0].office
    monkeypatch.setattr(type(office.desk.stores), "commit", lambda _self: (_ for _ in ()).throw(StorageFull("full")))
    assert (await ask(counters[0], LOGO))["code"] == "storage-full"
    monkeypatch.undo()
    again = restarted(counters[0])
    await ask(again, LOGO)
    assert (again.status, await offers(again)) == (201, 1)


async def test_an_erased_text_is_in_no_answer(counters):
    first = await ask(counters[0], LOGO)
    await counters[0].post(f"/offers/{first['offer']}/close")
    current = (await counters[0].get(f"/offers/{first['offer']}"))["record"]
    await counters[0].post(f"/records/{current}/erase")
    assert counters[0].status == 200
    for counter in (counters[0], restarted(counters[0])):
        assert (await ask(counter, LOGO))["code"] == "answer-lost"
    rows = counters[0].office.desk.stores.database.rows("SELECT body FROM answer WHERE body IS NOT NULL")
    assert rows == []


async def test_a_draft_and_a_question_that_writes_nothing_leave_no_mark(counters):
    await ask(counters[0], LOGO | {"draft": True})
    await ask(counters[0], {}, path="/identity/lock")
    assert counters[0].office.desk.stores.database.rows("SELECT * FROM answer") == []
