"""Who asks, and what they may. Each door of the API writes it into the request; without it nothing is answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .sessions import Session

CALLER = "freehold.caller"
"""The key of the scope under which a door leaves a `Caller`."""


class Scope(Enum):
    """What an operation needs. None holds another: a caller may do what it was given by name."""

    READ = "read"
    WRITE = "write"
    """What only this node keeps: contacts, peers to connect to, what was read."""
    SIGN = "sign"
    """What is signed in the owner's name, drafts of it as well."""
    ADMIN = "admin"
    """The node itself: stopping it, bans, tokens."""


ALL = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Caller:
    """`name` tells callers apart; `owner`: came over the socket that only the owner can open."""

    name: str
    scopes: frozenset[Scope]
    owner: bool = False
    session: Session | None = None


OWNER = Caller("owner", ALL, owner=True)


def caller_of(scope: Mapping[str, Any]) -> Caller | None:
    """Who asks; None if no door says so."""
    found = scope.get(CALLER)
    return found if isinstance(found, Caller) else None
