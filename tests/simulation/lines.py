"""What is under way between two nodes of a simulated world."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from freehold.node.core.effects import Effect
    from freehold.protocol.requests import Request
    from tests.simulation.dweller import Dweller


@dataclass(frozen=True)
class Errand:
    """A request to a peer (None: it cannot be reached), and what its dweller makes of an answer and of silence."""

    dweller: Dweller
    peer: Dweller | None
    request: Request
    replied: Callable[[bytes], list[Effect]]
    failed: Callable[[], list[Effect]]


@dataclass
class Line:
    """One end of a conversation; `wait`: frames arrive in the order in which they were sent."""

    dweller: Dweller
    life: int
    number: int
    other: Line | None = None
    ended: bool = False
    busy: bool = False
    unheard: list[bytes] = field(default_factory=list)
    wait: int = 0

    @property
    def alive(self) -> bool:
        return self.dweller.life == self.life
