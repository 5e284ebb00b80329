"""Files of others are written into the chosen folder alone, under harmless names, in the place of nothing."""

from __future__ import annotations

import stat
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from freehold.cli.errors import Trouble
from freehold.cli.saving import save

if TYPE_CHECKING:
    from pathlib import Path

DATA = b"a drawing"
NAME = sha256(DATA).hexdigest()


class Node:
    """Answers every file with these bytes, or breaks off behind them."""

    def __init__(self, data: bytes = DATA, *, breaks: bool = False) -> None:
        self._data, self._breaks = data, breaks

    def save(self, path: str, query: object, file: Any) -> None:
        assert path == f"/files/{NAME}"
        assert not query
        file.write(self._data)
        if self._breaks:
            raise Trouble("connection-lost", "the connection to the node broke")


def saved(folder: Path, name: str, node: Node | None = None) -> Path:
    return save(node or Node(), NAME, name, folder)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "..\\..\\boot.ini",
        "CON",
        "a\u202egnp.exe",
        "x" * 300,
        "",
        "..",
        "-rf",
        "a\nb",
        ".",
    ],
)
def test_whatever_it_is_called_it_lies_in_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "into"
    target = saved(folder, name)
    assert target.parent == folder
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [target.name]
    assert target.read_bytes() == DATA
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_nothing_is_replaced_and_the_same_is_not_written_twice(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"mine")
    (tmp_path / "a (2).png").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "a (3).png").mkdir()
    assert saved(tmp_path, "a.png").name == "a (4).png"
    assert saved(tmp_path, "a.png").name == "a (4).png"
    assert (tmp_path / "a.png").read_bytes() == b"mine"
    assert not (tmp_path / "elsewhere").exists()
    assert saved(tmp_path, "b").name == "b"


@pytest.mark.parametrize(
    ("node", "code"), [(Node(breaks=True), "connection-lost"), (Node(b"another drawing"), "file-damaged")]
)
def test_what_is_not_whole_is_not_left_there(tmp_path: Path, node: Node, code: str) -> None:
    with pytest.raises(Trouble) as caught:
        saved(tmp_path, "a.png", node)
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Trouble, match="nothing can be written"):
        saved(tmp_path / "file" / "folder", "a")
