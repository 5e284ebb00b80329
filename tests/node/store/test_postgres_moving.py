"""A node that outgrows its file: everything comes over to PostgreSQL, once, and the file stays until it has."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'freehold[postgres]'")

from freehold.node.core.ports import OfferQuery, StorageBroken, StorageFull, Stores
from freehold.node.store.postgres import moving
from freehold.node.store.postgres.store import PostgresStore
from freehold.node.store.sqlite import SqliteStore
from freehold.protocol.reconcile.domain import EVERYTHING
from tests.cast import START_MS, alice, bob, carol, offer, story
from tests.node.store.test_forms import fill
from tests.postgres import Cluster, binaries, cluster

PROGRAMS = binaries()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL (initdb, postgres) is not installed here"),
]
NOW = START_MS


@pytest.fixture(scope="module")
def running():
    assert PROGRAMS is not None
    with cluster(PROGRAMS) as started:
        yield started


@pytest.fixture
def url(running: Cluster):
    return running.url()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The closed database of a node with something of every sort."""
    path = tmp_path / "node" / "node.db"
    store = SqliteStore.open(path)
    fill(store)
    records = store.records
    for number in range(100, 130):
        records.add(offer(bob, number=number, title=f"A heron {number}"), NOW, shared=True)
    old, new = offer(carol, title="Old", life_ms=9_000_000), offer(carol, title="New", at=START_MS + 1, life_ms=9_000)
    for record in (old, new):
        records.add(record, NOW, shared=True)
    refused = offer(alice, number=77)
    store.ranges.put_aside(refused.id, refused.header, NOW + 99)
    for number, header_stays in ((103, False), (104, True)):
        assert records.erase(offer(bob, number=number, title=f"A heron {number}").id, NOW, header_stays=header_stays)
    store.commit()
    store.close()
    return path


def content(store: Stores) -> dict[str, Any]:
    told, records = story(), store.records
    view = store.ranges.view(EVERYTHING)
    assert view is not None
    names = [name for _, name in records.after(0, 9_999)]
    return {
        "order": names,
        "records": records.shared(names),
        "totals": records.totals(),
        "keys": list(view.keys),
        "search": [record.id for record in records.search(OfferQuery(now=NOW, text="heron", limit=100)).records],
        "contract": records.in_context(told.contract),
        "kept back": records.kept_back(alice.id, "proposal/1", 9),
        "bound": records.bound(alice.id, bob.id),
        "expired": [record for _, record in records.unshared_expired(1 << 50, 0, 99)],
        "wanted again": [
            records.has(offer(carol, title="Old", life_ms=9_000_000).id),
            records.has(offer(bob, number=103, title="A heron 103").id),
            store.ranges.known(offer(alice, number=77).id),
        ],
        "contacts": store.contacts.listed(),
        "parcels": store.outbox.due(NOW, 9),
        "prekey": store.prekeys.private(alice.prekey[1]),
        "notices": [notice.text for notice in store.notices.latest(9)],
        "quota": [records.count_since(who.id, 0) for who in (alice, bob, carol)],
    }


def in_file(path: Path) -> dict[str, Any]:
    store = SqliteStore.open(path)
    found = content(store)
    store.close()
    return found


def on_server(url: str, path: Path) -> dict[str, Any]:
    store = PostgresStore.open(url, path)
    found = content(store)
    store.close()
    return found


def ignore(_records: int) -> None:
    """Nobody looks."""


def test_everything_is_there_afterwards_in_the_same_order(url: str, path: Path) -> None:
    before = in_file(path)
    assert before["wanted again"] == [True, True, True]
    moved = moving.move(path, url, NOW, ignore)
    after = on_server(url, path)
    for what, found in before.items():
        assert after[what] == found, what
    assert (moved.records, moved.known) == (sum(before["totals"].values()), 0)
    assert in_file(Path(moved.file)) == before
    assert in_file(path)["totals"] == {}
    store = PostgresStore.open(url, path)
    assert not store.records.add(offer(bob, number=104, title="A heron 104"), NOW, shared=True), "its body is erased"
    assert store.server.row("SELECT needless FROM record WHERE id = %s", (newest(store),)) == (START_MS + 9_000_000,)
    store.close()


def newest(store: PostgresStore) -> bytes:
    return store.records.by_author(carol.id, "offer/1", 1)[0].id


def test_what_ends_in_the_middle_is_begun_again(url: str, path: Path, monkeypatch) -> None:
    before = in_file(path)
    monkeypatch.setattr(moving, "_AT_ONCE", 10)

    def ends(records: int) -> None:
        if records >= 20:
            raise StorageFull

    with pytest.raises(StorageFull):
        moving.move(path, url, NOW, ends)
    assert in_file(path) == before
    moved = moving.move(path, url, NOW, ignore)
    assert moved.known == 20
    assert on_server(url, path)["order"] == before["order"]


def test_a_second_node_adds_what_it_has(url: str, path: Path, tmp_path: Path) -> None:
    other = SqliteStore.open(tmp_path / "other" / "node.db")
    other.records.add(offer(bob, number=200), NOW, shared=True)
    other.records.add(offer(bob, number=109, title="A heron 109"), NOW, shared=True)
    other.commit()
    other.close()
    moving.move(path, url, NOW, ignore)
    moved = moving.move(tmp_path / "other" / "node.db", url, NOW, ignore)
    assert (moved.records, moved.known) == (1, 1)


def test_a_damaged_record_is_not_moved_and_nothing_is_changed(url: str, path: Path) -> None:
    store = SqliteStore.open(path)
    store.database.write("UPDATE record SET body = x'80' WHERE number = 12")
    store.commit()
    store.close()
    with pytest.raises(StorageBroken, match="changed on the disk"):
        moving.move(path, url, NOW, ignore)
    assert {file.name for file in path.parent.iterdir()} >= {"node.db", "node.position"}
    assert not list(path.parent.glob("*.moved-*"))


def run(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "freehold.node.upkeep", "--folder", str(folder), "move-store"]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=False, timeout=60).stdout)


def test_the_command_says_where_to_and_what_came_of_it(url: str, path: Path) -> None:
    settings = path.with_name("config.toml")
    settings.write_text('network = "test-market"\n')
    assert "names no store_url" in run(path.parent)["trouble"]["detail"]
    settings.write_text('network = "test-market"\nstore_url = "postgresql://nobody@/none?host=/nowhere"\n')
    settings.chmod(0o600)
    trouble = run(path.parent)["trouble"]
    assert (trouble["code"], "cannot be reached" in trouble["detail"]) == ("storage-away", True)
    settings.write_text(f'network = "test-market"\nstore_url = "{url}"\n')
    settings.chmod(0o600)
    done = run(path.parent)["done"]
    assert done["records"] > 30
    assert Path(done["file"]).exists()
