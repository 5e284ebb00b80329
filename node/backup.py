"""Backups: everything that a node's folder needs, in one tar file with a list of hashes.

It holds what the folder holds: the signing key as it is, under its passphrase; the database and the transport key in
the open. So it is 0600, and belongs where only its owner gets. The 24 words are in neither. Files of deliveries and
disputes are named in its list and not held: they may be a hundred times as long, and can be fetched again, or copied.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from .core.desk import Denied
from .core.ports import StorageBroken, StorageFull
from .files import notes
from .folder import FULL, open_file, replace as replace_file, sync_folder
from .store import snapshots

if TYPE_CHECKING:
    from collections.abc import Generator

    from .folder import Folder

KEPT_HERE = 5
"""Backups in the node's own folder: enough to go back, and a bound for what a browser can make it write."""
MANIFEST = "manifest.json"
DATABASE = "node.db"
SMALL = ("config.toml", "identity.key", "transport.key")
"""Files beside the database, as far as they are there."""
_MANIFEST_BYTES, _SMALL_BYTES = 4 * 1024 * 1024, 64 * 1024
"""A list of as many files as a node keeps, with names in any script, is the longest part of a manifest."""
_LAST_BYTES = 64 * 1024
_CHUNK = 1024 * 1024


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file in a backup."""

    bytes: Annotated[int, Meta(ge=0)]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of a contract that the node kept when the backup was made."""

    name: Annotated[str, Meta(max_length=200)]
    bytes: Annotated[int, Meta(ge=0)]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The first file of a backup: when it was made (ms), what follows, and by SHA-256 the files that do not."""

    format: Literal["freehold-backup/1"]
    at: int
    files: dict[str, Item]
    named: dict[Annotated[str, Meta(pattern="^[0-9a-f]{64}$")], Named] = {}


def create(folder: Folder, target: Path, now: int) -> dict[str, Any]:
    """Write a new backup file, also while the node runs; from any thread. Raises Denied; then there is no new file."""
    if target.exists():
        raise Denied("file-exists", f"{target} exists already and is not replaced", "choose another name")
    try:
        with _beside(target) as work:
            snapshots.copy_to(folder.database, work / DATABASE)
            for name in SMALL:
                with suppress(FileNotFoundError):
                    shutil.copyfile(folder.root / name, work / name)
            files = {name: _item(work / name) for name in (*SMALL, DATABASE) if (work / name).exists()}
            manifest = Manifest("freehold-backup/1", now, files, _named(folder))
            written = work / "backup.tar"
            _write(written, manifest, work)
            os.link(written, target)
        sync_folder(target.parent)
    except FileExistsError as error:
        raise Denied("file-exists", f"{target} exists already and is not replaced", "choose another name") from error
    except StorageFull as error:
        raise Denied("storage-full", f"no backup was made: {error}", "make room on the disk") from error
    except StorageBroken as error:
        raise Denied("backup-failed", f"no backup was made: {error}", "check the disk: freehold node check") from error
    except OSError as error:
        full = error.errno in FULL
        raise Denied(
            "storage-full" if full else "file-unwritable",
            f"no backup was made: {target}: {error.strerror or error}",
            "make room on the disk" if full else "choose another place",
        ) from error
    with suppress(OSError):  # the backup is there; only the next reminder to make one comes too early
        _note(folder, target, now)
    made = {"file": str(target), "at": now, "bytes": target.stat().st_size, "files": sorted(files)}
    return made | {"left_out": len(manifest.named)}


def create_here(folder: Folder, now: int) -> dict[str, Any]:
    """Write a backup into the node's own folder of them, and let the oldest beyond `KEPT_HERE` go. Raises Denied."""
    place = folder.root / "backups"
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        for left in place.glob(".freehold-*.backup.*"):  # by a node that was killed while it made one: a whole database
            shutil.rmtree(left, ignore_errors=True)
        at = datetime.fromtimestamp(now / 1000, UTC)
        made = create(folder, place / f"freehold-{at:%Y%m%d-%H%M%S}-{now % 1000:03}.backup", now)
        for old in sorted(place.glob("freehold-*-*-*.backup"))[:-KEPT_HERE]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise Denied("file-unwritable", f"{place} cannot be used: {error.strerror}", "see who owns it") from error
    return made


