"""Keys derive from one secret as the spec says; the one verifier is strict."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, strategies as st

from freehold.protocol import identity
from freehold.protocol.errors import Unverifiable
from freehold.protocol.identity import Root, SecretKey, commitment, digest, identity_of, public_key
from tests.cast import alice, bob
from tests.protocol.planted import Bug, nothing

L = 2**252 + 27742317777372353535851937790883648493
SEEDS = st.binary(min_size=32, max_size=32)
MESSAGES = st.binary(max_size=100)
SMALL_ORDER = [
    *("01" + "00" * 31, "01" + "00" * 30 + "80", "ee" + "ff" * 30 + "7f", "ee" + "ff" * 31),
    *(
        "ec" + "ff" * 30 + "7f",
        "ec" + "ff" * 31,
        "00" * 32,
        "00" * 31 + "80",
        "ed" + "ff" * 30 + "7f",
        "ed" + "ff" * 31,
    ),
    *(f"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc{end}" for end in ("05", "85")),
    *(f"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03{end}" for end in ("7a", "fa")),
]
"""All encodings of the eight points of small order, canonical or not."""
NEUTRAL = bytes.fromhex(SMALL_ORDER[0])


def _hkdf(secret: bytes, info: bytes) -> bytes:
    """RFC 5869 with SHA-256 and no salt, for 32 bytes."""
    return hmac.digest(hmac.digest(bytes(32), secret, "sha256"), info + b"\x01", "sha256")


@given(SEEDS, st.integers(0, 1_000))
def test_every_key_derives_from_the_one_secret(secret: bytes, number: int) -> None:
    root = Root(secret)
    assert root.signing_seed(number) == _hkdf(secret, b"freehold/signing/%d" % number)
    assert root.recovery_seed(number) == _hkdf(secret, b"freehold/recovery/%d" % number)


def test_no_two_keys_are_the_same() -> None:
    seeds = [
        seed for number in range(20) for seed in (alice.root.signing_seed(number), alice.root.recovery_seed(number))
    ]
    assert len({public_key(seed) for seed in [*seeds, bob.root.signing_seed(0)]}) == 41


def test_hashes_have_their_domains() -> None:
    key = alice.key.key
    assert commitment(key) == hashlib.sha256(b"freehold/commitment/1\0" + key).digest()
    assert identity_of(b"body") == hashlib.sha256(b"freehold/identity/1\0body").digest()
    assert digest("a", b"b", b"c") == hashlib.sha256(b"a\0bc").digest()
    assert commitment(key) != identity_of(key)


def test_nothing_secret_is_shown() -> None:
    for shown in (repr(alice.key), repr(alice.root), str(alice.key), f"{alice.root}"):
        assert alice.key.seed.hex() not in shown
        assert repr(alice.key.seed) not in shown
        assert repr(alice.root.secret) not in shown


def only_the_owner_signs(seed: bytes, message: bytes, bit: int) -> None:
    """A signature holds for its key and message; with one bit changed anywhere it does not."""
    signer = SecretKey(identity_of(b""), seed)
    signature = signer.sign(message)
    identity.verify(signer.key, signature, message)
    for changed in (
        (_flip(signer.key, bit), signature, message),
        (signer.key, _flip(signature, bit), message),
        (signer.key, signature, _flip(message + b"\0", bit)),
    ):
        with pytest.raises(Unverifiable):
            identity.verify(*changed)


def _flip(data: bytes, bit: int) -> bytes:
    at = bit % (len(data) * 8)
    return data[: at // 8] + bytes([data[at // 8] ^ 1 << at % 8]) + data[at // 8 + 1 :]


@given(SEEDS, MESSAGES, st.integers(0, 511))
def test_only_the_owner_signs(seed: bytes, message: bytes, bit: int) -> None:
    only_the_owner_signs(seed, message, bit)


@pytest.mark.parametrize(
    "bug",
    [
        Bug(identity, "crypto_sign_open", nothing),
        Bug(identity, "crypto_sign_open", lambda data, key: _openssl(key, data[:64], data[64:][:4])),
    ],
)
def test_a_blind_verifier_would_be_noticed(bug: Bug) -> None:
    told_by = (pytest.fail.Exception, InvalidSignature)
    bug.must_be_caught(only_the_owner_signs, SEEDS, MESSAGES, st.integers(0, 511), told_by=told_by)


def _openssl(key: bytes, signature: bytes, message: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(key).verify(signature, message)


@pytest.mark.parametrize("key", SMALL_ORDER)
def test_keys_of_small_order_sign_nothing(key: str) -> None:
    for r in (NEUTRAL, bytes.fromhex(key)):
        for number in range(16):
            with pytest.raises(Unverifiable):
                identity.verify(bytes.fromhex(key), r + bytes(32), b"message %d" % number)


@pytest.mark.parametrize("key", SMALL_ORDER)
def test_a_lenient_verifier_takes_each_of_them(key: str) -> None:
    """So the test above says something: there is a message for which the equation holds."""
    taken = 0
    for number in range(200):
        for r in (NEUTRAL, bytes.fromhex(key)):
            try:
                _openssl(bytes.fromhex(key), r + bytes(32), b"message %d" % number)
                taken += 1
            except InvalidSignature:
                pass
    assert taken


@pytest.mark.parametrize("more", [L, 1 << 255])
def test_a_signature_has_one_form(more: int) -> None:
    signature = alice.key.sign(b"message")
    s = int.from_bytes(signature[32:], "little") + more
    with pytest.raises(Unverifiable):
        identity.verify(alice.key.key, signature[:32] + s.to_bytes(32, "little"), b"message")


@pytest.mark.parametrize("length", [0, 31, 33])
def test_lengths_are_told(length: int) -> None:
    signature = alice.key.sign(b"message")
    with pytest.raises(Unverifiable, match="length"):
        identity.verify(bytes(length), signature, b"message")
    with pytest.raises(Unverifiable, match="length"):
        identity.verify(alice.key.key, bytes(32 + length), b"message")
