"""freehold dev: for whoever writes programs over a node, and for test networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..errors import Trouble
from ..lazy import LazyGroup
from ..output import headline, print_fields, print_json, print_table, say
from ..session import Session, takes_session

if TYPE_CHECKING:
    from ..client import Json

_COMMANDS = {"seed": ("freehold.cli.commands.seed:seed", "Fill a test network with real job postings.")}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def dev() -> None:
    """For developers: the API described; for test networks: bulk data for search, benchmarks and demonstrations."""


@dev.command()
@takes_session
def api(session: Session) -> None:
    """Print your node's API as an OpenAPI 3.1 document (JSON, with or without --json)."""
    print_json(session.client.get("/openapi.json"))


@dev.command()
@click.argument("kind", required=False)
@takes_session
def kinds(session: Session, kind: str | None) -> None:
    """The kinds of records that your node understands, its plugins' among them; the fields of KIND (e.g. offer/1)."""
    found = session.client.get("/kinds")["kinds"]
    if kind is not None:
        found = [one for one in found if one["name"] == kind]
        if not found:
            raise Trouble("unknown-kind", f"your node does not know the kind {kind}", "freehold dev kinds lists them")
    if session.as_json:
        print_json({"kinds": found})
    elif kind is None:
        print_table(("KIND", "TRAVELS", "TOPIC", "WHAT IT IS"), (_row(one) for one in found))
    else:
        _show(found[0])


def _row(kind: Json) -> tuple[str, str, str, str]:
    return kind["name"], kind["travels"], kind["topic"] or "", kind["about"]


def _show(kind: Json) -> None:
    headline(kind["name"])
    say(f"{kind['about']}\n{kind['travels']}; a body has at most {kind['largest_body']:,} bytes.\n")
    print_fields((field["name"], field["holds"]) for field in kind["fields"])
    for name, fields in kind["maps"].items():
        say(f"\n{name}")
        print_fields((field["name"], field["holds"]) for field in fields)
