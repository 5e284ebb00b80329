"""A dispute: the first arbiter is silent, the second rules, the award is paid; and a milestone that ends in peace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..words import money
from .play import contract_at, marks_at, part_at, reached, sign, whats

if TYPE_CHECKING:
    from ..client import Json
    from .play import Contracts, Play
    from .stage import Player

_BAGS, _LABELS = 1, 2
_COMPLAINT = "The colours are right, but the printer refuses the files, and I paid somebody to repair them."
_ANSWER = "The printer changed his machine. I should have asked him before."
_AGAIN = "As I wrote to Dave. I have nothing to add."
_REASONS = "Clause 1 is kept. Clause 2 is not: asking the printer was part of the work. The repair cost a fifth."
_ARBITERS: Json = {"service": "arbiter"}
_AWARD, _SPLIT = 800, 300


def called(play: Play, agreed: Contracts) -> None:
    """Alice calls the arbiter; the first one takes the case, and has heard both."""
    voice, bags, alice, bob, dave = play.voice, agreed.bags, play.alice, play.bob, play.dave
    voice.act("A dispute")
    sign(bob, bags, "deliver", part=_BAGS, note="Bags, front and back.")
    voice.see("Bob's paper bags are there", alice.node, lambda: reached(alice, bags, _BAGS, "delivered"))
    sign(alice, bags, "dispute", part=_BAGS, text=_COMPLAINT, clauses=["2"])
    voice.quote("Alice", _COMPLAINT)
    voice.see(
        "the arbiter is called; the first one is Dave", "the nodes of Dave and Carol",
        lambda: all(_waits_for(player, bags, dave.identity) for player in (dave, play.carol)) or None,
    )  # fmt: skip
    sign(dave, bags, "take", part=_BAGS)
    voice.tell("Dave takes the case.")
    _heard(play, dave, bags, _ANSWER)
    voice.tell("It is for Dave to rule now.")


def _heard(play: Play, arbiter: Player, bags: str, answer: str) -> None:
    """The other side answers, and the arbiter has all that was written."""
    voice, bob = play.voice, play.bob
    voice.see("Bob is asked for his side", bob.node, lambda: reached(bob, bags, _BAGS, "awaiting answer"))
    sign(bob, bags, "answer", part=_BAGS, text=answer)
    voice.quote("Bob", answer)
    voice.see(
        f"{arbiter.name} has the terms and both sides", arbiter.node,
        lambda: all(_reads(arbiter, bags, words) for words in (_COMPLAINT, _ANSWER, answer)) or None,
    )  # fmt: skip


def ruled(play: Play, agreed: Contracts) -> None:
    """Grace hears both and rules; what she awards is paid."""
    voice, bags, bob, grace, carol = play.voice, agreed.bags, play.bob, play.grace, play.carol
    voice.act("The second arbiter rules")
    sign(grace, bags, "take", part=_BAGS)
    voice.tell("Grace takes the case; what was written so far has been sealed to her as well.")
    _heard(play, grace, bags, _AGAIN)
    findings = [{"clause": "1", "finding": "kept"}, {"clause": "2", "finding": "broken"}]
    sign(grace, bags, "rule", part=_BAGS, award=_AWARD, fault="freelancer", findings=findings, reasons=_REASONS)
    voice.quote("Grace", _REASONS)
    ruling = voice.see("her ruling is public", carol.node, lambda: _ruling(contract_at(carol, bags)))
    voice.tell(
        f"Award: {ruling['award'] / 10:.0f} % of the price for Bob. Fault: the {ruling['fault']}'s. Findings: "
        + ", ".join(f"clause {found['clause']} {found['finding']}" for found in ruling["findings"]) + "."
    )  # fmt: skip
    apart = (ruling["award"], ruling["fault"], ruling["findings"]) == (_AWARD, "freelancer", findings)
    voice.check("who is paid, who was wrong, and each clause are three answers", carol.node, holds=apart)
    voice.see("Bob reads her reasons", bob.node, lambda: _reads(bob, bags, _REASONS))
    others = (play.erin, carol)
    traces = [p.name for p in others if any(p.holds_bytes(word.encode()) for word in (_COMPLAINT, _ANSWER, _REASONS))]
    voice.check("nobody else can read what was written", "the files of Erin and Carol", holds=not traces)
    _paid(play, bags, _BAGS)
    voice.check(
        "marks: Dave 'silent', Bob 'at fault', nobody else", carol.node,
        holds=whats(marks_at(play, carol, bags)) == [("Bob", "at fault"), ("Dave", "silent")],
    )  # fmt: skip
    records = {view["identity"]: view["served"] for view in carol.api.get("/services", _ARBITERS)["services"]}
    told = {player.name: records[player.identity] for player in (play.dave, grace)}
    for name, served in told.items():
        voice.tell(
            f"{name} as an arbiter: "
            + ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in served.items())
            + "."
        )
    right = [(served["taken"], served["ruled"], served["silent"]) for served in told.values()] == [(1, 0, 1), (1, 1, 0)]
    voice.check("arbiters have a record of their own, for whoever chooses the next one", carol.node, holds=right)


def settled(play: Play, agreed: Contracts) -> None:
    """They call the labels off, with a part of the price for what was done: no arbiter, no mark."""
    voice, bags, alice, bob, carol = play.voice, agreed.bags, play.alice, play.bob, play.carol
    voice.act("Parted in peace")
    before = whats(marks_at(play, carol, bags))
    sign(bob, bags, "settle", part=_LABELS, award=_SPLIT)
    voice.quote("Bob", f"Let us leave the labels. Pay me {_SPLIT // 10} % for the drafts, and we are quits.")
    voice.see("Alice is asked", alice.node, lambda: _open_change(contract_at(alice, bags)))
    sign(alice, bags, "agree")
    _paid(play, bags, _LABELS)
    voice.see(
        "the contract is closed: cancelled by both, with a split", carol.node,
        lambda: contract_at(carol, bags)["state"] == "closed" or None,
    )  # fmt: skip
    voice.check("and that adds no mark on anybody", carol.node, holds=whats(marks_at(play, carol, bags)) == before)


def _paid(play: Play, bags: str, part: int) -> None:
    """The client pays what was awarded, the freelancer confirms."""
    voice, alice, bob, carol = play.voice, play.alice, play.bob, play.carol
    owed = voice.see("Alice owes Bob that part of the price", alice.node, lambda: _owed(alice, bags, part))
    voice.tell(f"She pays {money(owed)}.")
    sign(alice, bags, "pay", part=part, rail="SEPA")
    voice.see("the award is paid", bob.node, lambda: reached(bob, bags, part, "award paid"))
    sign(bob, bags, "confirm", part=part)
    voice.see("Bob confirms: the milestone is resolved", carol.node, lambda: reached(carol, bags, part, "resolved"))


def _waits_for(player: Player, bags: str, identity: str) -> bool:
    milestone = part_at(player, bags, _BAGS)
    return (milestone["state"], milestone["turn_identity"]) == ("awaiting arbiter", identity)


def _owed(player: Player, bags: str, part: int) -> Json | None:
    """What is due by a ruling or a settlement, if it is what the awarded part of the price makes."""
    milestone = part_at(player, bags, part)
    due, price = milestone["due"], milestone["price"]
    if milestone["state"] != "owed" or due is None:
        return None
    return due if due["amount"] == price["amount"] * milestone["award"] // 1000 else None


def _reads(player: Player, bags: str, words: str) -> bool | None:
    """Whether this player's node has the terms and these words, in an entry or in a note that one names."""
    view = contract_at(player, bags)
    said: list[str] = []
    for step in view["timeline"]:
        said += [str(held["text"]) for held in (step["body"], step["words"]) if held and "text" in held]
    return (view["clauses"] is not None and words in said) or None


def _ruling(view: Json) -> Json | None:
    return next((step["body"] for step in view["timeline"] if step["kind"] == "ruling/1"), None)


def _open_change(view: Json) -> bool | None:
    return any(change["state"] == "open" for change in view["changes"]) or None
