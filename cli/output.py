"""How results are shown: Rich tables on a terminal, tab-separated lines in a pipe, JSON when asked for."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from .safe import safe_line, safe_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHORT_LETTERS = 10
"""Letters of a name shown on a terminal after its prefix; the API takes 8 or more."""


def on_terminal() -> bool:
    """Whether standard output is a person's terminal."""
    return sys.stdout.isatty()


def coloured() -> bool:
    """Whether to use colours: on a terminal, and not against NO_COLOR."""
    return on_terminal() and not os.environ.get("NO_COLOR")


def paint(text: str, colour: str | None = None, *, bold: bool = False, dim: bool = False) -> str:
    """Colour a text of our own, if colours are wanted."""
    return click.style(text, fg=colour, bold=bold or None, dim=dim or None) if coloured() else text


def short(name: str) -> str:
    """A name as a person needs it: short on a terminal, whole in a pipe."""
    head, mark, tail = name.rpartition("1") if name.count("1") == 1 else name.partition("1")
    return f"{head}{mark}{tail[:SHORT_LETTERS]}" if on_terminal() else name


def print_json(value: Any) -> None:  # noqa: ANN401
    """ASCII only, so that nothing in it can steer a terminal."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=True))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows of text. Every cell is made safe here."""
    cells = [[safe_line(cell) for cell in row] for row in rows]
    if not on_terminal():
        for row in cells:
            click.echo("\t".join(row))
        return
    from rich.console import Console  # noqa: PLC0415  -- 30 ms, only where a table is drawn
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, no_wrap=number == 0, overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def print_fields(fields: Iterable[tuple[str, str]]) -> None:
    """Named values, one a line; values of several lines are indented. Empty values are left out."""
    shown = [(safe_line(name), safe_text(value).strip()) for name, value in fields if value.strip()]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        indented = value.replace("\n", "\n" + " " * (width + 2))
        click.echo(f"{paint(name.ljust(width), dim=True)}  {indented}")


def say(text: str = "", *, err: bool = False) -> None:
    """A sentence for a person, made safe."""
    click.echo(safe_text(text), err=err)


def headline(text: str, colour: str | None = None) -> None:
    """A line that stands out, made safe."""
    click.echo(paint(safe_line(text), colour, bold=True))
