"""freehold proposal write | list | show | accept | decline; compare has a module of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from freehold.protocol.kinds.worth import TOP

from ..client import ref
from ..durations import DURATION, parse_duration
from ..errors import Trouble
from ..output import print_table, say, short
from ..people import name_in, person
from ..proposals import folds, read_part, show_proposal, stamp, terms_in_words
from ..session import Session, takes_session
from ..signing import sign, takes_consent
from ..texts import text_of
from ..words import moment, score
from .comparing import compare

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..client import Json
    from ..signing import Consent

WINDOWS = ("review", "payment", "confirm", "funding", "unblock", "revision", "change", "case", "answer", "ruling")


@click.group()
def proposal() -> None:
    """Answers to offers, with terms, sealed to one person."""


proposal.add_command(compare)


@proposal.command()
@click.argument("offer")
@click.option("--cover", required=True, help="Why you: the text, or @FILE, or @- for standard input.")
@click.option(
    "--part", "parts", multiple=True, required=True, metavar="TITLE=PRICE[/DAYS]",
    help='A milestone: "Draft=150 EUR/5" (five days of work; else 14), or by the hour: "Support=60 EUR/h*10" (at most '
    "10 hours a week; /7 after it: a timesheet within 7 days); repeatable.",
)  # fmt: skip
@click.option("--clause", "clauses", multiple=True, help="A clause of the terms; repeatable (else: the offer's text).")
@click.option("--answer", "answers", multiple=True, help="To the offer's questions, in their order; repeatable.")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True, help="How long it stands.")
@click.option(
    "--arbiter", "arbiters", multiple=True,
    help="Who decides if you disagree (fh1...); up to three, asked in this order. See: freehold identity services.",
)  # fmt: skip
@click.option("--appeal", is_flag=True, help="A ruling may go to the next arbiter.")
@click.option(
    "--fallback", type=click.Choice(("nobody", "client", "freelancer")), default="nobody", show_default=True,
    help="Who gets the price if no arbiter decides.",
)  # fmt: skip
@click.option("--witness", "witnesses", multiple=True, help="Who vouches for times (fh1...); up to three.")
@click.option("--quorum", type=click.IntRange(1, 3), help="How many of the witnesses make a time; else most of them.")
@click.option("--revisions", type=click.IntRange(0, 10), default=2, show_default=True, help="In each milestone.")
@click.option(
    "--worth", type=click.Choice((*(str(band) for band in range(TOP + 1)), "none")),
    help="Roughly what it is worth, for everybody to see: 0 is under 5 euros or dollars, 9 is 250 and more, none "
    "states nothing. Else what the prices come to, in common currencies.",
)  # fmt: skip
@click.option("--review-days", type=DURATION, help="For the client to look at a delivery, e.g. 10, or 36h.")
@click.option(
    "--window", "windows", multiple=True, metavar="NAME=DAYS",
    help=f"Another window of time: {', '.join(WINDOWS)}; repeatable.",
)  # fmt: skip
@takes_consent
@takes_session
def write(session: Session, *, offer: str, consent: Consent, **given: Any) -> None:  # noqa: ANN401
    """Answer OFFER with a firm proposal: if they accept, the contract is signed by both."""
    target = session.client.get(f"/offers/{ref(offer)}")
    body: Json = {
        "offer": target["offer"],
        "cover": text_of(given["cover"]),
        "parts": [read_part(part) for part in given["parts"]],
        "answers": [text_of(answer) for answer in given["answers"]],
        **{key: given[key] for key in ("days", "appeal", "fallback", "revisions")},
        **{key: list(given[key]) for key in ("arbiters", "witnesses")},
        "windows": _windows(given["windows"], given["review_days"]),
    }
    if given["quorum"] is not None:
        body["quorum"] = given["quorum"]
    if given["worth"] is not None:
        body["band"] = given["worth"] if given["worth"] == "none" else int(given["worth"])
    if given["clauses"]:
        body["clauses"] = [{"id": str(n), "text": text_of(text)} for n, text in enumerate(given["clauses"], 1)]
    answer = sign(session, "/proposals", body, consent, f"{terms_in_words(target, body)}\n")
    session.show(answer, show_proposal)


@proposal.command("list")
@click.option(
    "--order", type=click.Choice(("reputation", "time")), help="Of those received; by reputation if not said."
)
@takes_session
def list_proposals(session: Session, order: str | None) -> None:
    """Proposals that you received and sent."""
    session.show(session.client.get("/proposals", {"order": order}), _listing)


@proposal.command()
@click.argument("name", metavar="PROPOSAL")
@takes_session
def show(session: Session, name: str) -> None:
    """Show PROPOSAL (fhr1..., or its first letters)."""
    session.show(session.client.get(f"/proposals/{ref(name)}"), show_proposal)


@proposal.command()
@click.argument("name", metavar="PROPOSAL")
@takes_consent
@takes_session
def accept(session: Session, name: str, *, consent: Consent) -> None:
    """Accept PROPOSAL: your signature makes it a contract (`freehold contract sign` does the same)."""
    found = session.client.get(f"/proposals/{ref(name)}")
    text = f"You accept these terms of {person(found['author'], found.get('author_name'))}:\n{_terms(found)}"
    answer = sign(session, f"/proposals/{ref(found['proposal'])}/accept", {}, consent, f"{text}\n")
    session.show(answer, _show_contract)


@proposal.command()
@click.argument("name", metavar="PROPOSAL")
@click.option("--reason", default="", help="A kind word on why.")
@takes_session
def decline(session: Session, name: str, reason: str) -> None:
    """Decline PROPOSAL; its author is told, with your reason."""
    body = {"reason": reason} if reason else {}
    result = session.client.post(f"/proposals/{ref(name)}/decline", body)
    session.show(result, lambda view: say(f"Declined: the proposal of {view.get('author_name') or view['author']}."))


@proposal.command()
@click.argument("name", metavar="PROPOSAL")
@click.option("--reason", default="", help="A kind word on why; only they read it.")
@takes_session
def withdraw(session: Session, name: str, reason: str) -> None:
    """Take your PROPOSAL back: they are asked not to accept it any more.

    Your signature is in it, so until their node has confirmed the withdrawal
    they can still accept, and what they signed before stands.
    """
    body = {"reason": reason} if reason else {}
    result = session.client.post(f"/proposals/{ref(name)}/withdraw", body)
    session.show(result, _show_withdrawn)


def _show_withdrawn(view: Json) -> None:
    say(f"Withdrawn: your proposal to {name_in(view, 'recipient')}.")
    if view["state"] != "withdrawn":
        say(f"It is {view['state']}: {view.get('reason') or ''}", err=True)


def _windows(given: Iterable[str], review_ms: int | None) -> dict[str, int]:
    found = {} if review_ms is None else {"review": review_ms}
    for text in given:
        name, mark, length = text.partition("=")
        if not mark or name.strip() not in WINDOWS:
            raise Trouble("usage", f"{text!r} is not a window", f"write it as payment=5; windows: {', '.join(WINDOWS)}")
        found[name.strip()] = parse_duration(length)
    return found


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
    columns = ("Proposal", "", "Who", "Reputation", "Stamp", "Offer", "State", "Until")
    print_table(columns, [*_rows(received), *_rows(sent)])
    if told := folds(found):
        say(told, err=True)
    if len(received) > 1 and found.get("order") == "reputation":
        say(f"ordered {found['ordered']}; to turn that off: --order time", err=True)


def _rows(views: Iterable[Json]) -> Iterable[tuple[str, ...]]:
    for view in views:
        received = view["direction"] == "received"
        other = "author" if received else "recipient"
        state = str(view["state"]) + (f" (folded: {view['folded']})" if view.get("folded") else "")
        yield (
            short(str(view["proposal"])),
            "from" if received else "to",
            name_in(view, other),
            score(view.get("reputation")) if received else "",
            stamp(view),
            str(view.get("offer_title") or short(str(view["offer"]))),
            state,
            moment(view["expires"]),
        )
