"""Contracts folded per second, and how that grows with their length, against one signature verification.

Both in the same run:

    python -m tests.bench.folds

The contract is one by the hour: timesheet, acceptance, payment and its confirmation, week after week, each witnessed
and received by the other party. Bodies are read anew for every fold, as when the store hands the records out. Rounds
alternate between verifying and folding, so that a noisy machine disturbs both; medians are compared.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import cycle, islice

from freehold.protocol import contract, kind
from freehold.protocol.envelope import Record, pack, unpack
from freehold.protocol.fold import fold
from freehold.protocol.kinds.entries import Acceptance, Timesheet
from freehold.protocol.kinds.offer import HOURLY
from tests.cast import alice, bob, carol, receipt
from tests.protocol.contract.deal import RECEIVED, SENT, WORK, Deal, deal, ms

LENGTHS = (4, 16, 64, 256)
"""Entries; 256 is the most that a contract has."""
ROUNDS = 9
ROUND_S = 0.05


@dataclass(frozen=True)
class Row:
    """What was measured of a contract of some length, in seconds."""

    entries: int
    records: int
    fold: float
    verification: float


def weeks(entries: int) -> Deal:
    """A contract with so many entries."""
    told = deal(witness=carol, milestones=(replace(WORK, basis=HOURLY),))
    steps = ((bob, Timesheet(ms(0), 600)), (alice, Acceptance()), (alice, SENT), (bob, RECEIVED))
    for number, (who, body) in enumerate(islice(cycle(steps), entries)):
        record = told.does(who, body, 1 + number)
        told.records.append(receipt(bob if who is alice else alice, record, at=ms(1.1 + number)))
    found = told.at(2 + entries)
    assert (found.milestones[0].state, len(found.steps), found.refused) == (contract.WORKING, entries, ())
    return told


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes, from as many as fit into a round."""
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < ROUND_S:
        work()
        count += 1
    return spent / count


def measured(entries: int) -> Row:
    """Folding and verifying by turns."""
    told = weeks(entries)
    records, now = told.records, ms(2 + entries)
    packed = pack(told.heads[bob.id])
    verifying, folding = list[float](), list[float]()
    for _ in range(ROUNDS):
        verifying.append(seconds(lambda: unpack(packed)))
        folding.append(seconds(lambda: _fold_anew(records, now)))
    return Row(entries, len(records), statistics.median(folding), statistics.median(verifying))


def _fold_anew(records: list[Record], now: int) -> None:
    kind._opened.clear()
    fold(records, now)


def main() -> None:
    """Print the table."""
    rows = [measured(entries) for entries in LENGTHS]
    print("entries  records    folds/s  ms a fold  us an entry  in verifications  grows as")
    for before, row in zip([None, *rows], rows, strict=False):
        power = "" if before is None else f"n^{_power(before, row):.2f}"
        print(
            f"{row.entries:7}  {row.records:7}  {1 / row.fold:9,.0f}  {row.fold * 1e3:9.2f}  "
            f"{row.fold / row.entries * 1e6:11.1f}  {row.fold / row.verification:16.1f}  {power:>8}"
        )
    verification = statistics.median(row.verification for row in rows)
    print(f"one record unpacked and its signature verified: {verification * 1e6:.0f} us; n log n would be n^1.2")


def _power(before: Row, row: Row) -> float:
    return math.log(row.fold / before.fold) / math.log(row.entries / before.entries)


if __name__ == "__main__":
    main()
