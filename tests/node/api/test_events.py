"""The stream of events: numbered, taken up again, never waited for by whoever announces."""

import json

import pytest
import trio
import trio.testing

from freehold.node.api import event_stream, events
from freehold.node.api.application import PREFIX
from freehold.node.api.events import KEPT, LISTENERS, Events, matches
from freehold.node.api.operations import Call
from tests.node.api.browser import browser_at


@pytest.fixture
async def browser(counters):
    async with browser_at(counters[0]) as found:
        await found.sign_in()
        yield found


class Listening:
    """One open stream, block by block."""

    def __init__(self, stream):
        self.stream, self._data = stream, b""

    async def until(self, mark):
        while mark not in self._data:
            piece = await self.stream.receive_some(65_536)
            assert piece, self._data
            self._data += piece
        found, _, self._data = self._data.partition(mark)
        return found

    async def event(self):
        """The next one, with its id."""
        while True:
            block = _fields(_unchunked(await self.until(b"\n\n")))
            if "data" in block:
                return int(block["id"]), json.loads(block["data"]), block.get("event")


def _unchunked(block):
    return b"\n".join(line for line in block.replace(b"\r\n", b"\n").split(b"\n") if b": " in line)


def _fields(block):
    return dict(line.split(": ", 1) for line in block.decode().split("\n") if line and not line.startswith(":"))


async def listen(browser, query="", **headers):
    """An open stream; its head has come."""
    stream = await trio.open_tcp_stream("127.0.0.1", browser.port)
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = [
        f"GET {PREFIX}/events{query} HTTP/1.1",
        f"Host: {browser.host}",
        f"Cookie: {browser.cookie}",
        *lines,
        "",
        "",
    ]
    await stream.send_all("\r\n".join(head).encode())
    found = Listening(stream)
    with trio.fail_after(10):
        answer = await found.until(b"\r\n\r\n")
        assert b" 200 " in answer.partition(b"\r\n")[0], answer
        assert b"content-type: text/event-stream" in answer.lower()
        await found.until(b"retry: ")
    return found


async def test_what_happens_after_the_question_comes_in_order(browser):
    held = browser.surface.events
    held.announce("node.old", {})
    found = await listen(browser)
    for number in range(3):
        held.announce("offer.published", {"text": f"{number}\n\ndata: x\u2028"})
    with trio.fail_after(10):
        got = [await found.event() for _ in range(3)]
    assert [event["data"]["text"][0] for _, event, _ in got] == ["0", "1", "2"]
    assert (
        [number for number, _, _ in got]
        == [event["number"] for _, event, _ in got]
        == [held.last - 2, held.last - 1, held.last]
    )
    await trio.aclose_forcefully(found.stream)


async def test_nothing_is_lost_between_the_question_and_the_answer(counters):
    """The place where a stream begins is settled when it is asked for, not when its head is out."""
    held = counters[0].surface.events
    pieces = []
    call = Call(counters[0].office, event_stream.EventList(), counters[0].surface, counters[0].caller)
    stream = await event_stream.listen(call)
    held.announce("offer.published", {})

    async def send(message):
        await trio.lowlevel.checkpoint()
        pieces.append(message.get("body", b""))
        if b"offer.published" in pieces[-1]:
            gone.set()

    async def receive():
        await gone.wait()
        return {"type": "http.disconnect"}

    gone = trio.Event()
    with trio.fail_after(5):
        await stream({}, receive, send)
    assert b"".join(pieces).count(b"offer.published") == 1


async def test_whoever_comes_back_gets_what_was_missed(browser):
    held = browser.surface.events
    for number in range(5):
        held.announce("offer.published", {"n": number})
    seen = held.last - 2
    for query, headers in (
        (f"?since={seen}", {}),
        ("", {"Last_Event_ID": seen}),
        ("?since=1", {"Last_Event_ID": seen}),
    ):
        found = await listen(browser, query, **headers)
        with trio.fail_after(10):
            assert [(await found.event())[1]["data"]["n"] for _ in range(2)] == [3, 4]
        await trio.aclose_forcefully(found.stream)


