"""One table of what the API can do. It drives routing, reading and documentation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from starlette.responses import Response

from ..core.desk import Desk
from ..core.effects import Effect
from .bodies.given import Given
from .callers import Caller, Scope
from .port import Json, Office
from .surface import Surface
from .views import Views

G = TypeVar("G", bound=Given)
T = TypeVar("T")
CREATED, ACCEPTED = 201, 202


@dataclass(slots=True)
class Call(Generic[G]):
    """One request: what was given, by whom, the names in its path, and what happens once it is answered."""

    office: Office
    given: G
    surface: Surface
    caller: Caller
    ref: str = ""
    body: AsyncIterator[bytes] | None = None
    """Of a `raw` operation, as it comes."""
    last_event: int | None = None
    """What a browser that comes back to a stream had last (`Last-Event-ID`)."""
    afterwards: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])

    async def do(self, act: Callable[[Desk, int], tuple[T, list[Effect]]]) -> T:
        """An act that signs in the owner's name, in one step or two. Raises Denied, StorageFull, Drafted."""
        return await self.surface.drafts.do(self.office, self.given, act)

    def views(self) -> Views:
        """Views of this moment."""
        return Views(self.office.desk, self.office.now())


@dataclass(frozen=True, slots=True)
class Operation(Generic[G]):
    """Method, path below /api/v1, what it takes, who does it, in a line; what its caller needs; the status when it is
    done. `only_socket`: never for a browser or a token. `answers`: the type of what it answers. `raw`: its body is
    a file, and what it takes stands in the query."""

    method: str
    path: str
    takes: type[G]
    act: Callable[[Call[G]], Awaitable[Json | Response]]
    summary: str
    scope: Scope
    status: int = 200
    only_socket: bool = False
    answers: str = "application/json"
    raw: bool = False


AnyOperation = Operation[Any]
