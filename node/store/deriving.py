"""Tables that follow from records: written again from them, and compared with what they say."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from .database import Database
from .folding import RULES
from .meanings import write_meaning, write_words
from .shelf import RECORDS, record_of
from .swapping import clear
from .upgrade import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from freehold.protocol.envelope import Record

DERIVED = ("agreement", "participant", "review", "offer")
"""Every row of these follows from a record's body."""
MET = "word"
"""Words of offers that are here or were: written again too, but what is gone is not missed in it."""
_WORDS = "offer_text"
_SUMS = 1 << 256
_INDEXED_AT_ONCE = 20
"""Some milliseconds."""
_AT_ONCE = 500
"""Records that are read before any of them is written: memory stays small however many there are."""


def rebuild(database: Database) -> int:
    """Write every derived table again, in one transaction that the caller commits; how many records were read.

    Raises StorageBroken for a record that the disk has changed.
    """
    for table in (*DERIVED, MET):
        database.write(f"DELETE FROM {table}")  # noqa: S608  -- names of our own tables
    database.write(f"INSERT INTO {_WORDS} ({_WORDS}) VALUES ('delete-all')")  # noqa: S608
    database.met.clear()
    count = 0
    for number, author, record in _all(database):
        write_meaning(database, number, author, record)
        count += 1
    database.write("UPDATE meta SET folding = ?", (RULES,))
    return count


def index_missing(database: Database, after: int) -> int | None:
    """Write the words of some offers after that number which the search index lacks; where to go on, None at the end.
    The caller commits."""
    query = (
        f"{RECORDS} WHERE number > ? AND number IN (SELECT number FROM offer)"  # noqa: S608
        " AND number NOT IN (SELECT id FROM offer_text_docsize) ORDER BY number LIMIT ?"
    )
    rows = database.rows(query, (after, _INDEXED_AT_ONCE))
    for row in rows:
        write_words(database, int(row[0]), record_of(database, row))
    return int(rows[-1][0]) if rows else None


def differences(database: Database, scratch: Path) -> dict[str, int]:
    """How many rows of each derived table are not what records say (missing, wrong or too many); only tables where
    there are any. `scratch` is a file that may be made, written full and taken away again."""
    database.commit()
    try:
        with closing(Database(scratch)) as fresh:
            upgrade(fresh)
            database.rows("ATTACH ? AS fresh", (str(scratch),))
            database.rows("BEGIN")  # from here on what others write is not seen
            try:
                for number, author, record in _all(database):
                    write_meaning(fresh, number, author, record)
                fresh.commit()
                return _compared(database) | _ranges(database)
            finally:
                database.roll_back()
                database.rows("DETACH fresh")
    finally:
        clear(scratch)


def _compared(database: Database) -> dict[str, int]:
    sources = {table: (f"main.{table}", f"fresh.{table}") for table in DERIVED}
    for schema in ("main", "fresh"):  # a contentless index cannot show its rows, but its words: how often, in how many
        database.rows(f"CREATE VIRTUAL TABLE temp.{schema}_words USING fts5vocab('{schema}', '{_WORDS}', 'col')")
    sources[_WORDS] = ("temp.main_words", "temp.fresh_words")
    try:
        found = {table: _apart(database, *pair) for table, pair in sources.items()}
    finally:
        for schema in ("main", "fresh"):
            database.rows(f"DROP TABLE temp.{schema}_words")
    return {table: count for table, count in found.items() if count}


def _ranges(database: Database) -> dict[str, int]:
    """1 if the buckets that reconciliation compares do not hold what is shared and what was put aside."""
    kept = database.rows("SELECT count, total FROM bucket")
    names = database.rows("SELECT id FROM record WHERE shared = 1 UNION ALL SELECT id FROM aside")
    said = sum(row[0] for row in kept), sum(int.from_bytes(row[1], "big") for row in kept) % _SUMS
    true = len(names), sum(int.from_bytes(row[0], "big") for row in names) % _SUMS
    return {} if said == true or not kept else {"bucket": 1}


def _apart(database: Database, one: str, other: str) -> int:
    def beyond(left: str, right: str) -> str:
        return f"(SELECT count(*) FROM (SELECT * FROM {left} EXCEPT SELECT * FROM {right}))"  # noqa: S608

    row = database.row(f"SELECT max({beyond(one, other)}, {beyond(other, one)})")
    return 0 if row is None else int(row[0])


def _all(database: Database) -> Iterator[tuple[int, int, Record]]:
    """Number, author's number and record of everything that is here."""
    last = 0
    query = f"SELECT author, number, id, header, signature, body {RECORDS[RECORDS.index('FROM') :]}"
    while rows := database.rows(f"{query} WHERE number > ? ORDER BY number LIMIT ?", (last, _AT_ONCE)):
        last = int(rows[-1][1])
        for row in rows:
            yield int(row[1]), int(row[0]), record_of(database, row[1:])
