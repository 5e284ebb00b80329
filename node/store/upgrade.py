"""Bringing a database to the form that this program knows: numbered migrations, each in a transaction of its own."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from ..core.ports import StorageBroken

if TYPE_CHECKING:
    from .database import Database

APPLICATION_ID = 0x46524844
"""`FRHD` in the file's header: another program's database is never migrated."""


def migrations() -> list[str]:
    """The SQL of every migration; the n-th leads from version n-1 to n."""
    folder = resources.files(__package__ or "freehold.node.store") / "migrations"
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    for number, file in enumerate(files, start=1):
        if not file.name.startswith(f"{number:04}_"):
            raise StorageBroken(f"migration {number} is missing from this installation: install Freehold again")
    return [file.read_text(encoding="utf-8") for file in files]


def upgrade(database: Database) -> None:
    """Apply what is missing. Raises StorageBroken for a database that is newer than the program, or not ours."""
    steps = migrations()
    version, application, tables = _state(database)
    if application not in (0, APPLICATION_ID) or (application == 0 and tables):
        raise StorageBroken(f"{database.path} belongs to another program: choose another folder for the node")
    if version > len(steps):
        raise StorageBroken(
            f"{database.path} was written by a newer Freehold (form {version}; this one knows up to {len(steps)}): "
            "install the newer version again, or give this one another folder"
        )
    for number in range(version, len(steps)):
        database.script(
            f"BEGIN IMMEDIATE;\n{steps[number]}\n"
            f"PRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {number + 1};\nCOMMIT;"
        )


def _state(database: Database) -> tuple[int, int, int]:
    rows = (
        database.row("PRAGMA user_version"),
        database.row("PRAGMA application_id"),
        database.row("SELECT count(*) FROM sqlite_schema"),
    )
    version, application, tables = (row[0] if row else 0 for row in rows)
    return version, application, tables