@pytest.mark.parametrize("since", [0, 2**50])
async def test_what_is_no_longer_kept_or_of_another_count_is_a_gap(browser, since):
    held = browser.surface.events
    for _ in range(KEPT + 10):
        held.announce("offer.published", {})
    found = await listen(browser, f"?since={since}")
    with trio.fail_after(10):
        number, gap, name = await found.event()
        assert (name, gap["topic"], gap["data"]) == ("gap", "gap", {"after": since, "until": number})
        assert (await found.event())[0] == number + 1 == held.last - KEPT + 1
    await trio.aclose_forcefully(found.stream)


async def test_only_topics_that_were_asked_for(browser):
    found = await listen(browser, "?topics=offer.*&topics=contract.delivery")
    for topic in ("node.moved", "contract.claim", "contract.delivery", "offer.published"):
        browser.surface.events.announce(topic, {})
    with trio.fail_after(10):
        assert [(await found.event())[1]["topic"] for _ in range(2)] == ["contract.delivery", "offer.published"]
    await trio.aclose_forcefully(found.stream)
    for bad in ("?topics=*", "?topics=a.b.c", "?topics=" + "x" * 90, "?since=-1", "?since=x", "?" + "topics=a&" * 40):
        assert (await browser.get(f"{PREFIX}/events{bad}")).code == "bad-request"


def test_topics():
    assert matches("offer.published", ())
    assert matches("offer.published", ("offer",))
    assert not matches("offer.published", ("offers", "offer.publish", "published", "off"))


async def test_the_number_of_streams_is_bounded_and_a_place_is_free_again(browser):
    streams = [await listen(browser) for _ in range(LISTENERS)]
    reply = await browser.get(f"{PREFIX}/events")
    assert (reply.status, reply.code) == (503, "too-many-listeners")
    assert (await browser.get(f"{PREFIX}/status")).status == 200
    await trio.aclose_forcefully(streams.pop().stream)
    while browser.surface.events.listeners == LISTENERS:
        await trio.testing.wait_all_tasks_blocked()
    streams.append(await listen(browser))
    for found in streams:
        await trio.aclose_forcefully(found.stream)


async def test_a_listener_that_never_reads_holds_up_neither_the_announcer_nor_the_others(browser):
    silent, found = await listen(browser), await listen(browser)
    text = "x" * 2_000
    for number in range(KEPT):
        browser.surface.events.announce("offer.published", {"n": number, "text": text})
        if number % 50 == 0:
            with trio.fail_after(10):
                assert (await found.event())[1]["data"]["n"] <= number
    with trio.fail_after(30):
        while (await found.event())[1]["data"]["n"] != KEPT - 1:
            pass
    assert browser.surface.events.listeners == 2
    for each in (silent, found):
        await trio.aclose_forcefully(each.stream)


async def test_a_quiet_stream_says_that_it_is_there(counters, autojump_clock):
    pieces = []
    stream = event_stream.EventStream(counters[0].surface.events, counters[0].surface.events.last, ())

    async def send(message):
        await trio.lowlevel.checkpoint()
        pieces.append((trio.current_time(), message.get("body", b"")))

    with trio.move_on_after(event_stream.HEARTBEAT_S * 3.5):
        await stream({}, trio.sleep_forever, send)
    beats = [at for at, piece in pieces if piece == b": still here\n\n"]
    assert len(beats) == 3
    assert counters[0].surface.events.listeners == 0


def test_the_memory_of_events_is_bounded():
    held = Events(lambda: 1_000)
    for _ in range(3 * KEPT):
        held.announce("x.y", {})
    assert len(held._kept) == KEPT
    assert [event.number for event in held.after(0, 2)] == [held.last - KEPT + 1, held.last - KEPT + 2]
    assert held.after(held.last, 5) == []
    assert events.Events(lambda: 2_000_000).last > held.last


def test_what_nobody_reads_is_not_put_in_words():
    held, said = Events(lambda: 5), []

    def tell():
        said.append(held.last)
        return {"text": "late"}

    held.announce("offer.published", tell)
    assert said == []
    (event,) = held.after(held.last - 1, 10)
    assert (event.json, event.json) == (event.json, event.json)
    assert json.loads(event.json) == {"number": 6, "topic": "offer.published", "at": 5, "data": {"text": "late"}}
    assert said == [6]
