"""The taking half of a conversation: what is missing here is asked for, and blocks are taken as far as was allowed."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from ..envelope import claimed_id
from ..errors import NotAllowed
from . import blocks, side as bounds
from .messages import ASKED, Ask, Credit
from .sketch import PREFIX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .side import Tally


class Taking:
    """`cut`: something is left for the next conversation. `left_out`: the other side could not give something."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._wanted: deque[bytes] = deque()
        self._asked: set[bytes] = set()
        self._unseen = bounds.WINDOW
        self._bytes = self._unpacked = 0
        self._sated = self._unheard = False
        self.cut = self.left_out = False

    @property
    def idle(self) -> bool:
        """Whether nothing is awaited or wanted."""
        return not (self._asked or self._wanted)

    def want(self, names: Iterable[bytes]) -> None:
        """Ask for what begins with these names (8 bytes each), in time; what is too much is left out."""
        for name in names:
            if self._sated or self._unheard or self._tally.asked + len(self._wanted) >= bounds.ASKS:
                self.cut = True
                return
            self._wanted.append(name)

    def ask(self) -> Ask | None:
        """The next names to ask for, when everything that was asked for is there or gone."""
        if self._asked or not self._wanted:
            return None
        names = [self._wanted.popleft() for _ in range(min(ASKED, len(self._wanted)))]
        self._tally.asked += len(names)
        self._asked = set(names)
        return Ask(b"".join(sorted(self._asked)))

    def take(self, block: bytes) -> tuple[list[bytes], Credit | None]:
        """The records of a block, and what to answer: another one, or (0) no more in this conversation."""
        if self._unseen <= 0:
            raise NotAllowed("it sends more than it was allowed to")
        self._unseen -= 1
        records = blocks.read(block)
        self._tally.taken += len(records)
        self._bytes += len(block)
        self._unpacked += sum(map(len, records))
        self._asked.difference_update(claimed_id(packed)[:PREFIX_BYTES] for packed in records)
        if self._sated:
            return records, None
        if self._bytes > bounds.BYTES or self._unpacked > bounds.UNPACKED_BYTES:
            return records, self.enough()
        self._unseen += 1
        return records, Credit(1)

    def enough(self) -> Credit:
        """Take no more in this conversation, but for what is on its way: what to say."""
        self._sated = True
        self._ask_no_more()
        return Credit(0)

    def gone(self, names: list[bytes]) -> None:
        """The other side does not have these; without names: it gives no more in this conversation."""
        self._asked.difference_update(names)
        self.left_out = True
        if not names:
            self._unheard = True
            self._ask_no_more()

    def _ask_no_more(self) -> None:
        self.cut = True
        self._asked.clear()
        self._wanted.clear()
