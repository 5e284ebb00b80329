"""A bar for long work: on standard error, and only where somebody watches."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar  # Click names the class nowhere else


def bar(total: int, label: str) -> ProgressBar[int]:
    """A bar of `total` steps; use it as a context and call `update(steps)`."""
    return click.progressbar(length=total, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())
