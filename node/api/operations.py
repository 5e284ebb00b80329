"""One table of what the API can do. It drives routing, reading and documentation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from .bodies import Given
from .port import Json, Office
from .views import Views

G = TypeVar("G", bound=Given)
CREATED, ACCEPTED = 201, 202


@dataclass(slots=True)
class Call(Generic[G]):
    """One request: what was given, the names in its path, and what happens once it is answered."""

    office: Office
    given: G
    ref: str = ""
    afterwards: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])

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
