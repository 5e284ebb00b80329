"""The kinds of the core, one module per family. A third party's kinds come in by the same entry point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..keylog import INCEPTION
from .agreement import AGREEMENT
from .changes import CHANGES
from .disputes import CASES, DISPUTES
from .entries import WORK
from .forks import FORK
from .listing import LISTING
from .notes import NOTE
from .offer import OFFER
from .payments import PAYMENTS
from .profile import INBOX, PROFILE
from .proposal import ACKNOWLEDGMENT, DECLINE, PROPOSAL, WITHDRAWAL
from .review import REVIEWS
from .timing import RECEIPT, TIMING
from .vouch import VOUCH

if TYPE_CHECKING:
    from ..kind import AnyKind

PARTY_ENTRIES: tuple[AnyKind, ...] = (*WORK, *PAYMENTS, *CHANGES, *TIMING, *DISPUTES)
"""Entries of a party's chain in a contract."""
ENTRIES: tuple[AnyKind, ...] = (*PARTY_ENTRIES, *CASES)
"""Entries of anybody's chain in a contract."""
ENTRY_NAMES = frozenset(kind.name for kind in ENTRIES)

BUILTIN: tuple[AnyKind, ...] = (
    INCEPTION,
    PROFILE,
    INBOX,
    LISTING,
    OFFER,
    PROPOSAL,
    DECLINE,
    WITHDRAWAL,
    ACKNOWLEDGMENT,
    AGREEMENT,
    *ENTRIES,
    RECEIPT,
    FORK,
    NOTE,
    *REVIEWS,
    VOUCH,
)
