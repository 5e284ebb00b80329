"""freehold node peers | connect | ban | unban | stats | token | erase | check | move-store."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from ..client import ref
from ..lazy import LazyGroup
from ..output import headline, print_fields, print_table, say
from ..session import Session, takes_session
from ..words import moment

if TYPE_CHECKING:
    from ..client import Json


_HERE = "freehold.cli.commands"


@click.group(
    cls=LazyGroup,
    lazy={
        "erase": (f"{_HERE}.erasing:erase", "Erase what a record says, for good."),
        "check": (f"{_HERE}.checking:check", "See whether what is kept is whole; put it right."),
        "move-store": (f"{_HERE}.moving:move_store", "Move the records to PostgreSQL."),
    },
)
def node() -> None:
    """The machine side: peers, bans, statistics, what is kept."""


@node.command()
@takes_session
def peers(session: Session) -> None:
    """Nodes that yours is connected to, and those it refuses."""
    session.show(session.client.get("/node/peers"), _show_peers)


@node.command()
@click.argument("address")
@takes_session
def connect(session: Session, address: str) -> None:
    """Connect to ADDRESS, e.g. /ip4/203.0.113.5/tcp/7747/p2p/12D3Koo..."""
    result = session.client.post("/node/connect", {"address": address})
    session.show(result, lambda view: say(f"Connected to {view['peer']}."))


@node.command()
@click.argument("peer")
@click.option("--hours", type=click.IntRange(1, 24 * 365), default=24, show_default=True, help="For how long.")
@takes_session
def ban(session: Session, peer: str, hours: int) -> None:
    """Refuse PEER for a time."""
    result = session.client.post("/node/ban", {"peer": peer, "hours": hours})
    session.show(result, lambda _: say(f"{peer} is refused for {hours} h."))


@node.command()
@click.argument("peer")
@takes_session
def unban(session: Session, peer: str) -> None:
    """Let PEER in again."""
    result = session.client.post("/node/unban", {"peer": peer})
    session.show(result, lambda _: say(f"{peer} is let in again."))


@node.command()
@takes_session
def stats(session: Session) -> None:
    """What your node counted since it was started."""
    session.show(session.client.get("/node/statistics"), lambda view: print_fields(_flat("", view)))


@node.group()
def token() -> None:
    """Tokens for programs of yours that use the local API over TCP."""


@token.command("new")
@click.option("--scope", "scopes", type=click.Choice(("read", "write", "sign", "admin")), multiple=True, required=True)
@click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True, help="How long it is good.")
@click.option("--label", default="", help="For whom it is, in your own words.")
@takes_session
def new_token(session: Session, scopes: tuple[str, ...], days: int, label: str) -> None:
    """Make a token. It is shown once: whoever has it may do what its scopes say."""
    result = session.client.post("/tokens", {"scopes": sorted(set(scopes)), "days": days, "label": label})
    session.show(result, lambda view: say(str(view["token"])))


@token.command("list")
@takes_session
def list_tokens(session: Session) -> None:
    """Tokens, without their secrets."""
    session.show(session.client.get("/tokens"), _show_tokens)


@token.command()
@click.argument("name")
@takes_session
def revoke(session: Session, name: str) -> None:
    """End the token called NAME."""
    session.show(session.client.call("DELETE", f"/tokens/{ref(name)}"), lambda _: say(f"{name} is no longer good."))


def _show_tokens(view: Json) -> None:
    rows = (
        (str(t["name"]), " ".join(t["scopes"]), moment(t["expires"]) if t["good"] else "expired", str(t["label"]))
        for t in view["tokens"]
    )
    print_table(("Name", "Scopes", "Good until", "Label"), rows)


def _show_peers(view: Json) -> None:
    print_table(
        ("Peer", "Address", "Direction", "Since"),
        ((str(p["peer"]), str(p["address"]), str(p["direction"]), moment(p["since"])) for p in view["peers"]),
    )
    if view["banned"]:
        headline("Refused")
        print_table(
            ("Peer", "Until", "Reason"),
            ((str(p["peer"]), moment(p["until"]), str(p["reason"])) for p in view["banned"]),
        )


def _flat(prefix: str, value: object) -> list[tuple[str, str]]:
    """Nested counts as dotted names."""
    if isinstance(value, dict):
        counts = cast("Json", value)
        named = ((f"{prefix}.{key}" if prefix else key, inner) for key, inner in counts.items())
        return [pair for name, inner in named for pair in _flat(name, inner)]
    return [(prefix, str(value))]
