"""Sealed proposals, contracts signed by both, work, money, and who sees what of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..client import ref
from ..words import money
from .play import Contracts, Play, contract_at, is_missing, names, reached, sign

if TYPE_CHECKING:
    from ..client import Json
    from .stage import Player

_PRIVATE = "Nobody but Alice reads that my studio is above the old dairy."
"""A sentence that is looked for, byte for byte, in the folders of those who must not have it."""
SHORT_MS = 1_500
"""A window that a silent side is to miss. Nobody else ever has to be this quick: a window does nothing by itself."""
BOB: Json = {
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
BOOK: Json = {
    "cover": "I know the Harz, and draw it with a pen.",
    "parts": [
        {"title": "Two drawings to begin with", "amount": 20_000, "unit": "EUR", "days": 5},
        {"title": "The other eight", "amount": 80_000, "unit": "EUR", "days": 20},
    ],
    "clauses": [{"id": "1", "text": "Ten pen drawings, after the author's photographs."}],
    "windows": {"review": SHORT_MS, "payment": SHORT_MS},
    "days": 7,
}
BAGS: Json = {
    "cover": "We liked your logos. Would you do our bags and labels as well?",
    "parts": [
        {"title": "Two paper bags", "amount": 40_000, "unit": "EUR", "days": 7},
        {"title": "Labels for six loaves", "amount": 20_000, "unit": "EUR", "days": 14},
    ],
    "clauses": [
        {"id": "1", "text": "Bags in two sizes, in the two colours of the shop."},
        {"id": "2", "text": "Files that the printer takes as they are."},
    ],
    "windows": {"ruling": SHORT_MS},
    "days": 7,
}
_REASON = "Thank you, your watercolours are lovely. For the sign we need line drawing; may I ask you again at Easter?"
NOTE = "Ready, in the shared folder."
WORK: tuple[tuple[str, str, str, Json], ...] = (
    ("deliver", "Bob", "delivered", {"note": NOTE}),
    ("accept", "Alice", "payable", {"note": "Exactly right."}),
    ("pay", "Alice", "paid", {"rail": "SEPA", "reference": "bakery logo"}),
    ("confirm", "Bob", "settled", {}),
)
"""Verb of the API, who does it, the state of the milestone afterwards, what is said with it."""


def proposals(play: Play, offers: dict[str, str]) -> tuple[str, str]:
    """Two sealed proposals reach one person. The names of Bob's and Erin's."""
    voice, alice = play.voice, play.alice
    voice.act("Sealed proposals")
    found: list[str] = []
    witnesses = [play.grace.identity]
    bids = ((play.bob, BOB | {"witnesses": witnesses}), (play.erin, _ERIN))
    for player, body in bids:
        sent = player.api.post("/proposals", {"offer": offers["Alice"], **body})
        found.append(str(sent["proposal"]))
        voice.quote(player.name, str(body["cover"]))
    bobs, erins = found
    for (player, body), name in zip(bids, found, strict=True):
        voice.see(
            f"{player.name}'s proposal has arrived, word for word",
            alice.node,
            lambda name=name, body=body: _arrived(alice, name, body),
        )
        voice.see(
            f"{player.name} holds Alice's signed acknowledgment", player.node,
            lambda name=name, player=player: _state_at(player, name) not in (None, "waiting for delivery") or None,
        )  # fmt: skip
    _nobody_else(play, bobs)
    return bobs, erins


def _nobody_else(play: Play, proposal: str) -> None:
    """The proposal is with its two parties: the control shows that the search for its bytes can find them."""
    voice, others = play.voice, (play.carol, play.dave, play.erin, play.grace)
    unknown = all(is_missing(player, f"/proposals/{ref(proposal)}") for player in others)
    voice.check("nobody else's node knows of Bob's proposal", f"the nodes of {names(others)}", holds=unknown)
    needle = _PRIVATE.encode()
    voice.check("its words are in Alice's folder", "her files, byte for byte", holds=play.alice.holds_bytes(needle))
    traces = [player.name for player in others if player.holds_bytes(needle)]
    voice.check(
        "and left no trace in the folders of those through whom they went",
        f"the files of {names(others)}", holds=not traces, why=f"found at {', '.join(traces)}",
    )  # fmt: skip


def decision(play: Play, offers: dict[str, str], found: tuple[str, str]) -> Contracts:
    """One is declined kindly, one accepted; and two contracts more."""
    voice, alice = play.voice, play.alice
    bobs, erins = found
    voice.act("One no, three contracts")
    alice.api.post(f"/proposals/{ref(erins)}/decline", {"reason": _REASON})
    voice.quote("Alice to Erin", _REASON)
    voice.see("Erin has the no, with the kind word", play.erin.node, lambda: _declined(play.erin, erins))
    logo = _accepted(alice, bobs)
    voice.tell("Alice accepts Bob's terms: his signature came with the proposal, hers is made now.")
    voice.see("the contract stands, with two signatures", play.bob.node, lambda: _signed(play.bob, logo))
    seen = voice.see("so it does for a stranger", play.carol.node, lambda: _signed(play.carol, logo))
    hidden = seen.get("clauses") is None and all(part.get("price") is None for part in seen["milestones"])
    voice.check("who sees that it exists, but neither its clauses nor its price", play.carol.node, holds=hidden)
    return Contracts(logo, _book(play, offers["Dave"]), _bags(play, offers["Bob"]))


def _book(play: Play, offer: str) -> str:
    body = BOOK | {"offer": offer, "answers": [], "witnesses": [play.grace.identity]}
    sent = str(play.erin.api.post("/proposals", body)["proposal"])
    play.voice.tell("Erin has better luck with Dave: ten drawings, with Grace as the witness.")
    return _contract(play, (play.erin, play.dave), sent, "Dave's contract with Erin stands too")


def _bags(play: Play, offer: str) -> str:
    arbiters = [play.dave.identity, play.grace.identity]
    body = BAGS | {"offer": offer, "answers": [], "witnesses": [play.erin.identity], "arbiters": arbiters}
    sent = str(play.alice.api.post("/proposals", body)["proposal"])
    play.voice.tell(
        "And Alice takes up Bob's own offer: bags and labels. If they ever disagree, Dave is to decide, and if he does "
        "not, Grace. Erin is the witness."
    )
    return _contract(play, (play.alice, play.bob), sent, "their second contract stands")


def _contract(play: Play, people: tuple[Player, Player], proposal: str, claim: str) -> str:
    """The second of the people has the proposal of the first, and signs."""
    proposer, other = people
    what = f"{proposer.name}'s proposal has arrived"
    play.voice.see(what, other.node, lambda: not is_missing(other, f"/proposals/{ref(proposal)}") or None)
    contract = _accepted(other, proposal)
    play.voice.see(
        claim, f"the nodes of {proposer.name} and {play.carol.name}",
        lambda: (_signed(proposer, contract) and _signed(play.carol, contract)) or None,
    )  # fmt: skip
    return contract


def work(play: Play, agreed: Contracts) -> None:
    """The milestones of the logo that are left; each step is seen at the other party's node."""
    voice, logo = play.voice, agreed.logo
    voice.act("Work and money")
    milestones = contract_at(play.alice, logo)["milestones"]
    for milestone in milestones:
        part = int(milestone["part"])
        voice.tell(f"Milestone {part}: {milestone['title']}, {money(milestone['price'])}.")
        for verb, who, state, body in WORK[_done(str(milestone["state"])) :]:
            actor, other = (play.bob, play.alice) if who == "Bob" else (play.alice, play.bob)
            sign(actor, logo, verb, part=part, **body)
            voice.see(
                f"{actor.name} {verb}s: the milestone is {state}", other.node,
                lambda other=other, part=part, state=state: reached(other, logo, part, state),
            )  # fmt: skip
    voice.see("the contract is closed", play.carol.node, lambda: _closed(play.carol, logo))
    steps = [step for step in contract_at(play.carol, logo)["timeline"] if step["part"] is not None]
    voice.check(
        f"{len(milestones) * len(WORK)} signed steps of work are there for a stranger, their contents are not",
        play.carol.node,
        holds=len(steps) == len(milestones) * len(WORK) and not any(step["body_here"] for step in steps),
    )
    voice.see("Alice reads what Bob wrote with his delivery", play.alice.node, lambda: _reads(play.alice, logo))


