"""What contracts show of the authors on a page, in short, for many at once: counted, and read only where there is a
claim or a ruling, because without one nothing follows against anybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from freehold.protocol.contract import LAPSED, OFFERED
from freehold.protocol.fold import fold
from freehold.protocol.kinds.changes import AMENDMENT
from freehold.protocol.kinds.disputes import RULING
from freehold.protocol.kinds.entries import REVISION
from freehold.protocol.kinds.timing import CLAIM

from .finding import FAULTS, RECORDS
from .reputation import conduct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .desk import Desk
    from .ports import Trace

CONTRACTS = 50
"""The newest contracts of somebody that are counted."""
_ASKED = (REVISION.name, AMENDMENT.name)
"""Entries that ask for something else than was delivered or agreed."""
_CONTESTED = (CLAIM.name, RULING.name)


@dataclass(frozen=True, slots=True)
class Glance:
    """What somebody's newest contracts in a role show. `more`: there are others; `since`: the date of the first of
    these; `asked`: changes asked for, before or after a delivery; `faults` by the words of `finding.FAULTS`, where
    others vouch for them; `whole`: every contract that could hold one was read."""

    contracts: int = 0
    more: bool = False
    since: int | None = None
    asked: int = 0
    faults: dict[str, int] = field(default_factory=dict[str, int])
    whole: bool = True


class Glances:
    """Glances for one answer, until so many records of contracts were read."""

    def __init__(self, desk: Desk, people: Iterable[bytes], now: int) -> None:
        self._desk, self._now, self._read = desk, now, 0
        self._traces = desk.stores.records.traces(set(people), CONTRACTS + 1)

    def of(self, who: bytes, role: str) -> Glance:
        """What the contracts of one of these people show."""
        newest = self._traces.get(who, [])
        traces = [one for one in newest[:CONTRACTS] if one.role == role and one.signed]
        contested = [one for one in traces if any(kind in _CONTESTED for _, kind in one.kinds)]
        faults, whole = self._faults(who, role, contested)
        return Glance(
            contracts=len(traces),
            more=len(newest) > CONTRACTS,
            since=min((one.at for one in traces), default=None),
            asked=sum(one.kinds.get((who, kind), 0) for one in traces for kind in _ASKED),
            faults=faults,
            whole=whole,
        )

    def _faults(self, who: bytes, role: str, contested: Sequence[Trace]) -> tuple[dict[str, int], bool]:
        found = dict.fromkeys(FAULTS, 0)
        for one in contested:
            if self._read >= RECORDS:
                return found, False
            kept = self._desk.stores.records.in_context(one.contract)
            self._read += len(kept)
            contract = fold(kept, self._now)
            if contract is None or contract.state in (OFFERED, LAPSED):
                continue
            shown = conduct.of([contract], who).get(role, conduct.Conduct())
            marks = [fact.mark.what for fact in shown.facts if fact.counts]
            for word, meant in FAULTS.items():
                found[word] += sum(mark in meant for mark in marks)
        return found, True
