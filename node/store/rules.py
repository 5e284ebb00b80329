"""What replaces what, what is kept for ever and what counts against quotas: the same in every store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.keylog import INCEPTION
from freehold.protocol.kinds import ENTRY_NAMES
from freehold.protocol.kinds.agreement import AGREEMENT
from freehold.protocol.kinds.profile import INBOX, PROFILE

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

LASTING = ENTRY_NAMES | {INCEPTION.name, AGREEMENT.name}
"""Kinds that never expire here: without them nothing else can be judged."""
GIVEN_UP_MS = 90 * 24 * 60 * 60 * 1000
"""For so long after its arrival others are not asked for what was given up for want of room."""
REPLACED_ROWS = 100_000
"""Replaced versions that are remembered (about 9 MB); an older one that comes back is read once more and left."""
_UNCOUNTED = frozenset({INCEPTION.name, PROFILE.name, INBOX.name})
"""One of each is kept per author, so no quota is needed."""


def counted(record: Record, shared: bool) -> bool:  # noqa: FBT001
    """Whether a record counts against its author's quota."""
    return shared and record.header.kind not in _UNCOUNTED


def supersedes(record: Record, standing: Record) -> bool:
    """Whether a record takes the place of the one that stands there: by later time, then smaller id."""
    if record.header.kind == INCEPTION.name:
        return False
    return (-record.header.at, record.id) < (-standing.header.at, standing.id)


def later(one: int | None, other: int | None) -> int | None:
    """The later of two expiries; None is never."""
    return None if one is None or other is None else max(one, other)
