"""What to expect of somebody: the evidence that this node holds, read by its owner's ranking, every point explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol.evidence import Evidence

from .. import reviewing

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

    from ..desk import Desk
    from ..ports import Score, Share


@dataclass(frozen=True, slots=True)
class Reputation:
    """A score, what makes it up, and what was left out and why."""

    subject: bytes
    score: Score
    shares: tuple[Share, ...]
    left_out: tuple[tuple[Record, str], ...]


def gather(desk: Desk, subject: bytes, now: int) -> tuple[list[Evidence], list[tuple[Record, str]]]:
    """The reviews about a subject that count, and those that do not, each with the reason."""
    counted: list[Evidence] = []
    left_out: list[tuple[Record, str]] = []
    for judged in reviewing.about(desk, subject, now):
        if isinstance(judged.outcome, Evidence):
            counted.append(judged.outcome)
        else:
            left_out.append((judged.record, judged.outcome))
    return counted, left_out


def of(desk: Desk, subject: bytes, now: int) -> Reputation:
    """The reputation of an identity as this node computes it. Never gossiped."""
    counted, left_out = gather(desk, subject, now)
    score, shares = desk.ranking.score(subject, counted)
    return Reputation(subject, score, shares, tuple(left_out))
