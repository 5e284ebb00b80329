"""Real nodes in real trouble: a disk that fills up, two on one folder, backups while everything is written to."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from freehold.cli import seeding
from freehold.cli.errors import Trouble
from freehold.protocol.kinds.offer import WANTED, Offer
from tests.e2e.household import LOOPBACK, NETWORK, PAGE, Household, Resident, answer, freehold, household, logged
from tests.node.store.disks import fill_up, small_disk

PLAN = seeding.Plan(NETWORK, 40, 7, seeding.Plan.day_of(time.time_ns() // 1_000_000))
pytestmark = pytest.mark.slow


@pytest.fixture
def home():
    with household() as opened:
        yield opened


def batches(count: int) -> list[str]:
    """Requests of 64 records."""
    offers = [Offer(WANTED, f"Draw falcon number {number}", f"It is {number}. " * 20) for number in range(count)]
    return [base64.b64encode(batch).decode() for _, batch in seeding.batches(seeding.records(PLAN, offers))]


def bring(node: Resident, batch: str) -> int:
    """How many of a batch were new; acknowledged, so durable."""
    found = node.api.post("/dev/ingest", {"batches": [batch]})
    assert not found["refused"], found
    return int(found["accepted"])


def until_trouble(node: Resident, brought: list[str]) -> tuple[int, Trouble]:
    """How many records were acknowledged before the node took no more, and what it said then."""
    acknowledged = 0
    for batch in brought:
        try:
            acknowledged += bring(node, batch)
        except Trouble as said:
            return acknowledged, said
    raise AssertionError("it took everything")


def total(node: Resident) -> int:
    return sum(node.api.get("/node/statistics")["store"]["kinds"].values())


def trouble(done: subprocess.CompletedProcess[str], code: str, *said: str) -> None:
    assert done.returncode, done.stdout
    assert f"[{code}]" in done.stderr, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    for words in said:
        assert words in done.stderr


def test_a_node_whose_disk_fills_up_says_so_and_goes_on_when_there_is_room(home: Household) -> None:
    with small_disk(home.root / "node", megabytes=48) as disk:
        node = home.start("node", relay=True)
        ballast = fill_up(disk, 600 * 1024)
        brought = batches(3_000)
        acknowledged, said = until_trouble(node, brought)
        assert said.code == "storage-full"
        assert 0 < acknowledged < 3_000
        assert node.api.get("/status")["version"], "it answers"
        done = freehold("backup", "create", disk / "b", "--folder", node.folder)
        trouble(done, "storage-full", "make room on the disk")
        assert not (disk / "b").exists()
        ballast.unlink()
        for batch in brought:
            bring(node, batch)
        assert total(node) == 3_000 + 2 * 40
        assert answer("node", "check", "--folder", node.folder)["sound"]
        node.process.stop()
        again = home.start("node", relay=True)
        assert total(again) == 3_000 + 2 * 40
        assert not [line for line in logged(again.folder) if "mistake" in line["message"]]
        again.process.stop()


def test_of_what_was_acknowledged_before_the_disk_was_full_nothing_is_lost(home: Household) -> None:
    with small_disk(home.root / "node", megabytes=48) as disk:
        node = home.start("node", relay=True)
        fill_up(disk, 500 * 1024)
        acknowledged, _ = until_trouble(node, batches(3_000))
        assert acknowledged > 100
        node.process.kill()
        (disk / "ballast").unlink()
        again = home.start("node", relay=True)
        assert total(again) >= acknowledged
        again.process.stop()


def test_work_on_the_folder_of_a_running_node_is_refused_and_the_node_lives_on(home: Household) -> None:
    node = home.start("node")
    node.api.post("/offers", {"side": "wanted", "title": "Kept"})
    backup, folder = home.root / "a.backup", ("--folder", node.folder)
    assert freehold("backup", "create", backup, *folder).returncode == 0
    trouble(freehold("backup", "restore", backup, "--replace", *folder), "already-running", "freehold down")
    trouble(freehold("node", "check", "--rebuild", *folder), "already-running", "freehold down")
    settings = node.folder / "config.toml"
    settings.write_text(settings.read_text() + '\nstore_url = "postgresql://nobody@/none?host=/nowhere"\n')
    trouble(freehold("node", "move-store", *folder), "already-running", "freehold down")
    assert answer("node", "check", *folder)["running"]
    assert [view["title"] for view in node.api.get("/offers", {"mine": 1})["offers"]] == ["Kept"]
    node.api.post("/offers", {"side": "wanted", "title": "And this"})
    assert not list(node.folder.glob("before-restore-*"))


def test_of_two_that_start_at_the_very_same_moment_one_runs(home: Household) -> None:
    folder = home.root / "node"
    secret = home.root / "pass"
    secret.write_text("correct horse battery\n")
    secret.chmod(0o600)
    command = [sys.executable, "-P", "-m", "freehold.cli.main", "up", "--folder", str(folder), "--network", NETWORK]
    command += ["--listen", LOOPBACK, "--page-listen", PAGE, "--passphrase-file", str(secret)]

    def start(number: int) -> subprocess.CompletedProcess[str]:
        words = ["--words-file", str(home.root / f"words.{number}")]
        return subprocess.run([*command, *words], capture_output=True, text=True, check=False, timeout=90)

    try:
        with ThreadPoolExecutor(4) as pool:
            done = list(pool.map(start, range(4)))
        won = [number for number, one in enumerate(done) if one.returncode == 0]
        assert len(won) == 1, [one.stderr for one in done]
        for number, one in enumerate(done):
            if number != won[0]:
                trouble(one, "already-running")
        assert answer("status", "--folder", folder)["identity"]
        assert [path.name for path in home.root.glob("words.*")] == [f"words.{won[0]}"], "nobody else's words count"
    finally:
        freehold("down", "--folder", folder)


def test_backups_made_while_everything_is_written_to_are_whole_and_come_up_again(home: Household) -> None:
    node = home.start("node")
    brought = batches(4_000)
    made: list[tuple[int, Path, int]] = []
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(lambda: sum(bring(node, batch) for batch in brought))
        while not running.done() and len(made) < 4:
            before = total(node)
            path = home.root / f"{len(made)}.backup"
            assert freehold("backup", "create", path, "--folder", node.folder).returncode == 0
            made.append((before, path, total(node)))
        assert running.result() == 4_000 + 2 * 40
    assert any(before < after for before, _, after in made), "it was not written to meanwhile"
    for before, path, after in made:
        found: dict[str, Any] = answer("backup", "verify", path)
        assert before <= found["records"] <= after
        other = home.root / f"{path.name}.restored"
        assert answer("backup", "restore", path, "--folder", other)["records"] == found["records"]
        checked = answer("node", "check", "--folder", other)
        assert (checked["sound"], checked["records"]) == (True, found["records"])
    identity = answer("status", "--folder", node.folder)["identity"]
    node.process.stop()
    again = home.start(f"{made[-1][1].name}.restored")
    assert again.api.get("/status")["identity"] == identity
    assert made[-1][0] <= total(again) <= made[-1][2] + 1, "its own inbox may be new"
