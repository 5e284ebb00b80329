"""freehold watch."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from ..output import print_json, say, short
from ..session import Session, takes_session
from ..words import moment

if TYPE_CHECKING:
    from ..client import Json

_EVERY_S = 1.0
"""As often as the node itself looks at the clock."""


@click.command()
@click.option("--since", type=click.IntRange(0), help="Begin with what came after this notice; 0: with the first kept.")
@click.option("--once", is_flag=True, help="Print what there is (without --since: the last ones), and end.")
@takes_session
def watch(session: Session, *, since: int | None, once: bool) -> None:
    """Print what your node tells you of your contracts, as it comes: turns, deadlines, claims, changes, marks."""
    page = session.client.get("/notices", {"after": since})
    if once:
        session.show(page, lambda page: _print(session, page))
        return
    if since is not None:
        _print(session, page)
    while True:
        if not page["notices"]:
            time.sleep(_EVERY_S)
        page = session.client.get("/notices", {"after": page["next"]})
        _print(session, page)


def _print(session: Session, page: Json) -> None:
    for notice in page["notices"]:
        if session.as_json:
            print_json(notice)
        else:
            number, about = notice["number"], short(str(notice["about"]))
            say(f"{number}  {moment(notice['at'])}  {about}  {notice['text']}")
