"""freehold proposal write | list | show | accept | decline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..client import ref
from ..output import print_table, say, short
from ..proposals import read_part, show_proposal, terms_in_words
from ..session import Session, takes_session
from ..texts import text_of
from ..words import moment, person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..client import Json


@click.group()
def proposal() -> None:
    """Answers to offers, with terms, sealed to one person."""


@proposal.command()
@click.argument("offer")
@click.option("--cover", required=True, help="Why you: the text, or @FILE, or @- for standard input.")
@click.option(
    "--part", "parts", multiple=True, required=True, metavar="TITLE=PRICE[/DAYS]",
    help='A milestone, e.g. "Draft=150 EUR/5" (five days of work; else 14); repeatable.',
)  # fmt: skip
@click.option("--clause", "clauses", multiple=True, help="A clause of the terms; repeatable (else: the offer's text).")
@click.option("--answer", "answers", multiple=True, help="To the offer's questions, in their order; repeatable.")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True, help="How long it stands.")
@click.option("--yes", is_flag=True, help="Sign without asking.")
@takes_session
def write(  # noqa: PLR0913  -- one parameter an option
    session: Session,
    *,
    offer: str,
    cover: str,
    parts: tuple[str, ...],
    clauses: tuple[str, ...],
    answers: tuple[str, ...],
    days: int,
    yes: bool,
) -> None:
    """Answer OFFER with a firm proposal: if they accept, the contract is signed by both."""
    target = session.client.get(f"/offers/{ref(offer)}")
    body: Json = {
        "offer": target["offer"],
        "cover": text_of(cover),
        "parts": [read_part(part) for part in parts],
        "answers": [text_of(answer) for answer in answers],
        "days": days,
    }
    if clauses:
        body["clauses"] = [{"id": str(number), "text": text_of(text)} for number, text in enumerate(clauses, 1)]
    session.confirm(terms_in_words(target, body), yes=yes)
    session.show(session.client.post("/proposals", body), show_proposal)


@proposal.command("list")
@takes_session
def list_proposals(session: Session) -> None:
    """Proposals that you received and sent."""
    session.show(session.client.get("/proposals"), _listing)


@proposal.command()
@click.argument("name", metavar="PROPOSAL")
@takes_session
def show(session: Session, name: str) -> None:
    """Show PROPOSAL (fhr1..., or its first letters)."""
    session.show(session.client.get(f"/proposals/{ref(name)}"), show_proposal)


@proposal.command()
@click.argument("name", metavar="PROPOSAL")
@click.option("--yes", is_flag=True, help="Sign without asking.")
@takes_session
def accept(session: Session, name: str, *, yes: bool) -> None:
    """Accept PROPOSAL: your signature makes it a contract."""
    found = session.client.get(f"/proposals/{ref(name)}")
    text = f"You accept these terms of {person(found['author'], found.get('author_name'))}:\n{_terms(found)}"
    session.confirm(text, yes=yes)
    session.show(session.client.post(f"/proposals/{ref(found['proposal'])}/accept"), _show_contract)


@proposal.command()
@click.argument("name", metavar="PROPOSAL")
@click.option("--reason", default="", help="A kind word on why.")
@takes_session
def decline(session: Session, name: str, reason: str) -> None:
    """Decline PROPOSAL; its author is told, with your reason."""
    body = {"reason": reason} if reason else {}
    result = session.client.post(f"/proposals/{ref(name)}/decline", body)
    session.show(result, lambda view: say(f"Declined: the proposal of {view.get('author_name') or view['author']}."))


def _terms(found: Json) -> str:
    target = {"title": found.get("offer_title") or found["offer"], "author": found["recipient"]}
    return terms_in_words(target, found)


def _show_contract(view: Json) -> None:
    from ..contracts import show_contract  # noqa: PLC0415  -- only where a contract is shown

    show_contract(view)


def _listing(found: Json) -> None:
    received: list[Json] = found["received"]
    sent: list[Json] = found["sent"]
    if not received and not sent:
        say("No proposals.", err=True)
        return
    print_table(("Proposal", "", "Who", "Offer", "State", "Until"), [*_rows(received), *_rows(sent)])


def _rows(views: Iterable[Json]) -> Iterable[tuple[str, ...]]:
    for view in views:
        received = view["direction"] == "received"
        other = "author" if received else "recipient"
        state = str(view["state"]) + (f" (folded: {view['folded']})" if view.get("folded") else "")
        yield (
            short(str(view["proposal"])),
            "from" if received else "to",
            str(view.get(f"{other}_name") or short(str(view[other]))),
            str(view.get("offer_title") or short(str(view["offer"]))),
            state,
            moment(view["expires"]),
        )
