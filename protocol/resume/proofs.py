"""Data Integrity proofs of W3C's suite eddsa-jcs-2022, and keys as did:key: a signature under a JSON document.

What is signed is 64 bytes, two hashes side by side; what is signed under records and bundles begins with `freehold/`
and has other lengths, so no signature of the one sort is ever one of another.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..errors import Malformed, Unverifiable
from ..identity import KEY_BYTES, SIGNATURE_BYTES, verify
from . import jcs

if TYPE_CHECKING:
    from ..identity import Signer
    from .jcs import Json

SUITE = "eddsa-jcs-2022"
_ED25519 = b"\xed\x01"
"""The multicodec prefix of an Ed25519 public key."""
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_MOST_LETTERS = 128
"""A signature in base 58 has 88."""


def did(key: bytes) -> str:
    """An Ed25519 key as a did:key."""
    return "did:key:" + _multibase(_ED25519 + key)


def key_of(name: str) -> bytes:
    """The Ed25519 key that a did:key is. Raises Malformed."""
    data = _bytes(name.removeprefix("did:key:"))
    if not name.startswith("did:key:") or data[:2] != _ED25519 or len(data) != KEY_BYTES + 2:
        raise Malformed(f"{name[:80]!r} is no did:key of an Ed25519 key")
    return data[2:]


def moment(at: int) -> str:
    """A time (ms) as XML Schema writes it, in UTC, to the second. Raises Malformed for one beyond the calendar."""
    try:
        return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError) as error:
        raise Malformed("a time lies beyond the calendar") from error


def prove(document: dict[str, Json], at: int, signer: Signer) -> dict[str, Json]:
    """The document with a proof by the signer, who is its issuer."""
    name = did(signer.key)
    proof: dict[str, Json] = {
        "@context": document["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": moment(at),
        "verificationMethod": f"{name}#{name.removeprefix('did:key:')}",
        "proofPurpose": "assertionMethod",
    }
    proved: Json = proof | {"proofValue": _multibase(signer.sign(_signed(document, proof)))}
    return document | {"proof": proved}


def check(document: dict[str, Json]) -> bytes:
    """The key under whose proof a document stands. Raises Unverifiable or Malformed; `issuer` is the caller's to
    compare."""
    match document:
        case {"proof": {"proofValue": str(value), "verificationMethod": str(method), **options}, **rest}:
            pass
        case _:
            raise Malformed("it has no proof")
    config: dict[str, Json] = options | {"verificationMethod": method}
    if config.get("type") != "DataIntegrityProof" or config.get("cryptosuite") != SUITE:
        raise Malformed(f"its proof is not of the suite {SUITE}")
    if config.get("proofPurpose") != "assertionMethod" or config.get("@context") != rest.get("@context"):
        raise Malformed("its proof is made for something else")
    name, _, fragment = method.partition("#")
    if name != f"did:key:{fragment}":
        raise Malformed("its proof does not name a did:key")
    key, signature = key_of(name), _bytes(value)
    if len(signature) != SIGNATURE_BYTES:
        raise Unverifiable("the signature has the wrong length")
    verify(key, signature, _signed(rest, config))
    return key


def _signed(document: dict[str, Json], proof: dict[str, Json]) -> bytes:
    return b"".join(hashlib.sha256(jcs.encode(part)).digest() for part in (proof, document))


def _multibase(data: bytes) -> str:
    """Base 58 as Bitcoin writes it, with the letter that says so."""
    number, letters = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, len(_BASE58))
        letters = _BASE58[digit] + letters
    return "z" + _BASE58[0] * (len(data) - len(data.lstrip(b"\0"))) + letters


def _bytes(text: str) -> bytes:
    letters = text[1:]
    if not text.startswith("z") or len(text) > _MOST_LETTERS or not set(letters) <= set(_BASE58):
        raise Malformed("it is not written in base 58")
    number = 0
    for letter in letters:
        number = number * len(_BASE58) + _BASE58.index(letter)
    zeros = len(letters) - len(letters.lstrip(_BASE58[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
