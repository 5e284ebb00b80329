"""Whom this node reconciles with next: whoever has waited longest, and those last that brought nothing but waiting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from freehold.protocol.reconcile.domain import Domain

EVERY_MS = 30_000
LONGEST_MS = 120_000
"""Between two conversations with a partner that has the same, or that breaks off: twice as long each time, to this."""
LATER_MS = 5_000
"""Until a partner that had no time is asked again, or one that has more and moved little of it."""
PARTNERS = 3
"""Conversations that this node has opened, at a time."""
WORTH = 64
"""Records that a conversation must have moved for the next one to follow at once; honest ones move 500 or more before
they stop. Else a partner that always has `more` would have this node do nothing but begin anew."""
SLOW_MS = 60_000
"""A conversation that moved nothing in this time counts as one that broke off."""


@dataclass(slots=True)
class Partner:
    """`idle`: its last conversation broke off or moved nothing for long; such ones never have all places at once."""

    next_at: int
    wait: int = EVERY_MS
    common: Domain | None = None
    """What it takes part in, if it said so."""
    old: bool = False
    idle: bool = False
    agrees: bool = False
    """Both had the same at the end of their last conversation."""
    put_off: int = 0
    """It is not heard before, for it would bring what another partner brings."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a conversation ended (`Tally.outcome`), what it moved, and how long it took."""

    name: str
    kept: int
    """Records that are new here; what was here before is no progress."""
    given: int
    ms: int
    second_hand: bool = False
    """Whether this node ended it, because another partner was ahead in bringing the same."""


class Partners:
    """The connected peers, by name."""

    def __init__(self) -> None:
        self._all: dict[str, Partner] = {}

    def __len__(self) -> int:
        return len(self._all)

    def joined(self, peer: str, now: int) -> None:
        """A peer is there."""
        self._all[peer] = Partner(now)

    def left(self, peer: str) -> None:
        """A peer is gone."""
        self._all.pop(peer, None)

    def get(self, peer: str) -> Partner | None:
        """A peer that is there."""
        return self._all.get(peer)

    def stirred(self, brought: int, now: int) -> None:
        """So many records have come since a moment ago: whoever had the same may lack them now, or have more that
        gossip lost. Where many come at once it loses most."""
        until = now + (LATER_MS if brought >= WORTH else EVERY_MS)
        for partner in self._all.values():
            if partner.agrees:
                partner.wait, partner.next_at = EVERY_MS, min(partner.next_at, until)

    def due(self, now: int, running: Collection[str], engaged: Collection[str] = ()) -> list[str]:
        """With whom to begin now, while this node's conversations with others are `running`. Whoever is `engaged`, in
        one that it has begun itself, would have no time. Whose turn is further off than any wait is long has waited by
        another clock: ours was set back."""
        due = sorted(
            (partner.idle, partner.next_at, peer)
            for peer, partner in self._all.items()
            if not now < partner.next_at <= now + LONGEST_MS
            and not partner.old
            and peer not in running
            and peer not in engaged
        )
        idle = sum(peer in self._all and self._all[peer].idle for peer in running)
        chosen: list[str] = []
        for is_idle, _, peer in due:
            if len(running) + len(chosen) >= PARTNERS or (is_idle and idle >= PARTNERS - 1):
                break
            idle += is_idle
            chosen.append(peer)
        return chosen


def plan(partner: Partner, outcome: Outcome, now: int, *, lends: bool) -> None:
    """When to speak with a partner again; `lends`: it may be sent more at once."""
    moved = outcome.kept + outcome.given > 0
    partner.agrees = outcome.name in ("same", "done")
    partner.idle = not outcome.name or (not moved and outcome.ms > SLOW_MS)
    match outcome.name:
        case "more" if outcome.second_hand:
            partner.next_at = now + LATER_MS
        case "more" if outcome.kept >= WORTH or (outcome.given >= WORTH and lends):
            partner.wait, partner.next_at = EVERY_MS, now
        case "more" if moved:
            partner.next_at = now + LATER_MS
        case "later":
            partner.next_at = now + LATER_MS
        case "done" if moved:
            partner.wait, partner.next_at = EVERY_MS, now + EVERY_MS
        case _:
            partner.wait = min(partner.wait * 2, LONGEST_MS)
            partner.next_at = now + partner.wait
