"""Policies for what comes in: which proposals are worth a reader's time first, and what should be known of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from freehold.protocol.envelope import RecordId
    from freehold.protocol.identity import IdentityId


@dataclass(frozen=True, slots=True)
class Submission:
    """A received proposal as a triage sees it. `brief` is the text of the offer that it answers."""

    id: RecordId
    author: IdentityId
    offer: bytes
    brief: str
    cover: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know of a proposal, in words; `fold` puts it below the others, with these words as the reason.

    `other` is the proposal that it is compared with, if there is one.
    """

    what: str
    words: str
    fold: bool = False
    other: RecordId | None = None


class Triage(Protocol):
    """A policy that looks through what was received. It hides nothing and deletes nothing: it remarks."""

    @property
    def name(self) -> str:
        """Chosen in the config."""
        ...

    @property
    def note(self) -> str:
        """What people should know before they rely on it."""
        ...

    def look(self, received: Sequence[Submission]) -> list[tuple[Remark, ...]]:
        """Remarks on each, in the order in which they are given: that in which they arrived. Pure."""
        ...
