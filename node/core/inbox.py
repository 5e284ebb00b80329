"""What waits for the owner: turns, changes that the other side proposes, time that is over, proposals to decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import dealings, proposing, triaging

if TYPE_CHECKING:
    from freehold.protocol.fold.progress import Contract

    from .desk import Desk


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of each wait for the owner. Of proposals, those that are not folded; `folded` are the others."""

    turns: int
    changes: int
    claimable: int
    proposals: int
    folded: int


def waiting(desk: Desk, now: int) -> Waiting:
    """Counted over the contracts that are listed, and the proposals."""
    found = [*dealings.contracts(desk, now), *dealings.serving(desk, now)]
    letters = proposing.received(desk, now) if desk.me is not None else []
    looked = triaging.look(desk, letters) if letters else {}
    undecided = [looked[letter.record.id].folded is not None for letter in letters if letter.state == proposing.OPEN]
    return Waiting(
        turns=sum(len(turns(desk, contract)) for contract in found),
        changes=sum(len(open_changes(desk, contract)) for contract in found),
        claimable=sum(len(claimable(desk, contract, now)) for contract in found),
        proposals=undecided.count(False),
        folded=undecided.count(True),
    )


def turns(desk: Desk, found: Contract) -> list[int]:
    """Milestones (from 0) that wait for the owner."""
    return [part for part in range(len(found.milestones)) if desk.me is not None and _debtor(found, part) == desk.me]


def open_changes(desk: Desk, found: Contract) -> list[bytes]:
    """Changes that wait for the owner's answer."""
    role = None if desk.me is None else found.agreement.role(desk.me)
    return [c.entry.id for c in found.changes if c.state == "open" and role is not None and c.role != role]


def claimable(desk: Desk, found: Contract, now: int) -> list[int]:
    """Milestones (from 0) in which somebody else's time is over, and the owner, a party, may claim."""
    if desk.me is None or found.agreement.role(desk.me) is None:
        return []
    return [
        part
        for part, progress in enumerate(found.milestones)
        if progress.claim is None
        and progress.deadline is not None
        and progress.deadline < now
        and _debtor(found, part) != desk.me
    ]


def _debtor(found: Contract, part: int) -> bytes | None:
    role = found.debtor(part)
    return None if role is None else found.identity(role, part)
