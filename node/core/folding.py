"""Contracts for lists, folded once while nothing comes in: every page of the owner's asks what waits in each of them.

What only time brings about is seen some seconds late. Whoever acts folds anew (`dealings.contract`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from freehold.protocol.fold import fold

if TYPE_CHECKING:
    from freehold.protocol.fold.progress import Contract

    from .desk import Desk

KEPT_MS = 10_000
"""No window of a contract is so short that anybody feels it."""
MOST = 1_200
"""Contracts that are kept folded: those of both of the longest lists, some 20 MB."""

Folds: TypeAlias = "dict[bytes, tuple[tuple[int, ...], int, Contract | None]]"
"""By contract: the stamp of its records, when it was folded, the outcome."""


def folded(desk: Desk, contract: bytes, now: int) -> Contract | None:
    """A contract as its records here show it; None while no agreement is among them."""
    stamp, kept = desk.stores.records.stamp(contract), desk.folds.get(contract)
    if kept is not None and kept[0] == stamp and 0 <= now - kept[1] < KEPT_MS:
        return kept[2]
    found = fold(desk.stores.records.in_context(contract), now)
    desk.folds.pop(contract, None)
    if len(desk.folds) >= MOST:
        del desk.folds[next(iter(desk.folds))]
    desk.folds[contract] = (stamp, now, found)
    return found
