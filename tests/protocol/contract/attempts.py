"""Attempts that must not count, and the disputes in which some are made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from freehold.protocol.envelope import Record
from freehold.protocol.fold import fold
from freehold.protocol.kinds.disputes import (
    Answer,
    CaseTaken,
    Dispute,
    Ruling,
)
from freehold.protocol.kinds.values import CLIENT
from tests.cast import alice, bob, carol, receipt

from .deal import Deal, dave, delivered, ms
from .roads import ARBITERS


def refuses(told: Deal, attempt: Record, why: str, now: float = 100, *, counts: bool = True) -> None:
    """The attempt is refused with this reason, and everything else is as if it had never been made."""
    before = told.at(now)
    with_it = [*told.records, attempt]
    if counts and told.witness is not None:
        with_it.append(receipt(told.witness, attempt, at=attempt.header.at))
    after = fold(with_it, ms(now))
    assert after is not None
    assert {name: reason for name, reason in after.refused if (name, reason) not in before.refused} == {attempt.id: why}
    assert replace(after, refused=before.refused, heads=before.heads) == before


def waits(told: Deal, attempt: Record, why: str, now: float = 100) -> None:
    """The attempt is not refused for ever, but nothing follows from it as long as something is missing."""
    before, after = told.at(now), fold([*told.records, attempt], ms(now))
    assert after is not None
    assert dict(after.waiting) == dict(before.waiting) | {attempt.id: why}
    assert replace(after, waiting=before.waiting, marks=before.marks) == before


def in_dispute(**fields: Any) -> Deal:
    """Alice has disputed the delivery and dave has taken the case; erin and frank would be next."""
    told = delivered(witness=carol, arbiters=ARBITERS, **fields)
    told.does(alice, Dispute("It is blue."), 2)
    told.does(dave, CaseTaken(), 3)
    return told


def heard(**fields: Any) -> Deal:
    """Both have been heard."""
    told = in_dispute(**fields)
    told.does(bob, Answer("You said blue."), 4)
    return told


def ruled(**fields: Any) -> Deal:
    """Dave has ruled."""
    told = heard(**fields)
    told.does(dave, Ruling(600, CLIENT), 5)
    return told
