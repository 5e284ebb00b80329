"""Files that belong to something that is signed: the node keeps them, so that the other side can fetch them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from freehold.protocol.filename import safe_name
from freehold.protocol.limits import FILE_BYTES

from .errors import Trouble
from .words import size

if TYPE_CHECKING:
    from .client import Json
    from .session import Session

_CHUNK_BYTES = 1024 * 1024
_MB = 1024 * 1024


@dataclass(frozen=True)
class Attached:
    """Files as the API takes them (`body`), and a sentence for the person who is about to sign."""

    body: Json = field(default_factory=dict[str, Any])
    saying: str = ""


def attaches(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command --file, --where and --hash-only, for `attached`."""
    options = (
        click.option(
            "--file", "files", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="A file that belongs to it: its name and SHA-256 are signed, and your node keeps it for the other "
            "side to fetch; repeatable.",
        ),
        click.option("--where", default="", help="Where else the files can be fetched."),
        click.option("--hash-only", is_flag=True, help="The node does not keep the files: say where they are."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def attached(session: Session, given: Mapping[str, Any]) -> Attached:
    """The files that were given, brought to the node. Raises Trouble."""
    paths: Sequence[Path] = given["files"]
    where, hash_only = str(given["where"]), bool(given["hash_only"])
    if not paths:
        return Attached()
    found = [_hashed(path) if hash_only else put(session, path) for path in paths]
    body = {"files": [{"name": one["name"], "sha256": one["sha256"], "where": where} for one in found]}
    lines = "".join(f"\nFile       {one['name']}, {size(one['bytes'])}, SHA-256 {one['sha256']}" for one in found)
    return Attached(body, f"{lines}\n{_kept(hash_only=hash_only)}")


def put(session: Session, path: Path, contract: str | None = None) -> Json:
    """Bring one to the node, as it is read; `name`, `sha256` and `bytes`. Raises Trouble."""
    try:
        with path.open("rb") as file:
            if path.stat().st_size > FILE_BYTES:
                raise Trouble(
                    "file-too-large",
                    f"{path} has {size(path.stat().st_size)}, and a node hands files over up to {size(FILE_BYTES)}",
                    "put it somewhere else, say where with --where, and add --hash-only",
                )
            query = {"name": safe_name(path.name)} | ({} if contract is None else {"contract": contract})
            return session.client.send("/files", query, file)
    except OSError as error:
        raise _unreadable(path, error) from error


def _hashed(path: Path) -> Json:
    found, length = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                found.update(chunk)
                length += len(chunk)
    except OSError as error:
        raise _unreadable(path, error) from error
    return {"name": safe_name(path.name), "sha256": found.hexdigest(), "bytes": length}


def _kept(*, hash_only: bool) -> str:
    return "Your node does not hand them over." if hash_only else "Your node keeps them for the other side to fetch."


def _unreadable(path: Path, error: OSError) -> Trouble:
    return Trouble("file-unreadable", f"{path} cannot be read: {error.strerror}", "check the path")
