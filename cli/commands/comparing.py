"""freehold proposal compare: what came for one offer, side by side."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from ..client import ref
from ..output import print_table, say, short
from ..people import name_in
from ..proposals import RULES, language, stamp
from ..session import Session, takes_session
from ..words import duration, items, moment, money, score

if TYPE_CHECKING:
    from ..client import Json

_COVER_LETTERS = 160
"""Enough to tell proposals apart; `proposal show` has the whole of one."""
_COLUMNS = ("Proposal", "Who", "Reputation", "Price", "Time", "State", "Until", "Language", "Stamp", "Remarks", "Cover")


@click.command()
@click.argument("offer", metavar="OFFER")
@click.option("--order", type=click.Choice(("reputation", "time")), help="By reputation if not said.")
@takes_session
def compare(session: Session, offer: str, order: str | None) -> None:
    """The proposals for your OFFER side by side: price, time, what to know. Those folded by your own rules come last,
    with the reason."""
    target = session.client.get(f"/offers/{ref(offer)}")
    found = session.client.get("/proposals", {"order": order})
    mine = [one for one in items(found, "received") if one["offer"] == target["offer"]]
    shown = {
        "offer": target["offer"],
        "title": target["title"],
        "ordered": found.get("ordered") or "as they came",
        "proposals": [one for one in mine if not one.get("folded")],
        "folded": [one for one in mine if one.get("folded")],
    }
    session.show(shown, _show)


def _show(shown: Json) -> None:
    beside, folded = items(shown, "proposals"), items(shown, "folded")
    if not beside and not folded:
        say(f"Nobody has answered {shown['title']} yet.", err=True)
        return
    print_table(_COLUMNS, [*map(_row, beside), *map(_row, folded)])
    if folded:
        counts = Counter(RULES.get(str(one.get("rule")), str(one.get("rule") or "your triage")) for one in folded)
        rules = ", ".join(f"{count} by {rule}" for rule, count in counts.most_common())
        say(
            f"{len(folded)} folded by your own rules ({rules}); they can be read and accepted like any other.", err=True
        )
    if len(beside) > 1:
        say(f"ordered {shown['ordered']}", err=True)


def _row(one: Json) -> tuple[str, ...]:
    parts = items(one, "parts")
    remarks = [str(remark["words"]) for remark in items(one, "remarks")]
    folded = one.get("folded")
    return (
        short(str(one["proposal"])),
        name_in(one, "author"),
        score(one.get("reputation")),
        " + ".join(money(part["price"]) + (" an hour" if part.get("basis") == "hourly" else "") for part in parts),
        duration(sum(int(part.get("work_ms") or 0) for part in parts)),
        f"folded: {folded}" if folded else str(one["state"]),
        moment(one["expires"]),
        language(one),
        stamp(one),
        "; ".join(words for words in remarks if words != folded),
        str(one["cover"])[:_COVER_LETTERS],
    )
