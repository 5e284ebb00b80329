"""Who says what when: one conversation of two nodes about what they have. Values in, values out.

Its owner hands it every frame that comes, keeps the records that it returns (`Step.take`) before the next frame, and
sends what it says. Everything that the other side can make this one do is bounded by the constants below; who breaks
the rules gets a ProtocolError, who only lies about what it has gets an end.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ..envelope import claimed_id
from ..errors import Malformed, NotAllowed
from . import blocks, ranges
from .keys import ID_BYTES, START, SUM_BYTES, id_of
from .messages import (
    ASKED,
    CELLS_CAP,
    Ask,
    Cells,
    Credit,
    Done,
    Give,
    Gone,
    Later,
    Message,
    More,
    Narrow,
    Open,
    Ranges,
    Same,
    names_in,
    read,
    write,
)
from .ranges import NAME_BYTES, Push
from .sketch import CELLS, PREFIX_BYTES, Peeler, dump, load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .domain import Domain
    from .keys import OrderedKeys

WINDOW = 2
"""Blocks on their way. With one message of each other sort they stay below a Yamux window of 256 KiB, so that two nodes
that both write never wait for each other."""
BYTES = 8 * 1024 * 1024
"""Of blocks, each way, in one conversation. Who wants more opens another one."""
ASKS = 100_000
"""Names asked for, each way, in one conversation."""
MESSAGES = 4_096
ROUNDS = 64
"""Messages of ranges each way: 64 times 40 KiB tell of 80,000 differences; the next conversation goes on."""
FIRST_CELLS = 48
AMBIGUOUS = 4
"""Records given for one name of 8 bytes."""
_READ_AT_ONCE = 256


class Side(Protocol):
    """What one node has, as a conversation sees it."""

    @property
    def keys(self) -> OrderedKeys: ...  # noqa: D102

    def sketch(self) -> list[int] | None:
        """A copy of the sketch's cells, if one is kept."""
        ...

    def known(self, name: bytes) -> bool:
        """Whether an id that begins so need not be asked for: it is here, or was and is not wanted again."""
        ...

    def find(self, name: bytes) -> Sequence[bytes]:
        """The ids here that begin so."""
        ...

    def packed(self, ids: Sequence[bytes]) -> Sequence[tuple[bytes, bytes]]:
        """Those of the ids whose records are here to be given: (id, packed record)."""
        ...


@dataclass(slots=True)
class Step:
    """What follows from a frame: frames to send, packed records to keep, and whether this was the end."""

    say: list[bytes] = field(default_factory=list[bytes])
    take: list[bytes] = field(default_factory=list[bytes])
    over: bool = False


@dataclass(slots=True)
class Tally:
    """What a conversation came to. `outcome`: same, done, more (there is more to be had), later, narrow, or empty."""

    outcome: str = ""
    taken: int = 0
    given: int = 0
    theirs: int = 0
    """How many keys the other side said it has."""
    bytes_in: int = 0
    bytes_out: int = 0
    frames_in: int = 0
    sketched: bool = False
    ranged: bool = False


