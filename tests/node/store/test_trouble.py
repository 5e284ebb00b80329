"""Full disks, broken files, other programs: a clear sentence, nothing half-written, and the node can go on."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from freehold.node.core.ports import OfferQuery, StorageBroken, StorageFull
from freehold.node.store import upgrade
from freehold.node.store.sqlite import SqliteStore
from tests.cast import START_MS, alice, bob, offer, person, story
from tests.node.store import disks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from freehold.protocol.envelope import Record

LONG = "words " * 900


def long_offer(number: int) -> Record:
    return offer(title=f"Offer {number}", number=number, description=LONG)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "node" / "node.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore.open(path)
    yield store
    store.close()


def fill(store: SqliteStore) -> list[Record]:
    """Commit offers one by one until the disk is full; those whose commit returned."""
    kept: list[Record] = []
    with pytest.raises(StorageFull, match="full"):
        fill_for_ever(store, kept)
    return kept


def fill_for_ever(store: SqliteStore, kept: list[Record]) -> None:
    while len(kept) < 10_000:
        record = long_offer(len(kept))
        store.records.add(record, START_MS, shared=True)
        store.commit()
        kept.append(record)


def add_all(store: SqliteStore, records: list[Record]) -> None:
    for record in records:
        store.records.add(record, START_MS, shared=True)


def limit_pages(store: SqliteStore, pages: int) -> None:
    store._database.write(f"PRAGMA max_page_count = {pages}")
    store.commit()


def test_when_the_disk_is_full_nothing_is_half_written_and_there_is_room_again_later(store: SqliteStore) -> None:
    limit_pages(store, 120)
    kept = fill(store)
    assert len(kept) > 3
    lost = long_offer(len(kept))
    assert not store.records.has(lost.id)
    assert all(store.records.get(record.id) == record for record in kept)
    assert len(store.records.search(OfferQuery(now=START_MS, text="words", limit=100)).records) == min(100, len(kept))
    assert store.faults() == []
    limit_pages(store, 100_000)
    assert store.records.add(lost, START_MS, shared=True)
    store.commit()
    assert store.records.get(lost.id) == lost
    assert store.faults() == []


def test_a_full_disk_undoes_all_that_was_not_committed_and_numbers_given_with_it(store: SqliteStore) -> None:
    limit_pages(store, 120)
    newcomers = [person(f"newcomer {number}") for number in range(2_000)]
    with pytest.raises(StorageFull):
        add_all(store, [who.inception for who in newcomers])
    assert store.records.totals() == {}
    assert store.records.log(newcomers[0].id) is None
    limit_pages(store, 100_000)
    store.records.add(bob.inception, START_MS, shared=True)
    store.records.add(newcomers[0].inception, START_MS, shared=True)
    store.commit()
    assert store.records.log(newcomers[0].id) == newcomers[0].inception
    assert store.records.by_author(bob.id, "inception/1", 5) == [bob.inception]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of one megabyte."""
    with disks.small_disk(tmp_path / "small") as folder:
        yield folder


def test_one_of_many_rows_that_cannot_be_written_takes_the_transaction_with_it(store: SqliteStore) -> None:
    database, sql = store.database, "INSERT INTO kind (number, name) VALUES (?, ?)"
    for names in (["twice"] * 64, [f"again {number}" for number in range(64)]):
        database.write("INSERT INTO kind (name) VALUES ('before')")
        database.write_all_later(sql, [(1000 + number, name) for number, name in enumerate(names)], together=True)
        if names[0] == names[1]:
            with pytest.raises(StorageBroken):
                database.flush()
            assert database.rows("SELECT name FROM kind") == []
    assert len(database.rows("SELECT name FROM kind")) == 65


def test_a_real_disk_that_is_full_is_survived(small_disk: Path) -> None:
    store = SqliteStore.open(small_disk / "node.db")
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(300_000))
    kept = fill(store)
    assert all(store.records.get(record.id) == record for record in kept)
    ballast.unlink()
    assert store.records.add(long_offer(len(kept)), START_MS, shared=True)
    store.commit()
    store.close()
    again = SqliteStore.open(small_disk / "node.db")
    assert all(again.records.get(record.id) == record for record in [*kept, long_offer(len(kept))])
    assert again.faults() == []
    again.close()


def test_no_room_for_a_new_database_is_said_so(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes(1024 * 1024 - 8192))
    with pytest.raises(StorageFull, match="free some space"):
        SqliteStore.open(small_disk / "node.db")


