"""What of somebody's reputation goes into its bundle: everything that others need to reckon it without this node."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from freehold.protocol import bundle as contracts
from freehold.protocol.errors import ProtocolError
from freehold.protocol.kinds.agreement import AGREEMENT
from freehold.protocol.kinds.forks import FORK, halves
from freehold.protocol.kinds.notes import NOTE
from freehold.protocol.kinds.profile import PROFILE, PROFILE_SLOT
from freehold.protocol.kinds.proposal import PROPOSAL
from freehold.protocol.kinds.review import REVIEW
from freehold.protocol.kinds.vouch import VOUCH
from freehold.protocol.resume import bundle, credentials
from freehold.protocol.resume.judging import judging
from freehold.protocol.steps import Steps, at_once

from . import identities, reviewing
from .desk import Denied, Desk
from .standing import in_force

if TYPE_CHECKING:
    from collections.abc import Iterable

    from freehold.protocol.envelope import Record
    from freehold.protocol.identity import SecretKey

LOOKED_AT = 4_096
"""Contracts of one person that are looked through, the newest first."""
VOUCHES, VOUCHES_IN_ALL = 50, 512
"""Vouches of one person that are looked at, and those for which room is kept."""
ROOM_BYTES = 2 * 1024 * 1024
"""Room that is kept for those vouches."""


@dataclass(frozen=True, slots=True)
class Export:
    """The text of a file, how many contracts are in it, and how many older ones had no room."""

    text: str
    contracts: int
    left_out: int


def export(desk: Desk, subject: bytes, now: int, *, sign: bool = False) -> Export:
    """The reputation bundle of an identity: of every contract that both signed, what is public; the newest
    contracts, if not all have room. Signed as a whole by the owner, if asked for. Raises Denied: `not-found`,
    `key-locked`, `too-large`."""
    return at_once(exporting(desk, subject, now, sign=sign))


def exporting(desk: Desk, subject: bytes, now: int, *, sign: bool = False) -> Steps[Export]:
    """`export` in steps. Records may come in between: each contract is in it as it was at one moment. Of a key that was
    locked meanwhile nothing is handed out."""
    signer = desk.signing() if sign else None
    records, count, left_out = yield from _records(desk, subject, now, signer)
    try:
        data = yield from bundle.writing(subject, desk.network.name, now, records, signer)
    except ProtocolError as error:
        raise Denied(
            "too-large", f"this reputation cannot be exported: {error}", "see: freehold reputation why"
        ) from error
    if sign:
        desk.signing()
    return Export(data.decode("ascii"), count, left_out)


def certify(desk: Desk, subject: bytes, now: int) -> Export:
    """The reviews about an identity that count, as credentials that the owner signs. Raises Denied as `export`."""
    return at_once(certifying(desk, subject, now))


def certifying(desk: Desk, subject: bytes, now: int) -> Steps[Export]:
    """`certify` in steps, as `exporting`."""
    signer = desk.signing()
    records, count, left_out = yield from _records(desk, subject, now, signer)
    judged = yield from judging(bundle.of(subject, desk.network.name, now, records), now)
    try:
        shown = yield from credentials.presenting(judged, signer)
    except ProtocolError as error:
        raise Denied("bad-reputation", f"this cannot be signed: {error}", "see: freehold reputation why") from error
    desk.signing()
    return Export(shown, count, left_out)


def _records(desk: Desk, subject: bytes, now: int, signer: SecretKey | None) -> Steps[tuple[list[Record], int, int]]:
    """All records of a bundle, how many contracts they are of, how many had no room; a contract a step."""
    identities.show(desk, subject)
    shelf = _Shelf(desk)
    shelf.know([subject] if signer is None else [subject, signer.identity])
    for name in desk.stores.records.contracts_of(subject)[:LOOKED_AT]:
        found = _contract(desk, name, subject)
        if found:
            shelf.take(found)
        yield
    vouches = yield from _vouches(desk, list(shelf.people))
    return [*shelf.records, *vouches], shelf.contracts, shelf.left_out


@dataclass(slots=True)
class _Shelf:
    """What fits into a bundle; who turns up in it is in it with key log and profile."""

    desk: Desk
    records: list[Record] = field(default_factory=list["Record"])
    people: dict[bytes, None] = field(default_factory=dict[bytes, None])
    contracts: int = 0
    left_out: int = 0
    _size: int = 0

    def take(self, found: list[Record]) -> None:
        """The records of one contract. The first that does not fit ends it: no older one takes its place."""
        authors = {record.author for record in found}
        for record in found:
            if record.header.kind == FORK.name:
                authors |= {half.author for half in halves(FORK.open(record))}
        more = [*found, *self._unknown(authors)]
        size = sum(_line_bytes(record) for record in more)
        full = self._size + size > bundle.BUNDLE_BYTES - ROOM_BYTES
        full |= len(self.records) + len(more) > bundle.RECORDS - VOUCHES_IN_ALL
        if self.left_out or full or self.contracts >= bundle.CONTRACTS:
            self.left_out += 1
            return
        self.know(authors)
        self.records += found
        self.contracts += 1
        self._size += size

    def know(self, authors: Iterable[bytes]) -> None:
        """Key logs and profiles of people who are not in it yet."""
        people = sorted(authors)
        self.records += self._unknown(people)
        self.people |= dict.fromkeys(people)

    def _unknown(self, authors: Iterable[bytes]) -> list[Record]:
        return [
            record for author in sorted(authors) if author not in self.people for record in _person(self.desk, author)
        ]


def _reviews(record: Record, subject: bytes) -> bool:
    return record.header.kind == REVIEW.name and REVIEW.open(record).subject == subject


def _line_bytes(record: Record) -> int:
    """At least what the line of a record takes: base 64, and names."""
    return (len(record.header_bytes) + len(record.body or b"") + 80) * 4 // 3 + 300


def _contract(desk: Desk, name: bytes, subject: bytes) -> list[Record]:
    """What everybody may see of a contract that both have signed, or in which somebody has reviewed the subject; else
    nothing. A contract without a review may hold something against the subject all the same."""
    records = desk.stores.records.in_context(name)
    shown = [record for record in records if not (record.header.kind == REVIEW.name and reviewing.waits(desk, record))]
    if not in_force(desk, name) and not any(_reviews(record, subject) for record in shown):
        return []
    agreement = next((AGREEMENT.open(r) for r in shown if r.header.kind == AGREEMENT.name), None)
    if agreement is None:
        return []
    public: list[Record] = []
    for record in shown:
        version = _public(desk, record)
        if version is None or desk.stores.records.log(record.author) is None:
            continue
        try:
            bundle.check(version)
            contracts.check_author(version, agreement)
        except ProtocolError:
            continue
        public.append(version)
    return public


def _public(desk: Desk, record: Record) -> Record | None:
    """A record as strangers have it; None for what they never get."""
    kind = record.header.kind
    if kind in (NOTE.name, PROPOSAL.name):
        return None
    return record.without_body() if kind in desk.registry and desk.registry[kind].private else record


def _person(desk: Desk, author: bytes) -> list[Record]:
    """Somebody's key log and, if it can be read here, their profile."""
    log = desk.stores.records.log(author)
    profile = desk.stores.records.latest(author, PROFILE.name, PROFILE_SLOT)
    return [record for record in (log, profile) if record is not None and _holds(record)]


def _vouches(desk: Desk, people: list[bytes]) -> Steps[list[Record]]:
    """Vouches of these people for each other; those of one person a step."""
    known, kept = set(people), list["Record"]()
    for author in people:
        found = desk.stores.records.by_author(author, VOUCH.name, VOUCHES)
        kept += (record for record in found if _holds(record) and VOUCH.open(record).subject in known)
        if len(kept) >= VOUCHES_IN_ALL:
            break
        yield
    return kept[:VOUCHES_IN_ALL]


def _holds(record: Record) -> bool:
    try:
        bundle.check(record)
    except ProtocolError:
        return False  # a later version of the program may have written it
    return True
