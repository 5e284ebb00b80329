"""A restored backup counts under a new epoch, so that other nodes read it again; nothing else changes the epoch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from freehold.node.core.ports import StorageBroken
from freehold.node.store import checking
from freehold.node.store.sqlite import SqliteStore
from tests.cast import START_MS, offer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "node" / "node.db"


def written(path: Path, first: int, count: int, *, checkpoint: bool = False) -> bytes:
    """A node's run in which it keeps some offers; its epoch."""
    store = SqliteStore.open(path)
    for number in range(first, first + count):
        store.records.add(offer(number=number), START_MS, shared=True)
    store.commit()
    if checkpoint:
        store.checkpoint()
        store._database.close()  # killed: nothing is written any more
    else:
        store.close()
    return store.records.epoch


@pytest.mark.parametrize("checkpoint", [False, True])
def test_from_run_to_run_the_epoch_stays(path: Path, checkpoint: bool) -> None:
    epochs = {written(path, 9 * run, run, checkpoint=checkpoint) for run in range(4)}
    assert len(epochs) == 1


def test_what_was_counted_after_the_last_mark_and_is_kept_does_not_change_it(path: Path) -> None:
    first = written(path, 0, 3)
    store = SqliteStore.open(path)
    store.records.add(offer(number=7), START_MS, shared=True)
    store.commit()
    store._database.close()
    assert written(path, 8, 1) == first


@pytest.mark.parametrize("checkpoint", [False, True])
def test_an_older_database_in_place_of_the_newer_gets_a_new_epoch_once(path: Path, checkpoint: bool) -> None:
    old = written(path, 0, 3)
    backup = path.read_bytes()
    assert written(path, 3, 2, checkpoint=checkpoint) == old
    for side in ("node.db-wal", "node.db-shm"):
        path.with_name(side).unlink(missing_ok=True)
    path.write_bytes(backup)
    new = written(path, 5, 0)
    assert new != old
    assert written(path, 5, 4) == written(path, 9, 0) == new


@pytest.mark.parametrize("left_out", ["node.position", ""])
def test_a_copied_folder_gets_a_new_epoch_with_and_without_its_mark(path: Path, left_out: str) -> None:
    old = written(path, 0, 3)
    copy = path.parent.with_name("copy")
    shutil.copytree(path.parent, copy, ignore=shutil.ignore_patterns(left_out))
    assert written(copy / "node.db", 3, 0) != old
    assert written(path, 3, 0) == old


@pytest.mark.parametrize("content", [b"", b"x", b"\xff\xfe", b"00 11 22 33", b"00 -1 x"])
def test_a_mark_that_cannot_be_read_is_no_mark(path: Path, content: bytes) -> None:
    old = written(path, 0, 1)
    path.with_name("node.position").write_bytes(content)
    new = written(path, 1, 1)
    assert new != old
    assert written(path, 2, 1) == new


def test_a_mark_that_cannot_be_written_costs_nothing_else(path: Path) -> None:
    old = written(path, 0, 1)
    path.with_name("node.position.new").mkdir()
    assert written(path, 1, 1, checkpoint=True) == written(path, 2, 1) == old


@pytest.mark.parametrize("left", [None, b"", b"S"])
def test_a_database_that_is_gone_is_missed_and_not_begun_anew_without_a_word(path: Path, left: bytes | None) -> None:
    written(path, 0, 3)
    path.unlink()
    if left is not None:
        path.write_bytes(left)
    for look in (SqliteStore.open, lambda one: checking.check(one, one.with_name("scratch"))):
        with pytest.raises(StorageBroken, match="gone or empty, and 3 records were counted"):
            look(path)
        assert (path.read_bytes() if path.exists() else None) == left
    path.with_name("node.position").unlink()
    written(path, 0, 1)


def test_what_is_left_of_a_check_that_was_killed_is_in_nobodys_way(path: Path) -> None:
    written(path, 0, 3)
    scratch = path.with_name("scratch")
    shutil.copy(path, scratch)
    assert checking.check(path, scratch).sound
    assert not scratch.exists()
