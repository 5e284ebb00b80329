"""A backup holds all of a folder, is checked before it is believed, and never takes the place of what is there."""

from __future__ import annotations

import io
import json
import tarfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from freehold.node import backup
from freehold.node.core.desk import Denied
from freehold.node.folder import Folder, check_whole, open_folder
from freehold.node.store.sqlite import SqliteStore
from tests.cast import START_MS, offer

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = b'{"format": "a key file"}'


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A node's folder with five records, closed."""
    found = open_folder(tmp_path / "node")
    found.identity_key.write_bytes(KEY)
    found.transport_key.write_bytes(b"t" * 32)
    found.config.write_text('network = "test-x"\n')
    store = SqliteStore.open(found.database)
    for number in range(5):
        store.records.add(offer(number=number), START_MS, shared=True)
    store.commit()
    store.close()
    return found


@pytest.fixture
def made(folder: Folder, tmp_path: Path) -> Path:
    path = tmp_path / "a.backup"
    backup.create(folder, path, START_MS)
    return path


def parts(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar if entry.isreg()}  # type: ignore[union-attr]


def pack(path: Path, files: dict[str, bytes], odd: tarfile.TarInfo | None = None) -> Path:
    path.unlink(missing_ok=True)
    with tarfile.open(path, "w") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
        if odd is not None:
            tar.addfile(odd)
    return path


def test_a_backup_is_for_its_owner_alone_and_whole(folder: Folder, made: Path) -> None:
    assert made.stat().st_mode & 0o777 == 0o600
    files = parts(made)
    assert list(files) == ["manifest.json", "config.toml", "identity.key", "transport.key", "node.db"]
    assert (files["identity.key"], files["transport.key"]) == (KEY, b"t" * 32)
    found = backup.verify(made)
    assert (found["records"], found["people"], found["at"], found["identity"]) == (5, 1, START_MS, True)
    assert backup.last(folder) == {"at": START_MS, "file": str(made)}
    assert [path.name for path in made.parent.iterdir() if path.name.startswith(".")] == []


def test_it_is_made_while_somebody_writes_as_of_the_last_commit(folder: Folder, tmp_path: Path) -> None:
    store = SqliteStore.open(folder.database)
    store.records.add(offer(number=8), START_MS, shared=True)
    store.commit()
    store.records.add(offer(number=9), START_MS, shared=True)
    backup.create(folder, tmp_path / "b", START_MS)
    store.commit()
    assert store.records.totals() == {"offer/1": 7}
    store.close()
    assert backup.verify(tmp_path / "b")["records"] == 6


def test_what_is_there_is_not_replaced(folder: Folder, made: Path) -> None:
    before = made.read_bytes()
    with pytest.raises(Denied, match="not replaced"):
        backup.create(folder, made, START_MS + 1)
    assert made.read_bytes() == before
    with pytest.raises(Denied, match="has an identity or records") as caught:
        backup.restore(made, folder, START_MS, replace=False)
    assert caught.value.code == "folder-in-use"
    assert folder.identity_key.read_bytes() == KEY


def test_a_restored_node_has_everything_and_counts_anew(folder: Folder, made: Path, tmp_path: Path) -> None:
    other = open_folder(tmp_path / "elsewhere")
    found = backup.restore(made, other, START_MS, replace=False)
    assert (found["records"], found["aside"]) == (5, None)
    assert sorted(path.name for path in other.root.iterdir()) == sorted((*backup.SMALL, "node.db"))
    assert all(path.stat().st_mode & 0o077 == 0 for path in other.root.iterdir())
    first, again = SqliteStore.open(folder.database), SqliteStore.open(other.database)
    assert again.records.totals() == first.records.totals()
    assert again.records.epoch != first.records.epoch
    assert again.faults() == []
    first.close()
    again.close()


def test_what_a_restore_replaces_is_moved_aside(folder: Folder, made: Path) -> None:
    folder.identity_key.write_bytes(b"another key")
    found = backup.restore(made, folder, START_MS + 5, replace=True)
    aside = Path(found["aside"])
    assert folder.identity_key.read_bytes() == KEY
    assert (aside / "identity.key").read_bytes() == b"another key"
    assert {"node.db", "node.position", "config.toml", "transport.key"} <= {path.name for path in aside.iterdir()}


