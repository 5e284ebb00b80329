"""freehold contract: list, show, scope, sign; the other commands have modules of their own."""

from __future__ import annotations

import click

from ..client import ref
from ..contracts import listing, show_contract
from ..lazy import LazyGroup
from ..session import Session, takes_session
from .proposal import accept as sign

_HERE = "freehold.cli.commands"
_MORE = {
    "deliver": (f"{_HERE}.working:deliver", "Hand over the work of a milestone (freelancer)."),
    "accept": (f"{_HERE}.working:accept", "Find the delivered work good (client)."),
    "revise": (f"{_HERE}.working:revise", "Ask for a change, citing the clauses that are not met yet (client)."),
    "block": (f"{_HERE}.working:block", "Say what you need before you can go on (freelancer)."),
    "unblock": (f"{_HERE}.working:unblock", "Give what was needed (client)."),
    "timesheet": (f"{_HERE}.working:timesheet", "Report hours of an hourly milestone (freelancer)."),
    "finish": (f"{_HERE}.working:finish", "End an hourly milestone, between two timesheets."),
    "fund": (f"{_HERE}.paying:fund", "Show that the money is there, where that was agreed (client)."),
    "pay": (f"{_HERE}.paying:pay", "Say that you paid (client)."),
    "confirm": (f"{_HERE}.paying:confirm", "Confirm that the money came (freelancer)."),
    "deny": (f"{_HERE}.paying:deny", "Say that the money did not come; the arbiter is called (freelancer)."),
    "cancel": (f"{_HERE}.changing:cancel", "End a milestone alone, while nothing delivered waits."),
    "settle": (f"{_HERE}.changing:settle", "Propose to end a milestone with a part of its price."),
    "amend": (f"{_HERE}.changing:amend", "Propose to change the terms."),
    "agree": (f"{_HERE}.changing:agree", "Agree to what the other side proposes."),
    "decline": (f"{_HERE}.changing:decline", "Do not agree to it; the terms stay as they are."),
    "withdraw": (f"{_HERE}.changing:withdraw", "Take back what you proposed."),
    "claim": (f"{_HERE}.waiting:claim", "Say that the other side's time is over."),
    "absence": (f"{_HERE}.waiting:absence", "Announce that you will be away: your clocks stand still."),
    "resume": (f"{_HERE}.waiting:resume", "You are back before an absence is over."),
    "ping": (f"{_HERE}.waiting:ping", "Ask the other side for a sign of life."),
    "pong": (f"{_HERE}.waiting:pong", "Give the sign of life."),
    "files": (f"{_HERE}.file:of_contract", "The files that deliveries and evidence name; whether they are here."),
    "fetch": (f"{_HERE}.file:fetch", "Fetch those files from the nodes of whoever named them."),
    "export": (f"{_HERE}.verifying:export", "Write a contract to a file that anybody can check."),
    "verify": (f"{_HERE}.verifying:verify", "Check such a file, without any node."),
}


@click.group(cls=LazyGroup, lazy=_MORE)
def contract() -> None:
    """What both signed, from the first signature to the last payment.

    Every command that signs shows the exact text and its SHA-256 first, and asks. A script says --yes, and with
    --expect HASH that it means this text and no other.
    """


contract.add_command(sign, "sign")


@contract.command("list")
@takes_session
def list_contracts(session: Session) -> None:
    """Your contracts, and those in which you serve; whose turn it is."""
    session.show(session.client.get("/contracts"), listing)


@contract.command()
@click.argument("name", metavar="CONTRACT")
@takes_session
def show(session: Session, name: str) -> None:
    """Show CONTRACT (fhc1..., or its first letters): whose turn, until when, and what silence leads to."""
    session.show(session.client.get(f"/contracts/{ref(name)}"), show_contract)


@contract.command()
@click.argument("name", metavar="CONTRACT")
@takes_session
def scope(session: Session, name: str) -> None:
    """What was agreed in CONTRACT, its amendments, and what was asked for beyond it."""
    from ..scope import show_scope  # noqa: PLC0415  -- only here

    session.show(session.client.get(f"/contracts/{ref(name)}"), show_scope)
