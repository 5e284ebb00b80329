"""freehold offer search | searches | unsave | rates."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from ..durations import DURATION
from ..errors import Trouble
from ..markets import show_rates
from ..money import MONEY, parse_range, show_money
from ..offers import listing
from ..output import print_table, say
from ..session import Session, takes_session
from ..words import held, items, moment

if TYPE_CHECKING:
    from ..client import Json

_MOST_ON_A_PAGE = 100
_FAULTS = ("silent", "unpaid", "undelivered", "late", "fault")
_OF_ONE_PAGE = frozenset(("since", "limit", "before", "order", "market", "blocked"))
"""What a saved search does not keep: it is asked by each new offer."""


@click.command()
@click.argument("words", nargs=-1)
@click.option("--skill", multiple=True, help="All of these; repeatable.")
@click.option("--any-skill", multiple=True, help="At least one of these; repeatable.")
@click.option("--side", type=click.Choice(("wanted", "service")))
@click.option("--basis", type=click.Choice(("fixed", "hourly")))
@click.option("--budget", help='A fixed price that reaches into this, e.g. "100-500 EUR".')
@click.option("--rate", help='An hourly rate that reaches into this, e.g. "20-40 EUR".')
@click.option("--least", type=MONEY, help='Paying at least this, e.g. "100 EUR".')
@click.option("--most", type=MONEY, help="Paying no more than this.")
@click.option("--language", help="A tag such as en.")
@click.option("--since", type=DURATION, help="Dated within this time: 7 (days), 36h.")
@click.option("--without", multiple=True, type=click.Choice(_FAULTS), help="No authors of whom contracts show this.")
@click.option("--reviews", type=click.IntRange(0, 1_000), help="Authors with at least so many reviews that count.")
@click.option("--market", is_flag=True, help="Say how each offer pays beside others of its skill.")
@click.option("--blocked", is_flag=True, help="Also those of people whom you blocked.")
@click.option("--limit", type=click.IntRange(1, _MOST_ON_A_PAGE), default=20, show_default=True)
@click.option("--before", type=click.IntRange(0), help="The next page: the `next` of the page before (see --json).")
@click.option("--order", type=click.Choice(("reputation", "time")), help="Of each page; by reputation if not said.")
@click.option("--save", metavar="NAME", help="Keep this search: `freehold watch` tells of new offers that fit.")
@takes_session
def search(session: Session, *, words: tuple[str, ...], since: int | None, save: str | None, **filters: Any) -> None:  # noqa: ANN401
    """Look for offers by WORDS in title, skills and description.

    `desig*` finds what begins so, '"web design"' these words in a row. What is
    not to be found comes last, behind two dashes: logo -- -wordpress
    """
    query: Json = {"q": " ".join(words) or None, **_priced(filters)}
    query |= {name: 1 if filters[name] else None for name in ("market", "blocked")}
    if since is not None:
        query["since"] = int(time.time() * 1000) - since
    if save is None:
        session.show(session.client.get("/offers/search", query), listing)
        return
    kept = {name: value for name, value in query.items() if value and name not in _OF_ONE_PAGE}
    session.show(session.client.post("/searches", {"name": save, **kept}), _saved)


@click.command()
@takes_session
def searches(session: Session) -> None:
    """The searches that you have saved."""
    session.show(session.client.get("/searches"), _listing)


@click.command()
@click.argument("name")
@takes_session
def unsave(session: Session, name: str) -> None:
    """Forget the saved search NAME."""
    result = session.client.post("/searches/drop", {"name": name})
    session.show(result, lambda _: say(f"The search {name} is forgotten."))


@click.command()
@click.argument("skill")
@click.option("--side", type=click.Choice(("wanted", "service")))
@click.option("--basis", type=click.Choice(("fixed", "hourly")))
@click.option("--unit", help="A currency such as EUR.")
@takes_session
def rates(session: Session, skill: str, **market: Any) -> None:  # noqa: ANN401
    """What is paid for SKILL: prices that so many percent of the offers here do not exceed."""
    market["unit"] = market["unit"] and market["unit"].upper()
    asked = [str(market[name]) for name in ("side", "basis", "unit") if market[name]]
    session.show(session.client.get("/market", {"skill": skill, **market}), lambda view: show_rates(view, asked))


def _priced(filters: Json) -> Json:
    """The filters with their prices in minor units of one unit."""
    left = {name: value for name, value in filters.items() if name not in ("budget", "rate", "least", "most")}
    ranges = [(name, filters[name]) for name in ("budget", "rate") if filters[name]]
    ends = [(end, *filters[end]) for end in ("least", "most") if filters[end]]
    if len(ranges) > 1 or (ranges and ends):
        raise click.UsageError("give one of --budget, --rate, and --least with --most")
    if ranges:
        name, text = ranges[0]
        basis = "hourly" if name == "rate" else "fixed"
        if left.get("basis") not in (None, basis):
            raise click.UsageError(f"--{name} asks for {basis} prices: leave --basis out")
        low, high, unit = parse_range(text)
        return left | {"basis": basis, "least": low, "most": high, "unit": unit}
    units = {unit for _, _, unit in ends}
    if len(units) > 1:
        raise Trouble("bad-amount", "--least and --most name different currencies", "take one for both")
    return left | {end: amount for end, amount, _ in ends} | ({"unit": units.pop()} if units else {})


def _saved(view: Json) -> None:
    say(f"Saved as {view['name']}: {_words(view)}")
    say("`freehold watch` tells of new offers that fit.", err=True)


def _listing(view: Json) -> None:
    rows = ((str(one["name"]), _words(one), moment(one["since"])) for one in items(view, "searches"))
    print_table(("Name", "Looks for", "Since"), rows)
    if not view["searches"]:
        say("No searches are saved: freehold offer search WORDS --save NAME", err=True)


def _words(view: Json) -> str:
    """A saved search as a line."""
    query = held(view, "query")
    parts: list[str] = [str(query["q"])] if query.get("q") else []
    for name in ("skill", "any_skill", "side", "basis", "language", "without"):
        value = query.get(name)
        parts += (
            [f"{name.replace('_', '-')} {', '.join([value] if isinstance(value, str) else value)}"] if value else []
        )
    for name in ("least", "most"):
        parts += [f"{name} {show_money(int(query[name]), str(query['unit']))}"] if name in query else []
    if query.get("unit") and not {"least", "most"} & query.keys():
        parts.append(str(query["unit"]))
    if query.get("reviews"):
        parts.append(f"reviews {query['reviews']}")
    return "; ".join(parts) or "any offer"
