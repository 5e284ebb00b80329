"""Who offers to serve contracts of others, as an arbiter or witness, and how arbiters have served so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol.contract import DECLINED_CASE, NOT_TAKEN, OFFERED, SILENT
from freehold.protocol.errors import ProtocolError
from freehold.protocol.fold import fold
from freehold.protocol.kinds.disputes import CASE_TAKEN, RULING
from freehold.protocol.kinds.listing import LISTING, Listing

from .desk import Denied
from .versions import next_version

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

    from .desk import Desk
    from .effects import Effect

LISTED = 200
CASES = 50
"""Contracts that are looked at for one arbiter's record, the newest first."""


@dataclass(frozen=True, slots=True)
class Service:
    """What an arbiter did in the contracts that are here: cases taken, ruled, declined, left without a word before
    they were taken (anybody can be named: this alone is no blame), and left silent after that."""

    taken: int
    ruled: int
    declined: int
    not_taken: int
    silent: int


def serve(desk: Desk, listing: Listing, now: int) -> tuple[Record, list[Effect]]:
    """Publish what the owner offers (or, closed, no longer does). Raises Denied `bad-listing`."""
    try:
        return next_version(desk, LISTING, listing, listing.service.encode(), now)
    except ProtocolError as error:
        raise Denied("bad-listing", f"this cannot be published: {error}", "correct it and try again") from error


def listings(desk: Desk, service: str | None) -> list[tuple[Record, Listing]]:
    """Who offers a service (or any), newest first."""
    found: list[tuple[Record, Listing]] = []
    for record in desk.stores.records.of_kind(LISTING.name, LISTED):
        try:
            body = LISTING.open(record)
        except ProtocolError:
            continue  # a later version of the program may have written it
        if not body.closed and service in (None, body.service):
            found.append((record, body))
    return found


def service_of(desk: Desk, identity: bytes, now: int) -> Service:
    """How an arbiter has served, from the contracts here."""
    kinds: list[str] = []
    marks: list[str] = []
    for name in desk.stores.records.served_by(identity)[:CASES]:
        contract = fold(desk.stores.records.in_context(name), now)
        if contract is None or contract.state == OFFERED:
            continue
        kinds += [step.entry.header.kind for step in contract.steps if step.entry.author == identity]
        marks += [mark.what for mark in contract.marks if mark.on == identity]
    counted = (marks.count(what) for what in (DECLINED_CASE, NOT_TAKEN, SILENT))
    return Service(kinds.count(CASE_TAKEN.name), kinds.count(RULING.name), *counted)
