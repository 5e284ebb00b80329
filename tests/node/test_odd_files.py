"""A pipe or a folder in the place of a file of the node's: it is said, and nobody waits for it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from freehold.node import backup, config, keystore, logs
from freehold.node.core.desk import Denied
from freehold.node.files.shelf import Shelf
from freehold.node.folder import Folder, locked, read_private
from freehold.node.store.sqlite import SqliteStore

PATIENCE_S = 10
CONTENT = b"What they have drawn."


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture(autouse=True)
def _nobody_waits():
    """Who opens a pipe that nobody writes to would wait for ever."""

    def give_up(*_: object) -> None:
        raise AssertionError("it waits for a pipe")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(params=["pipe", "folder"])
def put(request: pytest.FixtureRequest):
    def put(path: Path) -> Path:
        path.unlink(missing_ok=True)
        if request.param == "pipe":
            os.mkfifo(path, 0o600)
        else:
            path.mkdir(0o700)
        return path

    return put


def test_settings_and_keys_are_said_to_be_no_files(folder: Folder, put) -> None:
    with pytest.raises(Denied, match="no file") as caught:
        config.load(put(folder.config))
    assert caught.value.code == "bad-config"
    for path in (folder.identity_key, folder.transport_key):
        with pytest.raises(Denied, match="no file") as caught:
            read_private(put(path), 99, "the key")
        assert caught.value.code == "key-unreadable"
    with pytest.raises(Denied, match="no file"):
        keystore.owner_of(folder.identity_key)


def test_a_log_that_cannot_be_written_is_said(folder: Folder, put) -> None:
    with pytest.raises(Denied, match=r"node\.log could not be written"):
        logs.write_to(put(folder.log), also_stderr=False)


def test_what_only_notes_something_is_done_without(folder: Folder, put) -> None:
    put(folder.last_backup)
    assert backup.last(folder) is None
    store = SqliteStore.open(folder.database)
    epoch = store.records.epoch
    store.close()
    put(folder.database.with_suffix(".position"))
    put(folder.database.with_suffix(".position.new"))
    store = SqliteStore.open(folder.database)
    assert store.records.epoch != epoch
    store.close()


def test_a_file_whose_note_is_no_file_is_here_all_the_same(folder: Folder, put) -> None:
    with Shelf(folder.files, 10**6, lambda: 7).incoming("sketch.txt") as coming:
        coming.write(CONTENT)
        kept = coming.keep()
    put(folder.files / f"{kept.sha256.hex()}.json")
    assert Shelf(folder.files, 10**6, lambda: 7).piece(kept.sha256, 0, 99) == CONTENT


def test_a_backup_that_is_no_file_is_said(folder: Folder, put, tmp_path: Path) -> None:
    with pytest.raises(Denied, match="no file"):
        backup.verify(put(tmp_path / "a.backup"))
    SqliteStore.open(folder.database).close()
    put(folder.identity_key)
    with pytest.raises(Denied, match=r"no backup was made: .*(pipe|directory)"):
        backup.create(folder, tmp_path / "b.backup", 7)
    assert not list(tmp_path.glob(".b.backup*"))


def test_a_lock_that_is_a_pipe_holds(folder: Folder) -> None:
    os.mkfifo(folder.lock, 0o600)
    with locked(folder), pytest.raises(Denied, match="already runs"), locked(folder):
        pass
