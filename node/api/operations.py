"""One table of what the API can do. It drives routing, reading and documentation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ..core.desk import Desk
from ..core.effects import Effect
from .bodies import Given
from .drafts import Drafts
from .port import Json, Office
from .views import Views

G = TypeVar("G", bound=Given)
T = TypeVar("T")
CREATED, ACCEPTED = 201, 202


@dataclass(slots=True)
class Call(Generic[G]):
    """One request: what was given, the names in its path, and what happens once it is answered."""

    office: Office
    given: G
    drafts: Drafts
    ref: str = ""
    afterwards: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])

    async def do(self, act: Callable[[Desk, int], tuple[T, list[Effect]]]) -> T:
        """An act that signs in the owner's name, in one step or two. Raises Denied, StorageFull, Drafted."""
        return await self.drafts.do(self.office, self.given, act)

    def views(self) -> Views:
        """Views of this moment."""
        return Views(self.office.desk, self.office.now())


@dataclass(frozen=True, slots=True)
class Operation(Generic[G]):
    """Method, path below /api/v1, what it takes, who does it, in a line; the status when it is done."""

    method: str
    path: str
    takes: type[G]
    act: Callable[[Call[G]], Awaitable[Json]]
    summary: str
    status: int = 200


AnyOperation = Operation[Any]
