"""Sides of conversations in memory, and a talk between two of them to its end."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from freehold.protocol import canonical
from freehold.protocol.envelope import claimed_id
from freehold.protocol.reconcile.conversation import Conversation, speak_first
from freehold.protocol.reconcile.domain import EVERYTHING
from freehold.protocol.reconcile.keys import OrderedKeys, key
from freehold.protocol.reconcile.sketch import PREFIX_BYTES, Sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from freehold.protocol.reconcile.side import Tally

START_MS = 1_750_000_000_000
NONCE = bytes(8)


def record(at: int, number: int, size: int = 60) -> bytes:
    """Something that packs like a record: its header begins with its time."""
    rng = random.Random(number)
    return canonical.encode([1, at.to_bytes(8, "big") + rng.randbytes(24), b"s" * size, None])


def key_of(packed: bytes) -> bytes:
    """The key of a made-up record."""
    value = canonical.decode(packed)
    assert isinstance(value, list)
    header = value[1]
    assert isinstance(header, bytes)
    return key(int.from_bytes(header[:8], "big"), claimed_id(packed))


@dataclass
class MemorySide:
    """See `conversation.Side`. `lost`: told of, but not here any more; `unwanted`: need not be asked for."""

    keys: OrderedKeys = field(default_factory=OrderedKeys)
    shelf: dict[bytes, bytes] = field(default_factory=dict)
    cells: Sketch | None = field(default_factory=Sketch)
    unwanted: set[bytes] = field(default_factory=set)
    prefixes: dict[bytes, list[bytes]] = field(default_factory=dict)
    put_in: Callable[[MemorySide, bytes], bool] | None = None

    def put(self, records: Iterable[bytes]) -> MemorySide:
        for packed in records:
            one = key_of(packed)
            if self.keys.add(one):
                name = one[8:]
                self.shelf[name] = packed
                self.prefixes.setdefault(name[:PREFIX_BYTES], []).append(name)
                if self.cells is not None:
                    self.cells.toggle(name[:PREFIX_BYTES])
        return self

    def sketch(self) -> list[int] | None:
        return None if self.cells is None else self.cells.cells.copy()

    def known(self, names: Sequence[bytes]) -> set[bytes]:
        return {name for name in names if self._here(name) or any(one.startswith(name) for one in self.unwanted)}

    def find(self, names: Sequence[bytes]) -> dict[bytes, list[bytes]]:
        return {name: self._here(name) for name in names}

    def _here(self, name: bytes) -> list[bytes]:
        return [one for one in self.prefixes.get(name[:PREFIX_BYTES], ()) if one.startswith(name)]

    def packed(self, ids: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
        return [(name, self.shelf[name]) for name in ids if name in self.shelf]


@dataclass
class Talk:
    """What a talk came to: `rounds` are turns of whoever opened."""

    mine: Tally
    theirs: Tally
    rounds: int

    @property
    def wire_bytes(self) -> int:
        return self.mine.bytes_out + self.theirs.bytes_out


def talk(one: MemorySide, other: MemorySide, most: int = 20_000) -> Talk:
    """One opens a conversation with the other, to the end; every frame is handed over at once."""
    opener = Conversation(one, EVERYTHING, opener=True)
    first = opener.opening(NONCE)
    answerer = Conversation(other, EVERYTHING, opener=False)
    step = answerer.opened(speak_first(first))
    queue: list[tuple[Conversation, MemorySide, bytes]] = [(opener, one, frame) for frame in step.say]
    rounds = 1
    while queue:
        most -= 1
        assert most, "it does not come to an end"
        turn, queue = queue, []
        for who, side, frame in turn:
            found = who.heard(frame)
            side.put(found.take)
            partner, partner_side = (answerer, other) if who is opener else (opener, one)
            queue += [(partner, partner_side, said) for said in found.say]
            if found.over and who is opener:
                queue = []
                break
        rounds += bool(queue) and queue[0][0] is answerer
    assert opener.tally.outcome
    return Talk(opener.tally, answerer.tally, rounds)
