"""The waiting room: records that cannot be judged yet, because a key log is missing or their time has not come.

Bounded everywhere, and no peer takes more than a share; what does not fit is forgotten, and catch-up brings it again.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from enum import Enum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

AN_AUTHOR = 64
IN_ALL = 4_096
FUTURE = 1_000
A_PEER = 512
"""In both rooms together: who brings more is refused, instead of pushing out what others brought."""
PATIENCE_MS = 60 * 60 * 1000
FAR, FAR_A_PEER = 1_000, 128
"""Dated hours or days ahead, of what was asked for: the clock of whoever wrote it is wrong, or this node's is. Nobody
would ask for it again, so it waits as well; apart from the others, which must not lose their room to it."""
RELEASED_AT_ONCE = 64
"""Records that waited for a log, judged with a batch, a reply or in a tick: a log lets go of 64, a batch has 32."""
DUE_AT_ONCE = 128
"""Judged in one tick: 128 signatures hold the event loop for about 10 ms."""


class Way(Enum):
    """How a record came here, and so which bounds it has passed already."""

    GOSSIP = "gossip"
    """Unasked: its peer pays for the signature check, its author for the day."""
    AGAIN = "again"
    """Parked gossip: its check is paid."""
    ASKED = "asked"
    """This node asked for it by its id: only what is kept in all is bounded, or who was away could never catch up."""


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """Packed bytes, unverified, from `peer` at `at` ms; `topic` is None when they came by no topic."""

    packed: bytes
    peer: str
    at: int
    way: Way
    topic: str | None = None

    @property
    def again(self) -> Arrival:
        """The same when it is judged after it waited: its check is paid."""
        return self if self.way is Way.ASKED else msgspec.structs.replace(self, way=Way.AGAIN)


class Released:
    """What waited for logs that are here now: no more of it is judged in one turn than `RELEASED_AT_ONCE`, in the order
    in which it was let go."""

    def __init__(self) -> None:
        self._waiting: deque[Arrival] = deque(maxlen=IN_ALL)
        self._left = RELEASED_AT_ONCE

    def __len__(self) -> int:
        return len(self._waiting)

    def in_this_turn(self, released: Iterable[Arrival]) -> Iterator[Arrival]:
        """Those of them for which there is room; the others wait for the end of this turn or of a later one."""
        for arrival in released:
            if self._left:
                self._left -= 1
                yield arrival
            else:
                self._waiting.append(arrival)

    def at_end_of_turn(self) -> Iterator[Arrival]:
        """What the turn has left goes to those whose log came in an earlier one."""
        while self._waiting and self._left:
            self._left -= 1
            yield self._waiting.popleft()
        self._left = RELEASED_AT_ONCE


class Parking:
    """Two rooms: by author (until its log is here) and by date (until it has come)."""

    def __init__(self) -> None:
        self._by_author: OrderedDict[bytes, OrderedDict[bytes, Arrival]] = OrderedDict()
        self._future: dict[bytes, tuple[int, Arrival]] = {}
        self._far: dict[bytes, tuple[int, Arrival]] = {}
        self._count = 0
        self._shares: Counter[str] = Counter()
        self._far_shares: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._count + len(self._future) + len(self._far)

    def wait_for_log(self, author: bytes, record_id: bytes, arrival: Arrival) -> bool:
        """Keep until the author's log is here; False if it was parked already or there is no room."""
        room = self._by_author.get(author, OrderedDict[bytes, Arrival]())
        if record_id in room or len(room) >= AN_AUTHOR or self._shares[arrival.peer] >= A_PEER:
            return False
        if self._count >= IN_ALL:
            self.release(
                next(iter(self._by_author))
            )  # perhaps this very author's: the room from above is no longer in use
        self._by_author.setdefault(author, OrderedDict())[record_id] = arrival
        self._count += 1
        self._shares[arrival.peer] += 1
        return True

    def wait_for_time(self, due: int, record_id: bytes, arrival: Arrival) -> bool:
        """Keep until `due`; False if it was parked already or there is no room."""
        if record_id in self._future or len(self._future) >= FUTURE or self._shares[arrival.peer] >= A_PEER:
            return False
        self._future[record_id] = (due, arrival)
        self._shares[arrival.peer] += 1
        return True

    def wait_for_days(self, due: int, record_id: bytes, arrival: Arrival) -> bool:
        """The same for what is far ahead."""
        if record_id in self._far or len(self._far) >= FAR or self._far_shares[arrival.peer] >= FAR_A_PEER:
            return False
        self._far[record_id] = (due, arrival)
        self._far_shares[arrival.peer] += 1
        return True

    def waits_for(self, author: bytes) -> bool:
        """Whether something waits for this author's log."""
        return author in self._by_author

    def authors(self) -> list[bytes]:
        """Whose logs are waited for, longest first."""
        return list(self._by_author)

    def release(self, author: bytes) -> list[Arrival]:
        """Everything that waited for this author's log, no longer parked."""
        room = self._by_author.pop(author, OrderedDict[bytes, Arrival]())
        self._count -= len(room)
        return [self._let_go(arrival) for arrival in room.values()]

    def due(self, now: int) -> list[Arrival]:
        """Some of those whose time has come, no longer parked."""
        ready = [record_id for record_id, (due, _) in self._future.items() if due <= now][:DUE_AT_ONCE]
        far = [record_id for record_id, (due, _) in self._far.items() if due <= now][: DUE_AT_ONCE - len(ready)]
        come = [self._far.pop(record_id)[1] for record_id in far]
        self._far_shares -= Counter(arrival.peer for arrival in come)
        return [self._let_go(self._future.pop(record_id)[1]) for record_id in ready] + come

    def tidy(self, now: int) -> None:
        """Forget what has waited for more than an hour."""
        for author in list(self._by_author):
            room = self._by_author[author]
            for record_id in [name for name, arrival in room.items() if abs(now - arrival.at) > PATIENCE_MS]:
                self._let_go(room.pop(record_id))
                self._count -= 1
            if not room:
                del self._by_author[author]
        self._shares += Counter()  # forgets peers that have nothing here

    def _let_go(self, arrival: Arrival) -> Arrival:
        self._shares[arrival.peer] -= 1
        return arrival