@pytest.mark.parametrize("content", [b"not a database at all" * 300, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(StorageBroken, match="move it away"):
        SqliteStore.open(path)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused(path: Path) -> None:
    path.parent.mkdir()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE songs (name TEXT)")
    other.close()
    with pytest.raises(StorageBroken, match="belongs to another program"):
        SqliteStore.open(path)


def test_a_database_of_a_newer_version_is_refused(path: Path, store: SqliteStore) -> None:
    newer = len(upgrade.migrations()) + 1
    store._database.write(f"PRAGMA user_version = {newer}")
    store.commit()
    with pytest.raises(StorageBroken, match="newer Freehold") as caught:
        SqliteStore.open(path)
    assert f"form {newer}" in str(caught.value)


def test_a_database_of_an_older_version_is_brought_up_step_by_step(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SqliteStore.open(path).close()
    steps = upgrade.migrations()
    monkeypatch.setattr(upgrade, "migrations", lambda: [*steps, "CREATE TABLE later (a INTEGER) STRICT;"])
    store = SqliteStore.open(path)
    assert store._database.row("SELECT count(*) FROM later") == (0,)
    assert store._database.row("PRAGMA user_version") == (len(steps) + 1,)
    store.close()


def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = SqliteStore.open(path)
    first.records.add(alice.inception, START_MS, shared=True)
    first.commit()
    first.close()
    steps = upgrade.migrations()
    monkeypatch.setattr(upgrade, "migrations", lambda: [*steps, "DELETE FROM record; CREATE TABLE record (a INTEGER);"])
    with pytest.raises(StorageBroken):
        SqliteStore.open(path)
    monkeypatch.undo()
    again = SqliteStore.open(path)
    assert again.records.has(alice.inception.id)
    again.close()


def test_a_page_that_was_overwritten_is_noticed(path: Path) -> None:
    store = SqliteStore.open(path)
    for number in range(50):
        store.records.add(long_offer(number), START_MS, shared=True)
    store.commit()
    store.checkpoint()
    store.close()
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xaa" * 4096 * 20)
    with pytest.raises(StorageBroken, match="damaged"):
        read_all(path)


def read_all(path: Path) -> None:
    store = SqliteStore.open(path)
    try:
        for number in range(50):
            store.records.get(long_offer(number).id)
        store.records.add(bob.inception, START_MS, shared=True)
    finally:
        store.close()


def test_a_record_that_the_disk_has_changed_is_not_given_out(store: SqliteStore) -> None:
    told = story()
    store.records.add(told.delivery, START_MS, shared=True)
    store._database.write("UPDATE record SET body = x'80'")
    with pytest.raises(StorageBroken, match="changed on the disk"):
        store.records.get(told.delivery.id)


def test_a_second_writer_is_told_that_it_is_one(
    path: Path, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("freehold.node.store.database._BUSY_S", 0.0)
    second = SqliteStore.open(path)
    store.records.add(alice.inception, START_MS, shared=True)
    with pytest.raises(StorageBroken, match="second node"):
        second.records.add(bob.inception, START_MS, shared=True)
    store.commit()
    assert second.records.add(bob.inception, START_MS, shared=True)
    second.commit()
    second.close()


def test_a_folder_where_a_file_should_be_is_explained(tmp_path: Path) -> None:
    with pytest.raises(StorageBroken, match="cannot be opened"):
        SqliteStore.open(tmp_path)


def test_folder_and_files_are_the_owners_alone(path: Path, store: SqliteStore) -> None:
    store.records.add(alice.inception, START_MS, shared=True)
    store.commit()
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {
        "node.db": 0o600,
        "node.db-wal": 0o600,
        "node.db-shm": 0o600,
        "node.position": 0o600,
    }


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    SqliteStore.open(path).close()
    path.chmod(0o644)
    SqliteStore.open(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_forgotten_prekeys_are_gone_from_the_file(path: Path) -> None:
    store = SqliteStore.open(path)
    private, public = alice.prekey
    store.prekeys.add(public, private, START_MS)
    store.commit()
    store.checkpoint()
    assert private in path.read_bytes()
    store.prekeys.forget(START_MS)
    store.commit()
    store.checkpoint()
    store.close()
    assert private not in path.read_bytes()
    assert {file.name for file in path.parent.iterdir()} == {"node.db", "node.position"}


def test_words_folded_by_other_rules_are_folded_again(path: Path) -> None:
    store = SqliteStore.open(path)
    store.records.add(offer(title="A falcon"), START_MS, shared=True)
    store.records.add(offer(bob, title="A heron"), START_MS, shared=True)
    store._database.write("UPDATE meta SET folding = 'of old'")
    store._database.write("INSERT INTO offer_text (offer_text) VALUES ('delete-all')")
    store.commit()
    store.close()
    again = SqliteStore.open(path)
    assert again.records.search(OfferQuery(now=START_MS, text="falcon")).records == (offer(title="A falcon"),)
    assert again.records.add(offer(title="A finch", at=START_MS + 1), START_MS, shared=True)
    assert again.records.search(OfferQuery(now=START_MS, text="falcon")).records == ()
    assert again.faults() == []
    again.close()


def test_the_log_is_moved_into_the_database_while_somebody_writes(path: Path, store: SqliteStore) -> None:
    for number in range(40):
        store.records.add(long_offer(number), START_MS, shared=True)
    store.commit()
    store.records.add(bob.inception, START_MS, shared=True)
    before = path.stat().st_size
    assert store.checkpoint() > 0
    assert path.stat().st_size > before
    store.commit()
    assert store.records.has(bob.inception.id)


def test_the_migrations_are_part_of_the_package() -> None:
    code = "from freehold.node.store.upgrade import migrations; print(len(migrations()))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert int(shown.stdout) == len(list((Path(upgrade.__file__).parent / "migrations").glob("*.sql")))
