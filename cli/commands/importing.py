"""freehold offer import."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Trouble
from ..output import print_table, say
from ..session import Session, takes_session

if TYPE_CHECKING:
    from ..client import Json
    from ..postings import Row
    from ..publishing import Outcome

MAX_DAYS = 180
"""No offer lives longer."""
LISTED = 10
"""Rows that were not tried; more of them are counted, for they all have the reason of the row before."""


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--days", type=click.IntRange(1, MAX_DAYS), default=30, show_default=True, help="How long they are open.")
@click.option("--dry-run", is_flag=True, help="Publish nothing, say what would be.")
@takes_session
def import_offers(session: Session, file: Path, days: int, dry_run: bool) -> None:  # noqa: FBT001
    """Publish the job postings in FILE, a CSV file, as your offers.

    Its columns are Job Title, Hourly/Fixed, Budget, Level and Skills; Description may be there. Every row is published,
    or listed with the reason why not. Run it again to go on: what is an open offer of yours already is left alone.
    """
    rows = rows_of(file)
    outcomes, interrupted = _publish(session, rows, days, dry_run=dry_run)
    session.show(_result(rows, outcomes), _show)
    if interrupted:
        raise click.Abort
    if left := sum(not outcome.done for outcome in outcomes):
        what = f"{left} of {len(rows)} rows {'would not be' if dry_run else 'were not'} published"
        raise Trouble("not-all-published", what, "the reasons are in the list; correct the file and run this again")


def rows_of(file: Path) -> list[Row]:
    """The rows of a CSV file. Raises Trouble if it has none that can be told apart."""
    from ..postings import Unreadable, read  # noqa: PLC0415  -- 70 ms that `--help` does not pay

    try:
        return read(file)
    except Unreadable as error:
        raise Trouble("unreadable-file", f"{file.name}: {error.what}", error.hint) from error


def _publish(session: Session, rows: list[Row], days: int, *, dry_run: bool) -> tuple[list[Outcome], bool]:
    """The outcomes, and whether Ctrl-C came before the last: what was published by then is still told."""
    from ..progress import bar  # noqa: PLC0415
    from ..publishing import publish_all  # noqa: PLC0415

    outcomes: list[Outcome] = []
    try:
        with bar(len(rows), "Checking" if dry_run else "Publishing") as progress:
            for outcome in publish_all(session.client, rows, days, dry_run=dry_run):
                outcomes.append(outcome)
                progress.update(1)
    except KeyboardInterrupt:
        return outcomes, True
    return outcomes, False


def _result(rows: list[Row], outcomes: list[Outcome]) -> Json:
    from dataclasses import asdict  # noqa: PLC0415

    return {
        "rows": len(rows),
        "states": dict(Counter(outcome.state for outcome in outcomes)),
        "outcomes": [asdict(outcome) for outcome in outcomes],
    }


def _show(result: Json) -> None:
    from ..publishing import NOT_TRIED  # noqa: PLC0415

    left = [outcome for outcome in result["outcomes"] if outcome["reason"]]
    untried = [row for row in left if row["state"] == NOT_TRIED][LISTED:]
    counted = {row["line"] for row in untried}
    listed = [row for row in left if row["line"] not in counted]
    if listed:
        columns = ("line", "title", "what happened", "why")
        print_table(columns, ([str(row["line"]), row["title"], row["state"], row["reason"]] for row in listed))
    if untried:
        say(f"{len(untried)} more rows were not tried for the same reason, from line {untried[0]['line']} on")
    for hint in dict.fromkeys(row["hint"] for row in left if row["hint"]):
        say(f"do: {hint}")
    counts = ", ".join(f"{count} {state}" for state, count in result["states"].items())
    say(f"{result['rows']} rows: {counts or 'nothing to publish'}.")
    if len(result["outcomes"]) < result["rows"]:
        say(f"Stopped; {result['rows'] - len(result['outcomes'])} rows were not reached. Run it again to go on.")
