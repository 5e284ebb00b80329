"""freehold file list | add | save | remove | tidy, and freehold contract files | fetch."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..attaching import put
from ..client import ref
from ..errors import Trouble
from ..output import print_table, say, short
from ..people import person_in
from ..progress import bar
from ..saving import save as save_file
from ..session import Session, takes_session
from ..words import held, moment, size

if TYPE_CHECKING:
    from ..client import Json

_LOOK_S = 0.3
_FOLDER = click.Path(file_okay=False, path_type=Path)
_UNDER_WAY = ("waiting", "running")
_DIGITS = 12


@click.group()
def file() -> None:
    """Files of deliveries and disputes that your node keeps, each by its SHA-256.

    `contract deliver --file` and `dispute evidence --file` put files in;
    `contract fetch` brings those of the other side.
    """


@file.command("list")
@takes_session
def list_files(session: Session) -> None:
    """What is here, and how much room it takes."""
    session.show(session.client.get("/files"), _listed)


@file.command()
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--contract", help="The contract that it belongs to: its other side may fetch it, once it is named there."
)
@takes_session
def add(session: Session, path: Path, contract: str | None) -> None:
    """Bring FILE to the node."""
    session.show(put(session, path, contract), lambda view: _listed({"files": [view]}))


@file.command()
@click.argument("sha256", metavar="SHA256")
@click.option("--into", type=_FOLDER, default=".", help="The folder; else the one in which you are.")
@click.option("--name", help="Under another name.")
@takes_session
def save(session: Session, sha256: str, into: Path, name: str | None) -> None:
    """Write a file that is here (SHA256, or its first digits) into a folder. What is there is never replaced."""
    found = _one(session, sha256)
    written = save_file(session.client, str(found["sha256"]), name or str(found["name"]), into)
    session.show({"file": str(written)}, lambda view: say(f"written: {view['file']}"))


@file.command()
@click.argument("sha256", metavar="SHA256")
@click.option("--anyway", is_flag=True, help="Also one that a contract names.")
@takes_session
def remove(session: Session, sha256: str, *, anyway: bool) -> None:
    """Delete a file from the node."""
    answer = session.client.post(f"/files/{ref(sha256)}/remove", {"anyway": anyway})
    session.show(answer, lambda view: say(f"deleted: {view['sha256']}"))


@file.command()
@takes_session
def tidy(session: Session) -> None:
    """Delete what no contract names, if it is older than a day."""
    session.show(session.client.post("/files/tidy"), lambda view: say(f"{len(view['removed'])} files deleted"))


@click.command("files")
@click.argument("name", metavar="CONTRACT")
@takes_session
def of_contract(session: Session, name: str) -> None:
    """The files that deliveries and evidence in CONTRACT name, and whether your node has them."""
    session.show(session.client.get(f"/contracts/{ref(name)}/files"), _named)


@click.command()
@click.argument("name", metavar="CONTRACT")
@click.option("--into", type=_FOLDER, help="Write them into this folder as well; what is there is never replaced.")
@click.option("--file", "only", multiple=True, metavar="SHA256", help="Only this one; repeatable.")
@takes_session
def fetch(session: Session, name: str, into: Path | None, only: tuple[str, ...]) -> None:
    """Fetch the files that CONTRACT names from the nodes of whoever named them.

    What breaks off is gone on with at the next try. Nothing is kept that does not
    have the SHA-256 that was signed.
    """
    before = session.client.get(f"/contracts/{ref(name)}/files")
    wanted = [one for one in before["files"] if not only or _chosen(one, only)]
    if only and not wanted:
        raise Trouble("not-found", "the contract names no such file", f"see: freehold contract files {name}")
    asked = [str(one["sha256"]) for one in wanted if not one["here"]]
    if asked:
        session.client.post(f"/contracts/{ref(name)}/fetch", {"files": asked})
    found = [_followed(session, name, one) for one in wanted]
    written = [
        str(save_file(session.client, str(one["sha256"]), str(one["name"]), into))
        for one in found
        if into and one["here"]
    ]
    session.show({"contract": before["contract"], "files": found, "written": written}, _fetched)
    missing = [one for one in found if not one["here"]]
    if missing:
        raise _missed(missing)


def _followed(session: Session, name: str, wanted: Json) -> Json:
    """A file of a contract, once it is here or will not come."""
    shown = 0
    with bar(1_000, str(wanted["save_as"])[:40]) as line:
        while True:
            files = session.client.get(f"/contracts/{ref(name)}/files")["files"]
            found: Json = next((one for one in files if one["sha256"] == wanted["sha256"]), wanted)
            fetching = held(found, "fetch")
            if found["here"] or fetching.get("state") not in _UNDER_WAY:
                line.update(1_000 - shown)
                return found
            now = int(fetching["got"] * 1_000 / fetching["size"]) if fetching.get("size") else 0
            line.update(max(0, now - shown))
            shown = max(now, shown)
            time.sleep(_LOOK_S)


def _missed(missing: list[Json]) -> Trouble:
    one = missing[0]
    why = str(held(one, "fetch").get("trouble") or "it is not here")
    where = str(one["where"])
    hint = f"it is said to be at: {where}" if where else "try again later, or ask whoever named it to add it there"
    return Trouble("not-fetched", f"{len(missing)} not fetched; {one['save_as']}: {why}", hint)


def _chosen(one: Json, only: tuple[str, ...]) -> bool:
    return any(len(digits) >= len("12345678") and str(one["sha256"]).startswith(digits.lower()) for digits in only)


def _one(session: Session, digits: str) -> Json:
    found = [one for one in session.client.get("/files")["files"] if _chosen(one, (digits,))]
    if len(found) != 1:
        raise Trouble("not-found", f"{len(found)} files here begin with {digits!r}", "see: freehold file list")
    return found[0]


def _listed(view: Json) -> None:
    print_table(
        ("SHA-256", "Name", "Size", "Since", "For"),
        (
            (
                str(one["sha256"]), str(one["name"]), size(one["bytes"]), moment(one["at"]),
                ", ".join(short(str(contract)) for contract in one["contracts"]),
            )
            for one in view["files"]
        ),
    )  # fmt: skip
    if "most" in view:
        say(f"{size(view['bytes'])} of {size(view['most'])} used.", err=True)


def _named(view: Json) -> None:
    if not view["files"]:
        say("No files are named.", err=True)
        return
    print_table(
        ("SHA-256", "Name", "From", "Here", "Where else"),
        (
            (
                str(one["sha256"])[:_DIGITS], str(one["name"]), person_in(one, "by"), _state(one),
                str(one["where"]),
            )
            for one in view["files"]
        ),
    )  # fmt: skip


def _fetched(view: Json) -> None:
    _named(view)
    for name in view["written"]:
        say(f"written: {name}")


def _state(one: Json) -> str:
    fetching = held(one, "fetch")
    if one["here"]:
        return size(one["bytes"])
    if fetching.get("state") in _UNDER_WAY:
        return f"coming: {size(fetching['got'])}"
    return str(fetching.get("trouble") or "no")
