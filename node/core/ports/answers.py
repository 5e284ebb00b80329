"""What the local API answered to whom under which `Idempotency-Key`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answered:
    """`question`: SHA-256 of what was asked; `until`: when it may be forgotten (ms). What was answered, as HTTP has it;
    `body` is None for what was done and whose answer is not here: the node stopped before, or the owner erased
    something."""

    question: bytes
    until: int
    status: int = 0
    media_type: str = ""
    body: bytes | None = None


class Answers(Protocol):
    """Bounded: the oldest go first."""

    def mark(self, caller: str, key: str, question: bytes, now: int, until: int) -> None:
        """Remember that a question was done, in the transaction that does it. Those whose time is over go."""
        ...

    def keep(self, caller: str, key: str, status: int, media_type: str, body: bytes) -> None:
        """Remember what was answered to a question that is marked."""
        ...

    def find(self, caller: str, key: str, now: int) -> Answered | None:
        """What was asked under a key, if its time is not over."""
        ...

    def blank(self) -> None:
        """Forget what was answered, though not that it was done."""
        ...
