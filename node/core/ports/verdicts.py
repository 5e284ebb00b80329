"""What was found out about reviews, kept so that a start need not fold every contract again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..reputation.opinions import Opinion


@dataclass(frozen=True, slots=True)
class Counting:
    """Reviews that count: `identities` by number, and of each review author's and subject's number, five levels as one
    number (`opinions.encode`), time in seconds, the first 8 bytes of its id, and its flags (`opinions.flags_of`)."""

    identities: dict[int, bytes]
    rows: list[tuple[int, int, int, int, int, int]]


class Verdicts(Protocol):
    """The reviews that count, by contract. They follow from records: whatever is doubtful is judged again."""

    def position(self, rules: str) -> int:
        """Up to which record (as `Records.after` counts) contracts were judged by these rules; 0 if none was, and then
        what others found out is forgotten."""
        ...

    def counting(self) -> Counting:
        """All reviews that count."""
        ...

    def keep(self, contract: bytes, opinions: Sequence[Opinion], *, waits: bool) -> None:
        """These reviews of a contract count and no others; if it `waits`, it is to be judged again as time passes."""
        ...

    def waiting(self) -> list[bytes]:
        """The contracts that wait."""
        ...

    def changed(self) -> list[bytes]:
        """The contracts of which a record was changed or taken away since they were judged."""
        ...

    def shadowed(self, review: bytes) -> bool:
        """Whether a record with a smaller id is here that begins with the same 8 bytes."""
        ...

    def reached(self, position: int) -> None:
        """Contracts are judged up to this record."""
        ...