class Conversation:
    """One side of it. Whoever opens says `opening` first; whoever is spoken to, the first frame tells."""

    def __init__(self, side: Side, domain: Domain, *, opener: bool, caps: bool = True) -> None:
        self.tally = Tally()
        self.domain = domain
        self.narrow: Narrow | None = None
        """What the other side takes part in, if it said so."""
        self._side, self._opener, self._caps = side, opener, caps
        self._peeler: Peeler | None = None
        self._cells: list[int] = []
        self._give: deque[Push] = deque()
        self._give_ids: deque[bytes] = deque()
        self._ready: list[tuple[bytes, bytes]] = []
        self._wanted: deque[bytes] = deque()
        self._asked: set[bytes] = set()
        self._credit = WINDOW
        self._unseen = WINDOW
        self._asks = self._their_asks = self._rounds = self._their_bytes = self._my_bytes = 0
        self._told_cells = 0
        self._left_out = False
        """Differences were left as they are, so sums will differ in the end, and ranges would find nothing else."""
        self._waits = self._unanswered = opener
        self._closing = self._said_done = self._sated = self._spent = self._mute = False

    def opening(self, nonce: bytes) -> bytes:
        """The first frame."""
        kinds, since, people = self.domain.told()
        keys = self._side.keys
        caps = (CELLS_CAP,) if self._caps and self._side.sketch() is not None else ()
        return self._out(Open(kinds, since, people, len(keys), _sum(keys), nonce, caps))

    def opened(self, message: Open) -> Step:
        """The other side's first frame, already read: its domain is this conversation's."""
        keys, step = self._side.keys, Step()
        self.tally.theirs = message.n
        if (message.n, message.sum) == (len(keys), _sum(keys)):
            self.tally.outcome = "same"
            step.say.append(self._out(Same()))
            step.over = True
            return step
        cells = self._side.sketch() if self._caps and CELLS_CAP in message.caps else None
        apart = abs(message.n - len(keys))
        rest = self._rest_for(message)
        if rest is None and cells is not None and len(keys) and apart < CELLS // 2:
            self._cells, self.tally.sketched = cells, True
            first = self._told_cells = min(CELLS, FIRST_CELLS + apart + apart // 2)
            step.say.append(self._out(Cells(len(keys), 0, dump(cells[:first]))))
        elif rest is not None:
            self._give.append(rest)
            step.say.append(self._out(Ranges(len(keys), b"")))
        else:
            step.say.append(self._ranges(ranges.opening(keys)))
        return self._go_on(step)

    def _rest_for(self, message: Open) -> Push | None:
        """What the opener lacks, if its keys are the first ones here: it was away, or begins with nothing."""
        keys = self._side.keys
        if message.n >= len(keys):
            return None
        bound = keys.key_at(message.n) if message.n else START
        first = keys.summed(START, bound)[1].to_bytes(SUM_BYTES, "big")
        return Push(bound, None) if first == message.sum else None

    def heard(self, frame: bytes) -> Step:
        """The next frame. Raises ProtocolError for what an honest node does not say."""
        self.tally.frames_in += 1
        self.tally.bytes_in += len(frame)
        if self.tally.frames_in > MESSAGES:
            raise NotAllowed(f"more than {MESSAGES} messages in one conversation")
        return self.step(read(frame))

    def step(self, message: Message) -> Step:
        """The same for a message that was read."""
        step = Step()
        first, self._unanswered = self._unanswered, False
        match message:
            case Same() | Later() | Narrow() if first:
                self.tally.outcome = type(message).__name__.lower()
                self.narrow = message if isinstance(message, Narrow) else None
                step.over = True
                return step
            case Cells() if self._opener and self._waits:
                self._hear_cells(message, step)
            case More() if self._cells:
                self._tell_cells(message, step)
            case Ranges():
                self._hear_ranges(message, step)
            case Ask(names):
                self._hear_ask(names_in(names), step)
            case Give(block):
                self._take(block, step)
            case Gone(names):
                self._hear_gone(names_in(names))
            case Credit(count):
                self._hear_credit(count)
            case Done():
                self._hear_done(message, step)
            case _:
                raise NotAllowed(f"{type(message).__name__.lower()} was not expected")
        return step if step.over else self._go_on(step)

    @property
    def progress(self) -> tuple[int, int]:
        """How many keys are here, and about how many there are at the other side."""
        return len(self._side.keys), self.tally.theirs

    # Finding differences

    def _hear_cells(self, message: Cells, step: Step) -> None:
        self.tally.theirs = message.n
        self.tally.sketched = True
        if self._peeler is None:
            mine = self._side.sketch()
            if mine is None:
                raise NotAllowed("cells were not asked for")
            self._peeler = Peeler(mine)
        cells = load(message.cells)
        if message.first != len(self._peeler) or not cells:
            raise NotAllowed("its cells do not go forward")
        self._peeler.read(cells)
        if self._peeler.whole:
            self._waits = False
            for name in self._peeler.found:
                mine_too = self._side.find(name)
                if mine_too:
                    self._give_ids += mine_too
                elif self._side.known(name):
                    self._left_out = True
                else:
                    self._wanted.append(name)
        elif self._peeler.broken or len(self._peeler) >= CELLS:
            step.say.append(self._ranges(ranges.opening(self._side.keys)))
        else:
            step.say.append(self._out(More(self._peeler.wanted())))

    def _tell_cells(self, message: More, step: Step) -> None:
        first = self._told_cells
        if message.upto <= first:
            raise NotAllowed("it asks for cells that it has")
        self._told_cells = message.upto
        step.say.append(self._out(Cells(len(self._side.keys), first, dump(self._cells[first : message.upto]))))

    def _hear_ranges(self, message: Ranges, step: Step) -> None:
        self._rounds += 1
        self.tally.ranged = True
        self.tally.theirs = message.n
        spans = ranges.load(message.spans)
        if (self._opener and not self._waits) or self._rounds > ROUNDS + 1:
            raise NotAllowed("ranges were not expected")
        self._waits = False
        found = ranges.answer(self._side.keys, spans, self._side.known)
        self._give += found.give
        self._wanted += (name[:PREFIX_BYTES] for name in found.ask)
        if ranges.needs_answer(spans):
            if self._rounds > ROUNDS:
                found.spans, self._spent = [], True
            step.say.append(self._ranges(found.spans))

    def _ranges(self, spans: list[ranges.Span]) -> bytes:
        self._waits = ranges.needs_answer(spans)
        self.tally.ranged = True
        return self._out(Ranges(len(self._side.keys), ranges.dump(spans)))

    # Giving and taking

    def _hear_ask(self, names: list[bytes], step: Step) -> None:
        self._their_asks += len(names)
        if self._their_asks > ASKS:
            raise NotAllowed(f"it asks for more than {ASKS} records at once")
        if self._mute:
            return
        lacking: list[bytes] = []
        for name in names:
            found = self._side.find(name)[:AMBIGUOUS]
            self._give_ids += found
            if not found:
                lacking.append(name)
        self._tell_gone(lacking, step)

    def _tell_gone(self, names: list[bytes], step: Step) -> None:
        if names:
            step.say.append(self._out(Gone(b"".join(names))))

    def _take(self, block: bytes, step: Step) -> None:
        if self._unseen <= 0:
            raise NotAllowed("it sends more than it was allowed to")
        self._unseen -= 1
        step.take = blocks.read(block)
        self.tally.taken += len(step.take)
        self._their_bytes += len(block)
        self._asked.difference_update(claimed_id(packed)[:PREFIX_BYTES] for packed in step.take)
        if self._sated:
            return
        if self._their_bytes > BYTES:
            self._sated = True
            self._asked.clear()
            self._wanted.clear()
            step.say.append(self._out(Credit(0)))
        else:
            self._unseen += 1
            step.say.append(self._out(Credit(1)))

    def _hear_gone(self, names: list[bytes]) -> None:
        self._asked.difference_update(names)
        self._left_out = True
        if not names:
            self._spent = True
            self._asked.clear()
            self._wanted.clear()

    def _hear_credit(self, count: int) -> None:
        self._credit += count
        if self._credit > WINDOW:
            raise NotAllowed("it gives more credit than was used")
        if not count:
            self._spent = True
            self._stop_giving()

    def _stop_giving(self) -> None:
        self._mute = True
        self._give.clear()
        self._give_ids.clear()
        self._ready.clear()

    def _fill(self, step: Step) -> None:
        """Read the next records to give, those that were asked for first."""
        while len(self._ready) < _READ_AT_ONCE and (self._give_ids or self._give):
            if self._give_ids:
                ids = [self._give_ids.popleft() for _ in range(min(_READ_AT_ONCE, len(self._give_ids)))]
                found = self._side.packed(ids)
                self._ready += found
                self._tell_gone([name[:PREFIX_BYTES] for name in set(ids).difference(name for name, _ in found)], step)
                continue
            push = self._give.popleft()
            keys = self._side.keys.keys_from(push.low, push.high, _READ_AT_ONCE)
            if len(keys) == _READ_AT_ONCE:
                self._give.appendleft(Push(keys[-1] + b"\0", push.high, push.but))
            ids = [id_of(one) for one in keys]
            self._ready += self._side.packed([name for name in ids if name[:NAME_BYTES] not in push.but])

    def _give_blocks(self, step: Step) -> None:
        while self._credit:
            self._fill(step)
            if not self._ready:
                return
            block, count = blocks.write([packed for _, packed in self._ready])
            del self._ready[:count]
            self.tally.given += count
            self._my_bytes += len(block)
            self._credit -= 1
            step.say.append(self._out(Give(block)))
            if self._my_bytes > BYTES and (self._ready or self._give or self._give_ids):
                self._stop_giving()
                self._spent = True
                step.say.append(self._out(Gone(b"")))

    # The end

    @property
    def _quiet(self) -> bool:
        return not (self._waits or self._asked or self._wanted or self._give or self._give_ids or self._ready)

    def _go_on(self, step: Step) -> Step:
        if self._mute:
            self._give.clear()
            self._give_ids.clear()
        if self._sated or self._asks >= ASKS:
            self._wanted.clear()
        if self._wanted and not self._asked:
            names = [self._wanted.popleft() for _ in range(min(ASKED, len(self._wanted), ASKS - self._asks))]
            self._asks += len(names)
            self._asked = set(names)
            step.say.append(self._out(Ask(b"".join(sorted(self._asked)))))
        self._give_blocks(step)
        if self._quiet and not self._said_done and (self._opener or self._closing):
            self._said_done = True
            self._closing = False
            keys = self._side.keys
            step.say.append(self._out(Done(len(keys), _sum(keys))))
        return step

    def _hear_done(self, message: Done, step: Step) -> None:
        self.tally.theirs = message.n
        if not self._opener:
            self._closing, self._said_done = True, False
            self.tally.outcome = "more" if self._sated or self._spent else "done"
            return
        if not self._said_done:
            raise NotAllowed("it ends before this side has")
        keys = self._side.keys
        missed = (message.n, message.sum) != (len(keys), _sum(keys)) and not self._left_out
        if missed and self.tally.sketched and not self.tally.ranged and not (self._sated or self._spent):
            self._said_done = False
            step.say.append(self._ranges(ranges.opening(keys)))
            return
        self.tally.outcome = "more" if self._sated or self._spent else "done"
        step.over = True

    def _out(self, message: Message) -> bytes:
        data = write(message)
        self.tally.bytes_out += len(data)
        return data


def _sum(keys: OrderedKeys) -> bytes:
    return keys.total.to_bytes(SUM_BYTES, "big")


def speak_first(frame: bytes) -> Open:
    """The first frame of whoever opens. Raises ProtocolError for anything else."""
    message = read(frame)
    if not isinstance(message, Open):
        raise Malformed("a conversation begins with open")
    return message


__all__ = ["ID_BYTES", "Conversation", "Side", "Step", "Tally", "speak_first"]
