"""The same question under the same key is done once."""

import json

import pytest
import trio
from starlette.responses import Response

from freehold.node.api import repeats
from freehold.node.api.repeats import KEPT, KEPT_MS, Repeats
from freehold.node.core.desk import Denied
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


async def test_while_it_is_being_answered_the_second_waits_for_the_first():
    held, done, begun = Repeats(lambda: 0), [], trio.Event()

    async def act():
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


async def test_one_that_fails_or_is_left_does_not_stand_in_the_way():
    held = Repeats(lambda: 0)

    async def fails():
        raise Denied("bad-offer", "no")

    with pytest.raises(Denied):
        await held.once("me", "k", b"q", fails)
    with trio.move_on_after(0):
        await held.once("me", "k", b"q", trio.sleep_forever)
    assert held._asked == {}


async def test_what_is_remembered_is_bounded(monkeypatch):
    held = Repeats(lambda: 0)

    async def small():
        return Response("x" * 1_000)

    for number in range(KEPT + 50):
        await held.once("me", str(number), b"q", small)
    assert len(held._asked) == KEPT
    monkeypatch.setattr(repeats, "KEPT_BYTES", 10_000)
    await held.once("me", "last", b"q", small)
    assert len(held._asked) == 10
    assert ("me", "last") in held._asked
