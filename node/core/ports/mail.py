"""Parcels on their way to one person, and the prekeys that open what comes. Times are milliseconds since the epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from freehold.protocol.envelope import RecordId
    from freehold.protocol.identity import IdentityId


LONGEST_WAIT_MS = 60 * 60 * 1000
"""Between two tries."""
NEVER_MS = 2**53 - 1
"""The next try of what is not wanted any more."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A record on its way to one identity. `sealed` is empty where it is sealed when it is handed over."""

    record: RecordId
    recipient: IdentityId
    sealed: bytes
    written: int
    tries: int = 0
    next_try: int = 0
    acknowledged: int | None = None
    trouble: str = ""


class Outbox(Protocol):
    """Parcels until their recipient's signed acknowledgment is here."""

    def put(self, parcel: Parcel) -> None:
        """Keep a new parcel."""
        ...

    def due(self, now: int, limit: int) -> list[Parcel]:
        """Unacknowledged parcels whose next try has come, oldest first; and those that would wait longer than any does:
        the clock was set back meanwhile."""
        ...

    def tried(self, parcel: Parcel, next_try: int, trouble: str) -> None:
        """Note a failed try and when the next one is."""
        ...

    def acknowledged(self, parcel: Parcel, now: int) -> None:
        """Note that the recipient has it."""
        ...

    def get(self, record: bytes, recipient: bytes) -> Parcel | None:
        """The parcel that carries a record."""
        ...


class Prekeys(Protocol):
    """Our own prekeys: the private halves live until they are forgotten."""

    def add(self, public: bytes, private: bytes, expires: int) -> None:
        """Keep a pair until `expires`."""
        ...

    def private(self, public: bytes) -> bytes | None:
        """The private half, if it is still kept."""
        ...

    def forget(self, now: int) -> None:
        """Erase every pair that has expired."""
        ...