def test_a_flipped_bit_anywhere_is_noticed_and_nothing_is_restored(made: Path, tmp_path: Path) -> None:
    good = made.read_bytes()
    other = open_folder(tmp_path / "elsewhere")
    content = good.rindex(b"SQLite format 3")
    for place in (20, 600, good.index(b"test-x"), content, content + 5_000, len(good) // 2):
        made.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        with pytest.raises(Denied) as caught:
            backup.restore(made, other, START_MS, replace=False)
        assert caught.value.code in ("bad-backup", "file-unreadable")
        assert list(other.root.iterdir()) == []
    for size in (0, 100, 512, 2_000, len(good) // 2, content + 4096):
        made.write_bytes(good[:size])
        with pytest.raises(Denied, match=r"not a backup|cannot be unpacked"):
            backup.verify(made)


def test_nothing_comes_out_of_a_tar_that_a_node_does_not_have(made: Path, tmp_path: Path) -> None:
    files = parts(made)
    link = tarfile.TarInfo("node.db")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    manifest = json.loads(files["manifest.json"])
    outside = manifest | {"files": manifest["files"] | {"../evil": {"bytes": 1, "sha256": "0" * 64}}}
    for attempt in (
        pack(tmp_path / "1", files, odd=tarfile.TarInfo("../evil")),
        pack(tmp_path / "2", files | {"manifest.json": json.dumps(outside).encode(), "../evil": b"x"}),
        pack(tmp_path / "3", {name: data for name, data in files.items() if name != "node.db"}, odd=link),
        pack(tmp_path / "4", dict(reversed(files.items()))),
        pack(tmp_path / "5", files | {"manifest.json": b"[" * 20_000}),
    ):
        with pytest.raises(Denied, match="not a backup"):
            backup.verify(attempt)
    assert not (tmp_path / "evil").exists()
    assert backup.verify(pack(tmp_path / "6", files))["records"] == 5


def test_a_database_that_is_damaged_inside_is_not_called_whole(folder: Folder, tmp_path: Path) -> None:
    store = SqliteStore.open(folder.database)
    store._database.write("UPDATE record SET body = x'80' WHERE number = 3")
    store.commit()
    store.close()
    backup.create(folder, tmp_path / "b", START_MS)
    with pytest.raises(Denied, match="changed on the disk"):
        backup.verify(tmp_path / "b")


def test_where_nothing_can_be_written_that_is_said(folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(Denied, match="no backup was made"):
        backup.create(folder, tmp_path / "nowhere" / "b", START_MS)
    assert backup.last(folder) is None
    with pytest.raises(Denied, match="cannot be unpacked"):
        backup.verify(tmp_path / "none")


def test_files_of_contracts_are_named_and_not_held(folder: Folder, tmp_path: Path) -> None:
    for name, data in (("a" * 64, b"12345"), ("b" * 64, b"")):
        folder.files.mkdir(exist_ok=True)
        (folder.files / name).write_bytes(data)
    (folder.files / ("a" * 64 + ".json")).write_text('{"name": "sketch.png", "at": 1}')
    (folder.files / ".part-1").write_bytes(b"half")
    path = tmp_path / "named.backup"
    assert backup.create(folder, path, START_MS)["left_out"] == 2
    assert json.loads(parts(path)["manifest.json"])["named"] == {
        "a" * 64: {"name": "sketch.png", "bytes": 5}, "b" * 64: {"name": "b" * 12, "bytes": 0},
    }  # fmt: skip
    assert backup.verify(path)["left_out"] == 2
    (folder.files / ("b" * 64)).unlink()
    assert backup.restore(path, folder, START_MS, replace=True)["missing"] == ["b" * 12]
    assert (folder.files / ("a" * 64)).read_bytes() == b"12345"


def test_in_the_nodes_own_folder_the_newest_are_kept_and_nothing_else_is_touched(folder: Folder) -> None:
    place = folder.root / "backups"
    made = [backup.create_here(folder, START_MS + number)["file"] for number in range(backup.KEPT_HERE + 2)]
    (place / "my own.backup").write_bytes(b"kept")
    made.append(backup.create_here(folder, START_MS + 60_000)["file"])
    assert {path.name for path in place.iterdir()} == {Path(name).name for name in made[3:]} | {"my own.backup"}
    assert place.stat().st_mode & 0o777 == 0o700
    assert backup.verify(Path(made[-1]))["records"] == 5
    assert backup.last(folder) == {"at": START_MS + 60_000, "file": made[-1]}
    with pytest.raises(Denied) as caught:
        backup.create_here(folder, START_MS + 60_000)
    assert caught.value.code == "file-exists"


def test_what_a_killed_node_left_of_a_backup_goes_with_the_next(folder: Folder) -> None:
    place, name = folder.root / "backups", "freehold-20250615-150640-000.backup"
    place.mkdir()
    with backup._beside(place / name) as work:
        left = work.with_name(work.name + "x")  # as one is called that nobody took away
        left.mkdir()
        (left / "node.db").write_bytes(b"a whole database")
    backup.create_here(folder, START_MS)
    assert [path.suffix for path in place.iterdir()] == [".backup"]


def test_a_folder_of_backups_that_cannot_be_used_is_told(folder: Folder) -> None:
    (folder.root / "backups").write_bytes(b"a file")
    with pytest.raises(Denied, match="cannot be used"):
        backup.create_here(folder, START_MS)


class Killed(BaseException):
    """What nothing catches."""


def kill_at(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """The process ends instead of renaming, or taking away, the so-manieth file."""
    left = [at]

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*given: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return call(*given, **options)

        return instead

    for name in ("rename", "replace", "unlink"):
        monkeypatch.setattr(Path, name, counted(getattr(Path, name)))


@pytest.mark.parametrize("at", range(14))
def test_a_restore_that_is_killed_anywhere_is_noticed_and_what_was_there_is_kept(
    folder: Folder, made: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    folder.identity_key.write_bytes(b"another key")
    with monkeypatch.context() as patched:
        kill_at(patched, at)
        with suppress(Killed):
            backup.restore(made, folder, START_MS, replace=True)
    keys = {path.read_bytes() for path in folder.root.glob("**/identity.key") if ".unpacked-" not in str(path)}
    assert b"another key" in keys
    told: Denied | None = None
    try:
        check_whole(folder)
    except Denied as denied:
        told = denied
    if told is not None:  # else one of the two folders is here, whole
        assert (told.code, str(folder.root / f"before-restore-{START_MS}") in told.what) == ("restore-unfinished", True)
        assert backup.restore(made, folder, START_MS + 1, replace=True)["records"] == 5
    check_whole(folder)
    assert {name for name in (*backup.SMALL, "node.db") if (folder.root / name).exists()} == {*backup.SMALL, "node.db"}
    store = SqliteStore.open(folder.database)
    assert sum(store.records.totals().values()) == 5
    store.close()
