"""The same records give the same contract, in whatever order they come, on every machine."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from freehold.protocol import fold as folding
from freehold.protocol.envelope import Record, RecordId
from freehold.protocol.fold import fold, witnessing
from freehold.protocol.fold.chains import Judge, gathered
from freehold.protocol.kinds.timing import RECEIPT

from .deal import ms
from .histories import arrivals, history

ORDERS = 50
"""Orders of arrival that each history is folded in."""
_ROOT = Path(__file__).parents[3]


def any_order_gives_the_same(seed: int, orders: int = ORDERS) -> None:
    """Every order of the records of a history, to the last field."""
    told, day = history(seed)
    expected = fold(told.records, ms(day))
    for order in range(orders):
        found = fold(arrivals(told, Random(order)), ms(day))
        assert found == expected, f"replay: history({seed}), arrivals(told, Random({order}))"


def test_two_thousand_orders_of_arrival() -> None:
    for seed in range(2_000 // ORDERS):
        any_order_gives_the_same(seed)


@pytest.mark.slow
def test_a_hundred_thousand_orders_of_arrival() -> None:
    for seed in range(1_000, 1_000 + 100_000 // ORDERS):
        any_order_gives_the_same(seed)


def _as_they_come(records: Iterable[Record]) -> dict[RecordId, Record]:
    return {record.id: record for record in records}


def _with_proofs_as_they_come(records: Iterable[Record]) -> dict[RecordId, Record]:
    came, found = list(records), gathered(records)
    return {record.id: found[record.id] for record in came} | found


def _the_first_stands(_judge: object, _author: bytes, forked: list[Record]) -> Record:
    return forked[0]


def _the_last_receipt_counts(witnesses: witnessing.Witnesses, record: Record) -> None:
    for name in RECEIPT.open(record).ids:
        witnesses._had[name][record.author] = record.header.at


def _some_orders_give_the_same() -> None:
    for seed in range(40):
        any_order_gives_the_same(seed, orders=5)


def test_an_order_that_matters_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    bugs = {
        "a copy without a body hides the body": [(folding, "gathered", _as_they_come)],
        "the version that came first stands": [
            (folding, "gathered", _with_proofs_as_they_come),
            (Judge, "standing", _the_first_stands),
        ],
        "the receipt that came last counts": [
            (folding, "gathered", _with_proofs_as_they_come),
            (witnessing.Witnesses, "_read", _the_last_receipt_counts),
        ],
    }
    for name, broken in bugs.items():
        with monkeypatch.context() as patch:
            for where, what, instead in broken:
                patch.setattr(where, what, instead)
            with pytest.raises(AssertionError, match="replay"):
                _some_orders_give_the_same()
            print(f"caught: {name}")


_TELL = "from tests.protocol.contract.test_arrival import told_in_full; print(told_in_full())"


def told_in_full() -> str:
    """A digest of many folds, the order of everything in them included."""
    digest = hashlib.sha256()
    for seed in range(20):
        told, day = history(seed)
        digest.update(repr(fold(arrivals(told, Random(seed)), ms(day))).encode())
    return digest.hexdigest()


def test_no_hash_seed_matters() -> None:
    """Other processes, with other orders of sets and dictionaries."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _TELL],
            cwd=_ROOT,
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in (0, 1, 4_000_000_000)
    ]
    assert [process.communicate()[0].strip() for process in running] == [told_in_full()] * len(running)
