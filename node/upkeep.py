"""`python -m freehold.node.upkeep`: work on a folder whose node need not run, in a process of its own.

It says one line of JSON on standard output: {"done": ...} or {"trouble": problem}. The command starts it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from freehold.protocol import text

from . import backup, config, keystore, settings
from .clock import now_ms
from .core.desk import Denied
from .core.ports import StorageAway, StorageBroken, StorageFull
from .files import notes
from .folder import Folder, check_whole, locked, not_written, open_folder
from .store import checking, salvage
from .store.opening import DriverMissing, move_to_server
from .store.swapping import bring_back

_TOLD_EVERY = 10_000
"""Records: about a quarter of a minute."""


def main() -> int:
    """Do what was asked for; the exit code."""
    os.umask(0o077)
    options = _options()
    try:
        said: dict[str, Any] = {"done": _do(options)}
    except Denied as denied:
        said = {"trouble": {"code": denied.code, "detail": denied.what, "hint": denied.hint}}
    sys.stdout.write(json.dumps(said) + "\n")
    return 1 if "trouble" in said else 0


def _do(options: argparse.Namespace) -> dict[str, Any]:
    match options.work:
        case "verify":
            return backup.verify(options.file)
        case "restore":
            folder = open_folder(options.folder)
            with locked(folder):
                return backup.restore(options.file, folder, now_ms(), replace=options.replace)
        case "config-check":
            return {"config": settings.check(options.file or _anywhere(options.folder).config)}
        case "config-take":
            return {"config": settings.take(_anywhere(options.folder).config, options.file, options.was)}
        case "import-key":
            return _import_key(options.folder, options.file)
        case "check":
            return _check(_existing(options.folder), rebuild=options.rebuild)
        case "move-store":
            return _move(_existing(options.folder))
        case _:
            folder = _existing(options.folder)
            with locked(folder):
                return backup.create(folder, options.file, now_ms())


def _check(folder: Folder, *, rebuild: bool) -> dict[str, Any]:
    """Look, also beside a running node; put right what is wrong only where none runs."""
    said, files = _check_database(folder, rebuild=rebuild), _check_files(folder)
    return said | {"files": files, "sound": said["sound"] and not files["damaged"]}


def _check_files(folder: Folder) -> dict[str, Any]:
    """Of contracts: they are not put right here, for whoever has signed for one has it."""
    try:
        kept = notes.looked_at(folder.files)
    except OSError as error:
        hint = "see who owns it"
        raise Denied("folder-unusable", f"{folder.files} cannot be read: {error.strerror}", hint) from error
    found = [one for one in kept if _is_damaged(folder.files, one.sha256)]
    return {
        "kept": len(kept),
        "damaged": [{"name": one.name, "sha256": one.sha256.hex()} for one in found],
    }


def _is_damaged(files: Path, sha256: bytes) -> bool:
    try:
        return not notes.is_whole(files, sha256)
    except FileNotFoundError:
        return False  # the node that runs has thrown it away meanwhile
    except OSError:
        return True


def _check_database(folder: Folder, *, rebuild: bool) -> dict[str, Any]:
    scratch = folder.root / ".checking.db"
    with ExitStack() as held:
        try:
            held.enter_context(locked(folder))
            running = False
        except Denied as denied:
            if rebuild or denied.code != "already-running":
                raise
            running = True
        try:
            if not running:
                bring_back(folder.database)
            found = checking.check(folder.database, scratch)
            said = found.view() | {"running": running}
            if not rebuild or found.sound:
                return said
            if found.broken:
                salvaged, aside = salvage.salvage(folder.database, now_ms())
                return said | {"salvaged": asdict(salvaged), "aside": str(aside)}
            return said | {"rebuilt": checking.mend(folder.database, found.columns)}
        except StorageFull as error:
            raise Denied("storage-full", str(error), "make room on the disk; nothing was changed") from error
        except StorageBroken as error:
            raise Denied("storage-broken", str(error), "see the folder's permissions, and node.log") from error
        except OSError as error:
            raise not_written(folder.database, error) from error


def _move(folder: Folder) -> dict[str, Any]:
    """Records into the database that the settings name."""
    url = config.load(folder.config).store_url
    if not url:
        raise Denied(
            "bad-config",
            f"{folder.config} names no store_url to move the records to",
            'freehold config edit: store_url = "postgresql://user:password@host/name"',
        )
    try:
        with locked(folder):
            return move_to_server(folder.database, url, now_ms(), _tell_progress)
    except DriverMissing as error:
        raise Denied("bad-config", str(error), "pip install 'freehold[postgres]'") from error
    except StorageFull as error:
        hint = "see to the server or the disk and begin again: what is there already is known. Nothing here was changed"
        code = "storage-away" if isinstance(error, StorageAway) else "storage-full"
        raise Denied(code, str(error), hint) from None
    except StorageBroken as error:
        raise Denied("storage-broken", str(error), "freehold node check; nothing here was changed") from None


def _tell_progress(records: int) -> None:
    if records % _TOLD_EVERY == 0:
        sys.stderr.write(f"{records:,} records so far\n")


def _import_key(root: Path, file: Path) -> dict[str, Any]:
    folder = open_folder(root)
    with locked(folder):
        identity = keystore.take(folder.identity_key, file)
    return {"identity": text.show(identity, text.IDENTITY), "folder": str(folder.root)}


def _existing(root: Path) -> Folder:
    if not (root / "node.db").exists():
        raise Denied("no-node", f"there is no node in {root}", "give its --folder, or start one: freehold up")
    folder = open_folder(root)
    check_whole(folder)
    return folder


def _anywhere(root: Path) -> Folder:
    """Also one whose node never ran, because of its settings."""
    if not root.is_dir():
        raise Denied("no-node", f"there is no folder {root}", "give the node's --folder, or start one: freehold up")
    return open_folder(root)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m freehold.node.upkeep", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    works = parser.add_subparsers(dest="work", required=True)
    works.add_parser("move-store")
    works.add_parser("check").add_argument("--rebuild", action="store_true")
    for name in ("backup", "verify", "restore", "import-key"):
        works.add_parser(name).add_argument("file", type=Path)
    works.add_parser("config-check").add_argument("file", type=Path, nargs="?")
    take = works.add_parser("config-take")
    take.add_argument("file", type=Path)
    take.add_argument("was")
    works.choices["restore"].add_argument("--replace", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
