"""The giving half of a conversation: what the other side lacks or asks for, in blocks, as far as it has credit."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from ..errors import NotAllowed
from . import blocks, side as bounds
from .keys import id_of
from .messages import Give, Gone
from .ranges import NAME_BYTES, Push
from .sketch import PREFIX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .side import Side, Tally

AMBIGUOUS = 4
"""Records given for one name of 8 bytes."""
_READ_AT_ONCE = 256


class Giving:
    """`cut`: something is left for the next conversation. `ended`: nothing more is given in this one."""

    def __init__(self, side: Side, tally: Tally) -> None:
        self._side, self._tally = side, tally
        self._pushes: deque[Push] = deque()
        self._ids: deque[bytes] = deque()
        self._ready: list[tuple[bytes, bytes]] = []
        self._credit = bounds.WINDOW
        self._asked = self._bytes = 0
        self.cut = self.ended = False

    @property
    def idle(self) -> bool:
        """Whether there is nothing to give."""
        return not (self._pushes or self._ids or self._ready)

    def push(self, pushes: Iterable[Push]) -> None:
        """Give these ranges; those that are too many are left for the next conversation."""
        if self.ended:
            return
        for one in pushes:
            if len(self._pushes) >= bounds.PUSHES:
                self.cut = True
                return
            self._pushes.append(one)

    def give(self, ids: Iterable[bytes]) -> None:
        """Give these records."""
        if not self.ended:
            self._ids += ids

    def asked(self, names: list[bytes]) -> list[bytes]:
        """The other side asks; those of the names that nothing here has."""
        self._asked += len(names)
        if self._asked > bounds.ASKS:
            raise NotAllowed(f"it asks for more than {bounds.ASKS} records at once")
        if self.ended:
            return []
        found = self._side.find(names)
        for name in names:
            self._ids += found.get(name, ())[:AMBIGUOUS]
        return [name for name in names if not found.get(name)]

    def credited(self, blocks_taken: int) -> None:
        """The other side has taken so many blocks; 0: it takes no more."""
        self._credit += blocks_taken
        if self._credit > bounds.WINDOW:
            raise NotAllowed("it gives more credit than was used")
        if not blocks_taken:
            self._end()

    def messages(self) -> Iterator[Give | Gone]:
        """What can be given now."""
        while self._credit and not self.ended:
            yield from self._fill()
            if not self._ready:
                break
            block, count = blocks.write([packed for _, packed in self._ready])
            del self._ready[:count]
            self._tally.given += count
            self._bytes += len(block)
            self._credit -= 1
            yield Give(block)
            if self._bytes > bounds.BYTES and not self.idle:
                self._end()
                yield Gone(b"")
        if self.cut and self.idle and not self.ended:
            self._end()
            yield Gone(b"")

    def _end(self) -> None:
        self.cut = self.ended = True
        self._pushes.clear()
        self._ids.clear()
        self._ready.clear()

    def _fill(self) -> Iterator[Gone]:
        """Read the next records to give, those that were asked for first; say which of these are gone meanwhile."""
        while len(self._ready) < _READ_AT_ONCE and (self._ids or self._pushes):
            if self._ids:
                ids = [self._ids.popleft() for _ in range(min(_READ_AT_ONCE, len(self._ids)))]
                found = self._side.packed(ids)
                self._ready += found
                lacking = [name[:PREFIX_BYTES] for name in set(ids).difference(name for name, _ in found)]
                if lacking:
                    yield Gone(b"".join(lacking))
                continue
            ids = self._pushed(_READ_AT_ONCE)
            if ids:
                self._ready += self._side.packed(ids)

    def _pushed(self, most: int) -> list[bytes]:
        """The next ids in the ranges that are to be given."""
        ids: list[bytes] = []
        while self._pushes and len(ids) < most:
            push, room = self._pushes.popleft(), most - len(ids)
            keys = self._side.keys.keys_from(push.low, push.high, room)
            if len(keys) == room:
                self._pushes.appendleft(Push(keys[-1] + b"\0", push.high, push.but))
            ids += [name for name in map(id_of, keys) if name[:NAME_BYTES] not in push.but]
        return ids
