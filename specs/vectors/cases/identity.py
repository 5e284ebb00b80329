"""identity/: signatures that must and must not hold, and keys from a secret (specs/03-identity.md)."""

from __future__ import annotations

from .. import edwards
from ..case import OK, UNVERIFIABLE, Case, Cases
from ..edwards import L
from ..plain import Author, Signed, alice, bob, mallory, named, pack, record, sha256
from .kinds import incepted
from .text import encoded

_MESSAGE = b"a message"
_SMALL_ORDER = {
    "order_1": "0100000000000000000000000000000000000000000000000000000000000000",
    "order_1_sign_set": "0100000000000000000000000000000000000000000000000000000000000080",
    "order_1_y_is_p_plus_1": "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "order_1_y_is_p_plus_1_sign_set": "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "order_2": "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "order_2_sign_set": "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "order_4": "0000000000000000000000000000000000000000000000000000000000000000",
    "order_4_sign_set": "0000000000000000000000000000000000000000000000000000000000000080",
    "order_4_y_is_p": "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "order_4_y_is_p_sign_set": "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "order_8_a": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "order_8_a_sign_set": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "order_8_b": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "order_8_b_sign_set": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
}
_EIGHTH = edwards.decoded(bytes.fromhex(_SMALL_ORDER["order_8_a"]))


def cases() -> Cases:
    """All of them."""
    derived = {"keys_from_a_secret": _derived(alice)}
    return {**_plain(), **_keys(), **_signatures(), **_cofactor(), **derived, **_speaking()}


def _check(about: str, key: bytes, signature: bytes, message: bytes, expect: str = UNVERIFIABLE) -> Case:
    gives: dict[str, object] | None = {} if expect == OK else None
    return Case(about, "verify", {"key": key, "signature": signature, "message": message}, expect, gives)


def _plain() -> Cases:
    rfc_key = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    rfc_signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    key, signature = alice.public(), alice.sign(_MESSAGE)
    flipped = bytes([signature[0] ^ 1]) + signature[1:]
    return {
        "valid_rfc_8032_test_1": _check("the first test of RFC 8032: no message", rfc_key, rfc_signature, b"", OK),
        "other_key": _check("signed by somebody else", bob.public(), signature, _MESSAGE),
        "bit_flipped": _check("one bit of R is wrong", key, flipped, _MESSAGE),
        "signature_63_bytes": _check("a signature has 64 bytes", key, signature[:63], _MESSAGE),
        "key_31_bytes": _check("a key has 32 bytes", key[:31], signature, _MESSAGE),
        "key_not_on_the_curve": _check("y = 2 is no point", (2).to_bytes(32, "little"), signature, _MESSAGE),
    }


def _keys() -> Cases:
    """The fourteen encodings of the eight points of small order, each with a signature that a lenient verifier takes.

    R = [S]B is no small point, and the message is such that the challenge is a multiple of 8, so that [k]A vanishes.
    """
    s = edwards.scalar(sha256(b"any number")) % L
    r = edwards.encoded(edwards.times(s, edwards.BASE))
    found: Cases = {}
    for name, text in _SMALL_ORDER.items():
        key = bytes.fromhex(text)
        message = next(m for m in _messages() if edwards.challenge(r, key, m) % L % 8 == 0)
        about = f"a key of small order ({name.replace('_', ' ')}): nobody needs a secret to sign with it"
        found[f"key_{name}"] = _check(about, key, edwards.signature(r, s), message)
    key = bytes.fromhex(_SMALL_ORDER["order_1"])
    found["key_order_1_signs_every_message"] = _check(
        "key and R are the neutral point, S is 0: OpenSSL takes it for every message",
        key,
        edwards.signature(key, 0),
        _MESSAGE,
    )
    return found


def _messages() -> list[bytes]:
    return [b"message %d" % number for number in range(200)]


def _signatures() -> Cases:
    key, signature = alice.public(), alice.sign(_MESSAGE)
    secret, s = edwards.scalar(alice.seed()), int.from_bytes(signature[32:], "little")
    neutral = edwards.encoded(edwards.IDENTITY)
    by_neutral = edwards.challenge(neutral, key, _MESSAGE) * secret % L
    return {
        "s_plus_l": _check(
            "S + L is the same number to a lenient verifier", key, signature[:32] + _le(s + L), _MESSAGE
        ),
        "s_is_l": _check("S must be below L", key, signature[:32] + _le(L), _MESSAGE),
        "r_neutral": _check(
            "an owner's signature whose R is the neutral point: OpenSSL takes it",
            key,
            edwards.signature(neutral, by_neutral),
            _MESSAGE,
        ),
    }


def _cofactor() -> Cases:
    """The equation is checked without the cofactor: R and A may have a part of small order, but it must cancel out."""
    nonce = edwards.scalar(sha256(b"a nonce")) % L
    secret, key = edwards.scalar(alice.seed()), alice.public()
    plain_r = edwards.times(nonce, edwards.BASE)
    mixed_r = edwards.encoded(edwards.add(plain_r, _EIGHTH))
    s = (nonce + edwards.challenge(mixed_r, key, _MESSAGE) * secret) % L
    mixed_key = edwards.encoded(edwards.add(edwards.decoded(key), _EIGHTH))
    r = edwards.encoded(plain_r)

    def by_mixed_key(*, cancels: bool) -> tuple[bytes, bytes]:
        for message in _messages():
            challenge = edwards.challenge(r, mixed_key, message) % L
            if (challenge % 8 == 0) is cancels:
                return edwards.signature(r, (nonce + challenge * secret) % L), message
        raise AssertionError("one message in eight does")

    return {
        "r_mixed_order": _check(
            "R has a part of order 8: a verifier with the cofactor takes it",
            key,
            edwards.signature(mixed_r, s),
            _MESSAGE,
        ),
        "key_mixed_order_left_over": _check(
            "the key has a part of order 8 that is left over: a verifier with the cofactor takes it",
            mixed_key,
            *by_mixed_key(cancels=False),
        ),
        "valid_key_mixed_order_cancels": _check(
            "the key has a part of order 8 that cancels out: the equation holds, so it is taken",
            mixed_key,
            *by_mixed_key(cancels=True),
            OK,
        ),
    }


def _speaking() -> Cases:
    """Whose key it is, as the identity's log says."""
    log = incepted(alice)

    def of(about: str, made: Signed, expect: str = UNVERIFIABLE) -> Case:
        given = {"inception": log.packed, "record": made.packed}
        return Case(about, "speaks", given, expect, {} if expect == OK else None)

    return {
        "speaks": of("alice's key speaks for alice", record(alice, "org.example.note/1", {}), OK),
        "speaks_other_key": of("mallory's key, alice's name", record(mallory, "org.example.note/1", {}, by=alice.id)),
        "speaks_other_identity": of("alice's log says nothing of bob", record(bob, "org.example.note/1", {})),
        "speaks_key_in_other_name": of(
            "nor may alice's key speak for bob", record(alice, "org.example.note/1", {}, by=bob.id)
        ),
    }


def _le(number: int) -> bytes:
    return number.to_bytes(32, "little")


def _derived(author: Author) -> Case:
    return Case(
        "every key of an identity grows from its 32 secret bytes",
        "derive",
        {"secret": author.secret},
        OK,
        {
            "signing_seed_0": author.seed(0),
            "signing_key_0": author.public(0),
            "signing_key_1": author.public(1),
            "recovery_key_0": author.public(0, "recovery"),
            "next_commitment": named("freehold/commitment/1", author.public(1)),
            "inception_body": pack(author.inception),
            "identity": author.id,
            "text": encoded("fh", author.id),
        },
    )
