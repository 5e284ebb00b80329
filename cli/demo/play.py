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


@dataclass(frozen=True)
class Play:
    """The voice, the cast, and the postings that the clients bring to the burst."""

    voice: Narrator
    alice: Player
    dave: Player
    bob: Player
    erin: Player
    carol: Player
    postings: tuple[Offer, ...]

    @property
    def owners(self) -> tuple[Player, ...]:
        """Everybody with an identity."""
        return (self.alice, self.dave, self.bob, self.erin)

    @property
    def everybody(self) -> tuple[Player, ...]:
        """All, the bystander last."""
        return (*self.owners, self.carol)


@dataclass(frozen=True)
class Deal:
    """What the first half of the play leads to: an offer, the accepted proposal, the contract."""

    offer: str
    proposal: str
    contract: str


def contract_at(player: Player, contract: str) -> Json:
    """A contract as this player's node sees it. Raises Trouble while it is not there."""
    return player.api.get(f"/contracts/{ref(contract)}")


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
