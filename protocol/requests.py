"""What one node asks another over the request stream, and the answers (specs/05-gossip.md).

Every request and reply is one canonical map with an `op`. Pages are bounded; nobody is trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from . import canonical, limits, schema
from .errors import Malformed, Unsupported
from .schema import Items, Raw, Text, Whole
from .stamp import MOST_BITS, Stamp

Id = Annotated[bytes, Raw(32)]
Packed = Annotated[bytes, Raw(most=limits.RECORD_BYTES)]
EPOCH_BYTES = 16
PAGE_IDS = 256
_FETCH_RECORDS = 256


@dataclass(frozen=True)
class Fetch:
    """Give me these records."""

    ids: Annotated[tuple[Id, ...], Items(PAGE_IDS, least=1)]


@dataclass(frozen=True)
class Logs:
    """Give me the key logs of these identities."""

    of: Annotated[tuple[Id, ...], Items(64, least=1)]


@dataclass(frozen=True)
class CatchUp:
    """Give me the ids that you stored after position `after` of your own counting, which runs under `epoch`.

    A position is private to the node asked: its own count of records in order of arrival. Another `epoch` than its own
    (a new folder, a restored backup) makes it start from the beginning.
    """

    epoch: Annotated[bytes, Raw(EPOCH_BYTES)]
    after: Annotated[int, Whole()]


@dataclass(frozen=True)
class Deliver:
    """Here is a sealed record for an identity whose node you are; with a stamp, where one is asked of strangers."""

    sealed: Annotated[bytes, Raw(most=limits.FRAME_BYTES)]
    stamp: Stamp | None = None


@dataclass(frozen=True)
class File:
    """Give me of the file with this SHA-256 what follows the first `start` bytes."""

    sha256: Id
    start: Annotated[int, Whole(most=limits.FILE_BYTES)]


@dataclass(frozen=True)
class Records:
    """Answer to Fetch and Logs: those that I have and that fit the page; ask again for the rest."""

    records: Annotated[tuple[Packed, ...], Items(_FETCH_RECORDS)]


@dataclass(frozen=True)
class Page:
    """Answer to CatchUp: ids in order of arrival, where to go on, and whether there is more."""

    epoch: Annotated[bytes, Raw(EPOCH_BYTES)]
    ids: Annotated[tuple[Id, ...], Items(PAGE_IDS)]
    next: Annotated[int, Whole()]
    more: bool


@dataclass(frozen=True)
class Acknowledged:
    """Answer to Deliver: the recipient's signed acknowledgment, packed."""

    record: Packed


@dataclass(frozen=True)
class Piece:
    """Answer to File: how long the whole file is, and what follows `start`: all of it, or as much as fits a piece."""

    size: Annotated[int, Whole(most=limits.FILE_BYTES)]
    data: Annotated[bytes, Raw(most=limits.PIECE_BYTES)]


@dataclass(frozen=True)
class Declined:
    """Answer to anything: not now or not ever, and why; `again` says whether trying later may help.

    To a delivery: `stamp` is how many bits of a stamp would help.
    """

    reason: Annotated[str, Text(300)]
    again: bool
    stamp: Annotated[int, Whole(1, MOST_BITS)] | None = None


Request: TypeAlias = Fetch | Logs | CatchUp | Deliver | File
Reply: TypeAlias = Records | Page | Acknowledged | Piece | Declined
_OPS: dict[str, type[Any]] = {
    "fetch": Fetch,
    "logs": Logs,
    "catch-up": CatchUp,
    "deliver": Deliver,
    "file": File,
    "records": Records,
    "page": Page,
    "acknowledged": Acknowledged,
    "piece": Piece,
    "declined": Declined,
}
_NAMES = {cls: op for op, cls in _OPS.items()}


def write(message: Request | Reply) -> bytes:
    """Encode a request or reply. Raises Malformed if a field is out of bounds."""
    return canonical.encode({"op": _NAMES[type(message)], **schema.to_map(message)})


def read_request(data: bytes) -> Request:
    """Decode a request of at most 64 KiB. Raises Malformed, or Unsupported for an unknown `op`."""
    message = _read(data, limits.FRAME_BYTES)
    if not isinstance(message, Request):
        raise Malformed("this is a reply, not a request")
    return message


def read_reply(data: bytes) -> Reply:
    """Decode a reply of at most 256 KiB. Raises Malformed, or Unsupported for an unknown `op`."""
    message = _read(data, limits.REPLY_BYTES)
    if not isinstance(message, Reply):
        raise Malformed("this is a request, not a reply")
    return message


def _read(data: bytes, max_bytes: int) -> Request | Reply:
    fields = canonical.decode(data, max_bytes)
    if not isinstance(fields, dict) or type(fields.get("op")) is not str:
        raise Malformed("a request is a map with an op")
    cls = _OPS.get(str(fields["op"]))
    if cls is None:
        raise Unsupported(f"request {fields['op']!r} is not known here")
    return schema.from_map(cls, fields)
