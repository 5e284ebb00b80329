"""Damage is found, put right from records where that can be, and of the rest nothing is silently lost."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from freehold.node.core.ports import OfferQuery
from freehold.node.store import checking
from freehold.node.store.salvage import ABSENT, CARRIED, LEFT, salvage
from freehold.node.store.sqlite import SqliteStore
from tests.cast import START_MS, alice, bob, carol, offer, person, story
from tests.node.store.test_forms import fill

PAGE = 4096
MANY = [offer(bob, number=number, title=f"Offer {number}", description="words " * 300) for number in range(100, 200)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed database of some hundred pages."""
    path = tmp_path / "node" / "node.db"
    store = SqliteStore.open(path)
    fill(store)
    for record in MANY:
        store.records.add(record, START_MS, shared=True)
    store.commit()
    store.close()
    return path


def found(path: Path) -> checking.Findings:
    return checking.check(path, path.with_name("scratch"))


def change(path: Path, *statements: str) -> None:
    store = SqliteStore.open(path)
    for statement in statements:
        store.database.write(statement)
    store.commit()
    store.close()


def test_a_sound_database_is_called_sound_also_while_it_is_used(path: Path) -> None:
    store = SqliteStore.open(path)
    store.records.add(offer(number=77), START_MS, shared=True)
    findings = found(path)
    assert findings.sound
    store.commit()
    assert found(path).records == findings.records + 1
    store.close()
    assert {file.name for file in path.parent.iterdir()} == {"node.db", "node.position"}


def test_what_does_not_follow_from_records_is_found_and_put_right(path: Path) -> None:
    change(
        path,
        "DELETE FROM agreement",
        "UPDATE record SET place_key = 5 WHERE number = 20",
        "UPDATE record SET author = 999 WHERE number = 21",
        "UPDATE bucket SET count = count + 1",
    )
    findings = found(path)
    assert (findings.broken, findings.columns, findings.derived["agreement"], findings.derived["bucket"]) == (
        False, [20, 21], 4, 1,
    )  # fmt: skip
    assert checking.mend(path, findings.columns) == findings.records
    SqliteStore.open(path).close()
    assert found(path).view() == checking.Findings(findings.records).view()
    store = SqliteStore.open(path)
    assert store.records.bound(alice.id, bob.id)
    store.close()


def test_a_record_that_nobody_signed_is_not_believed(path: Path) -> None:
    change(path, "UPDATE record SET signature = zeroblob(64) WHERE number = 12")
    findings = found(path)
    assert (findings.damaged, len(findings.named), findings.derived) == (1, 1, {})
    salvaged, aside = salvage(path, START_MS)
    assert (salvaged.kept, salvaged.forged, salvaged.unread, salvaged.torn) == (findings.records - 1, 1, 0, [])
    assert aside.exists()
    assert found(path).sound


def content(path: Path) -> dict[str, Any]:
    store = SqliteStore.open(path)
    told = story()
    seen = {
        "records": {record.id for record in MANY if store.records.get(record.id) == record},
        "search": len(store.records.search(OfferQuery(now=START_MS, text="words", limit=100)).records),
        "bound": store.records.bound(alice.id, bob.id),
        "contract": len(store.records.in_context(told.contract)),
        "contacts": store.contacts.listed(),
        "parcels": store.outbox.due(START_MS, 9),
        "prekey": store.prekeys.private(alice.prekey[1]),
        "notices": [notice.text for notice in store.notices.latest(9)],
        "epoch": store.records.epoch,
    }
    store.close()
    return seen


def test_everything_comes_over_from_a_database_that_can_be_read(path: Path) -> None:
    before = content(path)
    salvaged, _ = salvage(path, START_MS)
    after = content(path)
    assert after["epoch"] != before["epoch"], "others have to read it anew"
    assert {**after, "epoch": 0} == {**before, "epoch": 0}
    assert (salvaged.unread, salvaged.forged, salvaged.torn) == (0, 0, [])


def test_of_every_table_it_is_said_whether_it_is_carried_over(path: Path) -> None:
    store = SqliteStore.open(path)
    rows = store.database.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
    store.close()
    tables = {row[0] for row in rows if not row[0].startswith(("sqlite_", "offer_text"))}
    assert tables == CARRIED | LEFT | ABSENT, "a new table: is it in CARRIED or in LEFT of salvage.py?"
    assert len(tables) == len(CARRIED) + len(LEFT) + len(ABSENT)


