"""The power is cut anywhere below SQLite, in the middle of a write too: whatever was acknowledged is there."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from freehold.node.store import database
from freehold.node.store.sqlite import SqliteStore
from tests.cast import START_MS
from tests.e2e.kill.test_kill import check
from tests.e2e.kill.writer import batch, parcel

from .cutting import cut
from .recording import Step, recording

BATCHES = 14
CHECKPOINT_EVERY = 4
CUTS = 40


def history(path: Path) -> list[Step]:
    """The steps of a store that keeps batches, says so, and moves its log into the database now and then."""
    with recording() as recorder:
        store = SqliteStore.open(path)
        opened = len(recorder.steps)
        for number in range(BATCHES):
            for record in batch(number):
                store.records.add(record, START_MS + number, shared=True)
            store.outbox.put(parcel(number))
            store.cursors.set("a peer", b"e" * 16, number)
            store.prekeys.add(number.to_bytes(32, "big"), bytes(32), START_MS)
            store.commit()
            recorder.said(number)
            if number % CHECKPOINT_EVERY == CHECKPOINT_EVERY - 1:
                store.checkpoint()
        store.close()
    kinds = [step.what for step in recorder.steps]
    assert kinds.count("write") > 200, "nothing was recorded"
    assert kinds.count("said") == BATCHES
    return [Step("opened", "", opened), *recorder.steps]


def survive(steps: list[Step], folder: Path, seed: int) -> tuple[int, bool]:
    """One cut at a place that the seed chooses, after the store was open; (acknowledged, one batch more is there)."""
    dice = random.Random(seed)
    place = dice.randrange(steps[0].at, len(steps))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    said = cut(steps[1:place], dice, folder)
    return said, check(folder / "node.db", said)


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
