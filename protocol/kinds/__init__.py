"""The kinds of the core, one module per family. A third party's kinds come in by the same entry point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..keylog import INCEPTION
from .agreement import AGREEMENT
from .entries import ACCEPTANCE, DELIVERY, PAYMENT_RECEIVED, PAYMENT_SENT
from .offer import OFFER
from .profile import INBOX, PROFILE
from .proposal import ACKNOWLEDGMENT, DECLINE, PROPOSAL
from .review import REVIEW

if TYPE_CHECKING:
    from ..kind import AnyKind

BUILTIN: tuple[AnyKind, ...] = (
    INCEPTION,
    PROFILE,
    INBOX,
    OFFER,
    AGREEMENT,
    DELIVERY,
    ACCEPTANCE,
    PAYMENT_SENT,
    PAYMENT_RECEIVED,
    REVIEW,
    PROPOSAL,
    DECLINE,
    ACKNOWLEDGMENT,
)
