"""freehold explain."""

from __future__ import annotations

import difflib

import click

from freehold.protocol.codes import MEANINGS

from ..errors import Trouble
from ..output import print_fields
from ..session import Session, takes_session


@click.command()
@click.argument("code", required=False)
@takes_session
def explain(session: Session, *, code: str | None) -> None:
    """Tell what the CODE of an error means; without one, list them all."""
    found = MEANINGS if code is None else {code: _meaning(code)}
    session.show({"codes": [{"code": name, "meaning": text} for name, text in found.items()]}, lambda _: _show(found))


def _show(found: dict[str, str]) -> None:
    print_fields(found.items())


def _meaning(code: str) -> str:
    name = code.strip().strip("[]").lower()
    if name in MEANINGS:
        return MEANINGS[name]
    near = difflib.get_close_matches(name, MEANINGS, n=1)
    hint = f"did you mean {near[0]}?" if near else "see them all: freehold explain"
    raise Trouble("not-found", f"no error has the code {code[:60]!r}", hint)
