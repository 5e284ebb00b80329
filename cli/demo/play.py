"""Who is on the demo's stage, and small questions that every act asks of their nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..client import ref
from ..errors import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from freehold.protocol.kinds.offer import Offer

    from ..client import Json
    from .narration import Narrator
    from .stage import Player

_PAGE = 100
SHOWN = 13
"""Letters of a name that fit a line beside anything else."""


@dataclass(frozen=True)
class Play:
    """The voice, the cast, and the postings that the clients bring to the burst."""

    voice: Narrator
    alice: Player
    dave: Player
    bob: Player
    erin: Player
    grace: Player
    carol: Player
    postings: tuple[Offer, ...]

    @property
    def owners(self) -> tuple[Player, ...]:
        """Everybody with an identity."""
        return (self.alice, self.dave, self.bob, self.erin, self.grace)

    @property
    def everybody(self) -> tuple[Player, ...]:
        """All, the bystander last."""
        return (*self.owners, self.carol)

    def name_of(self, identity: object) -> str:
        """The short name of somebody in the play."""
        return next((player.name for player in self.owners if player.identity == identity), "somebody")


@dataclass(frozen=True)
class Contracts:
    """The three contracts of the play: Alice's logo by Bob, Dave's book by Erin, Alice's bags by Bob."""

    logo: str
    book: str
    bags: str


@dataclass(frozen=True)
class Held:
    """A mark, as somebody's node shows it: whom it is on, what it says, whether witnesses confirm the times."""

    on: str
    what: str
    witnessed: bool
    because: tuple[str, ...]


def contract_at(player: Player, contract: str) -> Json:
    """A contract as this player's node sees it. Raises Trouble while it is not there."""
    return player.api.get(f"/contracts/{ref(contract)}")


def sign(player: Player, contract: str, verb: str, **body: object) -> None:
    """This player signs an entry into a contract. Raises Trouble if their own node refuses."""
    player.api.post(f"/contracts/{ref(contract)}/{verb}", body)


def part_at(player: Player, contract: str, part: int) -> Json:
    """One milestone, as this player's node sees it."""
    return contract_at(player, contract)["milestones"][part - 1]


def reached(player: Player, contract: str, part: int, state: str) -> bool | None:
    """Whether a milestone is in a state, in the eyes of this player's node; a look for `Narrator.see`."""
    return part_at(player, contract, part)["state"] == state or None


def claimable(player: Player, contract: str, part: int) -> bool | None:
    """Whether this player may say that the other side's time is over; a look for `Narrator.see`."""
    return part in contract_at(player, contract)["my_claims"] or None


def marks_at(play: Play, player: Player, contract: str) -> list[Held]:
    """Everything that is held against anybody in a contract, by this player's node."""
    marks = contract_at(player, contract)["marks"]
    found = [Held(play.name_of(m["on"]), m["what"], m["witnessed"], tuple(m["because"])) for m in marks]
    return sorted(found, key=lambda mark: (mark.on, mark.what))


def whats(marks: list[Held]) -> list[tuple[str, str]]:
    """Marks in short: on whom, and what."""
    return [(mark.on, mark.what) for mark in marks]


def all_offers(player: Player) -> Iterator[Json]:
    """Every open offer that this player's node has, page by page."""
    before: object = None
    while True:
        page = player.api.get("/offers", {"limit": _PAGE, "before": before})
        yield from page["offers"]
        following = page.get("next")
        if following is None or following == before:
            return
        before = following


def is_missing(player: Player, path: str) -> bool:
    """Whether this player's node says that it knows no such thing."""
    try:
        player.api.get(path)
    except Trouble as trouble:
        if trouble.code == "not-found":
            return True
        raise
    return False


def names(players: Sequence[Player]) -> str:
    """E.g. Alice, Bob and Carol."""
    listed = [player.name for player in players]
    return listed[0] if len(listed) == 1 else ", ".join(listed[:-1]) + " and " + listed[-1]
