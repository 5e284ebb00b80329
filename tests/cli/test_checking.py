"""`freehold node check`, on the folder of a node that does not run."""

import hashlib
import json
from pathlib import Path

import pytest

from freehold.cli import main
from freehold.node.store.sqlite import SqliteStore
from tests.cast import START_MS, alice
from tests.memory import blank

CONTENT = {"plan.pdf": b"a plan", "logo.svg": b"a logo"}


def named(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a record and two files."""
    root = tmp_path / "node"
    store = SqliteStore.open(blank(root / "node.db"))
    store.records.add(alice.inception, START_MS, shared=True)
    store.commit()
    store.close()
    (root / "files").mkdir(mode=0o700)
    for name, content in CONTENT.items():
        path = root / "files" / named(content)
        path.write_bytes(content)
        path.with_name(path.name + ".json").write_text(json.dumps({"name": name, "at": START_MS}))
    return root


def test_files_are_looked_at_as_well(folder, capsys):
    assert main.run(["node", "check", "--folder", str(folder)]) == 0
    assert "1 records, each as it was signed, and all 2 files" in capsys.readouterr().out


@pytest.mark.parametrize("rebuild", [[], ["--rebuild"]])
def test_a_file_that_the_disk_has_changed_is_named_with_what_to_do(folder, capsys, rebuild):
    (folder / "files" / named(b"a plan")).write_bytes(b"a plam")
    assert main.run(["node", "check", "--folder", str(folder), *rebuild]) == 1
    said = capsys.readouterr().out
    assert "plan.pdf is not what was signed for: " + named(b"a plan") in said
    assert "freehold file remove SHA256 --anyway" in said
    assert "database" not in said
    assert main.run(["node", "check", "--folder", str(folder), "--json"]) == 1
    view = json.loads(capsys.readouterr().out)
    assert (view["sound"], view["files"]["kept"], [one["name"] for one in view["files"]["damaged"]]) == (
        False,
        2,
        ["plan.pdf"],
    )
