"""Contract bundles: one file with all records of a contract, which anybody can check alone (specs/07-bundle.md).

JSON Lines: what it is, one record a line, the hash of all that. Every line is the one serialisation of what it says, so
a flipped bit is found, and in its line. What `read` returns is verified: every signature, every key, every place.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec

from . import keylog, limits, text
from .envelope import Record, pack, unpack
from .errors import Malformed, NotAllowed, ProtocolError, Unsupported, Unverifiable
from .keylog import INCEPTION, KeyState
from .kinds import ENTRIES
from .kinds.agreement import AGREEMENT, Agreement, Terms, terms_hash
from .kinds.forks import FORK, halves
from .kinds.notes import NOTE
from .kinds.profile import PROFILE
from .kinds.proposal import PROPOSAL, agreement_in
from .kinds.review import REVIEWS
from .kinds.timing import RECEIPT
from .network import network

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORMAT = "freehold-contract/1"
RECORDS = 4096
"""Records in one bundle: 256 entries, each vouched for by both parties and three witnesses, twice over."""
LINE_BYTES = 24 * 1024
"""The longest record, 17,024 bytes, in base64, and its names."""
BUNDLE_BYTES = 16 * 1024 * 1024
"""All entries of the longest contract at their full length, twice over."""

_IN_CONTRACT = {kind.name: kind for kind in (AGREEMENT, *ENTRIES, RECEIPT, FORK, NOTE, *REVIEWS)}
_KINDS = {kind.name: kind for kind in (INCEPTION, PROFILE, PROPOSAL)} | _IN_CONTRACT
_SECTIONS = {INCEPTION.name: 0, PROFILE.name: 1}
"""Keys come first, then names: so every line can be judged, and told of, when it is read."""
_PEOPLE = frozenset(_SECTIONS)


class Flawed(ProtocolError):
    """A bundle that does not hold: why, in which line (from 1), and what stands there as far as it can be told."""

    def __init__(self, reason: str, line: int, what: str = "") -> None:
        super().__init__(f"line {line}{f' ({what})' if what else ''}: {reason}")
        self.reason, self.line, self.what = reason, line, what


class _First(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    contract: str
    network: str
    exported: Annotated[int, msgspec.Meta(ge=0, le=limits.MAX_INTEGER)]


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    by: str
    id: str
    record: bytes


class _Last(msgspec.Struct, forbid_unknown_fields=True):
    sha256: str


_S = TypeVar("_S", _First, _Line, _Last)


@dataclass(frozen=True, slots=True)
class Placed:
    """A verified record and the line in which it stands."""

    line: int
    record: Record


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
    kept: dict[bytes, Record] = {}
    for record in records:
        if record.id not in kept or kept[record.id].body is None:
            kept[record.id] = record
    first = _First(FORMAT, text.show(contract, text.CONTRACT), network_name, exported)
    lines = (_line(record) for record in sorted(kept.values(), key=_order))
    data = b"".join(msgspec.json.encode(each) + b"\n" for each in (first, *lines))
    data += msgspec.json.encode(_Last(hashlib.sha256(data).hexdigest())) + b"\n"
    if len(kept) > RECORDS or len(data) > BUNDLE_BYTES:
        raise Malformed(f"{len(kept)} records of {len(data)} bytes are more than a bundle holds")
    return data


def read(data: bytes) -> Bundle:
    """Read and verify a bundle. Raises Flawed and nothing else, whatever the bytes."""
    lines = _split(data)
    first, contract = _first(lines[0])
    reader = _Reader(contract, first.network)
    placed = tuple(reader.line(number, line) for number, line in enumerate(lines[1:-1], 2))
    agreement = reader.members(placed)
    last = _parsed(_Last, lines[-1], len(lines), "the file is cut off, or its last line was changed")
    _check_hash(last, data[: -len(lines[-1]) - 1], len(lines))
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


class _Reader:
    """Reads line after line; what came before says whose keys and names they are."""

    def __init__(self, contract: bytes, network_name: str) -> None:
        self._contract, self._network = contract, network_name
        self._keys: dict[bytes, KeyState] = {}
        self._names: dict[bytes, str] = {}
        self._last: tuple[int, int, bytes] | None = None

    def line(self, number: int, data: bytes) -> Placed:
        """One record."""
        parsed = _parsed(_Line, data, number, "this is not a line of a contract bundle")
        try:
            record = unpack(parsed.record)
            self._check_shown(parsed, record)
            self._check_record(record)
        except ProtocolError as error:
            raise Flawed(str(error), number, self._what(parsed.kind, parsed.by)) from error
        return Placed(number, record)

    def members(self, placed: Sequence[Placed]) -> Agreement:
        """What the records can only say together: who has a part in the contract."""
        signed = next((p.record for p in placed if p.record.header.kind == AGREEMENT.name), None)
        if signed is None:
            raise Flawed("no signature under the agreement is in this file", 1)
        agreement = AGREEMENT.open(signed)
        authors = {p.record.author for p in placed if p.record.header.kind not in _PEOPLE}
        authors |= {*agreement.participants}
        for each in placed:
            record = each.record
            try:
                if record.header.kind not in _PEOPLE:
                    check_author(record, agreement)
                elif record.author not in authors:
                    raise NotAllowed("nothing else in this file is about its author")
            except ProtocolError as error:
                what = self._what(record.header.kind, text.show(record.author, text.IDENTITY))
                raise Flawed(str(error), each.line, what) from error
        return agreement

    def _check_shown(self, parsed: _Line, record: Record) -> None:
        shown = _line(record)
        for name in ("kind", "by", "id"):
            if getattr(parsed, name) != getattr(shown, name):
                raise NotAllowed(f"{name!r} is not what the record says")
        if record.header.network != self._network:
            raise NotAllowed(
                f"it was made for the network {record.header.network}, the first line says {self._network}"
            )
        order = _order(record)
        if self._last is not None and order <= self._last:
            raise NotAllowed("it stands twice" if order == self._last else "the lines are not in their order")
        self._last = order

    def _check_record(self, record: Record) -> None:
        check(record, self._contract)
        if record.header.kind == INCEPTION.name:
            if record.author in self._keys:
                raise NotAllowed("a second key log of the same identity")
            self._keys[record.author] = keylog.state(record)
        self._check_key(record)
        if record.header.kind == FORK.name:
            for half in halves(FORK.open(record)):
                self._check_key(half)
        if record.header.kind == PROFILE.name:
            if record.author in self._names:
                raise NotAllowed("a second profile of the same identity")
            self._names[record.author] = PROFILE.open(record).name

    def _check_key(self, record: Record) -> None:
        if record.author not in self._keys:
            raise Unverifiable("the key log of its author is not in this file")
        self._keys[record.author].check(record.header)

    def _what(self, kind: str, by: str) -> str:
        """`delivery/1 by Bob`, as far as the line can be believed to say so."""
        if kind not in _KINDS:
            return ""
        shown = {text.show(author, text.IDENTITY): name for author, name in self._names.items()}
        return f"{kind} by {shown.get(by, by[:14])}"


def _split(data: bytes) -> list[bytes]:
    if len(data) > BUNDLE_BYTES:
        raise Flawed(f"the file has more than {BUNDLE_BYTES} bytes", 1)
    *lines, rest = data.split(b"\n", RECORDS + 3)
    if not data:
        raise Flawed("the file is empty", 1)
    if len(lines) > RECORDS + 2:
        raise Flawed(f"more than {RECORDS} records", len(lines))
    if len(lines) + bool(rest) < 3 or not lines[0].startswith(b'{"format":'):  # noqa: PLR2004  -- first, a record, last
        raise Flawed("this is not a contract bundle", 1)
    if rest:
        raise Flawed("the file is cut off here, or its end was changed", len(lines) + 1)
    return lines


def _first(data: bytes) -> tuple[_First, bytes]:
    parsed = _parsed(_First, data, 1, "this is not a contract bundle")
    try:
        if parsed.format != FORMAT:
            raise Unsupported(f"it is of the form {parsed.format[:40]!r}, known here is {FORMAT!r}")
        contract = text.parse(parsed.contract, text.CONTRACT)
        if text.show(contract, text.CONTRACT) != parsed.contract:
            raise Malformed("the contract's name is not in small letters")
        network(parsed.network)
    except (ProtocolError, ValueError) as error:
        raise Flawed(str(error), 1) from error
    return parsed, contract


def _parsed(shape: type[_S], data: bytes, number: int, trouble: str) -> _S:
    """The line, if it is the one serialisation of what it says."""
    if len(data) > LINE_BYTES:
        raise Flawed(f"it has {len(data)} bytes, allowed are {LINE_BYTES}", number)
    try:
        parsed = msgspec.json.decode(data, type=shape)
        again = msgspec.json.encode(parsed)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Flawed(f"{trouble}: {error}", number) from error
    if again != data:
        raise Flawed(f"{trouble}: it is written in another way than bundles are", number)
    return parsed


def _check_hash(last: _Last, above: bytes, number: int) -> None:
    if last.sha256 != hashlib.sha256(above).hexdigest():
        raise Flawed("what stands above is not what was exported: it has another hash", number, "the hash")


def _line(record: Record) -> _Line:
    author, name = text.show(record.author, text.IDENTITY), text.show(record.id, text.RECORD)
    return _Line(record.header.kind, author, name, pack(record))


def _order(record: Record) -> tuple[int, int, bytes]:
    """Keys, names, then everything else as its authors date it."""
    return _SECTIONS.get(record.header.kind, 2), record.header.at, record.id


def _terms_in(record: Record) -> Terms | None:
    if record.header.kind == NOTE.name:
        return NOTE.open(record).terms
    return PROPOSAL.open(record).terms if record.header.kind == PROPOSAL.name else None
