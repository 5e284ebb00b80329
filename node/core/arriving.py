"""What the owner is told when a proposal comes in: unless it is folded, and so many a day and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.kinds.offer import OFFER

from . import proposing, triaging
from .identities import name_of
from .limiter import Bucket
from .ports import Notice
from .standing import DAY_MS

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

    from .desk import Desk

TOPIC = "proposal"
A_DAY = 20
"""Proposals that are told one by one: more than anybody answers, and a flood is told once."""
_SHOWN_CHARACTERS = 120


class Arriving:
    """Counts what was told."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._left = Bucket(A_DAY * 1000 / DAY_MS, A_DAY)

    def noted(self, record: Record, now: int) -> None:
        """A proposal to the owner is kept."""
        if record.author == self._desk.me or (record.header.till or 0) < now:
            return
        if not self._left.has(1, now):
            self._tell(record, now, f"proposals {now // DAY_MS}", _many())
            return
        letters = proposing.received(self._desk, now)
        letter = next((one for one in letters if one.record.id == record.id), None)
        if letter is None or triaging.look(self._desk, letters)[record.id].folded is not None:
            return
        self._left.take(1, now)
        text = _words(_title(self._desk, record)[:_SHOWN_CHARACTERS], name_of(self._desk, record.author))
        self._tell(record, now, f"proposal {record.id.hex()}", text)

    def _tell(self, record: Record, now: int, cause: str, text: str) -> None:
        self._desk.stores.notices.note(Notice(0, now, TOPIC, record.id, text), cause)


def _title(desk: Desk, proposal: Record) -> str:
    offer = desk.stores.records.fills(proposal.header.context or b"")
    return "" if offer is None or offer.header.kind != OFFER.name else OFFER.open(offer).title


def _words(title: str, name: str | None) -> str:
    return f"{name} answers your offer: {title}" if name else f"somebody answers your offer: {title}"


def _many() -> str:
    return f"more than {A_DAY} proposals today, the others are not told one by one"
