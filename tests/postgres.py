"""A PostgreSQL server of the tests' own, in a folder that goes with them, reached by a socket in it.

Each store has a schema instead of a database, emptied for the next: that takes a fiftieth of the time and of the disk.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/local/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
_NOBODY = ("postgres", "nobody")
_SETTINGS = ("listen_addresses=", "max_connections=40", "shared_buffers=32MB", "log_min_messages=fatal")
_TABLES = ("record", "replaced", "erased", "aside", "step", "amended", "word", "waiting", "judged")
"""Rows of the others go with those of `record`."""
_numbers = count(1)


def binaries() -> Path | None:
    """The folder of PostgreSQL's programs; None where it is not installed."""
    found = shutil.which("pg_config")
    asked = subprocess.run([found, "--bindir"], capture_output=True, text=True, check=False) if found else None
    folders = [Path(asked.stdout.strip())] if asked is not None and asked.stdout.strip() else []
    folders += sorted((path for pattern in _FOLDERS for path in Path("/").glob(pattern[1:])), reverse=True)
    return next((path for path in folders if (path / "initdb").exists() and (path / "postgres").exists()), None)


class Cluster:
    """A server that runs; `url()` makes a new, empty place for tables."""

    def __init__(self, root: Path, programs: Path, settings: tuple[str, ...]) -> None:
        self._settings = (*_SETTINGS, *settings)
        self.root, self._programs, self._data = root, programs, root / "data"
        self._user = _user()
        self._empty: list[str] = []
        if self._user is not None:
            os.chown(root, self._user.pw_uid, self._user.pw_gid)
        self._run("initdb", "-D", self._data, "-U", "freehold", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = " ".join(f"-c {one}" for one in (*self._settings, f"unix_socket_directories={self.root}"))
        self._run("pg_ctl", "-D", self._data, "-w", "-s", "-l", self.root / "log", "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once, as a power cut does: what is open is lost."""
        self._run("pg_ctl", "-D", self._data, "-w", "-s", "-m", "immediate", "stop")

    def url(self) -> str:
        """The URL of an empty schema."""
        if self._empty:
            return self._empty.pop()
        name = f"market{next(_numbers)}"
        with psycopg.connect(self._url(""), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        return self._url(f"&options=-csearch_path%3D{name}")

    def give_back(self, url: str) -> None:
        """Empty the tables of a store that is closed: another may have them."""
        with psycopg.connect(url, autocommit=True) as connection:
            for table in _TABLES:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            values = (os.urandom(16),)
            connection.execute("UPDATE meta SET epoch = %s, arrived = 0, step = 0, changes = 0", values)
        self._empty.append(url)

    def _url(self, more: str) -> str:
        return f"postgresql://freehold@/postgres?host={self.root}{more}"

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments],
            user=None if self._user is None else self._user.pw_uid,
            group=None if self._user is None else self._user.pw_gid,
            extra_groups=None if self._user is None else [],
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr[-800:]}")


def _user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: somebody else, then."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return next(known[name] for name in _NOBODY if name in known)


@contextmanager
def cluster(programs: Path, *settings: str, fsync: bool = False) -> Generator[Cluster]:
    """A server for as long as the block lasts. Its folder has a short name: sockets' paths may not be long."""
    root = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    root.chmod(0o711)
    try:
        running = Cluster(root, programs, (f"fsync={'on' if fsync else 'off'}", *settings))
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)
