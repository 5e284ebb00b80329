"""freehold dev: for whoever writes programs over a node, and for test networks."""

from __future__ import annotations

import click

from ..lazy import LazyGroup
from ..output import print_json
from ..session import Session, takes_session

_COMMANDS = {"seed": ("freehold.cli.commands.seed:seed", "Fill a test network with real job postings.")}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def dev() -> None:
    """For developers: the API described; for test networks: bulk data for search, benchmarks and demonstrations."""


@dev.command()
@takes_session
def api(session: Session) -> None:
    """Print your node's API as an OpenAPI 3.1 document (JSON, with or without --json)."""
    print_json(session.client.get("/openapi.json"))
