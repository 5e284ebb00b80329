"""The demo, played: real nodes, the whole story, and nothing left of it afterwards."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.e2e.household import answer, freehold

PLAY_S = 150
"""The demo promises 60 s; a machine that runs this suite is busy."""


@pytest.fixture
def root():
    with TemporaryDirectory(prefix="fh-") as path:
        yield Path(path)


def begin(*arguments):
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "freehold.cli.main", "demo", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"NO_COLOR": "1"},
    )  # fmt: skip


def processes_of(root):
    """Command lines of the processes that were started on a folder below this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it ended while we looked
        if str(root) in line and "freehold.node" in line:
            found.append(line)
    return found


def test_every_claim_holds_and_nothing_is_left(root):
    with begin("--json", "--folder", root / "play") as play:
        shown, story = play.communicate(timeout=PLAY_S)
    assert play.returncode == 0, story
    result = json.loads(shown)
    assert result["passed"]
    assert len(result["checks"]) > 100
    assert all(check["held"] for check in result["checks"])
    assert "\x1b" not in story
    assert not (root / "play").exists()
    assert processes_of(root) == []


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_stop_in_the_middle_cleans_up(root, number):
    with begin("--folder", root / "play") as play:
        assert play.stdout is not None
        for line in play.stdout:
            if "connected to the bystander" in line:
                break
        assert len(processes_of(root)) == 6
        play.send_signal(number)
        play.communicate(timeout=30)
    assert play.returncode == 130
    assert not (root / "play").exists()
    assert processes_of(root) == []


def test_a_stop_while_nodes_are_starting_cleans_up(root):
    with begin("--folder", root / "play") as play:
        assert play.stdout is not None
        for line in play.stdout:
            if "Six nodes" in line:
                break
        play.send_signal(signal.SIGINT)
        play.communicate(timeout=30)
    assert play.returncode == 130
    assert not (root / "play").exists()
    assert processes_of(root) == []


@pytest.mark.slow
def test_kept_folders_can_be_used_as_the_summary_says(root):
    with begin("--keep", "--folder", root / "play") as play:
        story, _ = play.communicate(timeout=PLAY_S)
    assert play.returncode == 0, story
    alice = root / "play" / "alice"
    said = [line.split() for line in story.splitlines() if line.strip().startswith("freehold ")]
    assert len(said) == 3
    try:
        for command in said:
            done = freehold(*command[1:])
            assert done.returncode == 0, done.stderr
            if command[1] == "up":
                assert answer("contract", "list", "--folder", alice)["contracts"][0]["state"] == "closed"
    finally:
        freehold("down", "--folder", alice)
