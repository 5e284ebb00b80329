"""Contract bundles: one file with all records of a contract, which anybody can check alone (specs/07-bundle.md).

The form of the file is in `lines`. What `read` returns is verified: every signature, every key, every place.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import msgspec

from . import limits, lines, text
from .errors import NotAllowed, ProtocolError, Unsupported
from .keylog import INCEPTION
from .kinds import ENTRIES
from .kinds.agreement import AGREEMENT, Agreement, Terms, terms_hash
from .kinds.forks import FORK, halves
from .kinds.notes import NOTE
from .kinds.profile import PROFILE
from .kinds.proposal import PROPOSAL, agreement_in
from .kinds.review import REVIEWS
from .kinds.timing import RECEIPT
from .lines import PEOPLE, Flawed, Placed, Reader, Sort

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .envelope import Record

FORMAT = "freehold-contract/1"
RECORDS = 4096
"""Records in one bundle: 256 entries, each vouched for by both parties and three witnesses, twice over."""
BUNDLE_BYTES = 16 * 1024 * 1024
"""All entries of the longest contract at their full length, twice over."""

_IN_CONTRACT = {kind.name: kind for kind in (AGREEMENT, *ENTRIES, RECEIPT, FORK, NOTE, *REVIEWS)}
_KINDS = {kind.name: kind for kind in (INCEPTION, PROFILE, PROPOSAL)} | _IN_CONTRACT


class _First(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    contract: str
    network: str
    exported: Annotated[int, msgspec.Meta(ge=0, le=limits.MAX_INTEGER)]


class _Last(msgspec.Struct, forbid_unknown_fields=True):
    sha256: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """A contract's records, verified. `exported` (ms) is what the exporter says, and nobody vouches for it."""

    contract: bytes
    network: str
    exported: int
    lines: tuple[Placed, ...]
    agreement: Agreement

    @property
    def records(self) -> list[Record]:
        """The records of the contract itself, for the fold and for `evidence`."""
        return [placed.record for placed in self.lines if placed.record.header.context == self.contract]

    @property
    def names(self) -> dict[bytes, str]:
        """What people call themselves in their profiles: their own words, which nobody checked."""
        profiles = (placed.record for placed in self.lines if placed.record.header.kind == PROFILE.name)
        return {record.author: PROFILE.open(record).name for record in profiles}

    def terms(self, committed: bytes) -> tuple[Record, Terms] | None:
        """The terms with that hash and the record that holds them, if they are inside."""
        found = ((placed.record, _terms_in(placed.record)) for placed in self.lines)
        return next(
            ((record, terms) for record, terms in found if terms is not None and terms_hash(terms) == committed), None
        )


def write(contract: bytes, network_name: str, exported: int, records: Iterable[Record]) -> bytes:
    """The bundle of a contract. `records` are verified and pass `check`. Raises Malformed if they are too many."""
    first = _First(FORMAT, text.show(contract, text.CONTRACT), network_name, exported)
    data = lines.joined(first, lines.distinct(records), _sort())
    return data + lines.encoded(_Last(hashlib.sha256(data).hexdigest()))


def read(data: bytes) -> Bundle:
    """Read and verify a bundle. Raises Flawed and nothing else, whatever the bytes."""
    found = lines.split(data, _sort())
    first, contract = _first(found[0])
    reader = Reader(first.network, _sort(), lambda record: check(record, contract))
    placed = tuple(reader.line(number, line) for number, line in enumerate(found[1:-1], 2))
    agreement = _members(reader, placed)
    last = lines.parsed(_Last, found[-1], len(found), "the file is cut off, or its last line was changed")
    lines.check_hash(last.sha256, data[: -len(found[-1]) - 1], len(found))
    return Bundle(contract, first.network, first.exported, placed, agreement)


def check(record: Record, contract: bytes) -> None:
    """Raise ProtocolError unless a record, taken by itself, may stand in the bundle of a contract."""
    kind = _KINDS.get(record.header.kind)
    if kind is None:
        raise Unsupported(f"a contract's bundle holds no {record.header.kind}")
    if kind.private and record.body is None:
        kind.place(record.header)
    else:
        kind.open(record)
    if kind is PROPOSAL:
        if agreement_in(PROPOSAL.open(record), record.author)[0].header.body != contract:
            raise NotAllowed("it proposes another contract")
    elif kind.name in _IN_CONTRACT and record.header.context != contract:
        raise NotAllowed("it belongs to another contract")


def check_author(record: Record, agreement: Agreement) -> None:
    """Raise NotAllowed unless the author of a record has a part in the contract. Fork proofs may come from anybody, but
    prove something of somebody who has."""
    if record.header.kind == FORK.name:
        if halves(FORK.open(record))[0].author not in agreement.participants:
            raise NotAllowed("it proves something of somebody who has no part in the contract")
    elif record.author not in agreement.participants:
        raise NotAllowed("its author has no part in the contract")


def _sort() -> Sort:
    return Sort("contract bundle", frozenset(_KINDS), RECORDS, BUNDLE_BYTES)


def _members(reader: Reader, placed: Sequence[Placed]) -> Agreement:
    """What the records can only say together: who has a part in the contract."""
    signed = next((p.record for p in placed if p.record.header.kind == AGREEMENT.name), None)
    if signed is None:
        raise Flawed("no signature under the agreement is in this file", 1)
    agreement = AGREEMENT.open(signed)
    authors = {p.record.author for p in placed if p.record.header.kind not in PEOPLE}
    authors |= {*agreement.participants}

    def belongs(record: Record) -> None:
        if record.header.kind not in PEOPLE:
            check_author(record, agreement)
        elif record.author not in authors:
            raise NotAllowed("nothing else in this file is about its author")

    reader.each(placed, belongs)
    return agreement


def _first(data: bytes) -> tuple[_First, bytes]:
    found = lines.parsed(_First, data, 1, "this is not a contract bundle")
    try:
        lines.check_first(found.format, FORMAT, found.network)
        return found, lines.name_in(found.contract, text.CONTRACT)
    except (ProtocolError, ValueError) as error:
        raise Flawed(str(error), 1) from error


def _terms_in(record: Record) -> Terms | None:
    if record.header.kind == NOTE.name:
        return NOTE.open(record).terms
    return PROPOSAL.open(record).terms if record.header.kind == PROPOSAL.name else None
