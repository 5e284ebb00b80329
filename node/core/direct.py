"""Records for one person: sealed, handed to the recipient's node, tried again until it signs for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from freehold.protocol import keylog, limits, sealing
from freehold.protocol.envelope import Record, pack, seal, unpack
from freehold.protocol.errors import NotAllowed, ProtocolError, Unverifiable
from freehold.protocol.identity import IdentityId
from freehold.protocol.kinds.notes import NOTE
from freehold.protocol.kinds.profile import INBOX, INBOX_SLOT, Inbox
from freehold.protocol.kinds.proposal import ACKNOWLEDGMENT, DECLINE, PROPOSAL, WITHDRAWAL, Acknowledgment
from freehold.protocol.requests import Acknowledged, Declined, Deliver, read_reply
from freehold.protocol.stamp import hour_of

from .acquaintances import unwanted
from .desk import Denied, Desk
from .effects import Effect, Hand, Meet, Notify, Pay
from .limiter import Buckets
from .ports import Parcel
from .ports.mail import LONGEST_WAIT_MS, NEVER_MS
from .postage import PAYING_MS, STAMPED, Purse, owes, short, weigh
from .standing import DAY_MS, Standing, full_of_notes, no_room, standing, together
from .versions import next_version
from .withdrawn import is_awaited, proposal_of, withdrawal_of

if TYPE_CHECKING:
    from freehold.protocol.requests import Reply
    from freehold.protocol.stamp import Stamp

FIRST_RETRY_MS = 15_000
AT_ONCE = 16
"""Parcels handed over in one tick."""
HANDING_MS = 120_000
"""Nobody heard how handing a parcel over went for this long: whoever should have done it was too busy, or failed."""
PREKEY_MS = 7 * 24 * 60 * 60 * 1000
KEPT_AFTER_MS = 14 * 24 * 60 * 60 * 1000
"""Private halves live this long after their inbox expired: a retried parcel may be that late."""
NAMING_PREKEY = frozenset((PROPOSAL.name, DECLINE.name))
"""Kinds that name their recipient and the prekey: sealed once, when they are written."""
_AUTHORS_COUNTED = 4_096
UNSIGNED_COUNTED = 4_096


class Direct:
    """Both sides of handing sealed records over."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._under_way: dict[tuple[bytes, bytes], int] = {}
        """Until when nobody else hands a parcel over."""
        self._purse = Purse(desk)
        a_day = desk.network.quotas.proposals_a_day
        self._strangers = Buckets[bytes](a_day * 1000 / DAY_MS, a_day, _AUTHORS_COUNTED)
        self._nodes: tuple[str, ...] = ()
        self._unsigned: dict[bytes, None] = {}
        """Records that came while the key was locked: their senders hear of it when they try again."""

    def due(self, now: int) -> list[Effect]:
        """Parcels whose next try has come."""
        effects: list[Effect] = []
        for parcel in self._desk.stores.outbox.due(now, AT_ONCE):
            if (
                not now < self._under_way.get(_name(parcel), 0) <= now + PAYING_MS
            ):  # beyond: by a clock that was set back
                effects += self._hand(parcel, now)
        return effects

    def _hand(self, parcel: Parcel, now: int) -> list[Effect]:
        desk = self._desk
        record = desk.stores.records.get(parcel.record)
        if record is not None and (reason := _not_any_more(desk, record, now)):
            desk.stores.outbox.tried(parcel, NEVER_MS, reason)
            return []
        if not parcel.sealed:
            try:
                parcel = replace(parcel, sealed=_seal(desk, record, parcel.recipient, now))
            except Denied as denied:
                return self.not_handed(parcel, denied.what, now)
        if bits := self._purse.owed(parcel, record, now):
            self._under_way[_name(parcel)] = now + PAYING_MS
            return [Pay(parcel, bits, hour_of(now))]
        self._under_way[_name(parcel)] = now + HANDING_MS
        return [Hand(parcel, nodes_of(desk, parcel.recipient), self._purse.stamp(parcel, now))]

    def paid(self, pay: Pay, stamp: Stamp | None, now: int) -> list[Effect]:
        """A stamp was found, or none in all the time that was given."""
        self._under_way.pop(_name(pay.parcel), None)
        if stamp is None:
            return self.not_handed(pay.parcel, f"no stamp of {pay.bits} bits was found in time", now)
        self._purse.found(pay.parcel, stamp, pay.bits)
        return self._hand(pay.parcel, now)

    def handed(self, parcel: Parcel, data: bytes, now: int) -> list[Effect]:
        """The recipient's node answered."""
        self._under_way.pop(_name(parcel), None)
        try:
            reply = read_reply(data)
            if isinstance(reply, Acknowledged):
                self._believe(unpack(reply.record), parcel)
                self._desk.stores.outbox.acknowledged(parcel, now)
                return [Notify("delivered", parcel.record)]
            if isinstance(reply, Declined) and reply.stamp is not None:
                return self._asked_for_a_stamp(parcel, reply, now)
            reason = reply.reason if isinstance(reply, Declined) else "it answered something else"
        except ProtocolError as error:
            reason = f"its acknowledgment does not hold: {error}"
        return self.not_handed(parcel, reason, now)

    def _asked_for_a_stamp(self, parcel: Parcel, reply: Declined, now: int) -> list[Effect]:
        """Pay it at once, if the node pays so much and has not just paid it."""
        reason, told = self._purse.asks(parcel, reply, now)
        if not reason and self._purse.owed(parcel, self._desk.stores.records.get(parcel.record), now):
            return self._hand(parcel, now)
        return [*self.not_handed(parcel, reason or reply.reason, now), *told]

    def not_handed(self, parcel: Parcel, reason: str, now: int) -> list[Effect]:
        """It was not: try again later, ever more seldom."""
        self._under_way.pop(_name(parcel), None)
        wait = min(FIRST_RETRY_MS * 2 ** min(parcel.tries, 16), LONGEST_WAIT_MS)
        self._desk.stores.outbox.tried(parcel, now + wait, reason)
        return []

    def receive(self, request: Deliver, now: int) -> tuple[Reply, list[Effect]]:
        """Somebody hands over a sealed record for this node's owner. Durable when this returns.

        While the key is locked it is kept, and its sender told to come again: only a signature says that it is here.
        """
        desk = self._desk
        if desk.me is None:
            return Declined("nobody lives here", again=False), []
        try:
            sealed = sealing.read_sealed(request.sealed)
            if sealed.to != desk.me:
                return Declined("this is for somebody else", again=False), []
            private = desk.stores.prekeys.private(sealed.prekey)
            if private is None:
                return Declined("that prekey is no longer kept: seal it to the current one", again=False), []
            paid = weigh(desk, request, now)
            if isinstance(paid, Declined):
                return paid, []
            record = unpack(sealing.unseal(sealed, private))
            refusal = self._check(record, sealed.prekey, paid, now)
        except ProtocolError as error:
            return Declined(f"refused: {error}"[:300], again=False), []
        if refusal is not None:
            return refusal, []
        if paid and record.header.kind in STAMPED:
            desk.stores.stamps.note(record.id, paid)
        shared = not desk.registry[record.header.kind].direct
        fresh = desk.stores.records.add(record, now, shared=shared)
        desk.stores.commit()
        told: list[Effect] = [Notify(record.header.kind.partition("/")[0], record.id)] if fresh else []
        return self._sign_for(record, now), told

    def _sign_for(self, record: Record, now: int) -> Reply:
        """The owner's word to have it; as long as the key is locked, that it is kept."""
        desk = self._desk
        if desk.signer is None:
            if len(self._unsigned) < UNSIGNED_COUNTED:
                self._unsigned[record.id] = None
            return Declined("kept, and signed for when its owner unlocks the key", again=True)
        self._unsigned.pop(record.id, None)
        ack = ACKNOWLEDGMENT.draft(Acknowledgment(record.author, (record.id,)), now)
        return Acknowledged(pack(seal(ack, desk.network.name, desk.signer)))

    @property
    def unsigned(self) -> int:
        """How many records came while the key was locked and are not signed for yet, since the start."""
        return len(self._unsigned)

    def settle_in(self, nodes: tuple[str, ...], now: int) -> list[Record]:
        """Publish an inbox if what it says changed or the last one is past half its life; what to announce."""
        desk = self._desk
        self._nodes = nodes or self._nodes
        if desk.signer is None or not self._nodes:
            return []
        current = desk.stores.records.latest(desk.signer.identity, INBOX.name, INBOX_SLOT)
        if current is not None and self._still_good(current, now):
            return []
        private, public = sealing.new_prekey(desk.random_bytes(32))
        till = now + PREKEY_MS
        desk.stores.prekeys.add(public, private, till + KEPT_AFTER_MS)
        body = Inbox(public, self._nodes[:8], desk.postage.told)
        record, _ = next_version(desk, INBOX, body, INBOX_SLOT, now, PREKEY_MS)
        return [record]

    def reached_until(self) -> int | None:
        """When the owner's inbox expires: only an unlocked key makes the next. None without one."""
        me = self._desk.me
        current = None if me is None else self._desk.stores.records.latest(me, INBOX.name, INBOX_SLOT)
        return None if current is None else current.header.till

    def _still_good(self, current: Record, now: int) -> bool:
        body = INBOX.open(current)
        fresh = (current.header.till or 0) - now > PREKEY_MS // 2
        kept = self._desk.stores.prekeys.private(body.prekey) is not None
        return fresh and kept and (body.nodes, body.stamp) == (self._nodes[:8], self._desk.postage.told)

    def _check(self, record: Record, prekey: bytes, paid: int, now: int) -> Declined | None:
        """What to try again later with, or None. Raises ProtocolError for what will never be taken."""
        if reason := self._not_yet(record, prekey, now):
            return Declined(reason, again=True)
        if self._desk.stores.records.has(record.id):
            return None
        if unwanted(self._desk, record):
            raise NotAllowed("its recipient takes nothing of that sort from you")
        if owes(self._desk, record, paid):
            return short(self._desk, paid)
        reason = self._no_room(record, now)
        return None if reason is None else Declined(reason, again=True)

    def _not_yet(self, record: Record, prekey: bytes, now: int) -> str | None:
        desk, header = self._desk, record.header
        if header.network != desk.network.name:
            raise NotAllowed("made for another network")
        log = desk.stores.records.log(header.by)
        if log is None:
            return "the author's key log is not known here yet"
        keylog.state(log).check(header)
        if (reason := self._not_for_us(record, prekey)) is not None:
            return reason
        if header.at > now + limits.CLOCK_AHEAD_MS:
            return "it is dated ahead of this node's clock"
        return None

    def _not_for_us(self, record: Record, prekey: bytes) -> str | None:
        """The same, of its kind alone."""
        desk, header = self._desk, record.header
        kind = desk.registry[header.kind]
        body = kind.open(record)
        if kind is NOTE:
            if header.by not in desk.stores.records.participants(header.context or b""):
                return "the contract that it is about is not known here yet"
        elif kind is WITHDRAWAL:
            proposal = proposal_of(desk, record)
            if body.to != desk.me or (proposal is not None and proposal.author != header.by):
                raise NotAllowed("it was written to somebody else, or is about somebody else's proposal")
        elif kind.name in NAMING_PREKEY:
            if body.to != desk.me or body.prekey != prekey:
                raise NotAllowed("it was written to somebody else")
        elif not kind.private and header.kind != "agreement/1":
            raise NotAllowed(f"{header.kind} is not handed over directly")
        return None

    def _no_room(self, record: Record, now: int) -> str | None:
        """What is given to others is bounded as if they had brought it; strangers have a few a day of anything."""
        desk, author, context = self._desk, record.author, record.header.context
        if not desk.registry[record.header.kind].direct and (reason := no_room(desk, record, now, by_the_day=False)):
            return reason
        if record.header.kind == NOTE.name and full_of_notes(desk, context or b"", author):
            return "there are as many notes of yours about this contract as there is room for"
        if together(desk, context, author) or (record.header.kind == WITHDRAWAL.name and is_awaited(desk, record)):
            return None
        if standing(desk, author) is Standing.NEW and not self._strangers.take(author, now):
            return "too many from you today"
        return None

    def _believe(self, ack: Record, parcel: Parcel) -> None:
        if ack.author != parcel.recipient:
            raise Unverifiable("it is signed by somebody else")
        log = self._desk.stores.records.log(ack.author)
        if log is None:
            raise Unverifiable("its signer's key log is not here")
        keylog.state(log).check(ack.header)
        if parcel.record not in ACKNOWLEDGMENT.open(ack).ids:
            raise NotAllowed("it acknowledges something else")


