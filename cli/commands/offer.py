"""freehold offer publish | edit | list | show | close; the others have modules of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..client import ref
from ..lazy import LazyGroup
from ..money import parse_range
from ..offers import listing, show_offer
from ..output import say
from ..session import Session, takes_session
from ..texts import text_of

if TYPE_CHECKING:
    from ..client import Json

_SEARCHING = "freehold.cli.commands.searching"
_OTHERS = {
    "search": (f"{_SEARCHING}:search", "Look for offers; keep what you look for."),
    "searches": (f"{_SEARCHING}:searches", "The searches that you have saved."),
    "unsave": (f"{_SEARCHING}:unsave", "Forget a saved search."),
    "rates": (f"{_SEARCHING}:rates", "What is paid for a skill."),
    "import": ("freehold.cli.commands.importing:import_offers", "Publish the rows of a CSV file."),
}
_MOST_ON_A_PAGE = 100


@click.group(cls=LazyGroup, lazy=_OTHERS)
def offer() -> None:
    """Work wanted and services offered."""


@offer.command()
@click.option("--title", required=True)
@click.option("--description", default="", help="The text, or @FILE to read it from a file, or @- from standard input.")
@click.option("--service", is_flag=True, help="You offer a service; without this, you want work done.")
@click.option("--skill", "skills", multiple=True, help="Repeatable.")
@click.option("--budget", help='For the whole: "500 EUR" or "400-600 EUR".')
@click.option("--hourly", help='For an hour: "40 EUR" or "30-50 EUR".')
@click.option("--language", "languages", multiple=True, help="A tag such as en or pt-BR; repeatable.")
@click.option("--question", "questions", multiple=True, help="A question that every proposal answers; repeatable.")
@click.option("--least-characters", type=click.IntRange(0, 4000), default=0, help="Shorter proposals are folded away.")
@click.option("--days", type=click.IntRange(1, 180), default=30, show_default=True, help="Until it expires.")
@takes_session
def publish(session: Session, *, budget: str | None, hourly: str | None, service: bool, **texts: Any) -> None:  # noqa: ANN401
    """Publish an offer. It is signed and public: everybody's node gets it."""
    body: Json = {
        "side": "service" if service else "wanted",
        "title": texts["title"],
        "description": text_of(texts["description"]),
        "skills": list(texts["skills"]),
        "languages": list(texts["languages"]),
        "intake": {
            "least_characters": texts["least_characters"],
            "questions": list(texts["questions"]),
            "languages": [],
        },
        "days": texts["days"],
    }
    session.show(session.client.post("/offers", body | _budget(budget, hourly)), show_offer)


@offer.command()
@click.argument("name", metavar="OFFER")
@click.option("--title")
@click.option("--description", help="The text, or @FILE to read it from a file, or @- from standard input.")
@click.option("--skill", "skills", multiple=True, help="All of them anew; repeatable.")
@click.option("--budget", help='For the whole: "500 EUR" or "400-600 EUR".')
@click.option("--hourly", help='For an hour: "40 EUR" or "30-50 EUR".')
@click.option("--language", "languages", multiple=True, help="All of them anew; repeatable.")
@click.option("--days", type=click.IntRange(1, 180), default=30, show_default=True, help="Until it expires, from now.")
@takes_session
def edit(session: Session, *, name: str, budget: str | None, hourly: str | None, days: int, **texts: Any) -> None:  # noqa: ANN401
    """Change your OFFER. What is not named stays; proposals name the version that they answer."""
    view = session.client.get(f"/offers/{ref(name)}")
    kept = ("side", "title", "description", "skills", "budget", "languages", "intake")
    body: Json = {key: view[key] for key in kept} | {"days": days}
    body |= {key: list(texts[key]) for key in ("skills", "languages") if texts[key]}
    if texts["title"] is not None:
        body["title"] = texts["title"]
    if texts["description"] is not None:
        body["description"] = text_of(texts["description"])
    body |= _budget(budget, hourly)
    session.show(session.client.put(f"/offers/{ref(view['offer'])}", body), show_offer)


@offer.command("list")
@click.option("--mine", is_flag=True, help="Only your own.")
@click.option("--blocked", is_flag=True, help="Also those of people whom you blocked.")
@click.option("--limit", type=click.IntRange(1, _MOST_ON_A_PAGE), default=20, show_default=True)
@click.option("--before", type=click.IntRange(0), help="The next page: the `next` of the page before (see --json).")
@takes_session
def list_offers(session: Session, *, mine: bool, blocked: bool, limit: int, before: int | None) -> None:
    """The newest offers."""
    query = {"mine": 1 if mine else None, "blocked": 1 if blocked else None, "limit": limit, "before": before}
    session.show(session.client.get("/offers", query), listing)


@offer.command()
@click.argument("name", metavar="OFFER")
@takes_session
def show(session: Session, name: str) -> None:
    """Show OFFER (fho1..., or its first letters)."""
    session.show(session.client.get(f"/offers/{ref(name)}"), show_offer)


@offer.command()
@click.argument("name", metavar="OFFER")
@takes_session
def close(session: Session, name: str) -> None:
    """Close your OFFER: no more proposals."""
    result = session.client.post(f"/offers/{ref(name)}/close")
    session.show(result, lambda view: say(f"Closed: {view['title']}"))


def _budget(fixed: str | None, hourly: str | None) -> Json:
    """The field that says what is paid, if anything does."""
    if fixed and hourly:
        raise click.UsageError("--budget and --hourly exclude each other")
    if not fixed and not hourly:
        return {}
    low, high, unit = parse_range(fixed or hourly or "")
    return {"budget": {"basis": "hourly" if hourly else "fixed", "unit": unit, "low": low, "high": high}}
