"""freehold dispute open | list | show | answer | evidence | take | pass | rule | appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..attaching import attached, attaches
from ..client import ref
from ..contracts import disputes, show_contract
from ..deeds import act, signs_contract, signs_part
from ..errors import Trouble
from ..session import Session, takes_session
from ..texts import text_of

if TYPE_CHECKING:
    from ..client import Json
    from ..signing import Consent

_TEXT = "The text, or @FILE, or @- for standard input."
_FAULTS = ("nobody", "client", "freelancer", "both")
_FINDINGS = ("kept", "broken", "not-in-terms")


@click.group()
def dispute() -> None:
    """When the two do not agree: the arbiter whom both named in the contract decides."""


@dispute.command("open")
@click.option("--text", required=True, help=f"What happened. {_TEXT}")
@click.option("--clause", "clauses", multiple=True, help="The id of a clause that it is about; repeatable.")
@signs_part
def open_dispute(session: Session, *, name: str, part: int, consent: Consent, **given: Any) -> None:  # noqa: ANN401
    """Call the arbiter in a milestone of CONTRACT."""
    body = {"part": part, "text": text_of(given["text"]), "clauses": list(given["clauses"])}
    act(session, (name, "dispute"), body, consent, _calling(session.client.get(f"/contracts/{ref(name)}")))


@dispute.command("list")
@takes_session
def list_disputes(session: Session) -> None:
    """Your disputes, as a party or as the arbiter."""
    session.show(session.client.get("/disputes"), disputes)


@dispute.command()
@click.argument("name", metavar="CONTRACT")
@takes_session
def show(session: Session, name: str) -> None:
    """Show CONTRACT with its dispute."""
    session.show(session.client.get(f"/contracts/{ref(name)}"), show_contract)


@dispute.command()
@click.option("--text", required=True, help=f"Your side of it. {_TEXT}")
@signs_part
def answer(session: Session, *, name: str, part: int, text: str, consent: Consent) -> None:
    """Answer a dispute in CONTRACT that the other side opened."""
    act(session, (name, "answer"), {"part": part, "text": text_of(text)}, consent, "You answer the dispute.")


@dispute.command()
@click.option("--text", required=True, help=_TEXT)
@attaches
@signs_contract
def evidence(session: Session, *, name: str, consent: Consent, **given: Any) -> None:  # noqa: ANN401
    """Hand in words or files about CONTRACT, for the other side and the arbiter who has the case."""
    files = attached(session, given)
    body = {"text": text_of(given["text"])} | files.body
    act(session, (name, "evidence"), body, consent, f"You hand this in.{files.saying}")


@dispute.command()
@signs_part
def take(session: Session, *, name: str, part: int, consent: Consent) -> None:
    """Take the case in CONTRACT, if it is your turn as its arbiter."""
    act(session, (name, "take"), {"part": part}, consent, "You take the case, and will decide in time.")


@dispute.command("pass")
@signs_part
def pass_on(session: Session, *, name: str, part: int, consent: Consent) -> None:
    """Do not take the case in CONTRACT: the next arbiter is asked."""
    act(session, (name, "pass"), {"part": part}, consent, "You leave the case to the next arbiter.")


@dispute.command()
@click.option("--percent", required=True, type=click.FloatRange(0, 100), help="Of the price, for the freelancer.")
@click.option("--fault", required=True, type=click.Choice(_FAULTS), help="Whose it was; apart from who is paid.")
@click.option(
    "--finding", "findings", multiple=True, metavar="CLAUSE=FINDING", help=f"{', '.join(_FINDINGS)}; repeatable."
)
@click.option("--reasons", default="", help=f"For the parties alone. {_TEXT}")
@signs_part
def rule(session: Session, *, name: str, part: int, consent: Consent, **given: Any) -> None:  # noqa: ANN401
    """Decide the case in CONTRACT, if you took it. Award, fault and findings are public, the reasons are not."""
    award = round(given["percent"] * 10)
    findings = [_finding(text) for text in given["findings"]]
    body = {"part": part, "award": award, "fault": given["fault"], "reasons": text_of(given["reasons"])}
    saying = f"You decide: {award / 10:g} % of the price for the freelancer; fault: {given['fault']}."
    act(session, (name, "rule"), body | {"findings": findings}, consent, saying)


@dispute.command()
@signs_part
def appeal(session: Session, *, name: str, part: int, consent: Consent) -> None:
    """Ask the next arbiter of CONTRACT to decide again, where the agreement allows it."""
    act(session, (name, "appeal"), {"part": part}, consent, "You ask the next arbiter.")


def _calling(view: Json) -> str:
    if view.get("arbiters"):
        return "You call the arbiter, who gets the terms and what was written."
    outcome = {"client": "nothing is owed", "freelancer": "the price is owed"}
    found = outcome.get(str(view.get("fallback")), "the milestone ends contested, with no mark on anybody")
    return f"No arbiter was agreed, so nobody decides: {found}."


def _finding(text: str) -> Json:
    clause, mark, finding = text.rpartition("=")
    if not mark or not clause.strip() or finding.strip() not in _FINDINGS:
        raise Trouble("usage", f"{text!r} is not a finding", f"write it as 1=kept; findings are {', '.join(_FINDINGS)}")
    return {"clause": clause.strip(), "finding": finding.strip()}
