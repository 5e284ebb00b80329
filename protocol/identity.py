"""Keys and the identities that hang from them (specs/03-identity.md).

An identity is named by the hash of its inception: the first signing key, the hash of the next one (pre-rotation) and
the hash of a recovery key. All three derive from one 32-byte secret, the 24 words; only the signing key is ever on
disk, so a thief of the disk can neither rotate nor recover.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NewType, Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey

from .errors import Unverifiable

IdentityId = NewType("IdentityId", bytes)
"""32 bytes: SHA-256("freehold/identity/1" 0x00 inception body)."""

KEY_BYTES = 32
SIGNATURE_BYTES = 64
SECRET_BYTES = 32


def digest(domain: str, *parts: bytes) -> bytes:
    """SHA-256 under a domain, so that a hash made for one purpose never serves another."""
    return hashlib.sha256(domain.encode() + b"\0" + b"".join(parts)).digest()


def verify(key: bytes, signature: bytes, message: bytes) -> None:
    """The one signature check of the project: strict cofactorless Ed25519 as libsodium does it.

    Small-order and non-canonical keys, small-order R and S >= L are refused. Raises Unverifiable.
    """
    if len(key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        raise Unverifiable("key or signature has the wrong length")
    try:
        crypto_sign_open(signature + message, key)
    except BadSignatureError as error:
        raise Unverifiable("the signature does not match") from error


class Signer(Protocol):
    """Something that signs for an identity: a key in memory, later a device."""

    @property
    def identity(self) -> IdentityId:
        """Whose signature it is."""
        ...

    @property
    def key(self) -> bytes:
        """The 32-byte public key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of `message`."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class SecretKey:
    """An Ed25519 signing key and the identity it signs for."""

    identity: IdentityId
    seed: bytes

    @property
    def key(self) -> bytes:
        """The 32-byte public key."""
        return bytes(SigningKey(self.seed).verify_key)

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of `message`."""
        return SigningKey(self.seed).sign(message).signature

    def __repr__(self) -> str:
        return f"SecretKey({self.identity.hex()[:16]})"


@dataclass(frozen=True, slots=True, repr=False)
class Root:
    """What the 24 words hold: 32 secret bytes from which every key of an identity derives."""

    secret: bytes

    def signing_seed(self, number: int) -> bytes:
        """The seed of the `number`-th signing key; 0 is the inception's."""
        return self._derive(f"freehold/signing/{number}")

    def recovery_seed(self, number: int) -> bytes:
        """The seed of the `number`-th recovery key."""
        return self._derive(f"freehold/recovery/{number}")

    def _derive(self, purpose: str) -> bytes:
        return HKDF(SHA256(), SECRET_BYTES, salt=None, info=purpose.encode()).derive(self.secret)


def public_key(seed: bytes) -> bytes:
    """The 32-byte Ed25519 public key of a 32-byte seed."""
    return bytes(SigningKey(seed).verify_key)


def commitment(key: bytes) -> bytes:
    """The hash by which an inception commits to a key that it does not reveal."""
    return digest("freehold/commitment/1", key)


def identity_of(inception_body: bytes) -> IdentityId:
    """The identity that an inception body brings into being."""
    return IdentityId(digest("freehold/identity/1", inception_body))
