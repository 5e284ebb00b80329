"""A second, naive implementation of the specs' bytes, so that vectors do not merely repeat what the code does.

Nothing of freehold is imported here. Signatures come from OpenSSL, MessagePack and HKDF are written out.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

NETWORK = "test-market"
START_MS = 1_750_000_000_000
DAY_MS = 24 * 60 * 60 * 1000


class Encoded(bytes):
    """A piece that is MessagePack already: put in as it is."""


class Pairs(list[Any]):
    """A map whose keys stand in the order given, twice if need be."""


def pack(value: Any) -> bytes:
    """Canonical MessagePack; map keys ascend, unless they come as `Pairs`."""
    if isinstance(value, Encoded):
        return bytes(value)
    if isinstance(value, Pairs):
        return _head(len(value), 0x80, 16, (None, 0xDE, 0xDF)) + b"".join(pack(k) + pack(v) for k, v in value)
    if isinstance(value, dict):
        return pack(Pairs(sorted(value.items(), key=lambda item: item[0].encode())))
    if isinstance(value, list):
        return _head(len(value), 0x90, 16, (None, 0xDC, 0xDD)) + b"".join(map(pack, value))
    if isinstance(value, str):
        return _head(len(value.encode()), 0xA0, 32, (0xD9, 0xDA, 0xDB)) + value.encode()
    if isinstance(value, bytes):
        return _head(len(value), 0, 0, (0xC4, 0xC5, 0xC6)) + value
    if value is None or isinstance(value, bool):
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    return _integer(value)


def _head(length: int, short: int, below: int, tags: tuple[int | None, int, int]) -> bytes:
    if length < below:
        return bytes([short | length])
    if length < 1 << 8 and tags[0] is not None:
        return bytes([tags[0], length])
    if length < 1 << 16:
        return bytes([tags[1]]) + struct.pack(">H", length)
    return bytes([tags[2]]) + struct.pack(">I", length)


def _integer(value: int) -> bytes:
    if value < 1 << 7:
        return bytes([value])
    for tag, form, bits in ((0xCC, ">B", 8), (0xCD, ">H", 16), (0xCE, ">I", 32)):
        if value < 1 << bits:
            return bytes([tag]) + struct.pack(form, value)
    return b"\xcf" + struct.pack(">Q", value)


def sha256(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def named(domain: str, data: bytes) -> bytes:
    """SHA-256(domain 0x00 data)."""
    return sha256(domain.encode() + b"\0" + data)


def hkdf(secret: bytes, info: bytes, size: int = 32) -> bytes:
    """HKDF-SHA256 (RFC 5869) without salt, up to 32 bytes."""
    extracted = hmac.digest(bytes(32), secret, "sha256")
    return hmac.digest(extracted, info + b"\1", "sha256")[:size]


@dataclass(frozen=True)
class Author:
    """Somebody whose 32 secret bytes are known."""

    secret: bytes

    def seed(self, number: int = 0, purpose: str = "signing") -> bytes:
        """The seed of a signing or recovery key."""
        return hkdf(self.secret, f"freehold/{purpose}/{number}".encode())

    def public(self, number: int = 0, purpose: str = "signing") -> bytes:
        """The public half."""
        return Ed25519PrivateKey.from_private_bytes(self.seed(number, purpose)).public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature with the first signing key."""
        return Ed25519PrivateKey.from_private_bytes(self.seed()).sign(message)

    @property
    def inception(self) -> dict[str, bytes]:
        """The body of the inception."""
        recovery = named("freehold/commitment/1", self.public(0, "recovery"))
        return {
            "key": self.public(),
            "next": named("freehold/commitment/1", self.public(1)),
            "recovery": named("freehold/recovery-set/1", recovery),
        }

    @property
    def id(self) -> bytes:
        """The identity."""
        return named("freehold/identity/1", pack(self.inception))


alice, bob, carol, mallory, dave, erin = (
    Author(sha256(b"freehold test cast: " + name.encode()))
    for name in ("alice", "bob", "carol", "mallory", "dave", "erin")
)


@dataclass(frozen=True)
class Signed:
    """A record that was made here."""

    header: bytes
    signature: bytes
    body: bytes | None
    author: Author
    kind: str = ""

    @property
    def id(self) -> bytes:
        """Its name."""
        return named("freehold/id/1", self.header)

    @property
    def packed(self) -> bytes:
        """Its bytes on the wire."""
        return pack([1, self.header, self.signature, self.body])

    @property
    def public(self) -> Signed:
        """The record without its body, as others have it when the body is private."""
        return replace(self, body=None)


def fields(author: Author, kind: str, body: bytes, /, **more: Any) -> dict[str, Any]:
    """A header as a map. `more` sets fields (`in_` is `in`); `...` as a value takes one away."""
    header: dict[str, Any] = {
        "v": 1,
        "net": NETWORK,
        "kind": kind,
        "by": author.id,
        "key": author.public(),
        "at": START_MS,
        "body": sha256(body),
        "len": len(body),
    }
    header |= {name.rstrip("_"): value for name, value in more.items()}
    return {name: value for name, value in header.items() if value is not ...}


def sign(author: Author, header: bytes, body: bytes | None, kind: str = "") -> Signed:
    """Sign header bytes, whatever they are."""
    signature = author.sign(b"freehold/sig/1\0" + named("freehold/id/1", header))
    return Signed(header, signature, body, author, kind)


def record(author: Author, kind: str, body: Any, /, **more: Any) -> Signed:
    """A signed record of any kind and body (a value, or `Encoded`); `more` as in `fields`."""
    data = pack(body)
    return sign(author, pack(fields(author, kind, data, **more)), data, kind)
