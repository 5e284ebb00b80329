"""What the local API holds beside the node it stands in. One for a node, shared by both of its doors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .drafts import Drafts
from .events import Events
from .sessions import Sessions

if TYPE_CHECKING:
    from .callers import Caller
    from .port import Json, Office


@dataclass(slots=True)
class PageDoor:
    """Where browsers come in: an address, or why there is none."""

    address: str | None = None
    trouble: str = "it is turned off: page_listen in config.toml"

    def status(self) -> Json:
        """For GET /status."""
        return {"address": self.address, "trouble": None if self.address else self.trouble}


@dataclass(slots=True)
class Surface:
    """Made by `surface`."""

    sessions: Sessions
    events: Events
    drafts: Drafts = field(default_factory=Drafts)
    page: PageDoor = field(default_factory=PageDoor)

    def by_token(self, token: str) -> Caller | None:
        """Who comes with a bearer token; None if it is not good."""
        del token
        return None


def surface(office: Office, events: Events | None = None) -> Surface:
    """A new one over a node; `events`: those that are announced elsewhere."""
    return Surface(Sessions(office.now, office.desk.random_bytes), events or Events(office.now))
