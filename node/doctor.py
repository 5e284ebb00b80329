"""What is wrong with a node, why that matters, and what to do: one table of checks.

`python -m freehold.node.doctor --folder FOLDER` looks at a node that does not run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freehold.protocol.counted import counted

from . import clock, config, page_checks, plugins
from .core.desk import Denied
from .core.ports import StorageBroken, StorageFull
from .findings import FAIL, OK, WARN, Finding, Patient
from .folder import OTHERS, Folder
from .store.checkup import Checkup, check_up, derive_at_next_start
from .store.opening import DriverMissing, answering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

GIB = 1024**3
LITTLE_ROOM_BYTES, NO_ROOM_BYTES = GIB, GIB // 10
"""A busy node writes some 100 MB a day; SQLite needs room for its log."""
CLOCK_MS = 60 * 1000
ALONE_S = 60
"""A node that has just started has no peers yet, and that is no trouble."""
LOCKED_MS = 3 * 24 * 60 * 60 * 1000
"""An inbox is renewed when half of its week is over: one that is this near its end was not, because of the lock."""
BACKUP_MS = 7 * 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Check:
    """A name that stays, what it looks at, and whether that is there without a running node."""

    name: str
    look: Callable[[Patient], Finding]
    live: bool = False


def examine(folder: Folder, now: int, status: dict[str, Any] | None) -> list[Finding]:
    """Every check that can be made. Reads the whole database: for a thread."""
    try:
        database = check_up(folder.database)
    except (StorageBroken, StorageFull) as error:
        database = error
    patient = Patient(folder, now, status, database)
    return [replace(one.look(patient), check=one.name) for one in CHECKS if status is not None or not one.live]


def fix(folder: Folder, check: str) -> None:
    """Do what a fixable finding says. Raises Denied."""
    match check:
        case "folder":
            folder.root.chmod(0o700)
        case "key-file":
            for path in _secrets(folder):
                path.chmod(0o600)
        case "search":
            derive_at_next_start(folder.database)
        case _:
            raise Denied("not-fixable", f"the node cannot do that itself: {check[:40]}", "see: freehold doctor")


def _running(patient: Patient) -> Finding:
    if patient.status is None:
        return Finding(WARN, "your node does not run", "nobody reaches you, and you see nothing new", "freehold up")
    return Finding(OK, f"your node runs, version {patient.status['version']}")


def _version(_: Patient) -> Finding:
    python = ".".join(map(str, sys.version_info[:3]))
    return Finding(OK, f"freehold {version('freehold')}, libp2p {version('libp2p')}, Python {python}")


def _folder(patient: Patient) -> Finding:
    root = patient.folder.root
    if not root.exists():
        return Finding(WARN, f"there is no folder {root} yet", "it is made at the first start", "freehold up")
    if root.stat().st_mode & OTHERS:
        why = "other users of this machine can read what you wrote, and change it"
        return Finding(FAIL, f"the folder {root} is open to others", why, f"chmod 700 {root}", fixable=True)
    return Finding(OK, f"the folder {root} is yours alone")


def _secrets(folder: Folder) -> list[Path]:
    return [path for path in (folder.identity_key, folder.transport_key) if path.exists()]


def _key_file(patient: Patient) -> Finding:
    key = patient.folder.identity_key
    if not key.exists():
        why = "a node without one relays, and signs nothing"
        return Finding(WARN, "there is no identity", why, "freehold up --open")
    for path in _secrets(patient.folder):
        if path.stat().st_mode & OTHERS:
            why = "whoever copied the file can guess at its passphrase; the node does not start with it"
            return Finding(FAIL, f"{path} is open to others", why, f"chmod 600 {path}", fixable=True)
    return Finding(OK, "the key file is yours alone")


def _key(patient: Patient) -> Finding:
    status = patient.status or {}
    unsigned, wrong = int(status.get("unsigned", 0)), int(status.get("wrong_passphrases", 0))
    if wrong:
        why = "somebody guesses, or somebody forgot"
        what = counted(wrong, "{n} wrong passphrase since the start", "{n} wrong passphrases since the start")
        return Finding(WARN, what, why, "freehold node peers; freehold lock")
    if unsigned:
        why = "their senders believe that you do not have it, and send it again"
        what = counted(
            unsigned, "{n} record came while your key was locked", "{n} records came while your key was locked"
        )
        return Finding(WARN, what, why, "freehold unlock --for 8h")
    until = status.get("reached_until")
    if status.get("key") == "locked" and until is not None and int(until) - patient.now < LOCKED_MS:
        days = max(0, int(until) - patient.now) // (24 * 60 * 60 * 1000)
        what = (
            counted(
                days + 1,
                "your key is locked, and your inbox expires within {n} day",
                "your key is locked, and your inbox expires within {n} days",
            )
            if int(until) > patient.now
            else ("your key is locked, and your inbox has expired")
        )
        why = "without one nobody can write to you, and what was written to the old one is lost after two weeks"
        return Finding(WARN, what, why, "freehold unlock --for 8h")
    if status.get("key") == "locked":
        why = "you receive, and sign nothing; after some days nobody can write to you"
        return Finding(OK, "your key is locked", why, "freehold unlock --for 8h")
    return Finding(OK, "nothing waits for your key")


def _config(patient: Patient) -> Finding:
    try:
        settings = config.load(patient.folder.config)
        plugins.ranking(settings.ranking)
    except Denied as denied:
        return Finding(FAIL, denied.what, "the node does not start with it", denied.hint)
    return Finding(OK, "config.toml can be read, and its ranking is installed")


def _server(patient: Patient) -> Finding:
    try:
        url = config.load(patient.folder.config).store_url
        if not url:
            return Finding(OK, "the records are in the node's own file")
        place = answering(url)
        records = patient.database.records if isinstance(patient.database, Checkup) else 0
        if records:
            what = counted(
                records,
                "{n} record is in the node's own file, where nobody looks for it",
                "{n} records are in the node's own file, where nobody looks for them",
            )
            why = "the node looks for the market in the database that store_url names"
            return Finding(WARN, what, why, "bring them there: freehold down, then freehold node move-store")
        return Finding(OK, f"{place} answers")
    except Denied:
        return Finding(OK, "config.toml cannot be read: see there")
    except DriverMissing as error:
        why = "the node does not start with this store_url"
        return Finding(FAIL, f"store_url is set, but {error}", why, "pip install 'freehold[postgres]'")
    except (StorageBroken, StorageFull) as error:
        return Finding(FAIL, str(error), "nothing is found and nothing is kept", "see to the server, then freehold up")


def _disk(patient: Patient) -> Finding:
    root = patient.folder.root
    free = shutil.disk_usage(root if root.exists() else root.parent).free
    if free < LITTLE_ROOM_BYTES:
        state = FAIL if free < NO_ROOM_BYTES else WARN
        why = "when it is full nothing new is kept; what was acknowledged stays"
        return Finding(state, f"{free // 1024**2} MiB are free on the disk", why, f"make room on the disk of {root}")
    return Finding(OK, f"{free // GIB} GiB are free on the disk")


def _database(patient: Patient) -> Finding:
    match patient.database:
        case None:
            return Finding(OK, "there is no database yet")
        case Checkup(faults=()):
            return Finding(OK, "the database is sound")
        case Checkup(faults=faults):
            what = f"the database is damaged: {faults[0]}"
        case error:
            what = f"the database cannot be used: {error}"
    return Finding(FAIL, what, "what is in it may be lost, new things are not kept", "freehold down; restore a backup")


def _search(patient: Patient) -> Finding:
    if isinstance(patient.database, Checkup) and patient.database.unindexed:
        what = counted(
            patient.database.unindexed,
            "the search index is out of step by {n} offer",
            "the search index is out of step by {n} offers",
        )
        do = "freehold doctor --fix search"
        return Finding(WARN, what, "searches do not find them", do, fixable=True)
    return Finding(OK, "the search index is in step")


def _clock(patient: Patient) -> Finding:
    ahead = (patient.status or {}).get("clocks_ahead_ms")
    if ahead is not None and int(ahead) > CLOCK_MS:
        why = "what others sign waits until your clock gets there, and your records look older than they are"
        what = counted(
            round(int(ahead) / 60_000),
            "records that others sign now are dated {n} minute ahead of this machine's clock",
            "records that others sign now are dated {n} minutes ahead of this machine's clock",
        )
        return Finding(WARN, what, why, "set the clock: timedatectl set-ntp true")
    return Finding(OK, "nothing that connected nodes gossip is ahead of the clock")


def _peers(patient: Patient) -> Finding:
    status = patient.status or {}
    if not status["peers"] and status["uptime_s"] >= ALONE_S:
        why = "nothing new comes in, and nobody sees what you publish"
        do = "freehold node connect ADDRESS, or add to seeds in config.toml"
        return Finding(FAIL, "no other node is connected", why, do)
    return Finding(OK, counted(status["peers"], "{n} other node is connected", "{n} other nodes are connected"))


def _addresses(patient: Patient) -> Finding:
    addresses = [str(address) for address in (patient.status or {})["addresses"]]
    if not addresses:
        why = "others cannot hand you proposals"
        return Finding(WARN, "your node has no address to be reached at", why, "set `announce` in config.toml")
    where = counted(len(addresses), "your node is announced at {n} address", "your node is announced at {n} addresses")
    return Finding(OK, f"{where}, e.g. {addresses[0]}")


def _backup(patient: Patient) -> Finding:
    status = patient.status or {}
    if "last_backup" not in status:
        return Finding(OK, "this version makes no backups by itself: keep the 24 words")
    last = status["last_backup"]
    if last is None or patient.now - int(last) > BACKUP_MS:
        what = "there is no backup" if last is None else "the last backup is older than a week"
        why = "a lost disk takes your contracts' private words with it; the 24 words bring back the identity alone"
        return Finding(WARN, what, why, "freehold backup create")
    return Finding(OK, "there is a backup of this week")


CHECKS = (
    Check("running", _running),
    Check("version", _version),
    Check("folder", _folder),
    Check("key-file", _key_file),
    Check("key", _key, live=True),
    Check("config", _config),
    Check("server", _server),
    Check("disk", _disk),
    Check("database", _database),
    Check("search", _search),
    Check("clock", _clock, live=True),
    Check("peers", _peers, live=True),
    Check("addresses", _addresses, live=True),
    Check("page", page_checks.door, live=True),
    Check("page-public", page_checks.public),
    Check("page-certificate", page_checks.certificate),
    Check("backup", _backup, live=True),
)


def told(findings: Iterable[Finding]) -> dict[str, Any]:
    """As JSON, and the worst state of all."""
    found = [asdict(finding) for finding in findings]
    states = {finding["state"] for finding in found}
    return {"state": next(state for state in (FAIL, WARN, OK) if state in states), "findings": found}


def main() -> int:
    """Look at a folder without a running node, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m freehold.node.doctor")
    parser.add_argument("--folder", type=Path, required=True)
    folder = Folder(parser.parse_args().folder.absolute())
    sys.stdout.write(json.dumps(told(examine(folder, clock.now_ms(), None))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
