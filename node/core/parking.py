"""The waiting room: records that cannot be judged yet, because a key log is missing or their time has not come.

Bounded everywhere; what does not fit is forgotten, and catch-up brings it again.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

AN_AUTHOR = 64
IN_ALL = 4_096
FUTURE = 1_000
PATIENCE_MS = 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Parked:
    """Packed bytes, unverified against any log, and the peer that brought them."""

    packed: bytes
    peer: str
    since: int


class Parking:
    """Two rooms: by author (until its log is here) and by date (until it has come)."""

    def __init__(self) -> None:
        self._by_author: OrderedDict[bytes, OrderedDict[bytes, Parked]] = OrderedDict()
        self._future: dict[bytes, tuple[int, Parked]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count + len(self._future)

    def wait_for_log(self, author: bytes, record_id: bytes, parked: Parked) -> bool:
        """Keep until the author's log is here; False if it was parked already or there is no room."""
        room = self._by_author.setdefault(author, OrderedDict())
        if record_id in room or len(room) >= AN_AUTHOR:
            return False
        if self._count >= IN_ALL:
            self._forget_oldest_author()
            room = self._by_author.setdefault(author, OrderedDict())
        room[record_id] = parked
        self._count += 1
        return True

    def wait_for_time(self, due: int, record_id: bytes, parked: Parked) -> bool:
        """Keep until `due`; False if it was parked already or there is no room."""
        if record_id in self._future or len(self._future) >= FUTURE:
            return False
        self._future[record_id] = (due, parked)
        return True

    def release(self, author: bytes) -> list[Parked]:
        """Everything that waited for this author's log."""
        room = self._by_author.pop(author, OrderedDict())
        self._count -= len(room)
        return list(room.values())

    def due(self, now: int) -> list[Parked]:
        """Everything whose time has come."""
        ready = [record_id for record_id, (due, _) in self._future.items() if due <= now]
        return [self._future.pop(record_id)[1] for record_id in ready]

    def authors(self) -> list[bytes]:
        """Whose logs are waited for, longest first."""
        return list(self._by_author)

    def tidy(self, now: int) -> None:
        """Forget what has waited for more than an hour."""
        for author in list(self._by_author):
            room = self._by_author[author]
            for record_id in [i for i, parked in room.items() if parked.since + PATIENCE_MS < now]:
                del room[record_id]
                self._count -= 1
            if not room:
                del self._by_author[author]

    def _forget_oldest_author(self) -> None:
        _, room = self._by_author.popitem(last=False)
        self._count -= len(room)
