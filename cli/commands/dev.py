"""freehold dev: what only test networks allow."""

from __future__ import annotations

import click

from ..lazy import LazyGroup

_COMMANDS = {"seed": ("freehold.cli.commands.seed:seed", "Fill a test network with real job postings.")}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def dev() -> None:
    """For test networks: bulk data for search, benchmarks and demonstrations."""
