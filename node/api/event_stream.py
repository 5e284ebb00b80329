"""GET /events: what happens, as Server-Sent Events. A client that reads slowly falls behind alone, and is told so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import trio
from msgspec import Meta
from starlette.responses import Response

from ..core.desk import Denied
from .bodies.given import Given, Whole
from .callers import Scope
from .events import LISTENERS, Events, matches
from .operations import AnyOperation, Call, Operation

if TYPE_CHECKING:
    from .http import Message, Receive, Send

HEARTBEAT_S = 15.0
"""A connection that broke is noticed by whoever holds it within this."""
AGAIN_MS = 2_000
"""After this a browser comes back by itself, with the number of the last event that it had."""
_AT_ONCE = 64
_TOPICS = 32
Topic = Annotated[str, Meta(pattern=r"^[a-z-]{1,40}(\.(\*|[a-z-]{1,40}))?$")]


class EventList(Given):
    """GET /events: those after the number `since`, else those to come; of all topics, or of some (`offer.*`)."""

    since: Whole | None = None
    topics: Annotated[tuple[Topic, ...], Meta(max_length=_TOPICS)] = ()


async def listen(call: Call[EventList]) -> Response:
    """The stream. Where it begins is settled here, before the answer does: nothing that happens meanwhile is lost."""
    events = call.surface.events
    if events.listeners >= LISTENERS:
        what = f"{LISTENERS} streams of events are open already"
        raise Denied("too-many-listeners", what, "close some: each tab of the page and each `freehold watch` is one")
    since = call.given.since if call.last_event is None else call.last_event
    return EventStream(events, events.last if since is None else since, call.given.topics)


class EventStream(Response):
    """An answer that has no end of its own."""

    media_type = "text/event-stream"

    def __init__(self, events: Events, since: int, topics: tuple[str, ...]) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._events, self._since, self._topics = events, since, topics

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Until the client leaves or the node stops."""
        del scope
        self._events.listeners += 1
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(_until_gone, receive, nursery.cancel_scope)
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                await self._feed(send)
        finally:
            self._events.listeners -= 1

    async def _feed(self, send: Send) -> None:
        await _say(send, f"id: {self._since}\nretry: {AGAIN_MS}\n\n".encode())
        while True:
            if piece := self._next():
                await _say(send, piece)
                continue
            with trio.move_on_after(HEARTBEAT_S) as waiting:
                await self._events.more()
            if waiting.cancelled_caught:
                await _say(send, b": still here\n\n")

    def _next(self) -> bytes:
        """What is to be sent now; nothing if there is nothing new. What is not wanted is passed over."""
        pieces: list[bytes] = []
        missed = self._events.missed(self._since)
        if missed is not None:
            gap = {"number": missed, "topic": "gap", "data": {"after": self._since, "until": missed}}
            pieces.append(b"event: gap\nid: %d\ndata: %b\n\n" % (missed, msgspec.json.encode(gap)))
            self._since = missed
        while not pieces and self._since < self._events.last:
            found = self._events.after(self._since, _AT_ONCE)
            self._since = found[-1].number
            pieces += [
                b"id: %d\ndata: %b\n\n" % (event.number, event.json)
                for event in found
                if matches(event.topic, self._topics)
            ]
        return b"".join(pieces)


async def _until_gone(receive: Receive, stream: trio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.cancel()


async def _say(send: Send, piece: bytes) -> None:
    await send({"type": "http.response.body", "body": piece, "more_body": True})


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        "GET",
        "/events",
        EventList,
        listen,
        "What happens, as Server-Sent Events",
        Scope.READ,
        answers="text/event-stream",
    ),
)
