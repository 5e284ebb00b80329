"""Making the tables, once, whoever comes first; and writing again what follows from bodies when rules have changed."""

from __future__ import annotations

import os
from importlib import resources
from typing import TYPE_CHECKING

from freehold.protocol.kinds.agreement import AGREEMENT
from freehold.protocol.kinds.offer import OFFER
from freehold.protocol.kinds.review import REVIEW

from ...core.ports import StorageBroken
from ..folding import RULES
from .meanings import write_meaning
from .rows import RECORDS, kept_of

if TYPE_CHECKING:
    from .server import Server

VERSION = 1
_EPOCH_BYTES = 16
_MAKING = 7_747_001
"""The advisory lock under which tables are made: two nodes may start at once."""
_AT_ONCE = 500
_MEANT = (OFFER.name, AGREEMENT.name, REVIEW.name)


def prepare(server: Server) -> bytes:
    """Make what is missing, and give the epoch. Raises StorageBroken for a database of another version."""
    _check(server)
    row = server.row("SELECT version, epoch, folding FROM meta")
    if row is None or row[0] != VERSION:
        found = "no version" if row is None else f"version {row[0]}"
        raise StorageBroken(f"{server.place} has tables of {found}, this program needs {VERSION}: use the same program")
    if row[2] != RULES:
        derive_again(server)
    return bytes(row[1])


def derive_again(server: Server) -> None:
    """Write every derived table again, in one transaction; other nodes wait so long, or say that they do."""
    server.begin()
    if server.rows("SELECT 1 FROM meta WHERE folding = %s", (RULES,)):
        server.roll_back()  # another node was faster
        return
    for table in ("participant", "agreement", "review", "offer", "word"):
        server.write(f"DELETE FROM {table}")  # noqa: S608  -- names of our own tables
    last = 0
    query = f"{RECORDS} WHERE number > %s AND kind = ANY(%s) ORDER BY number LIMIT %s"
    while rows := server.rows(query, (last, list(_MEANT), _AT_ONCE)):
        for row in rows:
            kept = kept_of(server, row)
            write_meaning(server, kept.number, kept.record)
        last = int(rows[-1][0])
    server.write("UPDATE meta SET folding = %s", (RULES,))
    server.commit()


def _check(server: Server) -> None:
    row = server.row("SELECT current_setting('server_encoding'), to_regclass('meta') IS NOT NULL")
    encoding, made = row if row is not None else ("", False)
    if encoding != "UTF8":
        raise StorageBroken(f"{server.place} is encoded in {encoding}: make it with ENCODING 'UTF8'")
    if not made:
        _make(server)
    if not server.rows("SELECT 1 WHERE to_regclass('verdict') IS NOT NULL"):
        server.script(_MAKING, "SELECT to_regclass('verdict') IS NULL", _sql("verdicts.sql"))


def _sql(name: str) -> str:
    return resources.files(__package__ or "").joinpath(name).read_text("utf-8")


def _make(server: Server) -> None:
    sql = _sql("schema.sql")
    epoch = os.urandom(_EPOCH_BYTES).hex()
    row = f"INSERT INTO meta VALUES (true, {VERSION}, '\\x{epoch}', '{RULES}', 0, 0, 0);"  # noqa: S608  -- no value from outside
    server.script(_MAKING, "SELECT to_regclass('meta') IS NULL", sql + row)
