"""A second story: somebody with a changed program signs two entries for one place, and everybody sees it."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING

from mnemonic import Mnemonic

from freehold.protocol import frame, text
from freehold.protocol.envelope import pack, seal
from freehold.protocol.identity import Root
from freehold.protocol.keylog import incept
from freehold.protocol.kinds.entries import ACCEPTANCE, REVISION, Revision

from .play import contract_at, marks_at, reached, sign, whats
from .stage import NETWORK

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

    from ..client import Json
    from .play import Contracts, Play
    from .stage import Player

_DRAWINGS = 2


def second_story(play: Play, agreed: Contracts) -> None:
    """Dave would like to have refused the drawings that he accepted."""
    voice, book, alice = play.voice, agreed.book, play.alice
    voice.act("A second story")
    twin = _twin(play.dave, contract_at(play.carol, book))
    name = text.show(twin.id, text.RECORD)
    voice.tell(
        "Dave has changed his program. With his own key he signs that he sent Erin's first drawings back, in the very "
        "place of his chain where he had accepted them, and slips that to Alice's node."
    )
    answer = alice.api.post("/dev/ingest", {"batches": [base64.b64encode(frame.pack_batch([pack(twin)])).decode()]})
    voice.check("it is well signed, so her node takes it", alice.node, holds=answer["accepted"] == 1)
    voice.see(
        "every node shows the proof: two signatures of his for one place", "all six nodes",
        lambda: all(_shows(play, player, book, name) for player in play.everybody) or None,
    )  # fmt: skip
    told = {player.name: _story(contract_at(player, book)) for player in play.everybody}
    stands = all(story == told["Erin"] for story in told.values())
    accepted = told["Erin"][0] == "settled" and name not in told["Erin"][1:]
    voice.check(
        "what Erin had answered stands everywhere: accepted and paid", "all six nodes", holds=stands and accepted
    )
    voice.check(
        "the mark 'forked' is Dave's alone", "all six nodes", holds=all(_alone(play, p, book) for p in play.everybody)
    )


def paid_late(play: Play, agreed: Contracts) -> None:
    """Whoever performs is never too late."""
    voice, book, dave, erin, carol = play.voice, agreed.book, play.dave, play.erin, play.carol
    voice.act("Late, but paid")
    sign(dave, book, "pay", part=_DRAWINGS, rail="SEPA", reference="eight drawings")
    voice.quote("Dave", "All right. Here is the money.")
    voice.see("his payment is there", erin.node, lambda: reached(erin, book, _DRAWINGS, "paid"))
    sign(erin, book, "confirm", part=_DRAWINGS)
    voice.see("the last milestone is settled", carol.node, lambda: reached(carol, book, _DRAWINGS, "settled"))
    marks = [("Dave", "forked"), ("Dave", "late"), ("Dave", "silent")]
    held = whats(marks_at(play, carol, book))
    voice.check("'did not pay' has become 'late'; the rest he keeps. Erin: no mark", carol.node, holds=held == marks)


def endings(play: Play, agreed: Contracts) -> None:
    """How every contract ended, on every node."""
    voice, carol = play.voice, play.carol
    voice.act("How it ended")
    people = {"Alice and Bob, the logo": agreed.logo, "Dave and Erin, the book": agreed.book}
    people["Alice and Bob, bags and labels"] = agreed.bags
    for title, contract in people.items():
        ends = ", ".join(dict.fromkeys(str(part["state"]) for part in contract_at(carol, contract)["milestones"]))
        marks = "; ".join(f"{on} '{what}'" for on, what in whats(marks_at(play, carol, contract)))
        voice.quote(title, f"{ends}. {f'Marks: {marks}' if marks else 'No marks'}.")
        voice.see(
            "every node tells the same of it", "all six nodes",
            lambda contract=contract: _same(play, contract),
        )  # fmt: skip


def _twin(player: Player, view: Json) -> Record:
    """Another entry of this player's, for the place of their acceptance."""
    root = Root(bytes(Mnemonic("english").to_entropy(player.words.split())))
    signer, _ = incept(root, 0, NETWORK)
    taken = next(step for step in view["timeline"] if step["kind"] == ACCEPTANCE.name)
    signed = next(one for one in view["signed"] if one["party"] == player.identity)
    draft = REVISION.draft(
        Revision(("1",)), time.time_ns() // 1_000_000,
        context=text.parse(view["contract"], text.CONTRACT), part=int(taken["part"]) - 1, seq=1,
        prev=text.parse(signed["record"], text.RECORD),
    )  # fmt: skip
    return seal(draft, NETWORK, signer)


def _shows(play: Play, player: Player, book: str, name: str) -> bool:
    return any(mark.what == "forked" and name in mark.because for mark in marks_at(play, player, book))


def _alone(play: Play, player: Player, book: str) -> bool:
    return [mark.on for mark in marks_at(play, player, book) if mark.what == "forked"] == ["Dave"]


def _same(play: Play, contract: str) -> bool | None:
    """Whether every node tells the same now; receipts that are on their way make a difference for a moment."""
    first, *others = [(_ended(player, contract), marks_at(play, player, contract)) for player in play.everybody]
    return all(other == first for other in others) or None


def _ended(player: Player, contract: str) -> list[str]:
    view = contract_at(player, contract)
    return [str(view["state"]), *(str(part["state"]) for part in view["milestones"])]


def _story(view: Json) -> list[str]:
    """The state of the first milestone, and the entries that count in it."""
    steps = [str(step["record"]) for step in view["timeline"] if step["part"] == 1]
    return [str(view["milestones"][0]["state"]), *steps]
