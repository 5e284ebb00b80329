"""HPKE base mode (RFC 9180) with a known ephemeral key, and the sealed form of specs/06-direct.md around it.

Suite: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. Written out, so that vectors can be made again.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from .plain import named, pack

_KEM = b"KEM" + (0x0020).to_bytes(2, "big")
_SUITE = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (0x0020, 0x0001, 0x0003))


@dataclass(frozen=True)
class Prekey:
    """An X25519 pair."""

    private: bytes

    @property
    def public(self) -> bytes:
        """The public half."""
        return X25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw()


def _extract(suite: bytes, salt: bytes, label: bytes, secret: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + secret, "sha256")


def _expand(suite: bytes, key: bytes, label: bytes, info: bytes, size: int) -> bytes:
    labeled = size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(key, labeled + b"\1", "sha256")[:size]


def seal(plaintext: bytes, recipient: bytes, ephemeral: Prekey, info: bytes) -> bytes:
    """The encapsulated key and the ciphertext."""
    ours = X25519PrivateKey.from_private_bytes(ephemeral.private)
    shared = ours.exchange(X25519PublicKey.from_public_bytes(recipient))
    return seal_under(shared, plaintext, recipient, ephemeral.public, info)


def seal_under(shared: bytes, plaintext: bytes, recipient: bytes, encapsulated: bytes, info: bytes) -> bytes:
    """The same, from the shared point on."""
    eae = _extract(_KEM, b"", b"eae_prk", shared)
    secret = _expand(_KEM, eae, b"shared_secret", encapsulated + recipient, 32)
    context = b"\0" + _extract(_SUITE, b"", b"psk_id_hash", b"") + _extract(_SUITE, b"", b"info_hash", info)
    schedule = _extract(_SUITE, secret, b"secret", b"")
    key = _expand(_SUITE, schedule, b"key", context, 32)
    nonce = _expand(_SUITE, schedule, b"base_nonce", context, 12)
    return encapsulated + ChaCha20Poly1305(key).encrypt(nonce, plaintext, b"")


def padded(data: bytes) -> bytes:
    """Length, data, zeros (specs/06-direct.md)."""
    length = 4 + len(data)
    power = 1
    while power < length:
        power *= 2
    step = max(512, power // 16)
    return len(data).to_bytes(4, "big") + data + bytes(-length % step)


def sealed(data: bytes, to: bytes, prekey: bytes, ephemeral: Prekey) -> bytes:
    """What travels; `data` is padded already, so that a flaw can be put into the padding."""
    box = seal(data, prekey, ephemeral, named("freehold/seal/1", to + prekey))
    return pack({"suite": 1, "to": to, "prekey": prekey, "box": box})
