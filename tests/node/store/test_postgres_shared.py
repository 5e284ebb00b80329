"""Several nodes on one PostgreSQL database: numbers, places and the reconciled set hold, whoever dies in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'freehold[postgres]'")

from freehold.node.core.ports import StorageAway, StorageBroken
from freehold.node.store.postgres import ranges as ranges_module
from freehold.node.store.postgres.server import Server, place_of
from freehold.node.store.postgres.store import PostgresStore
from freehold.protocol.reconcile.domain import EVERYTHING, Domain
from freehold.protocol.reconcile.keys import OrderedKeys, key
from freehold.protocol.reconcile.sketch import Sketch
from tests.cast import START_MS, alice, bob, carol, note, offer, offer_place, person, story
from tests.postgres import Cluster, binaries, cluster

PROGRAMS = binaries()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL (initdb, postgres) is not installed here"),
]
ROOT = Path(__file__).parents[3]
NOW = START_MS


@pytest.fixture(scope="module")
def running():
    assert PROGRAMS is not None
    with cluster(PROGRAMS) as started:
        yield started


@pytest.fixture
def two(running: Cluster, tmp_path: Path):
    url = running.url()
    stores = [PostgresStore.open(url, tmp_path / name / "node.db") for name in ("one", "other")]
    yield stores
    for store in stores:
        store.close()
    running.give_back(url)


def in_set(store: PostgresStore) -> list[bytes]:
    view = store.ranges.view(EVERYTHING)
    assert view is not None
    return list(view.keys)


def stored(store: PostgresStore) -> list[bytes]:
    rows = store._server.rows("SELECT at, id FROM record WHERE shared UNION SELECT at, id FROM aside")
    return sorted(key(at, name) for at, name in rows)


def test_both_count_in_one_epoch_and_one_order(two):
    one, other = two
    assert one.records.epoch == other.records.epoch
    for number, store in enumerate((one, other, one, other)):
        store.records.add(offer(number=number), NOW, shared=True)
        store.commit()
    told = one.records.after(0, 9)
    assert told == other.records.after(0, 9)
    assert [name for _, name in told] == [offer(number=number).id for number in range(4)]


def test_the_same_record_is_kept_once_and_of_two_versions_the_later(two):
    one, other = two
    older, newer = offer(title="Older"), offer(title="Newer", at=START_MS + 1)
    for store, record, changed in ((one, newer, True), (other, newer, False), (other, older, False)):
        assert store.records.add(record, NOW, shared=True) == changed
        store.commit()
    assert one.records.fills(offer_place()) == other.records.fills(offer_place()) == newer
    assert one.records.has(older.id)
    assert not one.records.add(older, NOW, shared=True)
    one.commit()


def test_what_was_foreseen_is_looked_up_again_when_another_was_faster(two):
    one, other = two
    known, rival = offer(bob), offer(title="A rival", at=START_MS + 1)
    assert one.records.known([known.id, offer().id]) == set()
    one.records.foresee([known, offer()])
    for record in (known, rival):
        other.records.add(record, NOW, shared=True)
    other.commit()
    assert [one.records.add(record, NOW, shared=True) for record in (known, offer())] == [False, False]
    one.commit()
    assert one.records.fills(offer_place()) == rival


def test_whoever_writes_keeps_others_from_writing_and_they_are_told(two, monkeypatch):
    one, other = two
    other._server.rows("SELECT set_config('lock_timeout', '50', false)")
    one.records.add(offer(), NOW, shared=True)
    with pytest.raises(StorageAway, match="another node held"):
        other.records.add(offer(bob), NOW, shared=True)
    assert other.records.get(offer().id) is None  # nothing is shown before it is committed
    one.commit()
    assert other.records.add(offer(bob), NOW, shared=True)
    other.commit()
    assert [name for _, name in one.records.after(0, 9)] == [offer().id, offer(bob).id]


def test_a_node_that_hangs_loses_its_transaction_and_the_others_go_on(two):
    one, other = two
    one._server.rows("SELECT set_config('idle_in_transaction_session_timeout', '100', false)")
    one.records.add(offer(), NOW, shared=True)
    assert other.records.add(offer(bob), NOW, shared=True)  # when the server has waited long enough
    other.commit()
    with pytest.raises(StorageAway):
        one.commit()
    assert [one.records.has(record.id) for record in (offer(), offer(bob))] == [False, True]
    assert in_set(one) == in_set(other) == stored(one)


def test_the_set_follows_what_others_write_and_what_is_lost_is_undone(two):
    one, other = two
    for number in range(4):
        one.records.add(offer(number=number), NOW, shared=True)
    one.commit()
    assert in_set(other) == in_set(one) == stored(one)
    other.records.add(offer(title="Newer", at=START_MS + 5), NOW, shared=True)
    other.ranges.put_aside(offer(carol).id, offer(carol).header, NOW + 1)
    other.commit()
    assert in_set(one) == in_set(other) == stored(one)
    one.records.add(offer(number=9), NOW, shared=True)
    one._server.roll_back()
    other.records.add(offer(bob), NOW, shared=True)
    other.commit()
    assert in_set(one) == in_set(other) == stored(one)
    other.ranges.tend(NOW + 2)  # what was put aside may come again
    other.commit()
    assert in_set(one) == in_set(other) == stored(one)
    while one.ranges.tend(NOW):
        pass
    made = Sketch()
    for each in stored(one):
        made.toggle(each[8:16])
    assert one.ranges.sketch() == made.cells
    assert one.ranges.keys.total == OrderedKeys.of(stored(one)).total


@pytest.mark.parametrize("bug", ["follow", "_undo"])
def test_a_set_that_does_not_follow_would_be_noticed(two, bug, monkeypatch):
    for store in two:
        hooks = store._server._overtaken if bug == "follow" else store._server._rolled_back
        hooks[:] = [hook for hook in hooks if getattr(hook, "__self__", None) is not store.ranges]
    monkeypatch.setattr(ranges_module.PostgresRanges, bug, lambda _: None)
    with pytest.raises(AssertionError):
        test_the_set_follows_what_others_write_and_what_is_lost_is_undone(two)


def test_a_node_that_is_far_behind_reads_the_set_again(two, monkeypatch):
    one, other = two
    monkeypatch.setattr(ranges_module, "KEPT_STEPS", 2)
    monkeypatch.setattr(ranges_module, "_TRIMMED_AT", 1)
    other.ranges._trimmed = one.ranges._trimmed = 0
    for number in range(9):
        one.records.add(offer(number=number), NOW, shared=True)
        one.commit()
        one.ranges.tend(NOW)
    one.commit()
    assert len(one._server.rows("SELECT 1 FROM step")) < 5
    assert in_set(other) == stored(other)


def test_a_domain_is_gathered_and_kept_up_across_nodes(two):
    one, other = two
    domain = Domain(people=frozenset({bob.id}))
    for who in (alice, bob):
        one.records.add(offer(who), NOW, shared=True)
    one.commit()
    other.ranges.view(domain)
    other.ranges.tend(NOW)
    for number in (2, 3):
        one.records.add(offer(bob, number=number), NOW, shared=True)
        one.records.add(offer(alice, number=number), NOW, shared=True)
    one.commit()
    view = other.ranges.view(domain)
    assert view is not None
    assert list(view.keys) == sorted(key(START_MS, offer(bob, number=number).id) for number in (1, 2, 3))


def test_what_was_erased_is_out_of_every_table(two):
    one, other = two
    one.records.add(offer(description="A unicornish secret"), NOW, shared=True)
    one.commit()
    assert one.records.erase(offer(description="A unicornish secret").id, NOW, header_stays=False)
    one.commit()
    assert other.scrubbing.due()
    while other.scrubbing.step():
        pass
    assert other.scrubbing.cut()
    other.scrubbing.done()
    assert not one.scrubbing.due()
    assert one._server.rows("SELECT 1 FROM word WHERE word = 'unicornish'") == []
    assert one._server.rows("SELECT 1 FROM offer") == []
    one.records.add(offer(description="A unicornish secret"), NOW, shared=True)
    assert one._server.rows("SELECT 1 FROM offer") == []


def test_records_are_committed_with_what_the_node_remembers_or_neither(two):
    one, other = two
    one.records.add(offer(), NOW, shared=True)
    one.contacts.trust(bob.id, "Bob", NOW)
    one._server._connection.close()
    with pytest.raises(StorageAway):
        one.commit()
    assert one.contacts.listed() == []
    assert not other.records.has(offer().id)
    assert one.records.add(offer(), NOW, shared=True)  # it has connected anew
    one.commit()
    assert other.records.has(offer().id)


def test_a_server_that_is_started_again_is_found_again(tmp_path):
    assert PROGRAMS is not None
    with cluster(PROGRAMS) as own:
        store = PostgresStore.open(own.url(), tmp_path / "node.db")
        store.records.add(offer(), NOW, shared=True)
        store.commit()
        store.records.add(offer(bob), NOW, shared=True)
        own.stop()
        with pytest.raises(StorageAway):
            store.commit()
        with pytest.raises(StorageAway, match=r"cannot be reached.*Is PostgreSQL running there, and are user"):
            store.records.get(offer().id)
        own.start()
        assert [store.records.has(record.id) for record in (offer(), offer(bob))] == [True, False]
        assert store.records.add(offer(bob), NOW, shared=True)
        store.commit()
        assert in_set(store) == stored(store)
        store.close()


def start_writer(url: str, folder: Path, name: str, how_many: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(Path(__file__).with_name("shared_writer.py")), url, str(folder), name, str(how_many)]
    folder.mkdir()
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})


def last_told(output: IO[str], read: Callable[[], None]) -> int:
    """The number in the last line that a writer still gets out."""
    lines = ["-1"]
    for line in iter(output.readline, ""):
        lines.append(line)
        read()
    return int(lines[-1])


def test_two_processes_write_one_is_killed_and_a_reader_misses_nothing(running, tmp_path):
    url = running.url()
    reader = PostgresStore.open(url, tmp_path / "reader" / "node.db")
    seen: list[tuple[int, bytes]] = []

    def read() -> None:
        seen.extend(reader.records.after(seen[-1][0] if seen else 0, 1000))

    with (
        start_writer(url, tmp_path / "first", "first", 60) as first,
        start_writer(url, tmp_path / "second", "second", 60) as second,
    ):
        assert first.stdout is not None
        assert second.stdout is not None
        while int(first.stdout.readline()) < 20:
            read()
        first.kill()
        told = {"first": max(20, last_told(first.stdout, read)), "second": last_told(second.stdout, read)}
    read()
    assert (first.returncode, second.returncode, told["second"]) == (-signal.SIGKILL, 0, 59)
    for name, last in told.items():
        assert all(reader.records.has(offer(person(name), number=number).id) for number in range(last + 1))
    everybodys = offer(person("everybody"), number=1, at=START_MS + 59)
    assert reader.records.fills(offer_place(person("everybody"), number=1)) == everybodys
    assert set(reader.records.after(0, 1000)) <= set(seen)  # nothing came into sight behind what had been read
    assert len({at for at, _ in seen}) == len(seen)
    assert in_set(reader) == stored(reader)
    reader.close()


@pytest.mark.parametrize(
    "url", ["postgresql://user:hunter2@/x?host=/nowhere", "postgresql://user:hunter2@127.0.0.1:1/x", "postgresql://%zz"]
)
def test_no_secret_is_told(url):
    with pytest.raises((StorageAway, StorageBroken)) as caught:
        Server(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_database_is_named_without_its_secret():
    named = place_of("postgresql://user:hunter2@db.example:5433/market")
    assert named == "the PostgreSQL database 'market' at db.example"


def test_a_note_of_one_node_is_given_to_nobody_by_the_other(two):
    one, other = two
    one.records.add(note(alice, bytes(32), "For us"), NOW, shared=False)
    one.commit()
    assert other.records.after(0, 9) == []
    assert in_set(other) == []


def test_another_version_of_the_tables_is_refused(running, tmp_path):
    url = running.url()
    store = PostgresStore.open(url, tmp_path / "node.db")
    store._server.write("UPDATE meta SET version = 99")
    store.commit()
    store.close()
    with pytest.raises(StorageBroken, match="version 99"):
        PostgresStore.open(url, tmp_path / "node.db")


def test_other_rules_of_folding_write_derived_tables_again(running, tmp_path):
    url = running.url()
    store = PostgresStore.open(url, tmp_path / "node.db")
    for record in (offer(), *story().contract_records, story().client_reviews):
        store.records.add(record, NOW, shared=True)
    store.commit()
    tables = ("offer", "agreement", "participant", "review")
    before = [sorted(store._server.rows(f"SELECT * FROM {table}")) for table in tables]
    store._server.write("UPDATE offer SET words = '{}'")
    store._server.write("UPDATE meta SET folding = 'old'")
    store.commit()
    store.close()
    store = PostgresStore.open(url, tmp_path / "node.db")
    assert [sorted(store._server.rows(f"SELECT * FROM {table}")) for table in tables] == before
    store.close()
