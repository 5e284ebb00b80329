"""A contract that a test tells entry by entry: who signs what when, and who has it.

Times are days since `START_MS`. Whatever is signed is witnessed at once by the deal's `witness`, unless a test says
otherwise; without one the deal knows the parties' own times only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from freehold.protocol.envelope import Record
from freehold.protocol.fold import fold
from freehold.protocol.fold.progress import Contract
from freehold.protocol.kind import AnyKind
from freehold.protocol.kinds import ENTRIES
from freehold.protocol.kinds.agreement import Milestone
from freehold.protocol.kinds.entries import Acceptance, Delivery
from freehold.protocol.kinds.payments import PaymentReceived, PaymentSent
from freehold.protocol.kinds.values import Money
from tests.cast import DAY_MS, START_MS, Person, agreement, agreement_body, alice, bob, carol, person, receipt, signed

dave, erin, frank = person("dave"), person("erin"), person("frank")
"""Arbiters."""
PRICE = Money(10_000, "EUR")
WORK = Milestone(work=7 * DAY_MS)
SENT, RECEIVED = PaymentSent(PRICE, "manual-ack/1"), PaymentReceived(PRICE)
KINDS: dict[type, AnyKind] = {kind.body: kind for kind in ENTRIES}
EVERYBODY: dict[bytes, Person] = {who.id: who for who in (alice, bob, carol, dave, erin, frank)}


def ms(day: float) -> int:
    """A day of the story as a time."""
    return START_MS + round(day * DAY_MS)


@dataclass
class Deal:
    """The records of one contract, and where each chain ends."""

    body: Any
    witness: Person | None = None
    records: list[Record] = field(default_factory=list[Record])
    heads: dict[bytes, Record] = field(default_factory=dict[bytes, Record])
    offset: dict[bytes, int] = field(default_factory=dict[bytes, int])
    """By how many ms somebody's clock is off."""

    @property
    def id(self) -> bytes:
        """The name of the contract."""
        return self.heads[bob.id].header.context or b""

    def keep(self, record: Record, day: float, *, witnessed: bool = True) -> Record:
        """Add a record, and its receipt by the witness."""
        self.records.append(record)
        if witnessed and self.witness is not None:
            self.records.append(receipt(self.witness, record, at=ms(day)))
        return record

    def signs(self, who: Person, day: float = 0, *, witnessed: bool = True) -> Record:
        """A party signs the agreement."""
        record = agreement(who, self.body, ms(day) + self.offset.get(who.id, 0))
        self.heads[who.id] = record
        return self.keep(record, day, witnessed=witnessed)

    def does(
        self, who: Person, body: Any, day: float, part: int | None = 0, *, witnessed: bool = True, **header: Any
    ) -> Record:
        """Somebody adds an entry to the own chain, having seen where the others' chains end."""
        record = self.signed(who, body, day, part, **header)
        self.heads[who.id] = record
        return self.keep(record, day, witnessed=witnessed)

    def signed(self, who: Person, body: Any, day: float, part: int | None = 0, **header: Any) -> Record:
        """The next entry of somebody, which nobody else has yet."""
        before = self.heads.get(who.id)
        seen = tuple(sorted(head.id for author, head in self.heads.items() if author != who.id))
        place: dict[str, Any] = {
            "context": self.id,
            "seq": 0 if before is None else (before.header.seq or 0) + 1,
            "prev": None if before is None else before.id,
            "part": part,
            "seen": seen[:4],
        }
        return signed(KINDS[type(body)], body, who, ms(day) + self.offset.get(who.id, 0), **(place | header))

    def at(self, day: float) -> Contract:
        """What the records show on a day."""
        found = fold(self.records, ms(day))
        assert found is not None
        return found

    def state(self, day: float, part: int = 0) -> str:
        """Where a milestone stands on a day."""
        return self.at(day).milestones[part].state

    def marks(self, day: float) -> list[tuple[str, str]]:
        """Who bears which marks on a day."""
        return [(EVERYBODY[mark.on].name, mark.what) for mark in self.at(day).marks]


def deal(*, witness: Person | None = None, salt: int = 0, signatures: bool = True, **fields: Any) -> Deal:
    """A contract of alice and bob that both have signed on day 0; `fields` are those of the agreement."""
    if witness is not None:
        fields = {"witnesses": (witness.id,), "quorum": 1} | fields
    fields.setdefault("milestones", (WORK,))
    found = Deal(agreement_body(alice, bob, parts=len(fields["milestones"]), salt=salt, **fields), witness)
    if signatures:
        found.signs(bob)
        found.signs(alice)
    return found


def delivered(day: float = 1, **fields: Any) -> Deal:
    """A contract in which bob has delivered."""
    found = deal(**fields)
    found.does(bob, Delivery("Three drafts."), day)
    return found


def payable(day: float = 2, **fields: Any) -> Deal:
    """A contract in which alice has accepted."""
    found = delivered(**fields)
    found.does(alice, Acceptance(), day)
    return found
