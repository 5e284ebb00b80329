"""`python -m freehold.node.upkeep`: work on a folder whose node need not run, in a process of its own.

It says one line of JSON on standard output: {"done": ...} or {"trouble": problem}. The command starts it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from . import backup
from .clock import now_ms
from .core.desk import Denied
from .folder import Folder, locked, open_folder


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
        case _:
            folder = _existing(options.folder)
            with locked(folder):
                return backup.create(folder, options.file, now_ms())


def _existing(root: Path) -> Folder:
    if not (root / "node.db").exists():
        raise Denied("no-node", f"there is no node in {root}", "give its --folder, or start one: freehold up")
    return open_folder(root)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m freehold.node.upkeep", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    works = parser.add_subparsers(dest="work", required=True)
    for name in ("backup", "verify", "restore"):
        work = works.add_parser(name)
        work.add_argument("file", type=Path)
    work.add_argument("--replace", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
