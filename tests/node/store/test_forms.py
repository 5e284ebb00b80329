"""A database of every form there ever was is brought up to today's, and then says the same as one that is new."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from freehold.node.core.ports import Notice, OfferQuery, Parcel, SavedSearch, Token
from freehold.node.store import deriving, upgrade
from freehold.node.store.sqlite import SqliteStore
from tests.cast import START_MS, agreement, agreement_body, alice, bob, carol, mallory, offer, profile, proposal, story

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMS = range(1, len(upgrade.migrations()) + 1)
REBUILT = {*deriving.DERIVED, deriving.MET, "meta"}
"""What need not be carried: it is written again."""


def fill(store: SqliteStore) -> None:
    """Something in every table."""
    told = story()
    served = agreement_body(alice, bob, salt=7, arbiters=(carol.id,), witnesses=(mallory.id,), quorum=1)
    records = [*(who.inception for who in (alice, bob, carol, mallory)), profile(bob), *told.contract_records]
    records += [agreement(who, served) for who in (alice, bob)]
    records += [told.client_reviews, told.freelancer_reviews, offer(), offer(title="A better logo", at=START_MS + 1)]
    records += [offer(bob, title=f"A falcon {number}", number=number, skills=("C++", "Go")) for number in range(20)]
    for record in records:
        store.records.add(record, START_MS, shared=True)
    store.records.add(proposal(), START_MS, shared=False)
    store.outbox.put(Parcel(proposal().id, alice.id, b"sealed", START_MS, trouble="no answer"))
    store.prekeys.add(alice.prekey[1], alice.prekey[0], START_MS)
    store.cursors.set("a peer", b"e" * 16, 9)
    store.peers.remember("a peer", "/ip4/127.0.0.1/tcp/1", START_MS)
    store.peers.ban("another", START_MS, "because")
    store.contacts.trust(bob.id, "Bob", START_MS)
    store.searches.save(SavedSearch("falcons", OfferQuery(START_MS, "falcon*"), ("silent",), 2, START_MS))
    store.tokens.add(Token("a", b"h" * 32, "a script", ("read", "sign"), START_MS, START_MS + 1))
    store.notices.note(Notice(0, START_MS, "turn", told.contract, "Your turn."), "cause")
    store.commit()


def content(path: Path, leave_out: Iterable[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that has some, and every word of the index."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'offer_text', 'instance')")
    found = {"words": connection.execute("SELECT * FROM temp.words ORDER BY 1, 2, 3, 4").fetchall()}
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        if not name.startswith("offer_text") and name not in leave_out:
            found[name] = sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
    connection.close()
    return found


def shapes(path: Path) -> set[tuple[Any, ...]]:
    """Tables with their columns, and indexes, whatever the comments say."""
    connection = sqlite3.connect(path)
    names = connection.execute("SELECT type, name, tbl_name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'")
    found: set[tuple[Any, ...]] = set(names.fetchall())
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        found |= {(name, *row[1:]) for row in connection.execute(f"PRAGMA table_info({name})")}
    connection.close()
    return found


MOVED = {"contact": {"label": "(SELECT text FROM today.label WHERE label.identity = contact.identity)"}}
"""Columns that later forms have in another table."""


def older(path: Path, today: Path, form: int) -> None:
    """A database of an earlier form that holds what fits into it of today's."""
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    for number, step in enumerate(upgrade.migrations()[:form], start=1):
        connection.executescript(step)
        connection.execute(f"PRAGMA user_version = {number}")
    connection.execute(f"PRAGMA application_id = {upgrade.APPLICATION_ID}")
    connection.execute("ATTACH ? AS today", (str(today),))
    tables = [name for (name,) in connection.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'")]
    for table in tables:
        if table.startswith("offer_text"):
            continue
        columns = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
        known = {row[1] for row in connection.execute(f"PRAGMA today.table_info({table})")}
        moved = {name: where for name, where in MOVED.get(table, {}).items() if name in columns}
        kept = [column for column in columns if column in known]
        shared, values = ", ".join([*kept, *moved]), ", ".join([*kept, *moved.values()])
        connection.execute(f"DELETE FROM main.{table}")
        connection.execute(f"INSERT OR REPLACE INTO main.{table} ({shared}) SELECT {values} FROM today.{table}")
    connection.execute("UPDATE main.meta SET folding = 'of old'" if form < 2 else "UPDATE main.meta SET folding = ''")
    connection.commit()
    connection.close()


@pytest.fixture
def today(tmp_path: Path) -> Path:
    path = tmp_path / "today" / "node.db"
    store = SqliteStore.open(path)
    fill(store)
    store.close()
    return path


def upgraded(path: Path) -> SqliteStore:
    store = SqliteStore.open(path)
    assert store.faults() == []
    return store


@pytest.mark.parametrize("form", FORMS)
def test_every_earlier_form_says_the_same_after_its_upgrade(tmp_path: Path, today: Path, form: int) -> None:
    path = tmp_path / "older" / "node.db"
    older(path, today, form)
    expected = content(today)
    kept = {name for name, rows in _raw(path).items() if rows} - REBUILT
    kept |= {"label"} if "contact" in kept else set()
    upgraded(path).close()
    found = content(path)
    assert shapes(path) == shapes(today)
    for name in (*deriving.DERIVED, "words", *kept):
        assert found[name] == expected[name], name
    assert "record" in kept
    assert found["participant"]
    assert found["words"]


def _raw(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    connection = sqlite3.connect(path)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names if "offer_text" not in name}
    connection.close()
    return found


def test_a_table_that_an_upgrade_forgets_to_fill_is_noticed(
    tmp_path: Path, today: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "older" / "node.db"
    older(path, today, 3)
    connection = sqlite3.connect(path)
    (rules,) = sqlite3.connect(today).execute("SELECT folding FROM meta").fetchone()
    connection.execute("UPDATE meta SET folding = ?", (rules,))
    connection.commit()
    connection.close()
    steps = [step.replace("UPDATE meta SET folding = '';", "") for step in upgrade.migrations()]
    monkeypatch.setattr(upgrade, "migrations", lambda: steps)
    upgraded(path).close()
    assert content(path)["participant"] != content(today)["participant"]


def test_what_follows_from_records_is_compared_with_what_they_say(tmp_path: Path, today: Path) -> None:
    store = SqliteStore.open(today)
    scratch = tmp_path / "scratch"
    assert deriving.differences(store._database, scratch) == {}
    damages = (
        "DELETE FROM participant WHERE number IN (SELECT number FROM participant LIMIT 1)",
        "UPDATE offer SET closed = 1 WHERE number IN (SELECT number FROM offer LIMIT 2)",
        "INSERT INTO review VALUES (99999, 1, x'00')",
        "INSERT INTO offer_text (rowid, title, skills, description, marks) VALUES (77777, 'ghost', '', '', '')",
    )
    for damage in damages:
        store._database.write(damage)
    store.commit()
    found = deriving.differences(store._database, scratch)
    assert found == {"participant": 2, "offer": 2, "review": 1, "offer_text": 1}
    assert deriving.rebuild(store._database) > 30
    store.commit()
    assert deriving.differences(store._database, scratch) == {}
    assert not list(tmp_path.glob("scratch*"))
    store.close()
