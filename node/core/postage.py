"""Stamps: what the owner asks of strangers, and what this node pays by itself (specs/06-direct.md#stamps).

Only proposals and declines can cost something: whatever else is handed over belongs to a contract that is here. Who
is no stranger pays nothing, and nothing is asked for an answer to what the owner wrote.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from freehold.protocol.errors import NotAllowed
from freehold.protocol.kinds.profile import INBOX, INBOX_SLOT
from freehold.protocol.kinds.proposal import DECLINE, PROPOSAL
from freehold.protocol.requests import Declined
from freehold.protocol.stamp import hour_of, strength

from .effects import Notify
from .ports import Notice
from .standing import Standing, standing

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record
    from freehold.protocol.requests import Deliver
    from freehold.protocol.stamp import Stamp

    from .desk import Desk
    from .effects import Effect
    from .ports import Parcel

TOPIC = "stamp"
PAYING_MS = 12 * 60 * 1000
"""Nobody heard what became of a search for so long: it was lost."""
STAMPED = frozenset((PROPOSAL.name, DECLINE.name))
_REMEMBERED = 1_024

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Postage:
    """The owner's choice, in bits. `ask`: strangers without such a stamp are told to come again with one (0: nobody
    is); `want`: it is asked for in public, and what comes without is taken all the same; `pay`: up to this the node
    pays for what the owner sends, without asking (0: never)."""

    ask: int = 0
    want: int = 0
    pay: int = 20

    @property
    def told(self) -> int | None:
        """What the owner's inbox says."""
        return max(self.ask, self.want) or None


def weigh(desk: Desk, request: Deliver, now: int) -> int | Declined:
    """The bits of a delivery's stamp (0: it has none), or the refusal of one that is not worth what is asked. Costs two
    hashes: nothing is opened for it."""
    if request.stamp is None or desk.me is None:
        return 0
    try:
        paid = strength(request.stamp, desk.me, request.sealed, now)
    except NotAllowed as error:
        reason = f"{error}: is your clock right?"
        return Declined(reason, again=True, stamp=desk.postage.ask) if desk.postage.ask else 0
    return short(desk, paid) if paid < desk.postage.ask else paid


def short(desk: Desk, paid: int) -> Declined:
    """What a stranger is answered who pays too little."""
    asked = desk.postage.ask
    return Declined(f"strangers pay a stamp of {asked} bits here, this has {paid}", again=True, stamp=asked)


def owes(desk: Desk, record: Record, paid: int) -> bool:
    """Whether its author has to pay more than that for handing over this record."""
    if paid >= desk.postage.ask or record.header.kind not in STAMPED or _answers_owner(desk, record):
        return False
    return standing(desk, record.author) is Standing.NEW


def _answers_owner(desk: Desk, record: Record) -> bool:
    if record.header.kind != DECLINE.name:
        return False
    asked = desk.stores.records.get(record.header.context or b"")
    return asked is not None and asked.author == desk.me and PROPOSAL.open(asked).to == record.author


class Purse:
    """What this node pays for the owner's parcels: a stamp is made when the recipient's inbox, or its answer, asks for
    one, and serves for a few hours. So nobody can make this node work on end."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._asked: OrderedDict[bytes, int] = OrderedDict()
        self._stamps: OrderedDict[bytes, tuple[Stamp, int]] = OrderedDict()

    def owed(self, parcel: Parcel, record: Record | None, now: int) -> int:
        """How many bits to pay first, 0 for none (or because it is paid)."""
        if record is None or record.header.kind not in STAMPED:
            return 0
        asked = max(self._asked.get(parcel.record, 0), self._wanted(parcel))
        return 0 if asked > self._desk.postage.pay or self._paid(parcel, now) >= asked else asked

    def stamp(self, parcel: Parcel, now: int) -> Stamp | None:
        """The one that was found for a parcel, while it serves."""
        return self._stamps[parcel.record][0] if self._paid(parcel, now) else None

    def found(self, parcel: Parcel, stamp: Stamp, bits: int) -> None:
        """A stamp was found."""
        _remember(self._stamps, parcel.record, (stamp, bits))

    def asks(self, parcel: Parcel, reply: Declined, now: int) -> tuple[str, list[Effect]]:
        """The recipient asks for a stamp: why it is not paid (empty: it will be). The owner is told of one that is more
        than the node pays."""
        asked, pay = reply.stamp or 0, self._desk.postage.pay
        if asked <= self._paid(parcel, now):
            return reply.reason, []
        _remember(self._asked, parcel.record, asked)
        if asked <= pay:
            return "", []
        words = f"they ask strangers for a stamp of {asked} bits, and your node pays up to {pay} by itself"
        notice = Notice(0, now, TOPIC, parcel.record, f"{words}: freehold config set stamp_pay {asked}")
        told = self._desk.stores.notices.note(notice, f"stamp {parcel.record.hex()} {asked}")
        return words, [Notify(TOPIC, parcel.record)] if told else []

    def _paid(self, parcel: Parcel, now: int) -> int:
        """The bits of the stamp that is here and still made for this hour or the last."""
        stamp, bits = self._stamps.get(parcel.record, (None, 0))
        return bits if stamp is not None and 0 <= hour_of(now) - stamp.hour <= 1 else 0

    def _wanted(self, parcel: Parcel) -> int:
        """By the recipient's inbox, of somebody with whom they have no contract."""
        records = self._desk.stores.records
        inbox = records.latest(parcel.recipient, INBOX.name, INBOX_SLOT)
        if inbox is None or self._desk.me is None or records.bound(parcel.recipient, self._desk.me):
            return 0
        return INBOX.open(inbox).stamp or 0


def _remember(kept: OrderedDict[bytes, T], name: bytes, what: T) -> None:
    kept[name] = what
    kept.move_to_end(name)
    if len(kept) > _REMEMBERED:
        kept.popitem(last=False)
