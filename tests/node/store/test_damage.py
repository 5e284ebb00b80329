"""Whatever the disk has made of a database is said in words, no changed record is given out, and the rest is saved."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from freehold.node.core.ports import OfferQuery, StorageBroken
from freehold.node.store import checking, checkup, snapshots, swapping
from freehold.node.store.salvage import salvage
from freehold.node.store.sqlite import SqliteStore
from tests.cast import START_MS, Person, alice, bob, carol, offer
from tests.node.store.test_forms import fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from freehold.protocol.envelope import Record, RecordId

FLIPS = 15
"""Damaged copies of one seed."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "node" / "node.db"
    store = SqliteStore.open(path)
    fill(store)
    store.cursors.set("another peer", b"f" * 16, 7)
    store.commit()
    store.close()
    return path


def found(path: Path) -> checking.Findings:
    return checking.check(path, path.with_name("scratch"))


def disk_changes(path: Path, table: str, statement: str) -> None:
    """What no statement can do: a value of another type than its column holds."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA writable_schema = ON")
        file.execute("UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = ?", (table,))
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        assert file.execute(statement).rowcount == 1
        file.execute("PRAGMA writable_schema = ON")
        file.execute("UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = ? AND sql LIKE '%)'", (table,))


def change(path: Path, before: bytes, after: bytes) -> None:
    data = path.read_bytes()
    assert data.count(before) == 1
    path.write_bytes(data.replace(before, after))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cursor SET epoch = 'text' WHERE peer = 'a peer'",
        "UPDATE cursor SET position = x'00' WHERE peer = 'a peer'",
        "UPDATE cursor SET peer = x'80' WHERE peer = 'a peer'",
    ],
)
def test_a_row_that_no_table_can_hold_does_not_keep_the_others_from_being_saved(path: Path, statement: str) -> None:
    disk_changes(path, "cursor", statement)
    salvaged, _ = salvage(path, START_MS)
    assert (salvaged.torn, salvaged.carried["cursor"], salvaged.carried["token"]) == (["cursor"], 1, 1)
    assert found(path).sound
    with closing(SqliteStore.open(path)) as store:
        assert store.cursors.get("another peer") == (b"f" * 16, 7)


def read_all(store: SqliteStore, *people: Person) -> None:
    """Every record of some people."""
    for one in people:
        store.records.written(one.id, 0, 99)


def test_a_record_of_which_a_part_is_no_text_any_more_is_damaged_and_no_other(path: Path) -> None:
    records = found(path).records
    disk_changes(path, "record", "UPDATE record SET header = CAST(x'80ff' AS TEXT) WHERE number = 12")
    with closing(SqliteStore.open(path)) as store, pytest.raises(StorageBroken, match="is damaged"):
        read_all(store, alice, bob)
    assert found(path).broken
    salvaged, _ = salvage(path, START_MS)
    assert (salvaged.kept, salvaged.forged + salvaged.unread) == (records - 1, 1)
    assert found(path).sound


def test_a_table_whose_definition_is_damaged_does_not_hide_the_others(path: Path) -> None:
    records = found(path).records
    change(path, b"label   TEXT NOT NULL", b"label   \xa0EXT NOT NULL")
    for look in (SqliteStore.open, checkup.check_up, lambda one: snapshots.copy_to(one, one.with_name("copy"))):
        with pytest.raises(StorageBroken):
            look(path)
    assert found(path).broken
    salvaged, _ = salvage(path, START_MS)
    assert (salvaged.kept, salvaged.carried["contact"], salvaged.carried["prekey"]) == (records, 1, 1)
    assert found(path).sound


def test_another_programs_database_is_not_called_damaged_for_its_folders_name(tmp_path: Path) -> None:
    path = tmp_path / "damaged" / "node.db"
    path.parent.mkdir(mode=0o700)
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE songs (name TEXT)")
    with pytest.raises(StorageBroken, match="another program"):
        found(path)


def test_a_rescue_that_ends_before_its_last_step_takes_no_record_away(path: Path, tmp_path: Path) -> None:
    with closing(SqliteStore.open(path)) as store:
        store.records.add(offer(bob, number=9_999), START_MS, shared=True)
        store.commit()
        shutil.copytree(path.parent, tmp_path / "left", dirs_exist_ok=True)  # as a process that ended leaves it
    left = tmp_path / "left" / path.name
    swapping.put_in_place(left, left, left.with_name("node.db.damaged-1"))  # all but the last: it stays what it is
    assert not left.with_name("node.db-wal").exists()
    with closing(SqliteStore.open(left)) as store:
        assert store.records.get(offer(bob, number=9_999).id)
    assert not list(left.parent.glob("*.damaged-*"))


def used(path: Path, written: Mapping[RecordId, Record]) -> None:
    """Everything is asked for, and something written; every record that is given out says what one that was put in did
    (its signature is looked at by the check, and by whoever gets it)."""
    with closing(SqliteStore.open(path)) as store:
        records = store.records
        for kind in records.totals():
            for _, record in records.all_of_kind(kind, 0, 999):
                true = written[record.id]
                assert (record.header_bytes, record.body) == (true.header_bytes, true.body)
                records.in_context(record.header.context or record.id)
        for text in ("falcon*", "logo"):
            assert all(one.id in written for one in records.search(OfferQuery(START_MS, text)).records)
        for person in (alice, bob, carol):
            for ask in (records.log, records.contracts_of, records.count):
                ask(person.id)
            for look in (records.partners, records.reviews_of):
                look(person.id, 9)
            records.traces([person.id], 9)
        store.outbox.due(2 * START_MS, 9)
        store.notices.after(0, 9)
        store.ranges.tend(START_MS)
        records.add(offer(bob, number=9_999), START_MS, shared=True)
        records.expire(2 * START_MS, 99)
        store.commit()
        store.checkpoint()


def flipped(data: bytes, dice: random.Random) -> bytes:
    """A byte, three, or a stretch of them."""
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 3, 30))):
        at = dice.randrange(len(data))
        changed[at] = changed[at] ^ 1 << dice.randrange(8) if dice.random() < 0.5 else dice.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize(
    ("seed", "copies"), [(0, 1), *(pytest.param(seed, FLIPS, marks=pytest.mark.slow) for seed in range(1, 7))]
)
def test_whatever_bytes_the_disk_has_changed_it_is_said_and_can_be_put_right(
    path: Path, seed: int, copies: int
) -> None:
    with closing(SqliteStore.open(path)) as store:
        kinds = store.records.totals()
        written = {one.id: one for kind in kinds for _, one in store.records.all_of_kind(kind, 0, 999)}
        written[offer(bob, number=9_999).id] = offer(bob, number=9_999)
    data, dice = path.read_bytes(), random.Random(seed)
    for copy in range(copies):
        print(f"seed {seed}, copy {copy}")
        changed = flipped(data, dice)
        path.write_bytes(changed)
        try:
            used(path, written)
        except StorageBroken as error:
            assert str(path) in str(error)  # noqa: PT017  -- nothing at all, or this
        path.write_bytes(changed)
        try:
            findings = found(path)
        except StorageBroken as error:
            assert "another" in str(error) or "newer" in str(error) or "older" in str(error), error  # noqa: PT017
            continue
        if findings.broken:
            salvaged, aside = salvage(path, START_MS + copy)
            assert aside.read_bytes() == changed
            assert salvaged.kept + salvaged.unread + salvaged.forged >= len(written) - 1 or salvaged.torn
        elif not findings.sound:
            checking.mend(path, findings.columns)
        assert found(path).sound
        used(path, written)
