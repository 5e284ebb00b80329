"""freehold contract deliver | accept | revise | block | unblock | timesheet | finish."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from ..attaching import attached, attaches
from ..deeds import act, signs_part
from ..errors import Trouble
from ..texts import text_of

if TYPE_CHECKING:
    from ..session import Session
    from ..signing import Consent

_TEXT = "The text, or @FILE, or @- for standard input."


@click.command()
@click.option("--note", default="", help=_TEXT)
@attaches
@signs_part
def deliver(session: Session, *, name: str, part: int, consent: Consent, **given: Any) -> None:  # noqa: ANN401
    """Hand over the work of a milestone of CONTRACT (freelancer)."""
    files = attached(session, given)
    body = {"part": part, "note": text_of(given["note"])} | files.body
    act(session, (name, "deliver"), body, consent, f"You deliver.{files.saying}")


@click.command()
@click.option("--note", default="", help=_TEXT)
@signs_part
def accept(session: Session, *, name: str, part: int, note: str, consent: Consent) -> None:
    """Find the delivered work good: the milestone of CONTRACT is payable (client)."""
    act(session, (name, "accept"), {"part": part, "note": text_of(note)}, consent, "You accept the delivery.")


@click.command()
@click.option("--clause", "clauses", multiple=True, required=True, help="The id of a clause that is not met yet.")
@click.option("--note", default="", help=f"What is to be changed. {_TEXT}")
@attaches
@signs_part
def revise(session: Session, *, name: str, part: int, consent: Consent, **given: Any) -> None:  # noqa: ANN401
    """Ask for a change of what was delivered in CONTRACT (client). What no clause covers needs an amendment."""
    files = attached(session, given)
    body = {"part": part, "clauses": list(given["clauses"]), "note": text_of(given["note"])} | files.body
    saying = f"You ask for a revision by clause {', '.join(given['clauses'])}.{files.saying}"
    act(session, (name, "revise"), body, consent, saying)


@click.command()
@click.option("--need", required=True, help=f"What you need of the client. {_TEXT}")
@signs_part
def block(session: Session, *, name: str, part: int, need: str, consent: Consent) -> None:
    """Say what you need before you can go on with CONTRACT (freelancer). Your own clock stands still until then."""
    act(session, (name, "block"), {"part": part, "need": text_of(need)}, consent, "You cannot go on without this.")


@click.command()
@click.option("--note", default="", help=_TEXT)
@signs_part
def unblock(session: Session, *, name: str, part: int, note: str, consent: Consent) -> None:
    """Give the freelancer what was needed in CONTRACT (client)."""
    act(session, (name, "unblock"), {"part": part, "note": text_of(note)}, consent, "You give what was needed.")


@click.command()
@click.option("--hours", required=True, type=click.FloatRange(0, 168, min_open=True), help="Worked, e.g. 7.5.")
@click.option("--begins", required=True, help="The first day of that time, e.g. 2026-03-02, in your time zone.")
@click.option("--note", default="", help=_TEXT)
@signs_part
def timesheet(session: Session, *, name: str, part: int, consent: Consent, **given: Any) -> None:  # noqa: ANN401
    """Report hours that you worked in an hourly milestone of CONTRACT, of up to a week (freelancer)."""
    minutes = round(given["hours"] * 60)
    body = {"part": part, "begins": _day(given["begins"]), "minutes": minutes, "note": text_of(given["note"])}
    act(session, (name, "timesheet"), body, consent, f"You report {minutes // 60} h {minutes % 60:02d} min of work.")


@click.command()
@signs_part
def finish(session: Session, *, name: str, part: int, consent: Consent) -> None:
    """End an hourly milestone of CONTRACT between two timesheets: nothing more will be reported."""
    act(session, (name, "finish"), {"part": part}, consent, "You end the hourly work.")


def _day(text: str) -> int:
    try:
        return int(datetime.fromisoformat(text).astimezone().timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise Trouble("usage", f"{text!r} is not a day", "write it as 2026-03-02") from error
