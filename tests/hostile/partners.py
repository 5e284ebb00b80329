"""Partners for reconciliation that mean harm: each is spoken to, or speaks, on real streams, and hears what follows."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from freehold.node.net.port import BadReply
from freehold.node.net.streams import BadFrame, read_frame, write_frame
from freehold.protocol.errors import ProtocolError
from freehold.protocol.reconcile import blocks, messages, ranges
from freehold.protocol.reconcile.conversation import Conversation, speak_first
from freehold.protocol.reconcile.domain import EVERYTHING
from freehold.protocol.reconcile.messages import (
    FRAME_BYTES,
    Ask,
    Credit,
    Done,
    Give,
    Gone,
    Later,
    Message,
    Narrow,
    Open,
    Ranges,
    Same,
)
from tests.cast import START_MS
from tests.hostile.household import TALK
from tests.hostile.mallory import BROKEN, Mallory
from tests.protocol.reconcile.sides import MemorySide, record

LEFT = (*BROKEN, BadFrame, BadReply, ProtocolError)
_END = Done(9, bytes(32))


@dataclass
class Partner:
    """What was heard in all conversations. `who` is the host that it speaks from."""

    who: Mallory
    opened: int = 0
    """Conversations that the node began with it."""
    frames: int = 0
    size: int = 0
    heard: list[Message] = field(default_factory=list[Message])
    known: bytes = b""
    """A record that the node has."""
    times = 60
    """How often it does what it does without end: many more than the bounds that the tests set."""

    @property
    def name(self) -> str:
        return str(self.who.host.get_id())

    def waits(self) -> None:
        """Be there when the node begins."""
        self.who.host.set_stream_handler(TALK, self._serve)

    async def _serve(self, stream: Any) -> None:
        self.opened += 1
        with suppress(*LEFT):
            speak_first(await read_frame(stream, FRAME_BYTES))
            await self.answers(stream)
            await stream.close()

    async def answers(self, stream: Any) -> None:
        """Say the rest of a conversation that the node began."""

    async def attack(self) -> None:
        """What it does by itself, to its end."""

    async def begins(self, n: int = 10, nonce: bytes = b"\xff" * 8) -> Any:
        """A stream on which it has opened a conversation."""
        stream = await self.who.stream(TALK)
        await self.say(stream, Open((), 0, b"", n, os.urandom(32), nonce, ()))
        return stream

    async def say(self, stream: Any, *said: Message) -> None:
        for message in said:
            await write_frame(stream, messages.write(message))

    async def hear(self, stream: Any) -> Message:
        frame = await read_frame(stream, FRAME_BYTES)
        self.frames += 1
        self.size += len(frame)
        message = messages.read(frame)
        self.heard.append(message)
        return message

    async def until(self, stream: Any, *sorts: type[Message]) -> Message:
        """Hear on until it is one of these."""
        while not isinstance(message := await self.hear(stream), sorts):
            pass
        return message


class ClaimsWhatItNeverGives(Partner):
    """Tells of 3,000 records. Of none it has more than the name: what is asked for is gone, each time."""

    async def answers(self, stream: Any) -> None:
        side = MemorySide(cells=None).put(record(START_MS + number, number) for number in range(3_000))
        side.shelf.clear()
        await self.follows(stream, Conversation(side, EVERYTHING, opener=False))

    async def follows(self, stream: Any, honest: Conversation) -> None:
        """Say what an honest partner with this side says."""
        step = honest.opened(Open((), 0, b"", 1, bytes(32), bytes(8), ()))
        while True:
            for frame in step.say:
                await write_frame(stream, frame)
            step = honest.step(await self.hear(stream))


class GivesSomethingElse(ClaimsWhatItNeverGives):
    """Tells of records and gives others, which nobody signed."""

    async def answers(self, stream: Any) -> None:
        side = MemorySide(cells=None).put(record(START_MS + number, number) for number in range(300))
        others = [record(START_MS, number) for number in range(1_000, 1_300)]
        side.shelf = dict(zip(side.shelf, others, strict=True))
        await self.follows(stream, Conversation(side, EVERYTHING, opener=False))


class AlwaysHasMore(Partner):
    """Gives one record that is there already, and says each time that there is more to be had."""

    async def answers(self, stream: Any) -> None:
        await self.say(stream, Ranges(9, b""), Give(blocks.write([self.known])[0]), Gone(b""))
        await self.until(stream, Done)
        await self.say(stream, _END)


class SaysSomethingElseEachTime(Partner):
    """Takes part in another piece of the network whenever it is asked."""

    async def answers(self, stream: Any) -> None:
        await self.say(stream, Narrow((), self.opened % 2 + 1, b""))


class NeverConverges(Partner):
    """Tells other sums each time, so that no range is ever the same."""

    async def attack(self) -> None:
        stream = await self.begins(n=0)
        for _ in range(self.times):
            await self.say(stream, Ranges(9, ranges.dump([ranges.Span(None, 9, os.urandom(16))])))
            await self.until(stream, Ranges)


class SpansThatOverlap(Partner):
    """Ranges that go back, overlap, or follow the end."""

    async def attack(self) -> None:
        for spans in (_BACKWARDS, _TWICE, _AFTER_THE_END) * 4:
            stream = await self.begins(n=0)
            await self.until(stream, Ranges)
            await self.say(stream, Ranges(9, spans))
            with suppress(*LEFT):
                await self.until(stream, Same)


class NeverReads(Partner):
    """Has nothing, wants everything, and does not take it."""

    async def attack(self) -> None:
        stream = await self.begins(n=0)
        await self.say(stream, Ranges(0, ranges.dump([ranges.Span(None, 0, None, ())])))


class TellsOfMillions(Partner):
    """Lists without end: 2,048 ids in each message, and again as many."""

    async def attack(self) -> None:
        stream = await self.begins(n=10_000_000)
        for _ in range(self.times):
            spans = [ranges.Span(_bound(place), 256, None, _names(256)) for place in range(8)]
            await self.say(stream, Ranges(10_000_000, ranges.dump(spans)))


class AsksForMillions(Partner):
    """Asks for 2,048 ids at a time that nobody has."""

    async def attack(self) -> None:
        stream = await self.begins()
        for _ in range(self.times):
            await self.say(stream, Ask(os.urandom(8 * 2_048)))
            await self.until(stream, Gone)


class DiesInTheMiddle(Partner):
    """Leaves at every place of a conversation: also within a frame, and within its length."""

    async def attack(self) -> None:
        said = [Open((), 0, b"", 0, os.urandom(32), b"\xff" * 8, ()), Ranges(9, b""), Ask(bytes(8)), Credit(0)]
        whole = b"".join(len(data).to_bytes(4, "big") + data for data in map(messages.write, said))
        for place in range(0, len(whole), len(whole) // 12):
            stream = await self.who.stream(TALK)
            await stream.write(whole[:place] or b"\0")
            await stream.reset()


class OpensMany(Partner):
    """Sixty streams on which it says nothing."""

    async def attack(self) -> None:
        for _ in range(self.times):
            with suppress(*LEFT):
                await self.who.stream(TALK)


class BeginsAnewForEver(Partner):
    """Takes what it is given, and has nothing again."""

    async def attack(self) -> None:
        for _ in range(self.times):
            stream = await self.begins(n=0)
            await self.say(stream, Ranges(0, ranges.dump([ranges.Span(None, 0, None, ())])))
            if isinstance(await self.until(stream, Later, Give), Later):
                return
            await stream.reset()


def _bound(place: int) -> bytes:
    return (START_MS + place).to_bytes(8, "big") + bytes(32)


def _names(count: int) -> tuple[bytes, ...]:
    noise = os.urandom(16 * count)
    return tuple(noise[at : at + 16] for at in range(0, len(noise), 16))


def _spans(*bounds: bytes | None) -> bytes:
    """Sums up to bounds, in whatever order."""
    return ranges.dump([ranges.Span(bound, 9, os.urandom(16)) for bound in bounds])


_TWICE = _spans(_bound(5), _bound(5))
_AFTER_THE_END = _spans(None) + _spans(_bound(7))
_BACKWARDS = ranges.dump([ranges.Span((START_MS).to_bytes(8, "big") + b"\x05".ljust(32, b"\0"), 9, bytes(16))]) + (
    b"\x01\x01\x04\x01\x09" + bytes(16)
)
"""The second bound has the same time, and an id that is lower."""
