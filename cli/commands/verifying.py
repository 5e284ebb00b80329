"""freehold contract export | verify: a contract in one file, and what that file proves, without any node."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..bundle_files import Time, flawed, load, write
from ..output import print_json, say
from ..session import Session, takes_session

if TYPE_CHECKING:
    from freehold.protocol.bundle import Bundle

    from ..client import Json

_NAMED_LETTERS = 15
"""Of the contract's name in the file's: enough to find it by."""


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
    write(path, data)
    shown: Json = {"contract": answer["contract"], "file": str(path), "bytes": len(data)}
    session.show(shown, lambda _: say(f"written to {path}; check it: freehold contract verify {path}"))


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--at", type=Time(), metavar="TIME", help="Judge it as of this time, instead of now.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(file: str, at: int | None, *, as_json: bool) -> None:
    """Check an exported contract, FILE (- for standard input), with no node and no network, and say what it proves."""
    from ..verdict import verdict  # noqa: PLC0415  -- nothing of the protocol is needed for the help

    found = verdict(_read(load(file, _most_bytes())), time.time_ns() // 1_000_000 if at is None else at)
    if as_json:
        print_json(found)
        return
    from ..verdict_words import show_verdict  # noqa: PLC0415

    show_verdict(found)


def _read(data: bytes) -> Bundle:
    from freehold.protocol import bundle, lines  # noqa: PLC0415

    try:
        return bundle.read(data)
    except lines.Flawed as flaw:
        raise flawed(flaw) from flaw


def _most_bytes() -> int:
    from freehold.protocol.bundle import BUNDLE_BYTES  # noqa: PLC0415

    return BUNDLE_BYTES
