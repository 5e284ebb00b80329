"""Files on the disk: whole under their SHA-256, or not there; within their budget; the same after a restart."""

from __future__ import annotations

import errno
import stat
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from freehold.node.core.desk import Denied
from freehold.node.core.ports import StorageFull
from freehold.node.files.shelf import Shelf
from freehold.protocol import limits

if TYPE_CHECKING:
    from pathlib import Path

DATA = b"a drawing" * 1_000
NAME = sha256(DATA).digest()
CONTRACT, OTHER = b"c" * 32, b"d" * 32
ROOM = 100_000


def opened(root: Path, most: int = ROOM, now: int = 7) -> Shelf:
    return Shelf(root / "files", most, lambda: now)


def put(shelf: Shelf, data: bytes = DATA, name: str = "a.png", contract: bytes | None = None) -> bytes:
    with shelf.incoming(name) as coming:
        coming.write(data)
        coming.settle()
        return coming.keep(contract).sha256


def listing(shelf: Shelf) -> list[str]:
    return sorted(path.name for path in shelf.root.iterdir())


def test_a_file_is_here_under_its_hash_for_its_owner_alone(tmp_path: Path) -> None:
    shelf = opened(tmp_path)
    assert put(shelf, name="../x\u202e/sketch.png", contract=CONTRACT) == NAME
    assert listing(shelf) == [NAME.hex(), NAME.hex() + ".json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in shelf.root.iterdir()} == {0o600}
    assert stat.S_IMODE(shelf.root.stat().st_mode) == 0o700
    kept = opened(tmp_path).get(NAME)
    assert kept is not None
    assert (kept.name, kept.bytes, kept.at, kept.contracts) == ("sketch.png", len(DATA), 7, {CONTRACT})
    assert shelf.piece(NAME, 9, 9) == b"a drawing"
    assert shelf.piece(NAME, len(DATA), 9) == b""


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    shelf = opened(tmp_path)
    with shelf.incoming("a") as coming:
        coming.write(DATA)
        assert (shelf.used, len(listing(shelf))) == (len(DATA), 1)
    assert (listing(shelf), shelf.used, shelf.listed()) == ([], 0, [])


def test_what_a_crash_left_is_gone_after_the_next_start(tmp_path: Path) -> None:
    shelf = opened(tmp_path)
    put(shelf)
    for name in (".new-0123", "0" * 64 + ".json"):
        (shelf.root / name).write_bytes(b"half")
    (shelf.root / (NAME.hex() + ".json")).write_bytes(b"{half")
    again = opened(tmp_path)
    assert listing(again) == [NAME.hex(), NAME.hex() + ".json"]
    assert [kept.name for kept in again.listed()] == [NAME.hex()[:12]]


def test_the_same_content_is_here_once_and_needed_by_both(tmp_path: Path) -> None:
    shelf = opened(tmp_path)
    put(shelf, name="a", contract=CONTRACT)
    put(shelf, name="b", contract=OTHER)
    (kept,) = shelf.listed()
    assert (kept.name, kept.contracts, shelf.used) == ("a", {CONTRACT, OTHER}, len(DATA))
    assert len(listing(shelf)) == 2
    assert shelf.drop(NAME)
    assert not shelf.drop(NAME)
    assert listing(shelf) == []


def test_a_byte_more_than_there_may_be_is_refused(tmp_path: Path) -> None:
    shelf = opened(tmp_path, 2 * limits.FILE_BYTES)
    with shelf.incoming("a") as coming:
        for _ in range(25):
            coming.write(bytes(1024 * 1024))
        with pytest.raises(Denied) as caught:
            coming.write(b"1")
    assert caught.value.code == "file-too-large"
    with pytest.raises(Denied, match="25 MiB"):
        shelf.incoming("a", limits.FILE_BYTES + 1)
    assert listing(shelf) == []


def test_a_full_budget_is_told_and_what_is_half_fetched_goes_first(tmp_path: Path) -> None:
    shelf = opened(tmp_path, len(DATA) + 10)
    with shelf.resumed(b"f" * 32, "half") as coming:
        coming.write(bytes(11))
    assert shelf.used == 11
    put(shelf)
    assert shelf.used == len(DATA)
    with pytest.raises(Denied) as caught:
        put(shelf, b"eleven more")
    assert caught.value.code == "files-full"
    assert "files_mb" in caught.value.hint
    assert len(listing(shelf)) == 2


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_a_full_disk_leaves_nothing_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    shelf = opened(tmp_path)

    def full(*_arguments: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.replace" if call == "replace" else f"os.{call}", full)
        with pytest.raises(StorageFull, match="full"):
            put(shelf)
    assert (listing(shelf), shelf.listed(), shelf.used) == ([], [], 0)
    put(shelf)


def test_a_fetch_goes_on_where_it_was_left_also_after_a_restart(tmp_path: Path) -> None:
    with opened(tmp_path).resumed(NAME, "a") as coming:
        coming.write(DATA[:4_000])
    shelf = opened(tmp_path)
    assert shelf.used == 4_000
    with shelf.resumed(NAME, "a") as coming:
        assert coming.written == 4_000
        coming.write(DATA[4_000:])
        assert coming.sha256 == NAME
        coming.settle()
        coming.keep(CONTRACT)
    assert listing(shelf) == [NAME.hex(), NAME.hex() + ".json"]
    assert shelf.used == len(DATA)
