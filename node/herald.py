"""Tells the local API's listeners what happened. Fed by the ledger after it has committed: what is told is durable."""

from __future__ import annotations

import logging
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

from freehold.protocol import text
from freehold.protocol.envelope import place_of
from freehold.protocol.keylog import INCEPTION
from freehold.protocol.kinds import ENTRY_NAMES
from freehold.protocol.kinds.agreement import AGREEMENT
from freehold.protocol.kinds.offer import OFFER
from freehold.protocol.kinds.proposal import DECLINE, PROPOSAL, WITHDRAWAL
from freehold.protocol.kinds.review import REVIEWS
from freehold.protocol.kinds.vouch import VOUCH

from .core.effects import Announce, Kept, Notify
from .core.telling import subject

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from freehold.protocol.envelope import Record
    from freehold.protocol.header import Header

    from .api.events import Told
    from .core.desk import Desk
    from .core.effects import Effect

NOTICES_AT_ONCE = 100
_LOG = logging.getLogger(__name__)
_TOLD = 512
"""Records that were told of: one that was kept and is passed on as well is told of once."""
_CONTRACTS = ENTRY_NAMES | {AGREEMENT.name}
_OPINIONS = {kind.name for kind in REVIEWS}
_LETTERS = {PROPOSAL.name: "received", DECLINE.name: "declined", WITHDRAWAL.name: "withdrawn"}


class Herald:
    """Makes events of effects. Topics: offer.*, proposal.*, contract.*, review.*, reputation.*, notice.*, key.*.

    Records come by the thousand, and mostly nobody listens: what an event says of one is put in words when it is read.
    """

    def __init__(self, desk: Desk, announce: Callable[[str, Told], None]) -> None:
        self._desk, self._announce = desk, announce
        self._told: OrderedDict[bytes, None] = OrderedDict()
        latest = desk.stores.notices.latest(1)
        self._notice = latest[-1].number if latest else 0

    def carry(self, effect: Effect) -> None:
        """Tell of one effect, if it is something to tell. Never fails: the effect itself must not wait for this."""
        try:
            self._carry(effect)
        except Exception:  # noqa: BLE001  -- the ledger releases effects through here: the next one must not be lost
            _LOG.exception("an event was not told")

    def _carry(self, effect: Effect) -> None:
        match effect:
            case Kept(record):
                self._tell(record)
            case Announce(_, record) if record.author == self._desk.me:
                self._tell(record)
            case Notify("delivered", about):
                self._announce("proposal.delivered", {"record": text.show(about, text.RECORD)})
            case Notify():
                self._tell_notices()
            case _:
                pass

    def _tell(self, record: Record) -> None:
        kind, noun = record.header.kind, record.header.kind.partition("/")[0]
        if record.id in self._told:
            return
        self._told[record.id] = None
        if len(self._told) > _TOLD:
            self._told.popitem(last=False)
        if kind == OFFER.name:
            self._announce("offer.published", self._about(record))
        elif kind in _LETTERS:
            self._announce(f"proposal.{_LETTERS[kind]}", self._about(record))
        elif kind in _CONTRACTS:
            self._tell_contract(record, "signed" if kind == AGREEMENT.name else noun)
        elif kind in _OPINIONS:
            self._announce(f"review.{noun.removeprefix('review-')}", self._about(record))
        elif kind == VOUCH.name:
            self._announce("reputation.vouched", self._about(record))
        elif kind == INCEPTION.name:
            self._announce("key.met", self._about(record))

    def _tell_contract(self, record: Record, what: str) -> None:
        """Only contracts in which the owner signs or serves: the market's others are nobody's news."""
        name = record.header.body if record.header.kind == AGREEMENT.name else record.header.context
        mine = name is not None and self._desk.me in self._desk.stores.records.participants(name)
        if name is not None and mine:
            self._announce(f"contract.{what}", self._about(record, contract=name))

    def _tell_notices(self) -> None:
        for notice in self._desk.stores.notices.after(self._notice, NOTICES_AT_ONCE):
            self._notice = notice.number
            told = {"notice": notice.number, "about": subject(notice), "text": notice.text}
            self._announce(f"notice.{notice.topic}", told)

    def _about(self, record: Record, contract: bytes | None = None) -> Callable[[], dict[str, Any]]:
        return partial(_about, record.id, record.header, mine=record.author == self._desk.me, contract=contract)


def _about(record_id: bytes, header: Header, *, mine: bool, contract: bytes | None) -> dict[str, Any]:
    about: dict[str, Any] = {
        "kind": header.kind,
        "record": text.show(record_id, text.RECORD),
        "by": text.show(header.by, text.IDENTITY),
        "mine": mine,
    }
    if header.kind == OFFER.name:
        about["offer"] = text.show(place_of(header) or record_id, text.OFFER)
    if contract is not None:
        about["contract"] = text.show(contract, text.CONTRACT)
    return about
