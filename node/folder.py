"""A node's folder: what lies where, the lock that keeps two nodes apart, files written whole or not at all.

The command (cli/folder.py) knows the names of the socket and of the log; everything else is known here alone.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .core.desk import Denied

if TYPE_CHECKING:
    from collections.abc import Generator

OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""The rights of everybody else: a node's folder and its secrets give none."""
FULL = (errno.ENOSPC, errno.EDQUOT)
"""What the system calls a disk without room."""
_NAME_BYTES = 200
_SOCKET_PATH_BYTES = 100
"""The kernel keeps a unix socket's path in 108 bytes on Linux, in 104 on macOS."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The paths of one node."""

    root: Path

    @property
    def config(self) -> Path:
        """Settings, written by its owner."""
        return self.root / "config.toml"

    @property
    def identity_key(self) -> Path:
        """The encrypted signing key."""
        return self.root / "identity.key"

    @property
    def transport_key(self) -> Path:
        """32 random bytes: the node's name in the network, nothing to do with the identity."""
        return self.root / "transport.key"

    @property
    def database(self) -> Path:
        """Records and everything else that is kept."""
        return self.root / "node.db"

    @property
    def files(self) -> Path:
        """Files of deliveries and disputes, each under its SHA-256."""
        return self.root / "files"

    @property
    def socket(self) -> Path:
        """The local API."""
        return self.root / "api.sock"

    @property
    def log(self) -> Path:
        """What happened, for a person who looks for a reason."""
        return self.root / "node.log"

    @property
    def last_backup(self) -> Path:
        """When and where the last backup was written."""
        return self.root / "backup.last"

    @property
    def restoring(self) -> Path:
        """There while a backup is put into this folder: the name of the one in it that has what was here before."""
        return self.root / "restoring"

    @property
    def lock(self) -> Path:
        """Held by the running node."""
        return self.root / "node.lock"


def open_folder(root: Path) -> Folder:
    """Make the folder (0700) or check that it is ours alone. Raises Denied."""
    folder = Folder(root.absolute())
    if len(os.fsencode(folder.socket)) > _SOCKET_PATH_BYTES:
        raise Denied(
            "folder-too-long",
            f"the folder's path {root} is too long: a socket's path has {_SOCKET_PATH_BYTES} bytes at most",
            "choose a folder with a shorter path",
        )
    try:
        folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.root.stat()
    except OSError as error:
        raise Denied(
            "folder-unusable",
            f"the folder {root} cannot be used: {error.strerror}",
            "choose another one with --folder, or make room for it",
        ) from error
    if found.st_mode & OTHERS or found.st_uid != os.getuid():
        raise Denied(
            "folder-open-to-others",
            f"the folder {root} can be read or changed by other users of this machine",
            f"make it yours alone: chmod 700 {root}",
        )
    return folder


@contextmanager
def locked(folder: Folder) -> Generator[None]:
    """Hold the folder for this process. Raises Denied if another node holds it, or if it cannot be held."""
    try:
        descriptor = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise not_written(folder.lock, error) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _held(folder, _said_in(descriptor)) from error
        with suppress(OSError):  # on a full disk nobody is told who holds it; it is held all the same
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def check_whole(folder: Folder) -> None:
    """Raise Denied if a restore into this folder was broken off: some of its files are here, and some elsewhere."""
    if os.path.lexists(folder.restoring):
        with suppress(OSError), os.fdopen(open_file(folder.restoring), "rb") as file:
            aside = file.read(_NAME_BYTES).decode("ascii", "replace")
            raise _half_restored(folder, f"; what was here before is in {folder.root / aside}")
        raise _half_restored(folder, "")


def _half_restored(folder: Folder, before: str) -> Denied:
    return Denied(
        "restore-unfinished",
        f"restoring a backup into {folder.root} was broken off in the middle{before}",
        "restore it again: freehold backup restore FILE --replace",
    )


def _said_in(lock: int) -> bytes:
    try:
        return os.pread(lock, 32, 0)
    except OSError:  # whatever lies there, somebody holds it
        return b""


def open_file(path: Path) -> int:
    """A descriptor to read a file with. Raises OSError, also for what is no file: a pipe would be waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no file")
    return descriptor


def _held(folder: Folder, holder: bytes) -> Denied:
    number = holder.decode("ascii", "replace").strip()
    who = f" (process {number})" if number.isdigit() else ""
    return Denied(
        "already-running",
        f"another node already runs on {folder.root}{who}",
        "use it, stop it with `freehold down`, or give this one a folder of its own with --folder",
    )


def read_private(path: Path, max_bytes: int, what: str) -> bytes | None:
    """A secret file's content, None if there is no such file. Raises Denied if others can read it or it is odd."""
    try:
        descriptor = open_file(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Denied("key-unreadable", f"{what} {path} cannot be read: {error.strerror}", "see who owns it") from error
    with os.fdopen(descriptor, "rb") as file:
        if os.fstat(descriptor).st_mode & OTHERS:
            raise Denied(
                "key-open-to-others",
                f"{what} {path} can be read or changed by other users of this machine",
                f"if nobody has used that: chmod 600 {path}",
            )
        try:
            return file.read(max_bytes + 1)
        except OSError as error:
            raise Denied("key-unreadable", f"{what} {path} cannot be read: {error.strerror}") from error


def write_new(path: Path, data: bytes) -> None:
    """Write a file (0600) that is there whole or not at all, and never takes another's place.

    Raises Denied if there is one already, or if it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.unlink(missing_ok=True)
        _write_durably(temporary, data)
        os.link(temporary, path)
        temporary.unlink()
        sync_folder(path.parent)
    except FileExistsError as error:
        raise Denied("file-exists", f"{path} exists already and is not replaced", "move it away first") from error
    except OSError as error:
        raise not_written(path, error) from error


def not_written(path: Path, error: OSError) -> Denied:
    """Why a file of the folder is not there, for the person."""
    full = error.errno in FULL
    return Denied(
        "storage-full" if full else "folder-unusable",
        f"{path} could not be written: {error.strerror}",
        "make room on the disk" if full else "see whether the folder can be written to",
    )


def replace(path: Path, data: bytes) -> None:
    """Write a file (0600) in the place of another: a reader, or a power cut, finds the old one or the new one whole.

    Raises Denied if it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.unlink(missing_ok=True)
        _write_durably(temporary, data)
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise Denied("folder-unusable", f"{path} could not be written: {error.strerror}", "see the disk") from error


def _write_durably(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def sync_folder(path: Path) -> None:
    """Make what was created, renamed or taken away in a folder last."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