def absent(path: Path) -> dict[str, Any]:
    store = SqliteStore.open(path)
    named = {
        "replaced": "SELECT replaced.id, arrived, counted, author.id FROM replaced"
        " JOIN author ON author.number = author",
        "aside": "SELECT aside.id, at, till, author.id, kind.name FROM aside JOIN author ON author.number = author"
        " JOIN kind ON kind.number = kind",
    }
    seen: dict[str, Any] = {table: sorted(store.database.rows(query)) for table, query in named.items()}
    seen["keys"] = list(store.ranges.keys)
    store.close()
    return seen


def test_what_is_not_wanted_again_is_still_known_afterwards(path: Path) -> None:
    store = SqliteStore.open(path)
    old = [offer(bob, number=number, title="Older", at=START_MS - 9) for number in range(100, 103)]
    refused = [offer(who) for who in (carol, person("a stranger"), person("another one"))]
    for record in old:
        store.records.add(record, START_MS, shared=True)  # there are later versions
    for record in refused:
        assert store.ranges.put_aside(record.id, record.header, START_MS + 99)
    gone = [offer(person(f"whose only record is gone {number}")) for number in range(2)]
    for record in gone:
        store.records.add(record, START_MS, shared=True)
        store.records.evict_person(record.author, {record.header.kind})
    store.commit()
    store.close()
    before = absent(path)
    assert len(before["replaced"]) >= len(old)
    assert len(before["aside"]) >= len(refused)
    salvaged, _ = salvage(path, START_MS)
    assert absent(path) == before
    assert (salvaged.carried["replaced"], salvaged.carried["aside"]) == (len(before["replaced"]), len(before["aside"]))
    assert found(path).sound
    store = SqliteStore.open(path)
    assert store.ranges.known(refused[0].id[:16])
    assert not store.records.add(old[0], START_MS, shared=True)
    store.close()


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
def test_of_a_damaged_file_whatever_can_be_read_comes_over_and_the_file_is_kept(path: Path, seed: int) -> None:
    dice = random.Random(seed)
    before = content(path)
    with path.open("r+b") as file:
        pages = path.stat().st_size // PAGE
        for page in dice.sample(range(1, pages), 6):
            file.seek(page * PAGE)
            file.write(dice.randbytes(PAGE))
    damaged = path.read_bytes()
    assert found(path).broken
    salvaged, aside = salvage(path, START_MS)
    assert aside.read_bytes() == damaged
    after = content(path)
    assert after["records"] <= before["records"]
    assert len(before["records"] - after["records"]) <= salvaged.unread + salvaged.forged + 100 * len(salvaged.torn)
    assert len(after["records"]) > 20 or salvaged.torn
    assert found(path).sound


@pytest.mark.parametrize("rubbish", [b"", b"not a database" * 999, b"SQLite format 3\0" + bytes(9_000)])
def test_a_file_of_which_nothing_can_be_read_is_kept_and_said(path: Path, rubbish: bytes) -> None:
    path.write_bytes(rubbish)
    path.with_suffix(".position").unlink()
    said = run(path.parent, "check", "--rebuild")
    if not rubbish:
        assert (said["done"]["sound"], said["done"]["records"]) == (True, 0)
        return
    done = said["done"]
    assert (done["sound"], done["salvaged"]["kept"], bool(done["faults"])) == (False, 0, True)
    assert Path(done["aside"]).read_bytes() == rubbish


def run(folder: Path, *work: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "freehold.node.upkeep", "--folder", str(folder), *work]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=False, timeout=60).stdout)


def test_a_truncated_file_is_salvaged_by_the_command_and_used_again(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size * 2 // 3 // PAGE * PAGE)
    assert run(path.parent, "check")["done"]["sound"] is False
    done = run(path.parent, "check", "--rebuild")["done"]
    assert done["salvaged"]["kept"] + done["salvaged"]["unread"] > 20
    assert run(path.parent, "check")["done"]["sound"] is True


def test_a_folder_without_a_node_or_of_a_newer_one_is_left_alone(path: Path, tmp_path: Path) -> None:
    assert run(tmp_path, "check")["trouble"]["code"] == "no-node"
    change(path, "PRAGMA user_version = 999")
    before = path.read_bytes()
    trouble = run(path.parent, "check", "--rebuild")["trouble"]
    assert (trouble["code"], "newer Freehold" in trouble["detail"]) == ("storage-broken", True)
    assert path.read_bytes() == before
