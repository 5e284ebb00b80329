"""What is paid, in words: an offer beside the others of its market, and the percentiles of a skill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .money import show_money
from .output import print_table, say
from .words import held, items

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .client import Json

PERCENTS = ("10", "25", "50", "75", "90")
_BASES = {"fixed": "for the whole", "hourly": "an hour"}


def beside(view: Json) -> list[str]:
    """An offer beside the others of its market, a line for each skill."""
    budget = held(view, "budget")
    return [_line(one, str(budget["unit"])) for one in items(view, "market") if budget]


def show_rates(view: Json, asked: Sequence[str] = ()) -> None:
    """The markets of a skill as a table; `asked`: which of them alone."""
    print_table(
        ("Side", "Per", "Authors", *(f"{percent} %" for percent in PERCENTS)),
        (_row(one) for one in items(view, "markets")),
    )
    if not view["markets"]:
        only = f" ({', '.join(asked)})" if asked else ""
        say(f"No offers for {view['skill']} name a price{only}.", err=True)
        return
    say(f"each author counts once, by the newest offer, open or of the last {view['days']} days;", err=True)
    say(f"with fewer than {view['least_authors']} authors nothing is said", err=True)


def _row(market: Json) -> tuple[str, ...]:
    unit, found = str(market["unit"]), held(market, "percentiles")
    prices = [show_money(int(found[percent]), unit) if found else "" for percent in PERCENTS]
    if not found:
        prices[0] = f"too few to say ({unit})"
    return (str(market["side"]), _BASES.get(str(market["basis"]), ""), str(market["authors"]), *prices)


def _line(one: Json, unit: str) -> str:
    others, less, more, skill = int(one["others"]), int(one["less"]), int(one["more"]), str(one["skill"])
    if not one["enough"]:
        return f"too few others for {skill} to compare ({others})"
    of = f"of {others} others for {skill}, half of them up to {show_money(int(one['median']), unit)}"
    if less > more:
        return f"above {round(100 * less / others)} % {of}"
    return f"below {round(100 * more / others)} % {of}"
