"""What of a contract goes into its bundle: everything that somebody needs to judge it without this node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol import bundle
from freehold.protocol.errors import ProtocolError
from freehold.protocol.kinds.agreement import terms_hash
from freehold.protocol.kinds.notes import NOTE
from freehold.protocol.kinds.profile import PROFILE, PROFILE_SLOT
from freehold.protocol.kinds.proposal import PROPOSAL
from freehold.protocol.kinds.review import REVIEW

from . import dealings, reviewing
from .desk import Denied, Desk

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record
    from freehold.protocol.fold.progress import Contract


def export(desk: Desk, contract_id: bytes, now: int) -> bytes:
    """The bundle of a contract. Private words are in it as far as they are here; a review that waits to be shown is
    not. Raises Denied: `not-found`, `too-large`."""
    found = dealings.contract(desk, contract_id, now)
    kept = [record for each in desk.stores.records.in_context(contract_id) if (record := _kept(desk, found, each))]
    kept += _proposal(desk, found, kept)
    people = _people(desk, dict.fromkeys((*found.agreement.participants, *(record.author for record in kept))))
    try:
        return bundle.write(contract_id, desk.network.name, now, [*people, *kept])
    except ProtocolError as error:
        raise Denied(
            "too-large", f"this contract cannot be exported: {error}", "see: freehold contract show"
        ) from error


def _kept(desk: Desk, found: Contract, record: Record) -> Record | None:
    """The record as it goes into the bundle; None for what strangers added, and for what nobody could check."""
    if record.header.kind == REVIEW.name and reviewing.waits(desk, record):
        return None
    if desk.stores.records.log(record.author) is None:
        return None
    for version in (record, record.without_body()):
        try:
            bundle.check(version, found.id)
            bundle.check_author(version, found.agreement)
        except ProtocolError:
            continue
        return version
    return None


def _proposal(desk: Desk, found: Contract, kept: list[Record]) -> list[Record]:
    """The proposal that holds the terms as they were signed, unless a note has them."""
    committed = found.scopes[0].terms
    notes = (NOTE.open(record).terms for record in kept if record.header.kind == NOTE.name)
    if any(terms is not None and terms_hash(terms) == committed for terms in notes):
        return []
    for record in desk.stores.records.in_context(found.agreement.offer):
        if record.header.kind == PROPOSAL.name and (proposal := _kept(desk, found, record)) is not None:
            return [proposal]
    return []


def _people(desk: Desk, authors: dict[bytes, None]) -> list[Record]:
    """Key logs, and profiles for the names in them."""
    logs = (desk.stores.records.log(author) for author in authors)
    profiles = (desk.stores.records.latest(author, PROFILE.name, PROFILE_SLOT) for author in authors)
    people = [record for record in (*logs, *profiles) if record is not None]
    return [record for record in people if _readable(record)]


def _readable(record: Record) -> bool:
    try:
        bundle.check(record, b"")
    except ProtocolError:
        return False  # a profile that a later version of the program wrote: its author goes without a name
    return True
