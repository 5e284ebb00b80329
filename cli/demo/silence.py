"""The silent client: what a freelancer can do, what follows by itself, and what a stranger can prove of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .market import peers_of
from .play import claimable, contract_at, marks_at, part_at, reached, sign, whats
from .stage import typed

if TYPE_CHECKING:
    from .play import Contracts, Play
    from .stage import Player

_FIRST, _SECOND = 1, 2
_SHOWN_BY = "; shown by line "
"""What follows a mark in a verdict: the lines that show it, a claim the last of them."""
LONG_S = 30.0
"""For what needs a deadline, a receipt and a claim's time to pass: six seconds if nothing else keeps the machine."""


def begins(play: Play, agreed: Contracts) -> None:
    """Dave accepts and pays the first drawings, and says nothing to the rest: his node is off."""
    voice, book, dave, erin = play.voice, agreed.book, play.dave, play.erin
    voice.act("A client falls silent")
    voice.tell("Dave takes and pays Erin's first two drawings, as agreed.")
    for actor, verb, state in ((erin, "deliver", "delivered"), (dave, "accept", "payable"), (dave, "pay", "paid")):
        sign(actor, book, verb, part=_FIRST, **({"rail": "SEPA"} if verb == "pay" else {}))
        other = dave if actor is erin else erin
        voice.see(
            f"{actor.name} {verb}s: the milestone is {state}", other.node,
            lambda other=other, state=state: reached(other, book, _FIRST, state),
        )  # fmt: skip
    sign(erin, book, "confirm", part=_FIRST)
    sign(erin, book, "deliver", part=_SECOND, note="The other eight.")
    voice.tell("Erin confirms the money, and delivers the other eight.")
    voice.see("they are with him", dave.node, lambda: reached(dave, book, _SECOND, "delivered"))
    gone = str(dave.status["peer_id"])
    dave.lose_power()
    voice.tell(
        "Then Dave's node is off, without a word (kill -9): a client who owes an answer, an arbiter who owes a ruling. "
        "Whether his power failed or he does not care, nobody can know. It makes no difference."
    )
    voice.see("he is no longer connected", play.carol.node, lambda: gone not in peers_of(play.carol) or None)
    milestone = part_at(erin, book, _SECOND)
    right = (milestone["turn"], milestone["silence"]["leads_to"]) == ("client", "payable")
    voice.check("it is his turn, and if he says nothing the work counts as accepted", erin.node, holds=right)


def claimed(play: Play, agreed: Contracts) -> None:
    """The two who wait say that the time of the silent one is over."""
    voice, erin, alice = play.voice, play.erin, play.alice
    voice.act("Silence is claimed")
    voice.tell(
        "Time alone holds nothing against anybody: whoever waits may claim, and then the other side has a last chance."
    )
    voice.see(
        "Dave's time to look at the drawings is over, and not by Erin's clock alone", erin.node,
        lambda: claimable(erin, agreed.book, _SECOND), within_s=LONG_S,
    )  # fmt: skip
    sign(erin, agreed.book, "claim", part=_SECOND)
    voice.see(
        "so is his time to rule on the bags", alice.node,
        lambda: claimable(alice, agreed.bags, _FIRST), within_s=LONG_S,
    )  # fmt: skip
    sign(alice, agreed.bags, "claim", part=_FIRST)
    for contract, part, who in ((agreed.book, _SECOND, "Erin"), (agreed.bags, _FIRST, "Alice")):
        voice.see(
            f"{who}'s claim is there, and leaves Dave a last chance", play.carol.node,
            lambda contract=contract, part=part: _last_chance(play, contract, part),
        )  # fmt: skip
    voice.tell("If he only forgot, he is in time to answer. Meanwhile, life goes on.")


