"""freehold down."""

from __future__ import annotations

import time

import click

from ..errors import Trouble
from ..output import say
from ..session import Session, takes_session

_WAIT_S = 10.0
_STEP_S = 0.05


@click.command()
@takes_session
def down(session: Session) -> None:
    """Stop your node, and wait until it is gone."""
    state = session.client.get("/status")
    session.client.post("/shutdown")
    wait_until_gone(session)
    session.show({"stopped": state["pid"]}, lambda _: say("The node is stopped."))


def wait_until_gone(session: Session) -> None:
    """Wait for a node that was told to stop. Raises Trouble if it takes too long."""
    deadline = time.monotonic() + _WAIT_S
    while time.monotonic() < deadline:
        try:
            session.client.get("/status")
        except Trouble as trouble:
            if trouble.code == "not-running":
                return
        time.sleep(_STEP_S)
    raise Trouble(
        "still-running", f"the node has not stopped within {_WAIT_S:.0f} seconds", "see node.log in its folder"
    )
