"""Records: signed, content-named statements, the only thing that is gossiped and kept (specs/02-record.md).

`unpack` is the single way to a `Record` from outside bytes, and it verifies; no unverified record exists. The original
bytes are kept and relayed, so fields that we do not know survive.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType

import msgspec

from . import canonical, limits
from .errors import Malformed, Unsupported, Unverifiable
from .header import Header, read_header
from .identity import KEY_BYTES, SIGNATURE_BYTES, IdentityId, Signer, verify

if TYPE_CHECKING:
    from .canonical import Value

RecordId = NewType("RecordId", bytes)
"""32 bytes: SHA-256("freehold/id/1" 0x00 header bytes)."""

SUITE_STRICT = 1
"""Ed25519, strict and cofactorless, as libsodium verifies; 2 is kept for a batch-verifiable rule."""


class Record(msgspec.Struct, frozen=True, gc=False):
    """A verified record. `body` is None when it is private or was erased; the header's hash still binds it."""

    id: RecordId
    header: Header
    header_bytes: bytes
    signature: bytes
    body: bytes | None

    def __repr__(self) -> str:
        return f"Record(id={self.id!r}, header={self.header!r})"

    @property
    def author(self) -> IdentityId:
        """Who signed."""
        return self.header.by

    def without_body(self) -> Record:
        """The public half of a record whose body is private."""
        return msgspec.structs.replace(self, body=None)

    def with_body(self, body: bytes) -> Record:
        """Join a body that arrived apart from its header. Raises Unverifiable if it is another body."""
        _check_body(self.header, body)
        return msgspec.structs.replace(self, body=body)


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
    return split(data).verified()


def reopen(data: bytes) -> Record:
    """Decode what our own store kept: all of `unpack` but the signature, which was checked before it was stored."""
    return split(data).claim()


def _reopen_any(data: bytes) -> Record:
    match canonical.decode(data):
        case [suite, *_] if type(suite) is int and suite != SUITE_STRICT:
            raise Unsupported(f"signature suite {suite}")
        case [suite, bytes(header_bytes), bytes(signature), (None | bytes()) as body] if type(suite) is int:
            return reassemble(header_bytes, signature, body)
        case _:
            raise Malformed("a record is an array of suite, header, signature and body")


def reassemble(header_bytes: bytes, signature: bytes, body: bytes | None, known: RecordId | None = None) -> Record:
    """A record from its parts as our own store kept them: all of `unpack` but suite and signature. `known`: its id, if
    it was made of these header bytes before. Raises Malformed, Unverifiable (body and header do not belong together)
    or Unsupported."""
    header = read_header(header_bytes)
    if body is not None:
        _check_body(header, body)
    return Record(_id(header_bytes) if known is None else known, header, header_bytes, signature, body)


class Sealed(msgspec.Struct, gc=False):
    """A packed record taken apart: what it claims, nothing verified. `id` is only good for "do I have it already?"."""

    id: RecordId
    _data: bytes
    _parts: tuple[bytes, bytes, bytes | None] | None
    _claim: Record | None = None

    def claim(self) -> Record:
        """The record as far as it can be read without its signature: not to be kept, nor passed on. Raises as
        `reopen` does."""
        if self._claim is None:
            self._claim = _reopen_any(self._data) if self._parts is None else reassemble(*self._parts, self.id)
        return self._claim

    def proof(self) -> bytes:
        """Key, signature and the 32-byte id that `verify_proof` checks: 128 bytes. Raises as `reopen` does."""
        claim = self.claim()
        if len(claim.signature) != SIGNATURE_BYTES:
            raise Unverifiable("key or signature has the wrong length")
        return claim.header.key + claim.signature + claim.id

    def verified(self) -> Record:
        """The record. Raises Malformed, Unverifiable, or Unsupported (another suite or version)."""
        claim = self.claim()
        verify(claim.header.key, claim.signature, _signed(claim.id))
        return claim


def split(data: bytes) -> Sealed:
    """Take a packed record apart, at a tenth of the cost of `reopen`. Raises Malformed as `claimed_id` does."""
    if len(data) <= limits.RECORD_BYTES:
        try:
            parts = _DECODE_PARTS(data)
        except (msgspec.DecodeError, ValueError, RecursionError):
            parts = None
        if parts is not None and parts[0] == SUITE_STRICT and _ENCODE_PARTS(parts) == data:
            return Sealed(_id(parts[1]), data, parts[1:])
    return Sealed(_claimed_id(data), data, None)


def verify_proof(proof: bytes) -> bool:
    """Whether the signature in a `Sealed.proof` is good."""
    try:
        verify(proof[:KEY_BYTES], proof[KEY_BYTES:-_ID_BYTES], b"freehold/sig/1\0" + proof[-_ID_BYTES:])
    except Unverifiable:
        return False
    return True


def claimed_id(data: bytes) -> RecordId:
    """The id that packed bytes claim, nothing verified: only good for "do I have it already?". Raises Malformed."""
    return split(data).id


def _claimed_id(data: bytes) -> RecordId:
    match canonical.decode(data):
        case [suite, bytes(header_bytes), *_] if type(suite) is int:
            return _id(header_bytes)
        case _:
            raise Malformed("a record is an array of suite, header, signature and body")


def place(author: bytes, kind: str, slot: bytes) -> bytes:
    """The 32-byte name of a replaceable place: what stays the same from version to version of an offer."""
    return hashlib.sha256(b"freehold/place/1\0" + author + kind.encode() + b"\0" + slot).digest()


def place_of(header: Header) -> bytes | None:
    """The place a record fills, or None for a record that is appended."""
    return None if header.slot is None else place(header.by, header.kind, header.slot)


def _id(header_bytes: bytes) -> RecordId:
    return RecordId(hashlib.sha256(b"freehold/id/1\0" + header_bytes).digest())


_ID_BYTES = 32
_DECODE_PARTS = msgspec.msgpack.Decoder(tuple[int, bytes, bytes, bytes | None]).decode
_ENCODE_PARTS = msgspec.msgpack.Encoder().encode
"""Parts of the right types that encode to the same bytes are the canonical encoding: no walk is needed."""


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
    "Sealed",
    "claimed_id",
    "pack",
    "place",
    "place_of",
    "reassemble",
    "reopen",
    "seal",
    "split",
    "unpack",
    "verify_proof",
]
