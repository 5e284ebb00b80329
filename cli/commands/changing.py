"""freehold contract cancel | settle | amend | agree | decline | withdraw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..amending import changes_of, summary_of
from ..client import ref
from ..contracts import proposed
from ..deeds import act, signs_contract, signs_part
from ..durations import DURATION
from ..errors import Trouble
from ..money import MONEY
from ..scope import difference
from ..words import items

if TYPE_CHECKING:
    from ..client import Json
    from ..session import Session
    from ..signing import Consent

_CHANGE = click.option("--change", metavar="RECORD", help="Which one, if several wait (fhr1...).")


@click.command()
@signs_part
def cancel(session: Session, *, name: str, part: int, consent: Consent) -> None:
    """End a milestone of CONTRACT alone. To end it together, with a part of the price: freehold contract settle."""
    act(session, (name, "cancel"), {"part": part}, consent, "You end this milestone. The record says that you did.")


@click.command()
@click.option(
    "--percent",
    required=True,
    type=click.FloatRange(0, 100),
    help="Of the price, for the freelancer; 0: the milestone is cancelled by both.",
)
@signs_part
def settle(session: Session, *, name: str, part: int, percent: float, consent: Consent) -> None:
    """Propose to end a milestone of CONTRACT with a part of its price; the other side has to agree."""
    award = round(percent * 10)
    saying = f"You propose to end this milestone with {award / 10:g} % of its price for the freelancer."
    act(session, (name, "settle"), {"part": part, "award": award}, consent, saying)


@click.command()
@click.option("--part", type=click.IntRange(1, 20), help="The milestone that --title, --price, --hours, --days change.")
@click.option("--title", help="A new title for it.")
@click.option("--price", type=MONEY, help='A new price for it (hourly: for an hour), e.g. "120 EUR".')
@click.option("--hours", type=click.IntRange(1, 168), help="For an hourly one: the most a week.")
@click.option("--days", type=DURATION, help="The time for its work from the first signature, e.g. 20, or 36h.")
@click.option(
    "--add-part",
    "added",
    multiple=True,
    metavar="TITLE=PRICE[/DAYS]",
    help="A further milestone; as in `proposal write`.",
)
@click.option(
    "--clause", "clauses", multiple=True, metavar="ID=TEXT", help="A clause, new or changed; without TEXT it goes."
)
@click.option("--note", default="", help="Why; the text, or @FILE, or @- for standard input.")
@signs_contract
def amend(session: Session, *, name: str, consent: Consent, **given: Any) -> None:  # noqa: ANN401
    """Propose to change the terms of CONTRACT: shows the difference first. Nothing changes unless both sign."""
    view = session.client.get(f"/contracts/{ref(name)}")
    body = changes_of(given)
    act(session, (name, "amend"), body, consent, summary_of(view, body))


@click.command()
@_CHANGE
@signs_contract
def agree(session: Session, *, name: str, change: str | None, consent: Consent) -> None:
    """Agree to the amendment or settlement that the other side of CONTRACT proposes."""
    _answer(session, (name, "agree"), change, consent)


@click.command()
@_CHANGE
@signs_contract
def decline(session: Session, *, name: str, change: str | None, consent: Consent) -> None:
    """Do not agree to what the other side of CONTRACT proposes: the terms stay as they are."""
    _answer(session, (name, "decline"), change, consent)


@click.command()
@_CHANGE
@signs_contract
def withdraw(session: Session, *, name: str, change: str | None, consent: Consent) -> None:
    """Take back what you proposed in CONTRACT, as long as it is not answered."""
    _answer(session, (name, "withdraw"), change, consent)


_SAYING = {"agree": "You agree to this", "decline": "You do not agree to this", "withdraw": "You take this back"}


def _answer(session: Session, target: tuple[str, str], wanted: str | None, consent: Consent) -> None:
    name, verb = target
    view = session.client.get(f"/contracts/{ref(name)}")
    found = _change(view, wanted, mine=verb == "withdraw")
    lines = [proposed(found, int(view["now"]))]
    if found["what"] == "amendment" and view.get("scopes"):
        lines += difference(view["scopes"][-1], found)
    shown = "\n  ".join(lines)
    act(session, target, {"change": found["change"]}, consent, f"{_SAYING[verb]}:\n  {shown}")


def _change(view: Json, wanted: str | None, *, mine: bool) -> Json:
    """The change that is meant: named, or the only one that is open. Raises Trouble."""
    changes = [change for change in items(view, "changes") if change["state"] == "open"]
    if wanted is not None:
        fitting = [change for change in changes if str(change["change"]).startswith(wanted.strip().lower())]
    else:
        fitting = [change for change in changes if (change["by"] == view.get("my_role")) == mine]
    if not fitting:
        raise Trouble("not-found", "no change waits for that", "see: freehold contract show")
    if len(fitting) > 1:
        raise Trouble("which-change", "several changes wait", "say which: --change RECORD, see: freehold contract show")
    return fitting[0]
