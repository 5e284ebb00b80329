"""Proposals that their authors took back: what is known here of it, at either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.kinds.proposal import PROPOSAL, WITHDRAWAL

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

    from .desk import Desk


def withdrawal_of(desk: Desk, proposal: Record) -> Record | None:
    """The word by which its author took a proposal back; nobody else can."""
    for record in desk.stores.records.in_context(proposal.id):
        if record.header.kind == WITHDRAWAL.name and record.author == proposal.author and record.body is not None:
            return record
    return None


def is_awaited(desk: Desk, withdrawal: Record) -> bool:
    """Whether its proposal is here, and no other withdrawal of it: it takes nobody's room, and is never too many."""
    proposal = proposal_of(desk, withdrawal)
    return proposal is not None and proposal.author == withdrawal.author and withdrawal_of(desk, proposal) is None


def proposal_of(desk: Desk, withdrawal: Record) -> Record | None:
    """The proposal that it is about, if that is here."""
    found = desk.stores.records.get(withdrawal.header.context or b"")
    return found if found is not None and found.header.kind == PROPOSAL.name else None
