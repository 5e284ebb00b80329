"""Sealing a record to one recipient (specs/06-direct.md): HPKE base mode to a signed, rotating prekey.

The record inside carries the author's signature, and its body names the recipient and the prekey, so nobody can pass
it on as if it had been written to another. Padding in steps hides its exact length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from . import schema
from .errors import Malformed, Unsupported, Unverifiable
from .identity import digest
from .schema import Raw, Whole

SUITE_X25519 = 1
"""DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305 (RFC 9180)."""
_HPKE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
_LEAST_PADDED = 512
_STEPS = 8
_LENGTH_BYTES = 4
MAX_SEALED_BYTES = 48 * 1024
"""A proposal with its terms and the signed agreement inside, padded; fits a request frame."""


@dataclass(frozen=True)
class Sealed:
    """What travels: for whom (`to`, an identity), which prekey (`prekey`, its public half) opens it, and the box."""

    suite: Annotated[int, Whole(1, 255)]
    to: Annotated[bytes, Raw(32)]
    prekey: Annotated[bytes, Raw(32)]
    box: Annotated[bytes, Raw(most=MAX_SEALED_BYTES)]


def new_prekey(seed: bytes) -> tuple[bytes, bytes]:
    """The private and public half (32 bytes each) of the prekey that grows from 32 random bytes."""
    private = X25519PrivateKey.from_private_bytes(seed)
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def seal_to(recipient: bytes, prekey: bytes, packed: bytes) -> bytes:
    """Seal packed record bytes to an identity's prekey. Raises Malformed if they are too long or the key is bad."""
    try:
        box = _HPKE.encrypt(_pad(packed), X25519PublicKey.from_public_bytes(prekey), info=_info(recipient, prekey))
    except ValueError as error:
        raise Malformed(f"nothing can be sealed to this prekey: {error}") from error
    return schema.dump(Sealed(SUITE_X25519, recipient, prekey, box))


def read_sealed(data: bytes) -> Sealed:
    """Read the outside of a sealed record. Raises Malformed."""
    return schema.load(Sealed, data, MAX_SEALED_BYTES + 256)


def unseal(sealed: Sealed, private: bytes) -> bytes:
    """The packed record inside, opened with the prekey's private half. Raises Unverifiable, or Unsupported for a suite
    that is not known here."""
    if sealed.suite != SUITE_X25519:
        raise Unsupported(f"sealed with suite {sealed.suite}, which is not known here")
    try:
        padded = _HPKE.decrypt(
            sealed.box, X25519PrivateKey.from_private_bytes(private), info=_info(sealed.to, sealed.prekey)
        )
    except (InvalidTag, ValueError) as error:
        raise Unverifiable("it was not sealed to this key, or was changed on the way") from error
    return _unpad(padded)


def _info(recipient: bytes, prekey: bytes) -> bytes:
    return digest("freehold/seal/1", recipient, prekey)


def _pad(data: bytes) -> bytes:
    """Length, data, zeros: up to 512 bytes, then to the next eighth of the power of two (at most 12.5 % more)."""
    length = _LENGTH_BYTES + len(data)
    step = max(_LEAST_PADDED, (1 << (length - 1).bit_length()) // 2 // _STEPS)
    padded = -(-length // step) * step
    return len(data).to_bytes(_LENGTH_BYTES, "big") + data + bytes(padded - length)


def _unpad(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    data = padded[_LENGTH_BYTES : _LENGTH_BYTES + length]
    if padded != _pad(data):
        raise Unverifiable("the padding is not the one that was agreed")
    return data
