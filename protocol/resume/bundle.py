"""Reputation bundles: every record that the reviews of somebody hang from, in one file, perhaps signed as a whole.

The form of the file is in `lines`. What `read` returns is verified: every signature, every key, every place.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import msgspec

from .. import bundle as contracts, limits, lines, text
from ..errors import Malformed, NotAllowed, ProtocolError, Unsupported
from ..identity import verify
from ..keylog import INCEPTION
from ..kinds import ENTRIES
from ..kinds.agreement import AGREEMENT, Agreement
from ..kinds.forks import FORK
from ..kinds.profile import PROFILE
from ..kinds.review import REVIEWS
from ..kinds.timing import RECEIPT
from ..kinds.vouch import VOUCH
from ..lines import PEOPLE, Flawed, Placed, Reader, Sort
from ..steps import Steps, at_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..envelope import Record
    from ..identity import Signer

FORMAT = "freehold-reputation/1"
RECORDS = 16_384
"""A thousand contracts as they usually are, in sixteen records each."""
BUNDLE_BYTES = 16 * 1024 * 1024
"""What a browser still checks while somebody waits."""
CONTRACTS = 1_024
"""Each is folded, and the reviews in it are weighed."""

_KINDS = frozenset(kind.name for kind in (INCEPTION, PROFILE, VOUCH, AGREEMENT, *ENTRIES, RECEIPT, FORK, *REVIEWS))
_SORT = Sort("reputation bundle", _KINDS, RECORDS, BUNDLE_BYTES)
_CUT = "the file is cut off, or its last line was changed"


class _First(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    subject: str
    network: str
    exported: Annotated[int, msgspec.Meta(ge=0, le=limits.MAX_INTEGER)]


class _Last(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    sha256: str
    by: str | None = None
    signature: bytes | None = None


@dataclass(frozen=True)
class Bundle:
    """Whose reputation, and the verified records. `exported` (ms) is what the exporter says; `exporter` is who signed
    the file as a whole, if anybody did. `sha256` is the hash in its last line."""

    subject: bytes
    network: str
    exported: int
    lines: tuple[Placed, ...]
    exporter: bytes | None
    sha256: bytes

    @cached_property
    def contracts(self) -> dict[bytes, list[Record]]:
        """The records of each contract, in the order of the lines."""
        found: defaultdict[bytes, list[Record]] = defaultdict(list)
        for placed in self.lines:
            if placed.record.header.kind not in PEOPLE and placed.record.header.context is not None:
                found[placed.record.header.context].append(placed.record)
        return dict(found)

    @cached_property
    def names(self) -> dict[bytes, str]:
        """What people call themselves in their profiles: their own words, which nobody checked."""
        return {record.author: PROFILE.open(record).name for record in self.of_kind(PROFILE.name)}

    @cached_property
    def keys(self) -> dict[bytes, bytes]:
        """The signing key of everybody whose log is in it."""
        return {record.author: INCEPTION.open(record).key for record in self.of_kind(INCEPTION.name)}

    @cached_property
    def places(self) -> dict[bytes, int]:
        """The line of each record."""
        return {placed.record.id: placed.line for placed in self.lines}

    def of_kind(self, kind: str) -> list[Record]:
        """All records of a kind, in the order of the lines."""
        return [placed.record for placed in self.lines if placed.record.header.kind == kind]


def write(
    subject: bytes, network_name: str, exported: int, records: Iterable[Record], signer: Signer | None = None
) -> bytes:
    """The bundle of a reputation. `records` are verified and pass `check`, those of `signer`'s log are among them.
    Raises Malformed if they are too many."""
    return at_once(writing(subject, network_name, exported, records, signer))


def writing(
    subject: bytes, network_name: str, exported: int, records: Iterable[Record], signer: Signer | None = None
) -> Steps[bytes]:
    """`write` in steps."""
    first = _First(FORMAT, text.show(subject, text.IDENTITY), network_name, exported)
    data = yield from lines.joining(first, lines.distinct(records), _SORT)
    yield
    found = hashlib.sha256(data).digest()
    last = _Last(found.hex())
    if signer is not None:
        last = _Last(found.hex(), text.show(signer.identity, text.IDENTITY), signer.sign(_signed(found)))
    return data + lines.encoded(last)


def of(subject: bytes, network_name: str, exported: int, records: Iterable[Record]) -> Bundle:
    """What `read` would return of verified records, without verifying them again."""
    placed = tuple(Placed(number, record) for number, record in enumerate(lines.distinct(records), 2))
    return Bundle(subject, network_name, exported, placed, None, b"")


def read(data: bytes) -> Bundle:
    """Read and verify a bundle. Raises Flawed and nothing else, whatever the bytes."""
    found = lines.split(data, _SORT)
    first, subject = _first(found[0])
    reader = Reader(first.network, _SORT, check)
    placed = tuple(reader.line(number, line) for number, line in enumerate(found[1:-1], 2))
    last = lines.parsed(_Last, found[-1], len(found), _CUT)
    exporter = _exporter(last, len(found))
    _check_together(reader, placed, subject, exporter)
    lines.check_hash(last.sha256, data[: -len(found[-1]) - 1], len(found))
    sha256 = bytes.fromhex(last.sha256)
    if exporter is not None:
        _check_signed(reader, exporter, last.signature or b"", sha256, len(found))
    return Bundle(subject, first.network, first.exported, placed, exporter, sha256)


def check(record: Record) -> None:
    """Raise ProtocolError unless a record, taken by itself, may stand in a reputation bundle: nothing private does."""
    kind = record.header.kind
    if kind not in _KINDS:
        raise Unsupported(f"a reputation bundle holds no {kind}")
    if kind == VOUCH.name:
        VOUCH.open(record)
        return
    contracts.check(record, record.header.context or b"")
    if kind in _PRIVATE and record.body is not None:
        raise NotAllowed("what it says is between the parties: a reputation bundle holds its header only")


_PRIVATE = frozenset(kind.name for kind in ENTRIES if kind.private)


def _check_together(reader: Reader, placed: Sequence[Placed], subject: bytes, exporter: bytes | None) -> None:
    """What the records can only say together: that each belongs to a contract of the subject's, or to its people."""
    agreements = _agreements(placed)
    if len(agreements) > CONTRACTS:
        raise Flawed(f"there are more than {CONTRACTS} contracts in it", 1)
    if subject not in reader.keys:
        raise Flawed("the key log of the one whom it is about is not in it", 1)
    people = {subject, exporter}
    for agreement in agreements.values():
        people |= {*agreement.participants}
    people |= {p.record.author for p in placed if p.record.header.kind == FORK.name}

    def belongs(record: Record) -> None:
        if record.header.kind == VOUCH.name:
            if not {record.author, VOUCH.open(record).subject} <= people:
                raise NotAllowed("it is about, or by, somebody who has no part in any of the contracts")
        elif record.header.kind in PEOPLE:
            if record.author not in people:
                raise NotAllowed("nothing else in this file is about its author")
        else:
            _check_part(record, agreements, subject)

    reader.each(placed, belongs)


