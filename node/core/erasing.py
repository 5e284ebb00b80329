"""What the owner may have erased: bodies that nothing here is judged by any more. Headers stay, and others' copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.contract import CLOSED, LAPSED
from freehold.protocol.errors import ProtocolError
from freehold.protocol.fold import fold
from freehold.protocol.keylog import INCEPTION
from freehold.protocol.kinds import ENTRY_NAMES
from freehold.protocol.kinds.agreement import AGREEMENT
from freehold.protocol.kinds.forks import FORK
from freehold.protocol.kinds.proposal import PROPOSAL, agreement_in
from freehold.protocol.kinds.review import REVIEW_COMMIT
from freehold.protocol.kinds.timing import RECEIPT

from .clocks import over
from .desk import Denied
from .standing import DAY_MS, in_force

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

    from .desk import Desk
    from .effects import Effect

FORGET_MS = 90 * DAY_MS
"""After their expiry, sealed records of which nothing came are erased: a season, to look something up again."""
_FORGET_EVERY_MS = 60 * 60 * 1000
_FORGOTTEN_AT_ONCE = 64
_LOAD_BEARING = ENTRY_NAMES | {INCEPTION.name, AGREEMENT.name, FORK.name, REVIEW_COMMIT.name, RECEIPT.name}
"""Without the public ones among them, neither contracts nor anybody's records can be judged."""


def erase(desk: Desk, record_id: bytes, now: int) -> tuple[Record, list[Effect]]:
    """Erase a record's body for good; the record as it was. Raises Denied: `not-found`, `already-erased`, `needed`."""
    record = desk.stores.records.get(record_id)
    if desk.stores.records.erased(record_id):
        raise Denied("already-erased", "this record's body was erased before", "there is nothing left to do")
    if record is None:
        raise Denied("not-found", "there is no such record here", "see `record` in: freehold offer show NAME --json")
    private = record.header.kind in desk.registry and desk.registry[record.header.kind].private
    if record.header.kind in _LOAD_BEARING and not private:
        raise Denied(
            "needed",
            f"a record of the kind {record.header.kind} cannot be erased: what others have signed is judged by it",
            "a contract, or a person, is hidden from nobody by erasing; see who has it: freehold node peers",
        )
    if _runs(desk, _contract_of(record), now):
        raise Denied(
            "needed", "this record belongs to a contract that is not at its end", "erase it when the contract is closed"
        )
    desk.stores.records.erase(record_id, now, header_stays=private)
    return record, []


class Forgetting:
    """Erases proposals, and whatever else was for the owner alone and has expired, unless a contract came of it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._looked, self._position = 0, 0

    def due(self, now: int) -> int:
        """A few of them, once an hour; how many were erased."""
        if not over(self._looked, _FORGET_EVERY_MS, now):
            return 0
        records = self._desk.stores.records
        found = records.unshared_expired(now - FORGET_MS, self._position, _FORGOTTEN_AT_ONCE)
        if len(found) < _FORGOTTEN_AT_ONCE:
            self._looked = now
        self._position = found[-1][0] if len(found) == _FORGOTTEN_AT_ONCE else 0
        gone = [record for _, record in found if not in_force(self._desk, _contract_of(record) or b"")]
        for record in gone:
            records.erase(record.id, now, header_stays=False)
        return len(gone)


def _contract_of(record: Record) -> bytes | None:
    if record.header.kind != PROPOSAL.name or record.body is None:
        return record.header.context
    try:
        return agreement_in(PROPOSAL.open(record), record.author)[0].header.body
    except ProtocolError:
        return None  # whatever it is, no contract came of it


def _runs(desk: Desk, contract: bytes | None, now: int) -> bool:
    found = None if contract is None else fold(desk.stores.records.in_context(contract), now)
    if found is None or desk.me is None or desk.me not in desk.stores.records.participants(contract or b""):
        return False
    return found.state not in (CLOSED, LAPSED)