def nodes_of(desk: Desk, identity: bytes) -> tuple[str, ...]:
    """The multiaddrs in an identity's inbox."""
    record = desk.stores.records.latest(identity, INBOX.name, INBOX_SLOT)
    return () if record is None else INBOX.open(record).nodes


def prekey_of(desk: Desk, identity: bytes, now: int) -> bytes:
    """The prekey to seal to. Raises Denied if the identity has no inbox here, or an expired one."""
    record = desk.stores.records.latest(identity, INBOX.name, INBOX_SLOT)
    if record is None or (record.header.till or 0) < now:
        raise Denied(
            "no-inbox",
            "this node does not know where to deliver to that person",
            "wait until their node has been online and try again",
        )
    return INBOX.open(record).prekey


def post(desk: Desk, record: Record, recipient: bytes, now: int) -> list[Effect]:
    """Queue a whole record for somebody. It is sealed when it is handed over, so that who was away for long gets it
    too; a record that names the prekey is sealed now. Raises Denied `no-inbox` for such a record."""
    sealed = _seal(desk, record, recipient, now) if record.header.kind in NAMING_PREKEY else b""
    desk.stores.outbox.put(Parcel(record.id, IdentityId(recipient), sealed, now))
    return [Meet(node) for node in nodes_of(desk, recipient)]


def _seal(desk: Desk, record: Record | None, recipient: bytes, now: int) -> bytes:
    if record is None:
        raise Denied("not-found", "the record that should be handed over is not here any more", "")
    return sealing.seal_to(recipient, prekey_of(desk, recipient, now), pack(record))


def _not_any_more(desk: Desk, record: Record, now: int) -> str:
    """Why a record of the owner's need not be handed over."""
    if (record.header.till or now) < now:
        return "it expired before it could be delivered"
    if record.header.kind == PROPOSAL.name and withdrawal_of(desk, record) is not None:
        return "you withdrew it before it could be delivered"
    return ""


def _name(parcel: Parcel) -> tuple[bytes, bytes]:
    return parcel.record, parcel.recipient