def _check_part(record: Record, agreements: dict[bytes, Agreement], subject: bytes) -> None:
    agreement = agreements.get(record.header.context or b"")
    if agreement is None:
        raise NotAllowed("no signature under its contract is in this file")
    if agreement.role(subject) is None:
        raise NotAllowed("its contract is none of the one whom this file is about")
    contracts.check_author(record, agreement)


def _agreements(placed: Iterable[Placed]) -> dict[bytes, Agreement]:
    signed = (p.record for p in placed if p.record.header.kind == AGREEMENT.name)
    return {record.header.body: AGREEMENT.open(record) for record in signed}


def _first(data: bytes) -> tuple[_First, bytes]:
    found = lines.parsed(_First, data, 1, "this is not a reputation bundle")
    try:
        lines.check_first(found.format, FORMAT, found.network)
        return found, lines.name_in(found.subject, text.IDENTITY)
    except (ProtocolError, ValueError) as error:
        raise Flawed(str(error), 1) from error


def _exporter(last: _Last, number: int) -> bytes | None:
    """Who signed the file, by its own word."""
    if (last.by is None) != (last.signature is None):
        raise Flawed("the last line names a signer and a signature, or neither", number)
    try:
        return None if last.by is None else lines.name_in(last.by, text.IDENTITY)
    except Malformed as error:
        raise Flawed(str(error), number) from error


def _check_signed(reader: Reader, exporter: bytes, signature: bytes, sha256: bytes, number: int) -> None:
    try:
        if exporter not in reader.keys:
            raise NotAllowed("the key log of whoever signed the file is not in it")
        verify(reader.keys[exporter].key, signature, _signed(sha256))
    except ProtocolError as error:
        raise Flawed(str(error), number, "the exporter's signature") from error


def _signed(sha256: bytes) -> bytes:
    return b"freehold/bundle/1\0" + sha256
