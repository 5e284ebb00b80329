"""Files of records that anybody can check alone: what bundles of all sorts share (specs/07-bundle.md).

JSON Lines: what it is, one record a line, the hash of all that. Every line is the one serialisation of what it says, so
a flipped bit is found, and in its line. What a `Reader` returns is verified: every signature, every key, every place.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec

from . import keylog, text
from .envelope import Record, pack, unpack
from .errors import Malformed, NotAllowed, ProtocolError, Unsupported, Unverifiable
from .keylog import INCEPTION, KeyState
from .kinds.forks import FORK, halves
from .kinds.profile import PROFILE
from .network import network
from .steps import Steps, at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

LINES_A_STEP = 16
"""Lines that are written before others have their turn: about a millisecond."""
LINE_BYTES = 24 * 1024
"""The longest record, 17,024 bytes, in base64, and its names."""
PEOPLE = frozenset({INCEPTION.name, PROFILE.name})
_SECTIONS = {INCEPTION.name: 0, PROFILE.name: 1}
"""Keys come first, then names: so every line can be judged, and told of, when it is read."""

S = TypeVar("S", bound=msgspec.Struct)


class Flawed(ProtocolError):
    """A bundle that does not hold: why, in which line (from 1), and what stands there as far as it can be told."""

    def __init__(self, reason: str, line: int, what: str = "") -> None:
        super().__init__(f"line {line}{f' ({what})' if what else ''}: {reason}")
        self.reason, self.line, self.what = reason, line, what


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of bundle: what it is called in sentences, the kinds it holds, and how much of them (records, bytes)."""

    what: str
    kinds: frozenset[str]
    records: int
    size: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A verified record and the line in which it stands."""

    line: int
    record: Record


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """A record, with what it says of itself."""

    kind: str
    by: str
    id: str
    record: bytes


def distinct(records: Iterable[Record]) -> list[Record]:
    """Each record once, with its body if any of them has it, in the order of the lines."""
    kept: dict[bytes, Record] = {}
    for record in records:
        if record.id not in kept or kept[record.id].body is None:
            kept[record.id] = record
    return sorted(kept.values(), key=order)


def joined(first: msgspec.Struct, records: Sequence[Record], sort: Sort) -> bytes:
    """All lines but the last. Raises Malformed if that is more than a bundle holds."""
    return at_once(joining(first, records, sort))


def joining(first: msgspec.Struct, records: Sequence[Record], sort: Sort) -> Steps[bytes]:
    """The same in steps."""
    parts = [encoded(first)]
    for start in range(0, len(records), LINES_A_STEP):
        parts += (encoded(line_of(record)) for record in records[start : start + LINES_A_STEP])
        yield
    data = b"".join(parts)
    if len(records) > sort.records or len(data) + LINE_BYTES > sort.size:
        raise Malformed(f"{len(records)} records of {len(data)} bytes are more than a {sort.what} holds")
    return data


def encoded(line: msgspec.Struct) -> bytes:
    """A line with its end."""
    return msgspec.json.encode(line) + b"\n"


def line_of(record: Record) -> Line:
    """The line of a record."""
    author, name = text.show(record.author, text.IDENTITY), text.show(record.id, text.RECORD)
    return Line(record.header.kind, author, name, pack(record))


def order(record: Record) -> tuple[int, int, bytes]:
    """Keys, names, then everything else as its authors date it."""
    return _SECTIONS.get(record.header.kind, 2), record.header.at, record.id


def split(data: bytes, sort: Sort) -> list[bytes]:
    """The lines of a file: the first, those of records, the last. Raises Flawed."""
    if len(data) > sort.size:
        raise Flawed(f"the file has more than {sort.size} bytes", 1)
    *lines, rest = data.split(b"\n", sort.records + 3)
    if not data:
        raise Flawed("the file is empty", 1)
    if len(lines) > sort.records + 2:
        raise Flawed(f"more than {sort.records} records", len(lines))
    if len(lines) + bool(rest) < 3 or not lines[0].startswith(b'{"format":'):  # noqa: PLR2004  -- first, a record, last
        raise Flawed(f"this is not a {sort.what}", 1)
    if rest:
        raise Flawed("the file is cut off here, or its end was changed", len(lines) + 1)
    return lines


def parsed(shape: type[S], data: bytes, number: int, trouble: str) -> S:
    """The line, if it is the one serialisation of what it says. Raises Flawed."""
    if len(data) > LINE_BYTES:
        raise Flawed(f"it has {len(data)} bytes, allowed are {LINE_BYTES}", number)
    try:
        found = msgspec.json.decode(data, type=shape)
        again = msgspec.json.encode(found)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Flawed(f"{trouble}: {error}", number) from error
    if again != data:
        raise Flawed(f"{trouble}: it is written in another way than bundles are", number)
    return found


def check_first(form: str, expected: str, network_name: str) -> None:
    """Raise ProtocolError or ValueError unless the first line is of the right form and names a network."""
    if form != expected:
        raise Unsupported(f"it is of the form {form[:40]!r}, known here is {expected!r}")
    network(network_name)


def name_in(shown: str, prefix: str) -> bytes:
    """The name that a line shows, in its one spelling. Raises Malformed."""
    name = text.parse(shown, prefix)
    if text.show(name, prefix) != shown:
        raise Malformed("a name is not in small letters")
    return name


def check_hash(sha256: str, above: bytes, number: int) -> None:
    """Raise Flawed unless that is the hash of what stands above."""
    if sha256 != hashlib.sha256(above).hexdigest():
        raise Flawed("what stands above is not what was exported: it has another hash", number, "the hash")


class Reader:
    """Reads line after line; what came before says whose keys and names they are. `admit` raises ProtocolError for a
    record that, by itself, has no place in such a bundle."""

    def __init__(self, network_name: str, sort: Sort, admit: Callable[[Record], None]) -> None:
        self._network, self._sort, self._admit = network_name, sort, admit
        self.keys: dict[bytes, KeyState] = {}
        self._names: dict[bytes, str] = {}
        self._last: tuple[int, int, bytes] | None = None

    def line(self, number: int, data: bytes) -> Placed:
        """One record. Raises Flawed."""
        found = parsed(Line, data, number, f"this is not a line of a {self._sort.what}")
        try:
            record = unpack(found.record)
            self._check_shown(found, record)
            self._check_record(record)
        except ProtocolError as error:
            raise Flawed(str(error), number, self._what(found.kind, found.by)) from error
        return Placed(number, record)

    def each(self, placed: Iterable[Placed], check: Callable[[Record], None]) -> None:
        """Check what records can only say together. Raises Flawed, in the line of the first that fails."""
        for one in placed:
            try:
                check(one.record)
            except ProtocolError as error:
                record = one.record
                what = self._what(record.header.kind, text.show(record.author, text.IDENTITY))
                raise Flawed(str(error), one.line, what) from error

    def _check_shown(self, found: Line, record: Record) -> None:
        shown = line_of(record)
        for name in ("kind", "by", "id"):
            if getattr(found, name) != getattr(shown, name):
                raise NotAllowed(f"{name!r} is not what the record says")
        if record.header.network != self._network:
            raise NotAllowed(
                f"it was made for the network {record.header.network}, the first line says {self._network}"
            )
        place = order(record)
        if self._last is not None and place <= self._last:
            raise NotAllowed("it stands twice" if place == self._last else "the lines are not in their order")
        self._last = place

    def _check_record(self, record: Record) -> None:
        self._admit(record)
        if record.header.kind == INCEPTION.name:
            if record.author in self.keys:
                raise NotAllowed("a second key log of the same identity")
            self.keys[record.author] = keylog.state(record)
        self._check_key(record)
        if record.header.kind == FORK.name:
            for half in halves(FORK.open(record)):
                self._check_key(half)
        if record.header.kind == PROFILE.name:
            if record.author in self._names:
                raise NotAllowed("a second profile of the same identity")
            self._names[record.author] = PROFILE.open(record).name

    def _check_key(self, record: Record) -> None:
        if record.author not in self.keys:
            raise Unverifiable("the key log of its author is not in this file")
        self.keys[record.author].check(record.header)

    def _what(self, kind: str, by: str) -> str:
        """`delivery/1 by Bob`, as far as the line can be believed to say so."""
        if kind not in self._sort.kinds:
            return ""
        shown = {text.show(author, text.IDENTITY): name for author, name in self._names.items()}
        return f"{kind} by {shown.get(by, by[:14])}"
