"""freehold status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..output import print_fields
from ..session import Session, takes_session
from ..words import person

if TYPE_CHECKING:
    from ..client import Json


@click.command()
@takes_session
def status(session: Session) -> None:
    """How your node is doing."""
    session.show(session.client.get("/status"), show_status)


def show_status(state: Json) -> None:
    """A node's status in words."""
    identity = state.get("identity")
    print_fields(
        [
            ("identity", person(identity, state.get("name")) if identity else "none: this node only relays"),
            ("network", str(state["network"])),
            ("peers", str(state["peers"])),
            ("addresses", "\n".join(str(address) for address in state["addresses"])),
            ("records", f"{state['records']}, {state['offers']} open offers"),
            ("waiting", _waiting(state)),
            ("running", f"{int(state['uptime_s'])} s, version {state['version']}, process {state['pid']}"),
            ("folder", str(state["folder"])),
        ]
    )


def _waiting(state: Json) -> str:
    waiting = [
        f"{state[key]} {word}" for key, word in (("undelivered", "to deliver"), ("parked", "parked")) if state[key]
    ]
    return ", ".join(waiting)
