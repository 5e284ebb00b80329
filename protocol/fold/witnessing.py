"""When something happened, as far as records show it: nobody's clock is believed alone (specs/04-contract.md)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ProtocolError
from ..kinds.timing import RECEIPT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..envelope import Record
    from ..kinds.agreement import Agreement


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A time in ms. `witnessed`: others than its author vouch for it, else it is the author's claim."""

    ms: int
    witnessed: bool


class Witnesses:
    """The receipts of one contract. Receipts of strangers, and of authors for their own records, count for nothing."""

    def __init__(self, agreement: Agreement, records: Iterable[Record]) -> None:
        self._agreement = agreement
        self._had: dict[bytes, dict[bytes, int]] = defaultdict(dict)
        self._moments: dict[bytes, Moment] = {}
        for record in records:
            if record.header.kind == RECEIPT.name and record.author in agreement.participants:
                self._read(record)

    def when(self, record: Record) -> Moment:
        """The time at which the agreed quorum of witnesses had it, or the other party did, if that was earlier.

        The other party's receipt is believed because it binds its own author, but no earlier than the record says of
        itself: else it would make a claim too early. Without either: the author's claim.
        """
        known = self._moments.get(record.id)
        if known is None:
            known = self._moments[record.id] = self._vouched(record)
        return known

    def _vouched(self, record: Record) -> Moment:
        had, agreed = self._had.get(record.id, {}), self.agreed(record)
        vouched = [agreed.ms] if agreed.witnessed else []
        vouched += [
            max(at, record.header.at) for author, at in had.items() if self._is_other_party(author, record.author)
        ]
        return Moment(min(vouched), witnessed=True) if vouched else agreed

    def agreed(self, record: Record) -> Moment:
        """The time at which the agreed quorum of witnesses had it; without them: the author's claim."""
        had, quorum = self._had.get(record.id, {}), self._agreement.quorum
        times = sorted(at for author, at in had.items() if author in self._agreement.witnesses)
        if 0 < quorum <= len(times):
            return Moment(times[quorum - 1], witnessed=True)
        return Moment(record.header.at, witnessed=False)

    def counts(self, moment: Moment) -> bool:
        """Whether a time may start or end a window: where witnesses were agreed, a mere claim does not."""
        return moment.witnessed or self._agreement.quorum == 0

    def _is_other_party(self, author: bytes, of: bytes) -> bool:
        return author != of and self._agreement.role(author) is not None

    def _read(self, record: Record) -> None:
        try:
            receipt = RECEIPT.open(record)
        except ProtocolError:
            return
        for name in receipt.ids:
            had = self._had[name]
            had[record.author] = min(record.header.at, had.get(record.author, record.header.at))
