"""freehold open."""

from __future__ import annotations

import webbrowser
from typing import TYPE_CHECKING

import click

from ..output import say
from ..session import Session, takes_session

if TYPE_CHECKING:
    from ..client import Json


@click.command("open")
@click.argument("path", default="/")
@click.option("--print", "only_print", is_flag=True, help="Print the link, and open nothing.")
@takes_session
def open_page(session: Session, *, path: str, only_print: bool) -> None:
    """Open your node's page in a browser, by a link that is good once and for a minute. PATH: a page, e.g. /offers"""
    show_page(session, path, only_print=only_print)


def show_page(session: Session, path: str = "/", *, only_print: bool = False) -> None:
    """Ask the node for a link, and open it."""
    found = session.client.post("/session/code", {"path": path})
    opened = not (only_print or session.as_json) and _opened(str(found["url"]))
    session.show(found, lambda found: _tell(found, opened=opened))


def _tell(found: Json, *, opened: bool) -> None:
    say(f"{'Opened in your browser' if opened else 'Open this in a browser within a minute'}: {found['url']}")


def _opened(url: str) -> bool:
    """Whether a browser could be started. Others on this machine may see its arguments: the link is good only once."""
    try:
        return webbrowser.open(url)
    except (webbrowser.Error, OSError):
        return False
