"""Whether the database is sound, looked at over a connection of its own: beside a node that runs, or without one."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .database import Database

if TYPE_CHECKING:
    from pathlib import Path

_FAULTS = 5


@dataclass(frozen=True, slots=True)
class Checkup:
    """`faults`: what SQLite finds; `unindexed`: offers that a search cannot find; `records`: how many are kept."""

    faults: tuple[str, ...]
    unindexed: int = 0
    records: int = 0


def check_up(path: Path) -> Checkup | None:
    """None if there is no database yet. Reads everything: for a thread. Raises StorageBroken or StorageFull."""
    if not path.exists():
        return None
    with closing(Database(path)) as database:
        faults = tuple(str(row[0]) for row in database.rows(f"PRAGMA quick_check({_FAULTS})"))
        if faults != ("ok",):
            return Checkup(faults)
        missing = "SELECT count(*) FROM offer WHERE number NOT IN (SELECT id FROM offer_text_docsize)"
        (unindexed,) = database.rows(missing)[0]
        (records,) = database.rows("SELECT count(*) FROM record")[0]
        return Checkup((), int(unindexed), int(records))


def derive_at_next_start(path: Path) -> None:
    """What follows from records, the search index among it, is written again when the node starts next."""
    with closing(Database(path)) as database:
        database.write("UPDATE meta SET folding = ''")
        database.commit()
