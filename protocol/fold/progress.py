"""What the fold shows of a contract: milestones, steps, marks, changes. Values only; `fold` makes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..contract import ACTIVE, ARBITER, CLOSED, EITHER, ENDS, LAPSED, OFFERED, RESPONDENT, WAITS
from ..kinds.changes import WHOLE
from ..kinds.values import other

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..envelope import Record, RecordId
    from ..kinds.agreement import Agreement, Milestone
    from ..kinds.changes import Amendment, Settlement
    from .witnessing import Moment


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that runs. `until`: the debtor's last time; None while no witness has the claim."""

    entry: Record
    at: Moment
    until: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where one milestone stands. `since` names the record that began the state, at `start`; `deadline` is None at an
    end, and while no witness has that record. `arbiter` counts the arbiters asked so far; `caller` called them.
    `award`: thousandths of the price. `left`: ms of the work window that were left when it was blocked."""

    state: str
    since: RecordId
    start: Moment
    deadline: int | None = None
    claim: Claim | None = None
    revisions: int = 0
    arbiter: int = 0
    caller: str | None = None
    award: int = WHOLE
    left: int | None = None
    ruled: bool = False

    @property
    def ended(self) -> bool:
        """Whether the milestone is at an end."""
        return self.state in ENDS


@dataclass(frozen=True, slots=True)
class Mark:
    """What the records hold against somebody: `on` an identity in a `role`, in milestone `part` (None: the contract).

    `because`: the records that show it. `witnessed` is False where only the parties' own claims give the times.
    """

    on: bytes
    role: str
    what: str
    part: int | None
    because: tuple[RecordId, ...]
    at: int
    witnessed: bool


@dataclass(frozen=True, slots=True)
class Step:
    """An entry that counted, and the state of its milestone afterwards; `derived`: what followed from a claim that
    nobody answered (`entry` is the claim)."""

    entry: Record
    part: int | None
    state: str
    at: Moment
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """One version of what was agreed: the hash of its terms, the ids of its clauses, its milestones, since when."""

    terms: bytes
    clauses: tuple[str, ...]
    milestones: tuple[Milestone, ...]
    since: RecordId


@dataclass(frozen=True, slots=True)
class Proposed:
    """An amendment (`part` None) or settlement that waits for the other party's answer until `until` (ms), or not any
    more: `state` is `open`, `agreed`, `declined` or `withdrawn`."""

    entry: Record
    role: str
    part: int | None
    what: Amendment | Settlement
    until: int | None
    state: str = "open"


@dataclass(frozen=True, slots=True)
class Pinged:
    """A sign of life that one party (`role`) asked for and that the other one owes."""

    entry: Record
    role: str
    start: Moment
    deadline: int | None
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """An announced absence of a party, ms."""

    role: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as its records show it at a time. `signatures` maps a party to its agreement record."""

    id: bytes
    agreement: Agreement
    signatures: dict[bytes, Record]
    scopes: tuple[Scope, ...]
    """What was agreed, oldest first: the agreement, then each amendment that both signed."""
    milestones: tuple[Progress, ...]
    lapsed: bool = False
    steps: tuple[Step, ...] = ()
    marks: tuple[Mark, ...] = ()
    changes: tuple[Proposed, ...] = ()
    pings: tuple[Pinged, ...] = ()
    absences: tuple[Away, ...] = ()
    refused: tuple[tuple[RecordId, str], ...] = ()
    """Entries that never count, each with the reason."""
    waiting: tuple[tuple[RecordId, str], ...] = ()
    """Entries that do not count yet, each with the reason."""
    heads: Mapping[bytes, Record] = field(default_factory=dict["bytes", "Record"])
    """The last entry of each participant's chain that was played: what its next entry names as `prev`."""

    @property
    def state(self) -> str:
        """`offered` until both have signed (`lapsed` when that was too late), `closed` when every milestone is at an
        end, else `active`."""
        if len(self.signatures) < len({self.agreement.client, self.agreement.freelancer}) or self.lapsed:
            return LAPSED if self.lapsed else OFFERED
        return CLOSED if all(milestone.ended for milestone in self.milestones) else ACTIVE

    @property
    def scope(self) -> Scope:
        """What is agreed now."""
        return self.scopes[-1]

    def debtor(self, part: int) -> str | None:
        """Whose turn it is in a milestone: client, freelancer or arbiter; None when nobody's."""
        if self.state in (OFFERED, LAPSED):
            return other(self.agreement.proposer) if self.state == OFFERED else None
        wait = WAITS.get(self.milestones[part].state)
        if wait is None:
            return None
        return other(self.milestones[part].caller or "") if wait.debtor == RESPONDENT else wait.debtor

    def identity(self, role: str, part: int) -> bytes | None:
        """Who is in a role in a milestone; for an arbiter the one whose turn it is. None: there is none."""
        if role != ARBITER:
            return self.agreement.party(role)
        return case_of(self.agreement, self.milestones[part])


def case_of(agreement: Agreement, progress: Progress) -> bytes | None:
    """The arbiter whose turn it is in a milestone."""
    return agreement.arbiters[progress.arbiter - 1] if 0 < progress.arbiter <= len(agreement.arbiters) else None


def may(agreement: Agreement, progress: Progress, who: str, author: bytes) -> bool:
    """Whether `author` is the one (`who` of the table) who may move in a milestone."""
    if who == ARBITER:
        return author == case_of(agreement, progress)
    role = agreement.role(author)
    if who == EITHER:
        return role is not None
    return role == (other(progress.caller or "") if who == RESPONDENT else who)
