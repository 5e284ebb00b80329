"""More work for the same money: what a client cannot ask, what she can, and a change that both sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Trouble
from ..scope import BEYOND
from .deal import NOTE
from .play import SHOWN, contract_at, marks_at, reached, sign
from .stage import typed

if TYPE_CHECKING:
    from ..client import Json
    from .play import Contracts, Play
    from .stage import Player

_CARDS = "And the business cards, please. It is nearly the same."
_PROPER = "Then as a milestone of its own, and take four days more for the drawing."
_DAY_MS = 24 * 60 * 60 * 1000
_EXTENDED_DAYS = 14
_ADDED: Json = {"title": "Business cards", "amount": 12_000, "unit": "EUR", "days": 20}


def beyond(play: Play, agreed: Contracts) -> None:
    """Alice asks for what no clause says; that costs nobody anything."""
    voice, logo, alice, bob = play.voice, agreed.logo, play.alice, play.bob
    voice.act("More work for the same money")
    sign(bob, logo, "deliver", part=1, note=NOTE)
    voice.see("Bob's three sketches are there", alice.node, lambda: reached(alice, logo, 1, "delivered"))
    voice.quote("Alice", _CARDS)
    voice.tell("She asks for a revision, and cites a clause 3, on which nobody agreed.")
    refused = _refusal(play, logo)
    voice.quote("her own node", refused or "(says nothing)")
    voice.check("no revision without a clause: nothing was signed", alice.node, holds="no clause 3" in refused)
    title = "Final drawing, files, and business cards"
    sign(alice, logo, "amend", parts=[{"part": 2, "title": title}], note=_CARDS)
    voice.tell("So she asks for other terms: more work, the same price. Such a change needs both.")
    voice.see("Bob is asked", bob.node, lambda: _states(bob, logo) == ["open"] or None)
    sign(bob, logo, "decline")
    voice.tell("Bob declines. He need not say why.")
    voice.see("the terms are what they were", alice.node, lambda: _states(alice, logo) == ["declined"] or None)
    table = typed("contract", "scope", logo, "--folder", bob.folder).stdout.splitlines()
    asked = [line.split("\t") for line in table if BEYOND in line]
    voice.typed(f"freehold contract scope {logo[:SHOWN]}...", [f"{row[2]}  {row[-1]}" for row in asked])
    listed = [row[2:] for row in asked] == [[_CARDS, "", f"{BEYOND}, asked as an amendment: declined"]]
    voice.check("what was asked beyond the terms is written down", bob.node, holds=listed)
    everywhere = [*marks_at(play, alice, logo), *marks_at(play, bob, logo), *marks_at(play, play.carol, logo)]
    voice.check("and no mark is on anybody: one may ask, and one may decline", "three nodes", holds=everywhere == [])


def amended(play: Play, agreed: Contracts) -> None:
    """The same wish with a price and a date: both sign."""
    voice, logo, alice, bob, carol = play.voice, agreed.logo, play.alice, play.bob, play.carol
    voice.act("A change that both sign")
    moved = {"part": 2, "work_ms": _EXTENDED_DAYS * _DAY_MS}
    sign(alice, logo, "amend", parts=[moved], added=[_ADDED], note=_PROPER)
    voice.quote("Alice", _PROPER)
    voice.see("Bob is asked", bob.node, lambda: _states(bob, logo) == ["declined", "open"] or None)
    voice.see(
        "a stranger sees that he is asked, and that nothing has changed yet", carol.node,
        lambda: (_states(carol, logo) == ["declined", "open"] and len(contract_at(carol, logo)["scopes"]) == 1) or None,
    )  # fmt: skip
    sign(bob, logo, "agree")
    voice.see(
        "now three milestones are agreed, and the second is due four days later", alice.node,
        lambda: _as_amended(contract_at(alice, logo)),
    )  # fmt: skip
    voice.see(
        "the stranger sees that both signed a change, and not what it says", carol.node,
        lambda: (_as_amended(found := contract_at(carol, logo)) and found["scopes"][-1]["clauses"] is None) or None,
    )  # fmt: skip


def _refusal(play: Play, logo: str) -> str:
    try:
        sign(play.alice, logo, "revise", part=1, clauses=["3"], note=_CARDS)
    except Trouble as trouble:
        return trouble.what
    return ""


def _states(player: Player, logo: str) -> list[str]:
    return [str(change["state"]) for change in contract_at(player, logo)["changes"]]


def _as_amended(view: Json) -> bool | None:
    milestones = view["milestones"]
    if len(milestones) != 3:  # noqa: PLR2004  -- two, and the cards
        return None
    return (milestones[1]["work_ms"] == _EXTENDED_DAYS * _DAY_MS and len(view["scopes"]) == 2) or None  # noqa: PLR2004
