"""A conversation as the node that holds it sees it: with whom, since when, and what it has brought."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from freehold.protocol.reconcile.side import Step

from .clocks import over
from .partners import WORTH

if TYPE_CHECKING:
    from freehold.protocol.reconcile.conversation import Conversation

STALE_MS = 300_000
"""A conversation whose end nobody told: the shell ends each in less."""
UNHEARD_MS = 60_000
"""The same of one that this node opened and has heard nothing in: what was to open it failed, perhaps, with something
else that was done at the same time. The shell takes 50 s at most to open one and hear the first frame."""
SETTLES_IN_MS = 20_000
GUEST_BYTES_A_SECOND = 16 * 1024
"""When all places are taken, a guest that has moved less since it came, longer ago than this, gives way to the next:
else four that say little would keep everybody out. Eight MiB within the time that a conversation may take are more."""


@dataclass(slots=True)
class Talk:
    """One conversation, from the first word to its end."""

    peer: str
    began: int
    nonce: bytes = b""
    """Of a conversation that this node opened."""
    conversation: Conversation | None = None
    kept: int = 0
    """Records from it that are new here."""
    step: Step = field(default_factory=Step)
    brought: int = 0
    """Records in the last frame."""
    kept_before: int = 0
    second_hand: bool = False
    """It was ended early, because another one brings the same."""

    def hears(self, step: Step) -> None:
        """What follows from the next frame."""
        self.step, self.brought, self.kept_before = step, len(step.take), self.kept

    @property
    def comes_late(self) -> bool:
        """Whether most of what the last frame brought was here already; of a few records that says nothing."""
        return self.brought >= WORTH and (self.kept - self.kept_before) * 2 < self.brought

    @property
    def goes_on(self) -> bool:
        """Whether something is to be said or heard yet, but for the end of its stream."""
        return self.conversation is not None and not self.conversation.settled

    @property
    def moved(self) -> int:
        """Bytes, both ways."""
        return 0 if self.conversation is None else self.conversation.tally.bytes_in + self.conversation.tally.bytes_out

    def is_lost(self, now: int) -> bool:
        """Whether nobody carries it any more."""
        unheard = self.conversation is not None and bool(self.nonce) and not self.conversation.tally.frames_in
        return over(self.began, UNHEARD_MS if unheard else STALE_MS, now)

    def is_slow(self, now: int) -> bool:
        """Whether it has had its time, and moved too little in it to keep its place from others."""
        took = now - self.began
        return took > SETTLES_IN_MS and self.moved * 1000 < GUEST_BYTES_A_SECOND * took
