"""The stamps that came with what strangers handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


class Stamps(Protocol):
    """How strong the stamp of a received record was, in bits; nothing is kept of a record without one."""

    def note(self, record: bytes, bits: int) -> None:
        """Keep it; of two for one record the stronger. Those that were noted first are forgotten some day."""
        ...

    def of(self, records: Iterable[bytes]) -> dict[bytes, int]:
        """Those of these records, by their ids."""
        ...
