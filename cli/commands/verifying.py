"""freehold contract export | verify: a contract in one file, and what that file proves, without any node."""

from __future__ import annotations

import os
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Trouble
from ..output import print_json, say
from ..session import Session, takes_session

if TYPE_CHECKING:
    from freehold.protocol.bundle import Bundle

    from ..client import Json

_NAMED_LETTERS = 15
"""Of the contract's name in the file's: enough to find it by."""


_MS = re.compile("[0-9]{9,15}")


class _Time(click.ParamType[int]):
    """A time: 2025-06-30, 2025-06-30 12:00 (UTC), or milliseconds since the epoch."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401
        """Read the text. Fails as a usage error."""
        try:
            if _MS.fullmatch(str(value)):
                return int(str(value))
            found = datetime.fromisoformat(str(value))
            return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)
        except (ValueError, OverflowError):
            self.fail("write it as 2025-06-30, or 2025-06-30T12:00 (UTC)", param, ctx)


@click.command()
@click.argument("name", metavar="CONTRACT")
@click.option("--out", metavar="FILE", help="Where to (- for standard output); else a file named after the contract.")
@takes_session
def export(session: Session, name: str, out: str | None) -> None:
    """Write CONTRACT to one file that anybody can check: freehold contract verify FILE.

    The file holds what is private of the contract, as far as your node has it.
    """
    from ..client import ref  # noqa: PLC0415  -- `verify` beside it needs no client

    answer = session.client.get(f"/contracts/{ref(name)}/bundle")
    data = str(answer["bundle"]).encode()
    _read(data)
    if out == "-":
        click.echo(data, nl=False)
        return
    path = Path(out or f"{str(answer['contract'])[:_NAMED_LETTERS]}.jsonl")
    _write(path, data)
    shown: Json = {"contract": answer["contract"], "file": str(path), "bytes": len(data)}
    session.show(shown, lambda _: say(f"written to {path}; check it: freehold contract verify {path}"))


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--at", type=_Time(), metavar="TIME", help="Judge it as of this time, instead of now.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(file: str, at: int | None, *, as_json: bool) -> None:
    """Check an exported contract, FILE (- for standard input), with no node and no network, and say what it proves."""
    from ..verdict import verdict  # noqa: PLC0415  -- nothing of the protocol is needed for the help

    found = verdict(_read(_load(file)), time.time_ns() // 1_000_000 if at is None else at)
    if as_json:
        print_json(found)
        return
    from ..verdict_words import show_verdict  # noqa: PLC0415

    show_verdict(found)


def _read(data: bytes) -> Bundle:
    from freehold.protocol import bundle  # noqa: PLC0415
    from freehold.protocol.lines import Flawed  # noqa: PLC0415

    try:
        return bundle.read(data)
    except Flawed as flaw:
        raise Trouble(
            "bundle-flawed",
            f"this file does not hold: {flaw}",
            "do not rely on it; ask for it again, from somebody else if need be",
            {"line": flaw.line, "reason": flaw.reason},
        ) from flaw


def _load(name: str) -> bytes:
    from freehold.protocol.bundle import BUNDLE_BYTES  # noqa: PLC0415

    try:
        if name == "-":
            return sys.stdin.buffer.read(BUNDLE_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(BUNDLE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Trouble("file-unreadable", f"{name} cannot be read: {reason}", "check the path") from error


def _write(path: Path, data: bytes) -> None:
    """Write a new file that nobody else can read: what is in it was between the parties."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(data)
    except FileExistsError as error:
        raise Trouble("file-exists", f"{path} exists already and is not replaced", "name another: --out") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Trouble("file-unwritable", f"{path} cannot be written: {reason}", "choose another place") from error
