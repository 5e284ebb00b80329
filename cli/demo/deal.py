"""The middle acts: sealed proposals, a contract signed by both, work, money, and who sees what of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..client import ref
from ..words import money
from .play import Deal, Play, contract_at, is_missing, names

if TYPE_CHECKING:
    from ..client import Json
    from .stage import Player

_PRIVATE = "Nobody but Alice reads that my studio is above the old dairy."
"""A sentence that is looked for, byte for byte, in the folders of those who must not have it."""
_BOB: Json = {
    "cover": f"I draw by hand and have made four shop signs. {_PRIVATE}",
    "parts": [
        {"title": "Three sketches", "amount": 15_000, "unit": "EUR", "days": 5},
        {"title": "Final drawing and files", "amount": 35_000, "unit": "EUR", "days": 10},
    ],
    "clauses": [
        {"id": "1", "text": "Three sketches to choose from, then one drawing with two rounds of changes."},
        {"id": "2", "text": "All rights pass to the client with the last payment."},
    ],
    "answers": ["The old mill's in Lund."],
    "days": 7,
}
_ERIN: Json = {
    "cover": "I could paint it in watercolour, a little different from what you describe.",
    "parts": [{"title": "The painting", "amount": 58_000, "unit": "EUR", "days": 20}],
    "answers": ["None, I prefer cakes."],
    "days": 7,
}
_REASON = "Thank you, your watercolours are lovely. For the sign we need line drawing; may I ask you again at Easter?"
_NOTE = "Ready, in the shared folder."
WORK: tuple[tuple[str, str, str, Json], ...] = (
    ("deliver", "bob", "delivered", {"note": _NOTE}),
    ("accept", "alice", "payable", {"note": "Exactly right."}),
    ("pay", "alice", "paid", {"rail": "SEPA", "reference": "bakery logo"}),
    ("confirm", "bob", "settled", {}),
)
"""Verb of the API, who does it, the state of the milestone afterwards, what is said with it."""


def proposals(play: Play, offer: str) -> tuple[str, str]:
    """Act 4: two sealed proposals reach one person. The names of Bob's and Erin's."""
    voice, alice = play.voice, play.alice
    voice.act("Sealed proposals")
    found: list[str] = []
    for player, body in ((play.bob, _BOB), (play.erin, _ERIN)):
        sent = player.api.post("/proposals", {"offer": offer, **body})
        found.append(str(sent["proposal"]))
        voice.quote(player.name, str(body["cover"]))
    bobs, erins = found
    for player, name in ((play.bob, bobs), (play.erin, erins)):
        voice.see(
            f"{player.name}'s proposal has arrived, word for word",
            alice.node,
            lambda name=name, player=player: _arrived(alice, name, _BOB if player is play.bob else _ERIN),
        )
        voice.see(
            f"{player.name} holds Alice's signed acknowledgment", player.node,
            lambda name=name, player=player: _state_at(player, name) not in (None, "waiting for delivery") or None,
        )  # fmt: skip
    _nobody_else(play, bobs)
    return bobs, erins


def _nobody_else(play: Play, proposal: str) -> None:
    """The proposal is with its two parties: the control shows that the search for its bytes can find them."""
    voice, others = play.voice, (play.carol, play.dave, play.erin)
    unknown = all(is_missing(player, f"/proposals/{ref(proposal)}") for player in others)
    voice.check("nobody else's node knows of Bob's proposal", f"the nodes of {names(others)}", holds=unknown)
    needle = _PRIVATE.encode()
    voice.check("its words are in Alice's folder", "her files, byte for byte", holds=play.alice.holds_bytes(needle))
    traces = [player.name for player in others if player.holds_bytes(needle)]
    voice.check(
        "and leave no trace in the folders of those through whom they may have gone",
        f"the files of {names(others)}", holds=not traces, why=f"found at {', '.join(traces)}",
    )  # fmt: skip


def decision(play: Play, offer: str, found: tuple[str, str]) -> Deal:
    """Act 5: one is declined kindly, one accepted: a contract that both have signed."""
    voice, alice = play.voice, play.alice
    bobs, erins = found
    voice.act("One no, one yes")
    alice.api.post(f"/proposals/{ref(erins)}/decline", {"reason": _REASON})
    voice.quote("Alice to Erin", _REASON)
    voice.see("Erin has the no, with the kind word", play.erin.node, lambda: _declined(play.erin, erins))
    contract = str(alice.api.post(f"/proposals/{ref(bobs)}/accept")["contract"])
    voice.tell("Alice accepts Bob's terms: his signature came with the proposal, hers is made now.")
    voice.see("the contract stands, with two signatures", play.bob.node, lambda: _signed(play.bob, contract))
    seen = voice.see("so it does for a stranger", play.carol.node, lambda: _signed(play.carol, contract))
    hidden = seen.get("clauses") is None and all(part.get("price") is None for part in seen["milestones"])
    voice.check("who sees that it exists, but neither its clauses nor its price", play.carol.node, holds=hidden)
    return Deal(offer, bobs, contract)


def work(play: Play, deal: Deal) -> None:
    """Act 6: both milestones are delivered, accepted, paid, confirmed; each step is seen at the other party's node."""
    voice = play.voice
    voice.act("Work and money")
    for part, terms in enumerate(_BOB["parts"], 1):
        voice.tell(f"Milestone {part}: {terms['title']}, {money(terms)}.")
        for verb, who, state, body in WORK:
            actor, other = (play.bob, play.alice) if who == "bob" else (play.alice, play.bob)
            actor.api.post(f"/contracts/{ref(deal.contract)}/{verb}", {"part": part, **body})
            voice.see(
                f"{actor.name}: {verb}; the milestone is {state}",
                other.node,
                lambda other=other, part=part, state=state: _reached(other, deal.contract, part, state),
            )
    voice.see("the contract is closed", play.carol.node, lambda: _closed(play.carol, deal.contract))
    steps = contract_at(play.carol, deal.contract)["timeline"]
    voice.check(
        "eight signed steps are there for a stranger, their contents are not",
        play.carol.node, holds=len(steps) == 2 * len(WORK) and not any(step["body_here"] for step in steps),
    )  # fmt: skip
    voice.see(
        "Alice reads what Bob wrote with his delivery", play.alice.node, lambda: _reads(play.alice, deal.contract)
    )


