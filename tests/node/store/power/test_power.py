"""The power is cut anywhere below SQLite, in the middle of a write too: whatever was acknowledged is there."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from freehold.node.store import database
from freehold.node.store.sqlite import SqliteStore
from tests.cast import START_MS, alice
from tests.e2e.kill.test_kill import check, holds
from tests.e2e.kill.writer import batch, parcel

from .cutting import cut
from .recording import Step, recording

if TYPE_CHECKING:
    from collections.abc import Callable

BATCHES = 14
CHECKPOINT_EVERY = 4
CUTS = 40
LASTING_EVERY = 5
PASSING_CUTS = 12


def history(path: Path, lasting_every: int = 1) -> list[Step]:
    """The steps of a store that keeps batches, says so of those that last, and moves its log into the database now and
    then. One of every so many commits lasts."""
    with recording() as recorder:
        store = SqliteStore.open(path)
        opened = len(recorder.steps)
        for number in range(BATCHES):
            for record in batch(number):
                store.records.add(record, START_MS + number, shared=True)
            store.outbox.put(parcel(number))
            store.cursors.set("a peer", b"e" * 16, number)
            store.prekeys.add(number.to_bytes(32, "big"), bytes(32), START_MS)
            passing = (number + 1) % lasting_every != 0
            store.commit(passing=passing)
            if not passing:
                recorder.said(number)
            if number % CHECKPOINT_EVERY == CHECKPOINT_EVERY - 1:
                store.checkpoint()
        store.close()
    kinds = [step.what for step in recorder.steps]
    assert kinds.count("write") > 200, "nothing was recorded"
    assert kinds.count("said") == BATCHES // lasting_every
    return [Step("opened", "", opened), *recorder.steps]


def survive(steps: list[Step], folder: Path, seed: int, look: Callable[[Path, int], int] = check) -> tuple[int, int]:
    """One cut at a place that the seed chooses, after the store was open: (acknowledged, what was found there)."""
    dice = random.Random(seed)
    place = dice.randrange(steps[0].at, len(steps))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    said = cut(steps[1:place], dice, folder)
    return said, look(folder / "node.db", said)


def survive_all(steps: list[Step], folder: Path, seeds: range) -> None:
    for seed in seeds:
        try:
            survive(steps, folder, seed)
        except Exception as error:
            error.add_note(f"replay with: survive(..., seed={seed})")
            raise


def test_what_was_acknowledged_survives_a_power_cut_anywhere(tmp_path: Path) -> None:
    first = random.randrange(2**32)
    steps = history(tmp_path / "real" / "node.db")
    survive_all(steps, tmp_path / "cut", range(first, first + CUTS))


def test_what_only_passed_by_is_lost_from_the_end_and_what_was_acknowledged_is_not(tmp_path: Path) -> None:
    steps = history(tmp_path / "real" / "node.db", lasting_every=LASTING_EVERY)
    found = [survive(steps, tmp_path / "cut", seed, whole_batches) for seed in range(PASSING_CUTS)]
    more = [batches - said for said, batches in found]
    assert min(more) == 0, "nothing was ever lost: these commits waited for the disk"
    assert max(more) > 1, "nothing passing was ever kept"


def whole_batches(path: Path, said: int) -> int:
    """How many batches are there: the first ones, whole, and nothing of any other."""
    store = SqliteStore.open(path)
    try:
        assert store.faults() == []
        kept = next((number for number in range(BATCHES) if not holds(store, number)), BATCHES)
        assert kept >= said, f"batch {kept} was acknowledged and is lost"
        for number in range(kept, BATCHES):
            assert not any(store.records.has(record.id) for record in batch(number))
            assert store.outbox.get(parcel(number).record, alice.id) is None
        return kept
    finally:
        store.close()


@pytest.mark.slow
def test_a_thousand_power_cuts(tmp_path: Path) -> None:
    steps = history(tmp_path / "real" / "node.db")
    survive_all(steps, tmp_path / "cut", range(1_000))


@pytest.mark.parametrize("careless", ["synchronous = OFF", "synchronous = NORMAL"])
def test_the_cuts_find_what_a_store_loses_that_does_not_wait_for_its_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, careless: str
) -> None:
    settings = tuple(careless if "synchronous" in setting else setting for setting in database._SETTINGS)
    monkeypatch.setattr(database, "_SETTINGS", settings)
    steps = history(tmp_path / "real" / "node.db")
    monkeypatch.undo()
    lost = 0
    for seed in range(CUTS):
        try:
            survive(steps, tmp_path / "cut", seed)
        except Exception:  # noqa: BLE001  -- whatever is noticed, and however
            lost += 1
    assert lost > 3