def decided(play: Play, agreed: Contracts) -> None:
    """What followed from the first claims, with nobody doing anything; and Erin's second claim."""
    voice, book, erin, carol = play.voice, agreed.book, play.erin, play.carol
    voice.act("What silence leads to")
    voice.see(
        "nobody answered: Erin's work counts as accepted, and is to be paid", f"the nodes of Erin and {carol.name}",
        lambda: (reached(erin, book, _SECOND, "payable") and reached(carol, book, _SECOND, "payable")) or None,
        within_s=LONG_S,
    )  # fmt: skip
    held = whats(marks_at(play, carol, book))
    voice.check("Dave bears the mark 'silent', Erin none", carol.node, holds=held == [("Dave", "silent")])
    voice.see(
        "and the dispute is with the next arbiter, Grace",
        f"the nodes of Grace and {carol.name}",
        lambda: all(_at_grace(play, player, agreed.bags) for player in (play.grace, carol)) or None,
        within_s=LONG_S,
    )
    held = whats(marks_at(play, carol, agreed.bags))
    voice.check(
        "Dave, who took it and never ruled, bears 'silent' there, too",
        carol.node,
        holds=held == [("Dave", "silent")],
    )
    voice.see(
        "his time to pay the drawings is over as well", erin.node,
        lambda: claimable(erin, book, _SECOND), within_s=LONG_S,
    )  # fmt: skip
    sign(erin, book, "claim", part=_SECOND)
    voice.tell("Erin claims that as well.")


def proven(play: Play, agreed: Contracts) -> None:
    """The end of it, and a file that proves it to anybody."""
    voice, book, erin, carol = play.voice, agreed.book, play.erin, play.carol
    voice.act("Proven to a stranger")
    voice.tell("Erin's second claim has had its time as well.")
    voice.see(
        "eight drawings were delivered and not paid", f"the nodes of Erin and {carol.name}",
        lambda: (reached(erin, book, _SECOND, "unpaid") and reached(carol, book, _SECOND, "unpaid")) or None,
        within_s=LONG_S,
    )  # fmt: skip
    held = marks_at(play, carol, book)
    voice.check(
        "Dave: 'silent' and 'did not pay'; Erin: no mark, and the money is owed to her", carol.node,
        holds=whats(held) == [("Dave", "did not pay"), ("Dave", "silent")],
    )  # fmt: skip
    voice.check("the times are those of witnesses, not Erin's own", carol.node, holds=all(m.witnessed for m in held))
    voice.see(
        "three nodes came to the same, from the same records",
        "the nodes of Erin, Grace and Carol",
        lambda: held == marks_at(play, erin, book) == marks_at(play, play.grace, book) or None,
    )
    _verified(play, book)


def _verified(play: Play, book: str) -> None:
    """Carol writes the contract to a file, and checks the file with no node."""
    voice, carol = play.voice, play.carol
    file, spoilt = carol.folder / "book.jsonl", carol.folder / "spoilt.jsonl"
    voice.tell("Carol, who has no part in it, writes it all to a file. To check that takes no node and no network:")
    written = typed("contract", "export", book, "--out", file, "--folder", carol.folder)
    if written.returncode != 0:
        voice.check("the file is written", carol.node, holds=False, why=written.stderr)
        return
    found = typed("contract", "verify", file)
    lines = found.stdout.splitlines()
    blamed = [line for line in lines if _SHOWN_BY in line]
    voice.typed("freehold contract verify book.jsonl", [*lines[:1], *blamed])
    right = found.returncode == 0 and {_blame(line) for line in blamed} == {"silent", "did not pay"}
    voice.check("the file says the same, with every signature behind it", "a process without a node", holds=right)
    number = int(blamed[-1].rpartition("line ")[2].partition(";")[0]) if blamed else 0
    spoilt.write_bytes(changed(file.read_bytes(), number))
    broken = typed("contract", "verify", spoilt)
    told = next((line for line in broken.stderr.splitlines() if "does not hold" in line), broken.stdout)
    voice.tell("And if somebody changes one letter of it, in Erin's claim:")
    voice.typed("freehold contract verify spoilt.jsonl", [told])
    voice.check(
        "it is found, and in its line", "a process without a node",
        holds=broken.returncode != 0 and f"line {number}" in told,
    )  # fmt: skip


def _blame(line: str) -> str:
    return line.rpartition("): ")[2].partition(",")[0]


def changed(data: bytes, number: int) -> bytes:
    """The file with one letter of line `number` (from 1) changed, within the record, which comes last in it."""
    lines = data.splitlines(keepends=True)
    line = bytearray(lines[number - 1])
    place = len(line) - len(line) // 4
    line[place] = ord("B") if line[place] == ord("A") else ord("A")
    lines[number - 1] = bytes(line)
    return b"".join(lines)


def _at_grace(play: Play, player: Player, bags: str) -> bool:
    return part_at(player, bags, _FIRST)["turn_identity"] == play.grace.identity


def _last_chance(play: Play, contract: str, part: int) -> bool | None:
    claim = contract_at(play.carol, contract)["milestones"][part - 1]["claim"]
    return (claim is not None and claim["until"] is not None) or None
