"""freehold contract fund | pay | confirm | deny."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..client import ref
from ..contracts import part_of
from ..deeds import act, amount_of, signs_part
from ..money import MONEY, show_money
from ..texts import text_of
from ..words import money

if TYPE_CHECKING:
    from ..session import Session
    from ..signing import Consent


@click.command()
@click.option("--evidence", default="", help="What shows it, as the agreed way to pay has it.")
@signs_part
def fund(session: Session, *, name: str, part: int, evidence: str, consent: Consent) -> None:
    """Show that the money for a milestone of CONTRACT is there, where the agreement asks for it (client)."""
    act(session, (name, "fund"), {"part": part, "evidence": text_of(evidence)}, consent, "You show the money.")


@click.command()
@click.option("--rail", required=True, help="How you paid, e.g. bank, SEPA, cash.")
@click.option("--reference", default="", help="By which they find it.")
@click.option("--amount", type=MONEY, help="If not exactly what is due.")
@signs_part
def pay(session: Session, *, name: str, part: int, consent: Consent, **given: Any) -> None:  # noqa: ANN401
    """Say that you paid what is due for a milestone of CONTRACT (client). Freehold itself moves no money."""
    body = {"part": part, "rail": given["rail"], "reference": given["reference"], **amount_of(given["amount"])}
    stated = _stated(session, name, part, given["amount"])
    act(session, (name, "pay"), body, consent, f"You have paid {stated} by {given['rail']}. {given['reference']}")


@click.command()
@click.option("--amount", type=MONEY, help="If not exactly what is due came.")
@signs_part
def confirm(session: Session, *, name: str, part: int, amount: tuple[int, str] | None, consent: Consent) -> None:
    """Confirm that the money for a milestone of CONTRACT came (freelancer)."""
    stated = _stated(session, name, part, amount)
    act(session, (name, "confirm"), {"part": part, **amount_of(amount)}, consent, f"You have received {stated}.")


@click.command()
@click.option("--reason", default="", help="The text, or @FILE, or @- for standard input.")
@signs_part
def deny(session: Session, *, name: str, part: int, reason: str, consent: Consent) -> None:
    """Say that the money for a milestone of CONTRACT did not come (freelancer). The arbiter is called."""
    act(session, (name, "deny"), {"part": part, "reason": text_of(reason)}, consent, "You have received no money.")


def _stated(session: Session, name: str, part: int, amount: tuple[int, str] | None) -> str:
    if amount is not None:
        return show_money(*amount)
    due = part_of(session.client.get(f"/contracts/{ref(name)}"), part).get("due")
    return f"{money(due)} (what is due)" if due else "what is due"
