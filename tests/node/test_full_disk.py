"""A disk that is full while more than records is written: a clear word, nothing half-made, and on it goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from freehold.node import backup, upkeep
from freehold.node.core.desk import Denied
from freehold.node.core.ports import StorageFull
from freehold.node.folder import Folder, locked, open_folder
from freehold.node.store import checking, upgrade
from freehold.node.store.salvage import salvage
from freehold.node.store.sqlite import SqliteStore
from tests.cast import START_MS, bob, offer
from tests.node.store.disks import fill_up, small_disk
from tests.node.store.test_forms import older
from tests.node.store.test_trouble import long_offer

SLOW = pytest.mark.slow
MANY = 60
"""Offers of about 6 KB: 700 KB with the search index."""


@pytest.fixture
def disk(tmp_path: Path):
    with small_disk(tmp_path / "small", megabytes=8) as folder:
        yield folder


def node_in(root: Path) -> Folder:
    folder = open_folder(root)
    folder.identity_key.write_bytes(b"a key file")
    store = SqliteStore.open(folder.database)
    for number in range(MANY):
        store.records.add(long_offer(number), START_MS, shared=True)
    store.commit()
    store.close()
    return folder


def everything(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "left",
    [
        pytest.param(8 * 1024, id="nothing"),
        pytest.param(400 * 1024, id="half a copy", marks=SLOW),
        pytest.param(1_000 * 1024, id="a copy and no tar", marks=SLOW),
    ],
)
def test_of_a_backup_that_finds_no_room_nothing_is_left(disk: Path, tmp_path: Path, left: int) -> None:
    folder = node_in(tmp_path / "node")
    ballast = fill_up(disk, left)
    with pytest.raises(Denied, match="no backup was made") as caught:
        backup.create(folder, disk / "a.backup", START_MS)
    assert (caught.value.code, caught.value.hint) == ("storage-full", "make room on the disk")
    assert [path.name for path in disk.iterdir()] == ["ballast"]
    assert backup.last(folder) is None
    ballast.unlink()
    backup.create(folder, disk / "a.backup", START_MS)
    assert backup.verify(disk / "a.backup")["records"] == MANY


@SLOW
def test_a_backup_that_was_made_is_made_although_it_cannot_be_noted(disk: Path, tmp_path: Path) -> None:
    folder = node_in(disk / "node")
    store = SqliteStore.open(folder.database)
    fill_up(disk, 0)
    backup.create(folder, tmp_path / "a.backup", START_MS)
    assert backup.verify(tmp_path / "a.backup")["records"] == MANY
    assert backup.last(folder) is None
    store.close()


@pytest.mark.parametrize("replace", [False, pytest.param(True, marks=SLOW)])
def test_a_restore_that_finds_no_room_leaves_the_folder_as_it_was(disk: Path, tmp_path: Path, replace: bool) -> None:
    made = tmp_path / "a.backup"
    backup.create(node_in(tmp_path / "node"), made, START_MS)
    folder = open_folder(disk / "node")
    if replace:
        folder.identity_key.write_bytes(b"another key")
    ballast = fill_up(disk, 200 * 1024)
    before = everything(folder.root)
    with pytest.raises(Denied, match="cannot be unpacked") as caught:
        backup.restore(made, folder, START_MS, replace=replace)
    assert caught.value.code == "storage-full"
    assert everything(folder.root) == before
    ballast.unlink()
    assert backup.restore(made, folder, START_MS, replace=replace)["records"] == MANY


@SLOW
def test_a_damaged_backup_leaves_a_folder_as_it_was_that_it_was_to_replace(tmp_path: Path) -> None:
    folder, made = node_in(tmp_path / "node"), tmp_path / "a.backup"
    backup.create(folder, made, START_MS)
    good = made.read_bytes()
    before = everything(folder.root)
    for place in (700, len(good) // 2, len(good) - 20_000):
        made.write_bytes(good[:place] + bytes([good[place] ^ 8]) + good[place + 1 :])
        with pytest.raises(Denied):
            backup.restore(made, folder, START_MS, replace=True)
        assert everything(folder.root) == before


def test_what_is_left_of_a_damaged_database_needs_room_and_waits_for_it(disk: Path) -> None:
    folder = node_in(disk / "node")
    store = SqliteStore.open(folder.database)
    store.database.write("UPDATE record SET signature = zeroblob(64) WHERE number = 12")
    store.commit()
    store.close()
    damaged = folder.database.read_bytes()
    ballast = fill_up(disk, 100 * 1024)
    with locked(folder), pytest.raises(StorageFull):
        salvage(folder.database, START_MS)
    assert folder.database.read_bytes() == damaged
    assert not [path.name for path in folder.root.iterdir() if ".new" in path.name or "damaged" in path.name]
    with pytest.raises(Denied, match="full") as caught:
        upkeep._check(folder, rebuild=True)
    assert (caught.value.code, "nothing was changed" in caught.value.hint) == ("storage-full", True)
    ballast.unlink()
    assert upkeep._check(folder, rebuild=True)["salvaged"]["kept"] == MANY - 1


@SLOW
def test_a_migration_that_finds_no_room_is_done_at_a_later_start(disk: Path, tmp_path: Path) -> None:
    (disk / "node").mkdir(mode=0o700)
    path = tmp_path / "old" / "node.db"
    older(path, node_in(tmp_path / "today").database, 4)
    old = path.read_bytes()
    path = disk / "node" / "node.db"
    path.write_bytes(old)
    ballast = fill_up(disk, 64 * 1024)
    with pytest.raises(StorageFull, match="free some space"):
        SqliteStore.open(path)
    ballast.unlink()
    store = SqliteStore.open(path)
    assert store.database.row("PRAGMA user_version") == (len(upgrade.migrations()),)
    assert store.records.totals() == {"offer/1": MANY}
    assert store.faults() == []
    store.close()
    assert checking.check(path, disk / "scratch").sound


@SLOW
def test_what_is_erased_is_erased_when_there_is_room_again(disk: Path) -> None:
    folder = node_in(disk / "node")
    store = SqliteStore.open(folder.database)
    ballast = fill_up(disk, 0)
    gone = long_offer(7)
    with pytest.raises(StorageFull):
        erase_until_full(store)
    assert store.faults() == []
    ballast.unlink()
    if store.records.get(gone.id) is not None:
        assert store.records.erase(gone.id, START_MS, header_stays=False)
    store.commit()
    while store.scrubbing.step():
        pass
    assert store.scrubbing.cut()
    store.scrubbing.done()
    assert store.records.get(gone.id) is None
    assert store.records.add(offer(bob), START_MS, shared=True)
    store.commit()
    store.close()
    assert checking.check(folder.database, disk / "scratch").sound


def erase_until_full(store: SqliteStore) -> None:
    for number in range(MANY):
        store.records.erase(long_offer(number).id, START_MS, header_stays=False)
        store.commit()
        while store.scrubbing.step():
            pass
        store.scrubbing.cut()
        store.scrubbing.done()
    pytest.fail("it was never full")


@SLOW
def test_a_folder_on_a_full_disk_is_held_or_said_to_be_full(disk: Path) -> None:
    folder = open_folder(disk / "node")
    fill_up(disk, 0)
    with pytest.raises(Denied) as caught, locked(folder), locked(folder):
        pass
    assert caught.value.code in ("storage-full", "already-running")
