"""Files of a contract between real nodes, by the command: handed over, fetched, gone on with, refused."""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from freehold.cli.errors import Trouble
from tests.e2e.dealing import struck
from tests.e2e.household import eventually, freehold, household

if TYPE_CHECKING:
    from tests.e2e.dealing import Deal

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def deal():
    with household() as home:
        yield struck(home)


def test_what_is_delivered_is_fetched_and_written(deal):
    work = deal.home.root / "work"
    work.mkdir()
    content = {"sketch.png": os.urandom(3_000_000), "empty.txt": b"", "CON": b"a device"}
    for name, data in content.items():
        (work / name).write_bytes(data)
    files = [part for name in content for part in ("--file", work / name)]
    done = freehold("contract", "deliver", deal.contract, *files, "--yes", "--folder", deal.freelancer.folder)
    assert done.returncode == 0, done.stderr
    assert "sketch.png, 3.0 MB, SHA-256 " + sha256(content["sketch.png"]).hexdigest() in done.stdout
    assert "files.1.name" in done.stdout
    assert eventually(lambda: deal.by(deal.client, "contract", "files", deal.contract)["files"])
    into = deal.home.root / "into"
    into.mkdir()
    (into / "sketch.png").write_text("mine")
    found = deal.by(deal.client, "contract", "fetch", deal.contract, "--into", into)
    assert sorted(path.name for path in into.iterdir()) == ["_CON", "empty.txt", "sketch (2).png", "sketch.png"]
    assert (into / "sketch.png").read_text() == "mine"
    assert (into / "sketch (2).png").read_bytes() == content["sketch.png"]
    assert stat.S_IMODE((into / "sketch (2).png").stat().st_mode) == 0o600
    assert all(one["here"] for one in found["files"])
    again = deal.by(deal.client, "contract", "fetch", deal.contract, "--into", into)
    assert sorted(again["written"]) == sorted(str(into / name) for name in ("_CON", "empty.txt", "sketch (2).png"))
    kept = deal.client.folder / "files" / sha256(content["sketch.png"]).hexdigest()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_what_the_other_node_does_not_have_is_told_with_the_place(deal):
    (deal.home.root / "notes.txt").write_text("what happened")
    given = ("--text", "See there.", "--file", deal.home.root / "notes.txt", "--where", "https://example.org/notes")
    deal.by(deal.client, "dispute", "evidence", deal.contract, *given, "--hash-only", "--yes")
    named = eventually(lambda: _missing(deal))
    done = freehold("contract", "fetch", deal.contract, "--folder", deal.freelancer.folder)
    assert done.returncode == 4
    assert "their node does not hand it over: this node has no such file to hand over" in done.stderr
    assert "https://example.org/notes" in done.stderr
    deal.by(deal.client, "file", "add", deal.home.root / "notes.txt", "--contract", deal.contract)
    eventually(lambda: freehold("contract", "fetch", deal.contract, "--folder", deal.freelancer.folder).returncode == 0)
    (found,) = [one for one in deal.by(deal.freelancer, "file", "list")["files"] if one["sha256"] == named]
    assert found["name"] == "notes.txt"
    done = freehold("file", "remove", named, "--folder", deal.freelancer.folder)
    assert "[file-in-use]" in done.stderr
    deal.by(deal.freelancer, "file", "remove", named, "--anyway")


def _missing(deal: Deal) -> str | None:
    files = deal.by(deal.freelancer, "contract", "files", deal.contract)["files"]
    return next((str(one["sha256"]) for one in files if not one["here"]), None)


def test_a_file_that_is_too_long_is_refused_before_it_is_sent(deal):
    long = deal.home.root / "long.bin"
    with long.open("wb") as file:
        file.truncate(25 * 1024 * 1024 + 1)
    done = freehold("file", "add", long, "--folder", deal.client.folder)
    assert "[file-too-large]" in done.stderr
    with long.open("rb") as file, pytest.raises(Trouble, match="at most 25 MiB"):
        deal.client.api.send("/files", {"name": "long.bin"}, file)
    with long.open("r+b") as file:
        file.truncate(25 * 1024 * 1024)
    assert deal.by(deal.client, "file", "add", long)["bytes"] == 25 * 1024 * 1024
    assert not [path for path in (deal.client.folder / "files").iterdir() if path.name.startswith(".")]
