"""freehold status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..output import print_fields
from ..people import person
from ..session import Session, takes_session
from ..words import held, moment

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
            ("key", _key(state)),
            ("network", str(state["network"])),
            ("peers", str(state["peers"])),
            ("addresses", "\n".join(str(address) for address in state["addresses"])),
            ("page", _page(state)),
            ("records", f"{state['records']}, {state['offers']} open offers"),
            ("sync", _sync(held(state, "sync"))),
            ("your turn", _yours(state)),
            ("waiting", _waiting(state)),
            ("running", f"{int(state['uptime_s'])} s, version {state['version']}, process {state['pid']}"),
            ("folder", str(state["folder"])),
        ]
    )


def _page(state: Json) -> str:
    page = held(state, "page")
    return f"{page['address']} (freehold open)" if page.get("address") else f"none: {page.get('trouble', '')}"


def _sync(sync: Json) -> str:
    """How far this node has what others have, and what it takes part in."""
    if not sync:
        return ""
    state = str(sync.get("state", ""))
    here, about = int(sync.get("records") or 0), int(sync.get("about") or 0)
    parts = [f"{state}: {here:,} of about {about:,} records" if about > here else f"{state}: {here:,} records"]
    if sync.get("kinds"):
        parts.append(f"only {', '.join(str(kind) for kind in sync['kinds'])}")
    if sync.get("days"):
        parts.append(f"of the last {int(sync['days'])} days")
    if sync.get("people"):
        parts.append(f"by {int(sync['people'])} people")
    if sync.get("trouble"):
        parts.append(f"trouble with {sync['trouble']}")
    return "; ".join(parts)


def _key(state: Json) -> str:
    wrong = int(state.get("wrong_passphrases") or 0)
    guesses = f"; {wrong} wrong passphrases since the start" if wrong else ""
    unsigned = int(state.get("unsigned") or 0)
    letters = f"; {unsigned} records came that are not signed for yet" if unsigned else ""
    match state.get("key"), state.get("unlocked_until"):
        case "locked", _:
            return f"locked: nothing is signed (freehold unlock){letters}{guesses}"
        case "unlocked", int(until):
            return f"unlocked until {moment(until)}{guesses}"
        case "unlocked", _:
            return f"unlocked as long as the node runs (freehold lock){guesses}"
        case _:
            return ""


def _waiting(state: Json) -> str:
    waiting = [
        f"{state[key]} {word}" for key, word in (("undelivered", "to deliver"), ("parked", "parked")) if state[key]
    ]
    return ", ".join(waiting)


def _yours(state: Json) -> str:
    """What waits for the owner. Commands that tell more stand beside it."""
    waiting = held(state, "waiting")
    words = (
        ("turns", "to do in contracts (freehold contract list)"),
        ("changes", "to agree to or not (freehold contract show)"),
        ("claimable", "whose time is over, to claim or not (freehold contract show)"),
        ("proposals", "to decide (freehold proposal list)"),
    )
    return "\n".join(f"{waiting[key]} {word}" for key, word in words if waiting.get(key))
