"""What a conversation needs of its owner, what it comes to, and the bounds that hold whatever the other side says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set as AbstractSet

    from .keys import OrderedKeys

WINDOW = 2
"""Blocks on their way. With one message of each other sort they stay below a Yamux window of 256 KiB, so that two nodes
that both write never wait for each other."""
BYTES = 8 * 1024 * 1024
"""Of blocks, each way, in one conversation. Who wants more opens another one."""
UNPACKED_BYTES = 64 * 1024 * 1024
"""That the blocks of one conversation unpack to: texts shrink to a fifth at best, copies of one record to nothing."""
ASKS = 100_000
"""Names asked for, each way, in one conversation."""
MESSAGES = 4_096
ROUNDS = 64
"""Messages of ranges each way: 64 times 40 KiB tell of 80,000 differences; the next conversation goes on."""
PUSHES = 16_384
"""Ranges that wait to be given: each holds a record or few, and `BYTES` are about as many records."""


class Side(Protocol):
    """What one node has, as a conversation sees it."""

    @property
    def keys(self) -> OrderedKeys: ...  # noqa: D102

    def sketch(self) -> list[int] | None:
        """A copy of the sketch's cells, if one is kept."""
        ...

    def known(self, names: Sequence[bytes]) -> AbstractSet[bytes]:
        """Those of the names (all of one length) that need not be asked for: an id that begins so is here, or was and
        is not wanted again."""
        ...

    def find(self, names: Sequence[bytes]) -> Mapping[bytes, Sequence[bytes]]:
        """The ids here that begin with each of these names (8 bytes); names of none may be missing."""
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
    asked: int = 0
    """How many records the other side was asked for by name."""
    taken: int = 0
    given: int = 0
    theirs: int = 0
    """How many keys the other side said it has."""
    bytes_in: int = 0
    bytes_out: int = 0
    frames_in: int = 0
    sketched: bool = False
    ranged: bool = False