def _done(state: str) -> int:
    """How many steps of the work a milestone has behind it."""
    return next((number for number, (_, _, after, _) in enumerate(WORK, 1) if after == state), 0)


def _arrived(player: Player, proposal: str, body: Json) -> bool | None:
    view = player.api.get(f"/proposals/{ref(proposal)}")
    return (view["cover"] == body["cover"] and len(view["parts"]) == len(body["parts"])) or None


def _state_at(player: Player, proposal: str) -> str | None:
    return player.api.get(f"/proposals/{ref(proposal)}").get("state")


def _accepted(player: Player, proposal: str) -> str:
    return str(player.api.post(f"/proposals/{ref(proposal)}/accept")["contract"])


def _declined(player: Player, proposal: str) -> bool | None:
    view = player.api.get(f"/proposals/{ref(proposal)}")
    return (view["state"] == "declined" and view["reason"] == _REASON) or None


def _signed(player: Player, contract: str) -> Json | None:
    view = contract_at(player, contract)
    signers = {signed["party"] for signed in view["signed"]}
    return view if view["state"] == "active" and signers == {view["client"], view["freelancer"]} else None


def _reads(player: Player, contract: str) -> bool | None:
    bodies: list[Json | None] = [step["body"] for step in contract_at(player, contract)["timeline"]]
    return any(body is not None and body.get("note") == NOTE for body in bodies) or None


def _closed(player: Player, contract: str) -> bool | None:
    return contract_at(player, contract)["state"] == "closed" or None
