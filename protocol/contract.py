"""The life of a contract: one table, and a fold of signed records into a state (specs/04-contract.md).

`fold` is a pure function of the set of records: any order of arrival gives the same state, on every node. What is not
in the table is refused with a reason. This is the straight path; silence, revision and dispute extend the table.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from . import limits
from .envelope import Record, RecordId
from .errors import ProtocolError
from .kinds.agreement import AGREEMENT, Agreement
from .kinds.entries import ACCEPTANCE, DELIVERY, ENTRY_NAMES, PAYMENT_RECEIVED, PAYMENT_SENT
from .kinds.review import REVIEW
from .kinds.values import CLIENT, FREELANCER, other

if TYPE_CHECKING:
    from collections.abc import Iterable

WORKING, DELIVERED, PAYABLE, PAID, SETTLED = "working", "delivered", "payable", "paid", "settled"
OFFERED, ACTIVE, CLOSED = "offered", "active", "closed"

MOVES: dict[tuple[str, str], tuple[str, str]] = {
    (WORKING, DELIVERY.name): (FREELANCER, DELIVERED),
    (DELIVERED, ACCEPTANCE.name): (CLIENT, PAYABLE),
    (PAYABLE, PAYMENT_SENT.name): (CLIENT, PAID),
    (PAID, PAYMENT_RECEIVED.name): (FREELANCER, SETTLED),
}
"""(state of a milestone, kind of entry) -> (the role that may, next state)."""

_UNSIGNED = "the contract is not signed by both parties yet"
_ACKNOWLEDGING = ENTRY_NAMES | {AGREEMENT.name, REVIEW.name}
"""Kinds whose headers everybody has, so that everybody sees the same acknowledgments in them."""

DEBTOR: dict[str, str | None] = {
    state: next((role for (at, _), (role, _) in MOVES.items() if at == state), None)
    for state in (WORKING, DELIVERED, PAYABLE, PAID, SETTLED)
}
"""Whose turn it is in each state of a milestone; None at the end."""


@dataclass(frozen=True, slots=True)
class Step:
    """An entry that counted, and the state that its milestone had afterwards."""

    entry: Record
    part: int
    state: str


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as its records show it. `signatures` maps a party to its agreement record."""

    id: bytes
    agreement: Agreement
    signatures: dict[bytes, Record]
    milestones: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    waiting: tuple[tuple[RecordId, str], ...] = ()
    """Entries that do not count (yet), each with the reason."""
    heads: dict[bytes, Record] = field(default_factory=dict[bytes, Record])
    """The last entry that counted in each party's chain: what its next entry names as `prev`."""

    @property
    def state(self) -> str:
        """`offered` until both have signed, `closed` when every milestone is settled, else `active`."""
        if len(self.signatures) < len({self.agreement.client, self.agreement.freelancer}):
            return OFFERED
        return CLOSED if all(state == SETTLED for state in self.milestones) else ACTIVE

    def debtor(self, part: int) -> str | None:
        """Whose turn it is in a milestone: a role, or None when nobody's."""
        if self.state == OFFERED:
            return next(
                (
                    self.agreement.role(party)
                    for party in (self.agreement.client, self.agreement.freelancer)
                    if party not in self.signatures
                ),
                None,
            )
        return DEBTOR[self.milestones[part]]

    def allows(self, kind: str, part: int, author: bytes) -> str | None:
        """None if `author` may make this move now, else the reason why not."""
        if self.state == OFFERED:
            return _UNSIGNED
        if part >= len(self.milestones):
            return f"there is no milestone {part + 1}"
        return _refusal(kind, self.milestones[part], self.agreement.role(author))


def _refusal(kind: str, state: str, role: str | None) -> str | None:
    move = MOVES.get((state, kind))
    if role is None:
        return "only the parties of a contract act in it"
    if move is None:
        return f"{kind.partition('/')[0]} is not possible while the milestone is {state}"
    return None if move[0] == role else f"{kind.partition('/')[0]} is up to the {move[0]}"


def fold(records: Iterable[Record]) -> Contract | None:
    """The state that a contract's records show; None while no agreement is among them.

    `records` are verified and share one context; strangers' and unknown kinds' records are passed over.
    """
    unique = {record.id: record for record in sorted(records, key=_has_body)}
    signed = _signed(unique.values())
    if not signed:
        return None
    signatures = {party: copies[0] for party, copies in signed.items()}
    opening = next(iter(signatures.values()))
    agreement = AGREEMENT.open(opening)
    blank = Contract(opening.header.body, agreement, signatures, (WORKING,) * len(agreement.milestones))
    if blank.state == OFFERED:
        early = tuple((name, _UNSIGNED) for name, record in sorted(unique.items()) if record.header.kind in ENTRY_NAMES)
        return replace(blank, waiting=early)
    chains = {
        party: _chain(signed[party], unique.values(), _acknowledged(agreement.party(other(role)), unique.values()))
        for party, role in sorted((party, agreement.role(party) or "") for party in signatures)
    }
    return _play(blank, chains, unique)