def last(folder: Folder) -> dict[str, Any] | None:
    """When (`at`, ms) and where the last backup of this folder was written; None if none is known of."""
    try:
        with os.fdopen(open_file(folder.last_backup), "rb") as file:
            found: object = json.loads(file.read(_LAST_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    match found:
        case {"at": int(at), "file": str(file)}:
            return {"at": at, "file": file}
        case _:
            return None


def verify(file: Path) -> dict[str, Any]:
    """Unpack a backup into a temporary folder, and check everything in it. Raises Denied."""
    with _unpacked(file, file.parent) as (manifest, work):
        return _report(file, manifest, work)


def restore(file: Path, folder: Folder, now: int, *, replace: bool) -> dict[str, Any]:
    """Put a backup into a folder that the caller has locked. What was there is moved aside, and only if `replace`.

    The node then counts its records under a new epoch (store/position.py), so that others read it anew. A restore that
    is broken off is noticed at the next start (folder.check_whole). Raises Denied.
    """
    there = [folder.root / name for name in (*SMALL, DATABASE) if (folder.root / name).exists()]
    precious = [path for path in there if path.name in (DATABASE, folder.identity_key.name)]
    if precious and not replace:
        raise Denied(
            "folder-in-use",
            f"{folder.root} has an identity or records already: {', '.join(path.name for path in precious)}",
            "give another --folder; or add --replace, and what is there is moved aside",
        )
    with _unpacked(file, folder.root) as (manifest, work):
        report = _report(file, manifest, work)
        aside = folder.root / f"before-restore-{now}"
        sides = [folder.database.with_name(DATABASE + end) for end in ("-wal", "-shm")]
        found = [path for path in (*there, *sides, folder.database.with_suffix(".position")) if path.exists()]
        if found:
            aside.mkdir(mode=0o700, exist_ok=True)
        replace_file(folder.restoring, aside.name.encode())
        for path in found:
            path.rename(aside / path.name)
        for name in manifest.files:
            (work / name).rename(folder.root / name)
        sync_folder(folder.root)
        folder.restoring.unlink()
        sync_folder(folder.root)
        missing = [one.name for sha256, one in manifest.named.items() if not (folder.files / sha256).is_file()]
    where = {"folder": str(folder.root), "aside": str(aside) if aside.exists() else None}
    return report | where | {"missing": missing}


def _report(file: Path, manifest: Manifest, work: Path) -> dict[str, Any]:
    try:
        counts = snapshots.counted(work / DATABASE)
    except StorageFull as error:
        raise Denied("storage-full", f"{file} cannot be checked: {error}", "make room on the disk") from error
    except StorageBroken as error:
        raise _bad(file, f"its database cannot be used: {error}") from error
    for end in ("-wal", "-shm"):
        (work / (DATABASE + end)).unlink(missing_ok=True)
    left_out = {"left_out": len(manifest.named)}
    return {"file": str(file), "at": manifest.at, "identity": "identity.key" in manifest.files, **counts, **left_out}


def _named(folder: Folder) -> dict[str, Named]:
    return {kept.sha256.hex(): Named(kept.name, kept.bytes) for kept in notes.looked_at(folder.files)}


@contextmanager
def _beside(target: Path) -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as work:
        yield Path(work)


@contextmanager
def _unpacked(file: Path, where: Path) -> Generator[tuple[Manifest, Path]]:
    """A backup's files in a temporary folder, each as its manifest says. Nothing else that a tar can hold comes out."""
    try:
        with (
            tempfile.TemporaryDirectory(prefix=".unpacked-", dir=where) as work,
            os.fdopen(open_file(file), "rb") as packed,
            tarfile.open(fileobj=packed, mode="r:") as tar,
        ):
            manifest = _manifest(file, tar)
            for name, item in manifest.files.items():
                _unpack(file, tar, name, item, Path(work))
            if tar.next() is not None:
                raise _bad(file, "it holds more than its manifest says")
            yield manifest, Path(work)
    except tarfile.TarError as error:
        raise _bad(file, str(error)) from error
    except OSError as error:
        full = error.errno in FULL
        raise Denied(
            "storage-full" if full else "file-unreadable",
            f"{file} cannot be unpacked: {error.strerror}",
            "make room on the disk" if full else "check the path",
        ) from error


def _manifest(file: Path, tar: tarfile.TarFile) -> Manifest:
    entry = tar.next()
    if entry is None or entry.name != MANIFEST or not entry.isreg() or entry.size > _MANIFEST_BYTES:
        raise _bad(file, "it does not begin with a manifest")
    content = tar.extractfile(entry)
    try:
        manifest = msgspec.json.decode(b"" if content is None else content.read(_MANIFEST_BYTES), type=Manifest)
    except msgspec.MsgspecError as error:
        raise _bad(file, f"its manifest cannot be read: {error}") from error
    if DATABASE not in manifest.files or set(manifest.files) - {*SMALL, DATABASE}:
        raise _bad(file, "its manifest names other files than a node has")
    return manifest


def _unpack(file: Path, tar: tarfile.TarFile, name: str, item: Item, work: Path) -> None:
    entry = tar.next()
    if entry is None or entry.name != name or not entry.isreg() or entry.size != item.bytes:
        raise _bad(file, f"{name} is not where its manifest says")
    if name != DATABASE and entry.size > _SMALL_BYTES:
        raise _bad(file, f"{name} is longer than any should be")
    content = tar.extractfile(entry)
    found = hashlib.sha256()
    descriptor = os.open(work / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        while content is not None and (data := content.read(_CHUNK)):
            found.update(data)
            out.write(data)
        out.flush()
        os.fsync(out.fileno())
    if found.hexdigest() != item.sha256:
        raise _bad(file, f"{name} is not the one that was backed up: its hash differs")


def _write(target: Path, manifest: Manifest, work: Path) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        with tarfile.open(fileobj=out, mode="w") as tar:
            said = msgspec.json.encode(manifest)
            tar.addfile(_entry(MANIFEST, len(said), manifest.at), io.BytesIO(said))
            for name, item in manifest.files.items():
                with (work / name).open("rb") as content:
                    tar.addfile(_entry(name, item.bytes, manifest.at), content)
        out.flush()
        os.fsync(out.fileno())


def _entry(name: str, size: int, at: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, at // 1000
    return entry


def _item(path: Path) -> Item:
    with path.open("rb") as file:
        return Item(os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _note(folder: Folder, target: Path, now: int) -> None:
    new = folder.last_backup.with_name(f".{folder.last_backup.name}.new")
    new.write_text(json.dumps({"at": now, "file": str(target)}), "utf-8")
    new.replace(folder.last_backup)


def _bad(file: Path, reason: str) -> Denied:
    return Denied("bad-backup", f"{file} is not a backup that can be used: {reason}", "try an older one")
