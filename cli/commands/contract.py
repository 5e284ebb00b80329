"""freehold contract list | show | deliver | accept | pay | confirm."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..client import ref
from ..contracts import listing, part_of, show_contract
from ..errors import Trouble
from ..money import MONEY, show_money
from ..output import short
from ..session import Session, takes_session
from ..texts import text_of
from ..words import money

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..client import Json

_CHUNK_BYTES = 1024 * 1024


def _signs(function: Callable[..., None]) -> Callable[..., None]:
    """The contract, the milestone and the question that every act in a contract has."""
    for decorate in (
        takes_session,
        click.option("--yes", is_flag=True, help="Sign without asking."),
        click.option("--part", type=click.IntRange(1, 20), default=1, show_default=True, help="Which milestone."),
        click.argument("name", metavar="CONTRACT"),
    ):
        function = decorate(function)
    return function


@click.group()
def contract() -> None:
    """What both signed: deliver, accept, pay, confirm."""


@contract.command("list")
@takes_session
def list_contracts(session: Session) -> None:
    """Your contracts, and whose turn it is."""
    session.show(session.client.get("/contracts"), listing)


@contract.command()
@click.argument("name", metavar="CONTRACT")
@takes_session
def show(session: Session, name: str) -> None:
    """Show CONTRACT (fhc1..., or its first letters)."""
    session.show(session.client.get(f"/contracts/{ref(name)}"), show_contract)


@contract.command()
@click.option("--note", default="", help="The text, or @FILE, or @- for standard input.")
@click.option("--file", "files", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A file that belongs to it: its name and SHA-256 are signed; repeatable.")  # fmt: skip
@click.option("--where", default="", help="Where the files can be fetched.")
@_signs
def deliver(  # noqa: PLR0913  -- one parameter an option
    session: Session, *, name: str, part: int, yes: bool, note: str, files: tuple[Path, ...], where: str
) -> None:
    """Hand over the work of a milestone of CONTRACT (freelancer)."""
    listed = [{"name": path.name, "where": where, "sha256": _sha256(path)} for path in files]
    body: Json = {"part": part, "note": text_of(note)} | ({"files": listed} if listed else {})
    named = "".join(f"\nFile       {file['name']}  sha256 {file['sha256']}" for file in listed)
    _act(session, (name, "deliver"), body, yes=yes, text=f"You deliver. {body['note']}{named}")


@contract.command()
@click.option("--note", default="")
@_signs
def accept(session: Session, *, name: str, part: int, yes: bool, note: str) -> None:
    """Find the delivered work good: the milestone of CONTRACT is payable (client)."""
    _act(session, (name, "accept"), {"part": part, "note": note}, yes=yes, text=f"You accept the delivery. {note}")


@contract.command()
@click.option("--rail", required=True, help="How you paid, e.g. bank, SEPA, cash.")
@click.option("--reference", default="", help="By which they find it.")
@click.option("--amount", type=MONEY, help="If not the price agreed.")
@_signs
def pay(  # noqa: PLR0913  -- one parameter an option
    session: Session, *, name: str, part: int, yes: bool, rail: str, reference: str, amount: tuple[int, str] | None
) -> None:
    """Say that you paid a milestone of CONTRACT (client). Freehold itself moves no money."""
    body: Json = {"part": part, "rail": rail, "reference": reference, **_amount(amount)}
    text = f"You have paid {show_money(*amount) if amount else 'the price agreed'} by {rail}. {reference}"
    _act(session, (name, "pay"), body, yes=yes, text=text)


@contract.command()
@click.option("--amount", type=MONEY, help="If not the price agreed.")
@_signs
def confirm(session: Session, *, name: str, part: int, yes: bool, amount: tuple[int, str] | None) -> None:
    """Confirm that the money for a milestone of CONTRACT came (freelancer)."""
    text = f"You have received {show_money(*amount) if amount else 'the price agreed'}."
    _act(session, (name, "confirm"), {"part": part, **_amount(amount)}, yes=yes, text=text)


def _act(session: Session, target: tuple[str, str], body: Json, *, yes: bool, text: str) -> None:
    """Show what is signed, ask, and send it."""
    name, verb = target
    view = session.client.get(f"/contracts/{ref(name)}")
    part = part_of(view, int(body["part"]))
    price = f", price {money(part['price'])}" if part.get("price") else ""
    title = part.get("title") or "(unknown)"
    head = f"Contract   {short(str(view['contract']))}\nMilestone  {part['part']}. {title}{price}\n"
    session.confirm(head + text, yes=yes)
    session.show(session.client.post(f"/contracts/{ref(view['contract'])}/{verb}", body), show_contract)


def _amount(amount: tuple[int, str] | None) -> Json:
    return {} if amount is None else {"amount": amount[0], "unit": amount[1]}


def _sha256(path: Path) -> str:
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                found.update(chunk)
    except OSError as error:
        raise Trouble("file-unreadable", f"{path} cannot be read: {error.strerror}", "check the path") from error
    return found.hexdigest()
