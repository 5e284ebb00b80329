"""What becomes of a record that comes: what it replaces, what it adds to one that is here. The same in every store."""

from __future__ import annotations

from abc import ABC, abstractmethod

import msgspec

from freehold.protocol.envelope import Record, place_of

from .rules import LASTING, later, supersedes


class Kept(msgspec.Struct, frozen=True, gc=False):
    """A record as it stands in the table."""

    number: int
    record: Record
    arrived: int
    needless: int | None
    shared: bool


def usually_needless(record: Record) -> int | None:
    """From when on a record may be dropped, if it replaced nothing."""
    return None if record.header.kind in LASTING else record.header.till


class Placing(ABC):
    """The rules; how rows are read and written, each store says."""

    def place(self, record: Record, now: int, standing: Kept | None, place: bytes | None, *, shared: bool) -> bool:
        """Put a record that is not known in, if it is later than what stands there; whether it is kept."""
        needless = usually_needless(record)
        if standing is not None:
            if not supersedes(record, standing.record):
                self._pass_over(standing, record, now, shared=shared)
                return False
            needless = later(needless, standing.needless)
            self._take_out(standing)
            self._remember_replaced(standing.record, standing.arrived, shared=standing.shared)
        self._put(Kept(0, record, now, needless, shared), place)
        return True

    def improve(self, kept: Kept, record: Record, now: int, *, shared: bool) -> bool:
        """Add what a known record lacked: its body, or that it is given to others (it then counts as arriving now)."""
        body = kept.record.body if kept.record.body is not None or self._erased(kept) else record.body
        newly_shared = shared and not kept.shared
        if not newly_shared and body is kept.record.body:
            return False
        self._take_out(kept)
        whole = kept.record if body is None else kept.record.with_body(body)
        number, arrived = (0, now) if newly_shared else (kept.number, kept.arrived)
        self._put(Kept(number, whole, arrived, kept.needless, shared or kept.shared), place_of(record.header))
        return True

    def _pass_over(self, standing: Kept, record: Record, now: int, *, shared: bool) -> None:
        """Remember a version that came after its successor, which must then be kept as long as it could come back."""
        self._remember_replaced(record, now, shared=shared)
        if later(standing.needless, record.header.till) != standing.needless:
            self._keep_until(standing, record.header.till)

    @abstractmethod
    def _put(self, kept: Kept, place: bytes | None) -> None:
        """Write a record and what follows from it; number 0: the next one."""

    @abstractmethod
    def _take_out(self, kept: Kept) -> None:
        """Delete a record and what follows from it."""

    @abstractmethod
    def _remember_replaced(self, record: Record, arrived: int, *, shared: bool) -> None:
        """A version that is not wanted again."""

    @abstractmethod
    def _keep_until(self, kept: Kept, needless: int | None) -> None:
        """A record is kept for longer than was known."""

    @abstractmethod
    def _erased(self, kept: Kept) -> bool:
        """Whether its body was erased for good."""
