"""freehold contract claim | absence | resume | ping | pong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..client import ref
from ..contracts import part_of
from ..deeds import act, signs_contract
from ..durations import DURATION
from ..silence import if_nothing_happens
from ..words import duration, until

if TYPE_CHECKING:
    from ..session import Session
    from ..signing import Consent


@click.command()
@click.option("--part", type=click.IntRange(1, 20), default=1, show_default=True, help="Which milestone.")
@click.option("--ping", is_flag=True, help="Claim a sign of life that you asked for, instead of a milestone.")
@signs_contract
def claim(session: Session, *, name: str, part: int, ping: bool, consent: Consent) -> None:
    """Say that the other side's time in CONTRACT is over. They have a last time to act; then the table decides."""
    if ping:
        act(session, (name, "claim"), {"ping": True}, consent, "You claim that no sign of life came.")
        return
    view = session.client.get(f"/contracts/{ref(name)}")
    meaning = if_nothing_happens(part_of(view, part), int(view["now"]))
    act(session, (name, "claim"), {"part": part}, consent, f"You claim that their time is over.\n{meaning}")


@click.command()
@click.option("--for", "length", required=True, type=DURATION, help="How long, e.g. 7 (days), or 36h.")
@click.option("--after", "delay", type=DURATION, default=0, help="When it begins; else now.")
@signs_contract
def absence(session: Session, *, name: str, length: int, delay: int, consent: Consent) -> None:
    """Announce in CONTRACT that you will be away: your own deadlines move by as much."""
    now = int(session.client.get(f"/contracts/{ref(name)}")["now"])
    since = now + delay
    saying = f"You will be away for {duration(length)}, until {until(since + length, now)}."
    act(session, (name, "absence"), {"since": since, "until": since + length}, consent, saying)


@click.command()
@signs_contract
def resume(session: Session, *, name: str, consent: Consent) -> None:
    """Tell the other side of CONTRACT that you are back before your absence is over."""
    act(session, (name, "resume"), {}, consent, "You are back.")


@click.command()
@signs_contract
def ping(session: Session, *, name: str, consent: Consent) -> None:
    """Ask the other side of CONTRACT for a sign of life."""
    act(session, (name, "ping"), {}, consent, "You ask for a sign of life.")


@click.command()
@signs_contract
def pong(session: Session, *, name: str, consent: Consent) -> None:
    """Give the other side of CONTRACT the sign of life that it asked for. Whatever else you sign serves as well."""
    act(session, (name, "pong"), {}, consent, "You are there.")
