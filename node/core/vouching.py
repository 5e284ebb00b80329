"""Vouches: whom the owner publicly trusts, for a time, and how that is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.envelope import seal
from freehold.protocol.errors import ProtocolError
from freehold.protocol.kinds.vouch import VOUCH, Vouch

from .desk import Denied
from .effects import Announce

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

    from .desk import Desk
    from .effects import Effect

LISTED = 200


def vouch(
    desk: Desk, subject: bytes, skills: tuple[str, ...], text: str, life_ms: int, now: int
) -> tuple[Record, list[Effect]]:
    """Vouch for somebody, or anew. Raises Denied `bad-vouch`."""
    return _publish(desk, Vouch(subject, skills, text), life_ms, now)


def withdraw(desk: Desk, subject: bytes, now: int) -> tuple[Record, list[Effect]]:
    """Take a vouch back. It lasts as long as the vouch would have. Raises Denied `not-found`."""
    current = desk.stores.records.latest(desk.signing().identity, VOUCH.name, subject)
    if current is None or VOUCH.open(current).withdrawn or (current.header.till or 0) < now:
        raise Denied("not-found", "you do not vouch for this identity", "see: freehold vouch list")
    return _publish(desk, Vouch(subject, withdrawn=True), max(1, (current.header.till or 0) - now), now)


def by(desk: Desk, author: bytes, now: int) -> list[tuple[Record, Vouch]]:
    """For whom somebody vouches, newest first."""
    found: list[tuple[Record, Vouch]] = []
    for record in desk.stores.records.by_author(author, VOUCH.name, LISTED):
        body = VOUCH.open(record)
        if not body.withdrawn and (record.header.till or 0) >= now:
            found.append((record, body))
    return found


def _publish(desk: Desk, body: Vouch, life_ms: int, now: int) -> tuple[Record, list[Effect]]:
    signer = desk.signing()
    current = desk.stores.records.latest(signer.identity, VOUCH.name, body.subject)
    at = now if current is None else max(now, current.header.at + 1)
    try:
        record = seal(VOUCH.draft(body, at, slot=body.subject, till=at + life_ms), desk.network.name, signer)
        VOUCH.open(record)
    except ProtocolError as error:
        raise Denied("bad-vouch", f"this cannot be signed: {error}", "correct it and try again") from error
    desk.stores.records.add(record, now, shared=True)
    return record, [Announce(VOUCH.topic, record)]
