"""freehold reputation export | check: a reputation in one file, and what that file proves, without any node."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..bundle_files import Time, flawed, load, write
from ..errors import Trouble
from ..output import print_json, say
from ..session import Session, takes_session

if TYPE_CHECKING:
    from freehold.protocol.resume.bundle import Bundle

    from ..client import Json

_FORMS = {"bundle": "jsonl", "html": "html", "vc": "json"}
"""What can be written, and how such files are called."""
_NAMED_LETTERS = 14
_PAGE_BYTES = 16 * 1024 * 1024
"""What a page may have around its bundle."""


@click.command()
@click.argument("who", metavar="[IDENTITY]", required=False)
@click.option("--out", metavar="FILE", help="Where to (- for standard output); else a file named after the identity.")
@click.option(
    "--format", "form", type=click.Choice(tuple(_FORMS)), default="bundle", show_default=True, help="As what."
)
@click.option("--sign/--no-sign", default=True, show_default=True, help="Sign the file as a whole with your key.")
@takes_session
def export(session: Session, who: str | None, out: str | None, form: str, *, sign: bool) -> None:
    """Write the reputation of IDENTITY (else yours) to a file that anybody can check: a bundle of records, a page to
    send (html), or W3C credentials (vc), which you always sign.

    Everything in it is public already. It holds every contract that both
    signed, reviewed or not.
    """
    from ..client import ref  # noqa: PLC0415  -- `check` beside it needs no client

    subject = who or str(session.client.get("/identity")["identity"])
    asked: Json = {"format": "credentials"} if form == "vc" else {"format": "bundle", "sign": sign}
    answer = session.client.post(f"/reputation/{ref(subject)}/export", asked)
    data = _made(form, str(answer["export"]).encode())
    if out == "-":
        click.echo(data, nl=False)
        return
    path = Path(out or f"{str(answer['identity'])[:_NAMED_LETTERS]}.{_FORMS[form]}")
    write(path, data)
    shown: Json = {name: answer[name] for name in ("identity", "contracts", "left_out")}
    session.show(shown | {"file": str(path), "bytes": len(data)}, lambda view: _tell(view, form))


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--as", "seen_as", metavar="IDENTITY", help="From the place of somebody in the file, not from nobody's.")
@click.option("--role", type=click.Choice(("client", "freelancer")), help="Only as this; else as both.")
@click.option("--at", type=Time(), metavar="TIME", help="Judge it as of this time, instead of now.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(file: str, seen_as: str | None, role: str | None, at: int | None, *, as_json: bool) -> None:
    """Check an exported reputation, FILE (a bundle, or a page with one inside; - for standard input), with no node and
    no network: every signature, every contract; and compute the number anew."""
    from freehold.protocol.resume.judging import judge  # noqa: PLC0415  -- nothing of it is needed for the help

    from ..assessment import assessment  # noqa: PLC0415

    bundle = _read(file)
    now = time.time_ns() // 1_000_000 if at is None else at
    found = assessment(judge(bundle, now, _place(bundle, seen_as), role))
    if as_json:
        print_json(found)
        return
    from ..assessment_words import show_assessment  # noqa: PLC0415

    show_assessment(found)


def _made(form: str, data: bytes) -> bytes:
    """What is written of what the node gave; nothing that does not hold."""
    from freehold.protocol.errors import ProtocolError  # noqa: PLC0415
    from freehold.protocol.lines import Flawed  # noqa: PLC0415
    from freehold.protocol.resume import bundle, credentials  # noqa: PLC0415
    from freehold.protocol.resume.judging import judge  # noqa: PLC0415

    try:
        if form == "vc":
            credentials.check(data)
            return data
        found = bundle.read(data)
    except Flawed as flaw:
        raise flawed(flaw) from flaw
    except ProtocolError as error:
        raise Trouble("bundle-flawed", f"these credentials do not hold: {error}", "see node.log") from error
    if form == "bundle":
        return data
    from ..resume.page import page  # noqa: PLC0415

    return page(judge(found, found.exported), data).encode()


def _read(file: str) -> Bundle:
    from freehold.protocol.lines import Flawed  # noqa: PLC0415
    from freehold.protocol.resume import bundle  # noqa: PLC0415

    from ..resume.page import bundle_in  # noqa: PLC0415

    try:
        return bundle.read(bundle_in(load(file, bundle.BUNDLE_BYTES + _PAGE_BYTES)))
    except Flawed as flaw:
        raise flawed(flaw) from flaw


def _place(bundle: Bundle, seen_as: str | None) -> bytes | None:
    """Somebody in the file: by identity, by the beginning of it, or by a name that only they go by."""
    from freehold.protocol import text  # noqa: PLC0415

    if seen_as is None:
        return None
    people = {placed.record.author for placed in bundle.lines}
    found = [who for who in people if text.show(who, text.IDENTITY).startswith(seen_as.lower().strip())]
    found = found or [who for who in people if bundle.names.get(who) == seen_as]
    if len(found) != 1 or not seen_as.strip():
        what = "nobody" if not found else "more than one person"
        raise Trouble("bad-name", f"{what} in this file is called that", "give the whole identity, as FILE shows it")
    return found[0]


def _tell(view: Json, form: str) -> None:
    say(f"written to {view['file']} (contracts in it: {view['contracts']})")
    if view["left_out"]:
        say(f"There was no room for older contracts: {view['left_out']} are left out.")
    if form != "vc":
        say(f"check it: freehold reputation check {view['file']}")
