"""Records: signed, content-named statements, the only thing that is gossiped and kept (specs/02-record.md).

`unpack` is the single way to a `Record` from outside bytes, and it verifies; no unverified record exists. The original
bytes are kept and relayed, so fields that we do not know survive.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NewType

from . import canonical, limits
from .errors import Malformed, Unsupported, Unverifiable
from .header import Header, read_header
from .identity import IdentityId, Signer, digest, verify

if TYPE_CHECKING:
    from .canonical import Value

RecordId = NewType("RecordId", bytes)
"""32 bytes: SHA-256("freehold/id/1" 0x00 header bytes)."""

SUITE_STRICT = 1
"""Ed25519, strict and cofactorless, as libsodium verifies; 2 is kept for a batch-verifiable rule."""


@dataclass(frozen=True, slots=True)
class Record:
    """A verified record. `body` is None when it is private or was erased; the header's hash still binds it."""

    id: RecordId
    header: Header
    header_bytes: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    body: bytes | None = field(repr=False)

    @property
    def author(self) -> IdentityId:
        """Who signed."""
        return self.header.by

    def without_body(self) -> Record:
        """The public half of a record whose body is private."""
        return replace(self, body=None)

    def with_body(self, body: bytes) -> Record:
        """Join a body that arrived apart from its header. Raises Unverifiable if it is another body."""
        _check_body(self.header, body)
        return replace(self, body=body)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an author decides about a record; `seal` adds the rest."""

    kind: str
    at: int
    body: bytes
    context: bytes | None = None
    slot: bytes | None = None
    till: int | None = None
    part: int | None = None
    seq: int | None = None
    prev: bytes | None = None
    seen: tuple[bytes, ...] = ()


def seal(draft: Draft, network: str, signer: Signer) -> Record:
    """Sign a draft. Raises Malformed if the header would not be valid."""
    optional: dict[str, Value] = {
        "in": draft.context,
        "slot": draft.slot,
        "till": draft.till,
        "part": draft.part,
        "seq": draft.seq,
        "prev": draft.prev,
        "seen": list(draft.seen) or None,
    }
    header: dict[str, Value] = {
        "v": 1,
        "net": network,
        "kind": draft.kind,
        "by": signer.identity,
        "key": signer.key,
        "at": draft.at,
        "body": hashlib.sha256(draft.body).digest(),
        "len": len(draft.body),
    }
    header |= {key: value for key, value in optional.items() if value is not None}
    header_bytes = canonical.encode(header)
    record_id = _id(header_bytes)
    signature = signer.sign(_signed(record_id))
    return Record(record_id, read_header(header_bytes), header_bytes, signature, draft.body)


def pack(record: Record) -> bytes:
    """The bytes of a record on the wire: exactly those it came with."""
    return canonical.encode([SUITE_STRICT, record.header_bytes, record.signature, record.body])


def unpack(data: bytes) -> Record:
    """Decode and verify. Raises Malformed, Unverifiable, or Unsupported (another suite or version)."""
    record = reopen(data)
    verify(record.header.key, record.signature, _signed(record.id))
    return record


def reopen(data: bytes) -> Record:
    """Decode what our own store kept: all of `unpack` but the signature, which was checked before it was stored."""
    match canonical.decode(data):
        case [suite, *_] if type(suite) is int and suite != SUITE_STRICT:
            raise Unsupported(f"signature suite {suite}")
        case [suite, bytes(header_bytes), bytes(signature), (None | bytes()) as body] if type(suite) is int:
            return reassemble(header_bytes, signature, body)
        case _:
            raise Malformed("a record is an array of suite, header, signature and body")


def reassemble(header_bytes: bytes, signature: bytes, body: bytes | None) -> Record:
    """A record from its parts as our own store kept them: all of `unpack` but suite and signature. Raises Malformed,
    Unverifiable (body and header do not belong together) or Unsupported."""
    header = read_header(header_bytes)
    if body is not None:
        _check_body(header, body)
    return Record(_id(header_bytes), header, header_bytes, signature, body)


def claimed_id(data: bytes) -> RecordId:
    """The id that packed bytes claim, nothing verified: only good for "do I have it already?". Raises Malformed."""
    match canonical.decode(data):
        case [suite, bytes(header_bytes), *_] if type(suite) is int:
            return _id(header_bytes)
        case _:
            raise Malformed("a record is an array of suite, header, signature and body")


def place(author: bytes, kind: str, slot: bytes) -> bytes:
    """The 32-byte name of a replaceable place: what stays the same from version to version of an offer."""
    return digest("freehold/place/1", author, kind.encode(), b"\0", slot)


def place_of(header: Header) -> bytes | None:
    """The place a record fills, or None for a record that is appended."""
    return None if header.slot is None else place(header.by, header.kind, header.slot)


def _id(header_bytes: bytes) -> RecordId:
    return RecordId(digest("freehold/id/1", header_bytes))


def _signed(record_id: RecordId) -> bytes:
    return b"freehold/sig/1\0" + record_id


def _check_body(header: Header, body: bytes) -> None:
    if len(body) != header.length or len(body) > limits.BODY_BYTES:
        raise Unverifiable(f"the body has {len(body)} bytes, the header says {header.length}")
    if hashlib.sha256(body).digest() != header.body:
        raise Unverifiable("the body is not the one that was signed")


__all__ = [
    "SUITE_STRICT",
    "Draft",
    "Record",
    "RecordId",
    "claimed_id",
    "pack",
    "place",
    "place_of",
    "reassemble",
    "reopen",
    "seal",
    "unpack",
]
