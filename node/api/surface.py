"""What the local API holds beside the node it stands in. One for a node, shared by both of its doors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .bearers import caller_by
from .drafts import Drafts
from .events import Events
from .repeats import Repeats
from .sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Callable

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
    repeats: Repeats
    by_token: Callable[[str], Caller | None]
    """Who comes with a bearer token; None if it is not good."""
    any_token: Callable[[], bool]
    """Whether there is a token that is good."""
    drafts: Drafts = field(default_factory=Drafts)
    page: PageDoor = field(default_factory=PageDoor)


def surface(office: Office, events: Events | None = None) -> Surface:
    """A new one over a node; `events`: those that are announced elsewhere."""

    def by_token(token: str) -> Caller | None:
        return caller_by(office.desk.stores.tokens, office.now, token)

    def any_token() -> bool:
        return any(token.expires > office.now() for token in office.desk.stores.tokens.listed())

    sessions = Sessions(office.now, office.desk.random_bytes)
    return Surface(sessions, events or Events(office.now), Repeats(office), by_token, any_token)
