"""Bodies that the owner wants gone: out of the tables, the search index, the free pages and the write-ahead log.

`Database` overwrites what is deleted (secure_delete). Three places need more: the search index keeps the words of
deleted rows until its parts are merged, the list of words keeps them for ever, and the log keeps old pages until it is
cut.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from ..core.ports import StorageBroken, StorageFull
from .database import SqliteTrouble
from .meanings import erase_meaning
from .room import for_want_of_room

if TYPE_CHECKING:
    from .database import Database
    from .shelf import Shelf

_MERGE_PAGES = 64
"""Pages of the index that one step writes: about a millisecond."""
_WORDS_AT_ONCE = 256
"""Words that one step looks up in the index."""
_BUSY_S = 2.0
"""A group commit holds the log for milliseconds."""
_INDEX_WORDS = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.index_word USING fts5vocab('main', 'offer_text', 'row')"
_NEXT_WORDS = """SELECT number, word, EXISTS (SELECT 1 FROM temp.index_word WHERE term = word.word)
  FROM word WHERE number > ? ORDER BY number LIMIT ?"""
_BUSY = 1
"""The first column of a checkpoint's answer, when somebody still uses the log."""


def erase(database: Database, shelf: Shelf, record_id: bytes, now: int, *, header_stays: bool) -> bool:
    """Take a record's body away for good, in the open transaction; False if the record is not here.

    `header_stays`: among the records, as it does on nodes that never see the body; else it is only remembered.
    """
    kept = shelf.find(record_id)
    if kept is None:
        return False
    erase_meaning(database, kept.number, kept.record)
    shelf.uncount(kept.record)
    record = kept.record
    if header_stays:
        database.write("UPDATE record SET body = NULL WHERE number = ?", (kept.number,))
    else:
        shelf.turn_away(kept)
    values = (record_id, now, None if header_stays else record.header_bytes, None if header_stays else record.signature)
    database.write("INSERT INTO erased (id, at, scrubbed, header, signature) VALUES (?, ?, 0, ?, ?)", values)
    database.write("DELETE FROM parcel WHERE record = ?", (record_id,))
    return True


def is_erased(database: Database, record_id: bytes) -> bool:
    """Whether that record's body was erased here."""
    return database.row("SELECT 1 FROM erased WHERE id = ?", (record_id,)) is not None


class Scrubbing:
    """What is left to do once an erasure is committed: merge the index and sift the words in small steps, then cut the
    log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._begun = False
        self._sifted: int | None = None

    def due(self) -> bool:
        """Whether something was erased and not yet scrubbed, perhaps by a process that ended too early."""
        return self._database.row("SELECT 1 FROM erased WHERE scrubbed = 0 LIMIT 1") is not None

    def step(self) -> bool:
        """Do a little, and commit; False when there is nothing left to do. Nothing may be written meanwhile that is
        not to be committed."""
        more = self._sift(self._sifted) if self._sifted is not None else self._merge()
        self._database.commit()
        return more

    def _merge(self) -> bool:
        pages = _MERGE_PAGES if self._begun else -_MERGE_PAGES  # negative: begin a merge of everything
        before = self._changes()
        self._database.write("INSERT INTO offer_text (offer_text, rank) VALUES ('merge', ?)", (pages,))
        self._begun = self._changes() - before > 1 or not self._begun
        if not self._begun:
            self._sifted = 0
        return True

    def _sift(self, after: int) -> bool:
        """Take words out of the list that no offer has any more."""
        self._database.rows(_INDEX_WORDS)
        rows = self._database.rows(_NEXT_WORDS, (after, _WORDS_AT_ONCE))
        for number, _, used in rows:
            if not used:
                self._database.write("DELETE FROM word WHERE number = ?", (number,))
        self._database.met.difference_update(word for _, word, used in rows if not used)
        self._sifted = rows[-1][0] if rows else None
        return bool(rows)

    def cut(self) -> bool:
        """Move the log into the database and cut it to nothing; from any thread. False if somebody uses it: again."""
        try:
            helper = sqlite3.connect(self._database.path, timeout=_BUSY_S, isolation_level=None)
            try:
                helper.execute("PRAGMA synchronous = FULL")
                (answer,) = helper.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                helper.close()
        except SqliteTrouble as error:
            if for_want_of_room(error, self._database.path.parent):
                raise StorageFull(f"the log of {self._database.path} cannot be cut: the disk is full") from error
            raise StorageBroken(f"the log of {self._database.path} cannot be cut: {error}. Try again.") from error
        return answer[0] != _BUSY

    def done(self) -> None:
        """Nothing of what was erased is left in any file."""
        self._database.write("UPDATE erased SET scrubbed = 1 WHERE scrubbed = 0")
        self._database.commit()

    def _changes(self) -> int:
        row = self._database.row("SELECT total_changes()")
        return 0 if row is None else int(row[0])