def _arrived(player: Player, proposal: str, body: Json) -> bool | None:
    view = player.api.get(f"/proposals/{ref(proposal)}")
    return (view["cover"] == body["cover"] and len(view["parts"]) == len(body["parts"])) or None


def _state_at(player: Player, proposal: str) -> str | None:
    return player.api.get(f"/proposals/{ref(proposal)}").get("state")


def _declined(player: Player, proposal: str) -> bool | None:
    view = player.api.get(f"/proposals/{ref(proposal)}")
    return (view["state"] == "declined" and view["reason"] == _REASON) or None


def _signed(player: Player, contract: str) -> Json | None:
    view = contract_at(player, contract)
    signers = {signed["party"] for signed in view["signed"]}
    return view if view["state"] == "active" and signers == {view["client"], view["freelancer"]} else None


def _reached(player: Player, contract: str, part: int, state: str) -> bool | None:
    milestones = contract_at(player, contract)["milestones"]
    return any(found["part"] == part and found["state"] == state for found in milestones) or None


def _reads(player: Player, contract: str) -> bool | None:
    bodies: list[Json | None] = [step["body"] for step in contract_at(player, contract)["timeline"]]
    return any(body is not None and body.get("note") == _NOTE for body in bodies) or None


def _closed(player: Player, contract: str) -> bool | None:
    return contract_at(player, contract)["state"] == "closed" or None