def _has_body(record: Record) -> bool:
    """Of two copies of a record, the one with a body is the one that stays."""
    return record.body is not None


def _signed(records: Iterable[Record]) -> dict[bytes, list[Record]]:
    """The agreement records of each party, the smallest id first, so that every node shows the same."""
    found: dict[bytes, list[Record]] = {}
    for record in sorted(records, key=lambda record: record.id):
        if record.header.kind != AGREEMENT.name:
            continue
        try:
            AGREEMENT.open(record)
        except ProtocolError:
            continue
        found.setdefault(record.author, []).append(record)
    return found


def _chain(signatures: list[Record], records: Iterable[Record], acknowledged: dict[bytes, int]) -> list[Record]:
    """The entries that hang from a party's signature by seq and prev, ending before a gap or an open fork.

    Who signs the agreement twice has said nothing new: a chain may hang from either signature.
    """
    party = signatures[0].author
    following: dict[bytes | None, list[Record]] = {}
    for record in records:
        header = record.header
        if header.by == party and header.kind in ENTRY_NAMES and header.part is not None:
            following.setdefault(header.prev, []).append(record)
    chain: list[Record] = []
    heads = signatures
    while True:
        seq = len(chain) + 1
        candidates = [r for head in heads for r in following.get(head.id, ()) if r.header.seq == seq]
        entry = candidates[0] if len(candidates) == 1 else _standing(candidates, acknowledged)
        if entry is None:
            return chain
        chain.append(entry)
        heads = [entry]


def _acknowledged(party: bytes, records: Iterable[Record]) -> dict[bytes, int]:
    """What a party says it has seen: id -> the place in its chain at which it first said so; a review comes last."""
    first: dict[bytes, int] = {}
    for record in records:
        header = record.header
        if header.by == party and header.kind in _ACKNOWLEDGING:
            seq = header.seq if header.seq is not None else limits.CONTRACT_ENTRIES
            for name in header.seen:
                first[name] = min(seq, first.get(name, seq))
    return first


def _standing(forked: list[Record], acknowledged: dict[bytes, int]) -> Record | None:
    """Of several entries at one place, the one that the other party acknowledged first; None if that is not clear.

    So nobody takes back, by a second version, what the other side has answered.
    """
    ranked = sorted((acknowledged[entry.id], entry.id, entry) for entry in forked if entry.id in acknowledged)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][2]


def _play(blank: Contract, chains: dict[bytes, list[Record]], unique: dict[RecordId, Record]) -> Contract:
    """Apply both chains, each in its order, whichever entry the table allows next; the result has one outcome,
    because in every state of a milestone one party alone can move and milestones do not touch each other."""
    milestones, steps = list(blank.milestones), list[Step]()
    heads, queues = dict(blank.signatures), {party: list(chain) for party, chain in chains.items()}
    stuck: dict[bytes, str] = {}
    moved = True
    while moved:
        moved = False
        for party, queue in queues.items():
            while queue:
                reason = _step(blank.agreement, queue[0], milestones, steps)
                if reason is not None:
                    stuck[party] = reason
                    break
                heads[party] = queue.pop(0)
                moved = True
    waiting = _waiting(blank, unique, {step.entry.id for step in steps}, queues, stuck)
    return Contract(blank.id, blank.agreement, blank.signatures, tuple(milestones), tuple(steps), waiting, heads)


def _step(agreement: Agreement, entry: Record, milestones: list[str], steps: list[Step]) -> str | None:
    part = entry.header.part or 0
    if part >= len(milestones):
        return f"there is no milestone {part + 1}"
    reason = _refusal(entry.header.kind, milestones[part], agreement.role(entry.author))
    if reason is None:
        milestones[part] = MOVES[milestones[part], entry.header.kind][1]
        steps.append(Step(entry, part, milestones[part]))
    return reason


def _waiting(
    blank: Contract,
    unique: dict[RecordId, Record],
    counted: set[RecordId],
    queues: dict[bytes, list[Record]],
    stuck: dict[bytes, str],
) -> tuple[tuple[RecordId, str], ...]:
    out: list[tuple[RecordId, str]] = []
    for record in sorted(unique.values(), key=lambda record: record.id):
        if record.id in counted or record.header.kind not in ENTRY_NAMES:
            continue
        if record.author not in blank.signatures:
            out.append((record.id, "only the parties of a contract act in it"))
        elif queues.get(record.author) and queues[record.author][0].id == record.id:
            out.append((record.id, stuck[record.author]))
        else:
            out.append((record.id, "what it follows is missing, forked or does not count"))
    return tuple(out)
