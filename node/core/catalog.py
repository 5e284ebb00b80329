"""Offers: what the owner publishes, and what is found here of everybody's."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from freehold.protocol.envelope import Record, seal
from freehold.protocol.errors import ProtocolError
from freehold.protocol.kinds.offer import OFFER, SLOT_BYTES, Offer

from .desk import Denied, Desk
from .effects import Announce, Effect
from .finding import ANYBODY, find

if TYPE_CHECKING:
    from .finding import Demand
    from .ports import OfferPage, OfferQuery

_DAY_MS = 24 * 60 * 60 * 1000


def publish(desk: Desk, offer: Offer, life_ms: int, now: int) -> tuple[Record, list[Effect]]:
    """Publish a new offer for `life_ms`. Raises Denied: `bad-offer`, `quota-open-offers`, `quota-a-day`."""
    me, quotas = desk.signing().identity, desk.network.quotas
    if desk.stores.records.open_offers(me, now) >= quotas.open_offers:
        raise Denied(
            "quota-open-offers",
            f"you have {quotas.open_offers} open offers, and other nodes keep no more than that of anybody",
            "close one that is no longer needed",
        )
    _check_day(desk, now)
    record = _signed(desk, offer, desk.random_bytes(SLOT_BYTES), now, now + life_ms)
    return _keep(desk, record, now)


def edit(desk: Desk, place: bytes, offer: Offer, life_ms: int, now: int) -> tuple[Record, list[Effect]]:
    """Replace an open offer of the owner's by a new version, open for `life_ms` from now. A proposal names the version
    that it answers, so nobody is bound by words that came later.

    Raises Denied: `not-found`, `not-yours`, `already-closed`, `bad-offer`, `quota-a-day`.
    """
    record, current = mine(desk, place)
    if current.closed:
        raise Denied("already-closed", "this offer is closed", "publish a new one")
    if current.side != offer.side:
        raise Denied(
            "bad-offer", "an offer does not change from work wanted to a service, or back", "publish a new one"
        )
    _check_day(desk, now)
    at = max(now, record.header.at + 1)
    return _keep(desk, _signed(desk, offer, record.header.slot or b"", at, at + life_ms), now)


def close(desk: Desk, place: bytes, now: int) -> tuple[Record, list[Effect]]:
    """Close an offer of the owner's. Raises Denied: `not-found`, `not-yours`, `already-closed`."""
    record, offer = mine(desk, place)
    if offer.closed:
        raise Denied("already-closed", "this offer is closed already", "nothing is left to do")
    at = max(now, record.header.at + 1)
    till = max(record.header.till or 0, at + 1)
    closed = _signed(desk, dataclasses.replace(offer, closed=True), record.header.slot or b"", at, till)
    return _keep(desk, closed, now)


def show(desk: Desk, place: bytes) -> tuple[Record, Offer]:
    """The current version of an offer. Raises Denied `not-found`."""
    record = desk.stores.records.fills(place)
    if record is None or record.header.kind != OFFER.name:
        raise Denied("not-found", "there is no such offer here", "check the name, or wait until the node has caught up")
    return record, OFFER.open(record)


def mine(desk: Desk, place: bytes) -> tuple[Record, Offer]:
    """An offer of the owner's. Raises Denied: `not-found`, `not-yours`."""
    record, offer = show(desk, place)
    if record.author != desk.me:
        raise Denied("not-yours", "this offer is somebody else's", "see yours: freehold offer list --mine")
    return record, offer


def search(desk: Desk, query: OfferQuery, demand: Demand = ANYBODY, *, blocked: bool = False) -> OfferPage:
    """Offers that match, by authors as demanded; with `blocked` those of people whom the owner blocked, too."""
    return find(desk, query, demand, blocked=blocked)


def _check_day(desk: Desk, now: int) -> None:
    """Raise Denied if others would not keep another record of the owner's today."""
    most = desk.network.quotas.trusted_a_day
    if desk.stores.records.count_since(desk.signing().identity, now - _DAY_MS) >= most:
        raise Denied(
            "quota-a-day",
            f"you have published {most} records within a day, and other nodes take no more",
            "go on tomorrow",
        )


def _signed(desk: Desk, offer: Offer, slot: bytes, at: int, till: int) -> Record:
    try:
        record = seal(OFFER.draft(offer, at, slot=slot, till=till), desk.network.name, desk.signing())
        OFFER.open(record)
    except ProtocolError as error:
        raise Denied("bad-offer", f"this offer cannot be published: {error}", "correct it and try again") from error
    return record


def _keep(desk: Desk, record: Record, now: int) -> tuple[Record, list[Effect]]:
    desk.stores.records.add(record, now, shared=True)
    return record, [Announce(OFFER.topic, record)]
