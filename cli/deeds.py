"""What every command that signs into a contract has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .client import ref
from .contracts import part_of, show_contract, turn
from .output import short
from .session import takes_session
from .signing import sign, takes_consent
from .words import money

if TYPE_CHECKING:
    from collections.abc import Callable

    from .client import Json
    from .session import Session
    from .signing import Consent


def signs_contract(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command CONTRACT (`name`) and how the person agrees (`consent`)."""
    for decorate in (takes_consent, takes_session, click.argument("name", metavar="CONTRACT")):
        function = decorate(function)
    return function


def signs_part(function: Callable[..., None]) -> Callable[..., None]:
    """The same with --part."""
    option = click.option("--part", type=click.IntRange(1, 20), default=1, show_default=True, help="Which milestone.")
    return option(signs_contract(function))


def act(session: Session, target: tuple[str, str], body: Json, consent: Consent, saying: str) -> None:
    """Show what is signed, ask, sign it (`target`: the contract and the verb) and show the contract.

    `saying` is the act in a sentence.
    """
    name, verb = target
    view = session.client.get(f"/contracts/{ref(name)}")
    path = f"/contracts/{ref(str(view['contract']))}/{verb}"
    answer = sign(session, path, body, consent, f"{_head(view, body.get('part'))}{saying.strip()}\n")
    session.show(answer, show_contract)


def amount_of(amount: tuple[int, str] | None) -> Json:
    """An amount as the API takes it; nothing for None."""
    return {} if amount is None else {"amount": amount[0], "unit": amount[1]}


def _head(view: Json, number: int | None) -> str:
    title = str(view.get("offer_title") or "")
    head = f"Contract   {short(str(view['contract']))} {title}\n"
    if number is None:
        return head
    part = part_of(view, number)
    price = f", price {money(part['price'])}" if part.get("price") else ""
    whose = f", turn: {turn(part)}" if part.get("turn") else ""
    return f"{head}Milestone  {number}. {part.get('title') or '(unknown)'}{price}: {part.get('state')}{whose}\n"
