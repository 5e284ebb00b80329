"""Who says what when: one conversation of two nodes about what they have. Values in, values out.

Its owner hands it every frame that comes, keeps the records that it returns (`Step.take`) before the next frame, and
sends what it says. Everything that the other side can make this one do is bounded by the constants below; who breaks
the rules gets a ProtocolError, who only lies about what it has gets an end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Malformed, NotAllowed
from . import ranges, side as bounds
from .giving import Giving
from .keys import ID_BYTES, START, SUM_BYTES
from .messages import (
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
from .ranges import Push
from .side import Side, Step, Tally
from .sketch import CELLS, PREFIX_BYTES, Peeler, dump, load
from .taking import Taking

if TYPE_CHECKING:
    from .domain import Domain
    from .keys import OrderedKeys

FIRST_CELLS = 48


class Conversation:
    """One side of it. Whoever opens says `opening` first; whoever is spoken to, the first frame tells."""

    def __init__(self, side: Side, domain: Domain, *, opener: bool, caps: bool = True) -> None:
        self.tally = Tally()
        self.domain = domain
        self.narrow: Narrow | None = None
        """What the other side takes part in, if it said so."""
        self._side, self._opener, self._caps = side, opener, caps
        self._giving, self._taking = Giving(side, self.tally), Taking(self.tally)
        self._peeler: Peeler | None = None
        self._cells: list[int] = []
        self._rounds = self._told_cells = 0
        self._left_out = False
        """Differences were left as they are, so sums will differ in the end, and ranges would find nothing else."""
        self._waits = self._unanswered = opener
        self._closing = self._said_done = self._too_many_rounds = False

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
            self._giving.push([rest])
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
        if self.tally.frames_in > bounds.MESSAGES:
            raise NotAllowed(f"more than {bounds.MESSAGES} messages in one conversation")
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
                self._hear_give(block, step)
            case Gone(names):
                self._taking.gone(names_in(names))
            case Credit(count):
                self._giving.credited(count)
            case Done():
                self._hear_done(message, step)
            case _:
                raise NotAllowed(f"{type(message).__name__.lower()} was not expected")
        return step if step.over else self._go_on(step)

    def enough(self, step: Step) -> None:
        """After what `step` brought was kept: take no more of it this time, and say so, unless it was the end."""
        if not step.over and not self.settled:
            step.say.append(self._out(self._taking.enough()))
            self._go_on(step)

    @property
    def settled(self) -> bool:
        """Whether this side, spoken to, has said that it is done: what is left is that the other one leaves."""
        return self._said_done and not self._opener

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
            mine = self._side.find(self._peeler.found)
            others = [name for name in self._peeler.found if not mine.get(name)]
            known = self._side.known(others)
            self._left_out = self._left_out or bool(known)
            for found in mine.values():
                self._giving.give(found)
            self._taking.want(name for name in others if name not in known)
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
        if (self._opener and not self._waits) or self._rounds > bounds.ROUNDS + 1:
            raise NotAllowed("ranges were not expected")
        self._waits = False
        known = self._side.known([name for span in spans for name in span.names or ()])
        found = ranges.answer(self._side.keys, spans, known.__contains__)
        self._giving.push(found.give)
        self._taking.want(name[:PREFIX_BYTES] for name in found.ask)
        if ranges.needs_answer(spans):
            if self._rounds > bounds.ROUNDS:
                found.spans, self._too_many_rounds = [], True
            step.say.append(self._ranges(found.spans))

    def _ranges(self, spans: list[ranges.Span]) -> bytes:
        self._waits = ranges.needs_answer(spans)
        self.tally.ranged = True
        return self._out(Ranges(len(self._side.keys), ranges.dump(spans)))

    # Giving and taking

    def _hear_ask(self, names: list[bytes], step: Step) -> None:
        lacking = self._giving.asked(names)
        if lacking:
            step.say.append(self._out(Gone(b"".join(lacking))))

    def _hear_give(self, block: bytes, step: Step) -> None:
        step.take, credit = self._taking.take(block)
        if credit is not None:
            step.say.append(self._out(credit))

    # The end

    @property
    def _more(self) -> bool:
        """Whether the next conversation has something left to do."""
        return self._giving.cut or self._taking.cut or self._too_many_rounds

    def _go_on(self, step: Step) -> Step:
        ask = self._taking.ask()
        if ask is not None:
            step.say.append(self._out(ask))
        step.say += map(self._out, self._giving.messages())
        quiet = not self._waits and self._taking.idle and self._giving.idle
        if quiet and not self._said_done and (self._opener or self._closing):
            self._said_done = True
            self._closing = False
            keys = self._side.keys
            step.say.append(self._out(Done(len(keys), _sum(keys))))
        return step

    def _hear_done(self, message: Done, step: Step) -> None:
        self.tally.theirs = message.n
        if not self._opener:
            self._closing, self._said_done = True, False
            self.tally.outcome = "more" if self._more else "done"
            return
        if not self._said_done:
            raise NotAllowed("it ends before this side has")
        keys = self._side.keys
        left_out = self._left_out or self._taking.left_out
        missed = (message.n, message.sum) != (len(keys), _sum(keys)) and not left_out
        if missed and self.tally.sketched and not self.tally.ranged and not self._more:
            self._said_done = False
            step.say.append(self._ranges(ranges.opening(keys)))
            return
        self.tally.outcome = "more" if self._more else "done"
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
