"""What happened on this node, numbered, for whoever listens: the last few thousand events, the wait for the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec
import trio

if TYPE_CHECKING:
    from collections.abc import Callable

    from .port import Json

    Told: TypeAlias = Json | Callable[[], Json]
    """What happened, or how to say it: said when the first listener reads it, and never if nobody does."""

KEPT = 4_096
"""Of some 300 bytes each: a busy hour. Who was away for longer is told that there is a gap."""
LISTENERS = 24
"""Of the places of a door (`http.CONNECTIONS`): the rest stay free for questions."""


class Event:
    """One event."""

    __slots__ = ("_at", "_json", "_told", "number", "topic")

    def __init__(self, number: int, topic: str, at: int, told: Told) -> None:
        self.number, self.topic = number, topic
        self._at, self._told = at, told
        self._json: bytes | None = None

    @property
    def json(self) -> bytes:
        """The whole of it as others see it."""
        if self._json is None:
            data = self._told() if callable(self._told) else self._told
            self._json = msgspec.json.encode({"number": self.number, "topic": self.topic, "at": self._at, "data": data})
            self._told = {}
        return self._json


class Events:
    """Numbers begin at the time of the start (ms) and count up: they grow across restarts, so an old one is known to be
    old."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._kept: dict[int, Event] = {}
        self._first = self.last = now()
        """The number of the last event; before the first, the one before it."""
        self._first += 1
        self._news: trio.Event | None = None
        self.listeners = 0
        """Streams that are open."""

    def announce(self, topic: str, told: Told) -> None:
        """Something happened. Never blocks and costs the same whoever listens; `told` is not changed afterwards."""
        self.last += 1
        self._kept[self.last] = Event(self.last, topic, self._now(), told)
        if len(self._kept) > KEPT:
            del self._kept[self._first]
            self._first += 1
        if self._news is not None:
            self._news.set()
            self._news = None

    def after(self, number: int, limit: int) -> list[Event]:
        """The events that follow a number, as far as they are kept."""
        begin = max(number + 1, self._first)
        return [self._kept[at] for at in range(begin, min(begin + limit, self.last + 1))]

    def missed(self, number: int) -> int | None:
        """The number up to which events after `number` are gone; None if nothing is missing.

        A number that was not given yet is another count's (the clock went back): everything may be missing.
        """
        return self._first - 1 if number < self._first - 1 or number > self.last else None

    async def more(self) -> None:
        """Wait for the next event."""
        if self._news is None:
            self._news = trio.Event()
        await self._news.wait()


def matches(topic: str, wanted: tuple[str, ...]) -> bool:
    """Whether a topic is among those wanted: `offer`, `offer.*` and `offer.published` all take `offer.published`."""
    noun = topic.partition(".")[0]
    return not wanted or any(name in (topic, noun, noun + ".*") for name in wanted)
