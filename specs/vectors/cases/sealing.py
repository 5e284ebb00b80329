"""sealing/: what travels sealed to one recipient, and how it may be damaged (specs/06-direct.md)."""

from __future__ import annotations

from typing import Any

from ..case import OK, UNSUPPORTED, UNVERIFIABLE, Case, Cases
from ..hpke import Prekey, padded, seal, seal_under, sealed
from ..plain import alice, bob, named, pack, sha256

_OURS = Prekey(sha256(b"vectors prekey"))
_OTHER = Prekey(sha256(b"vectors other prekey"))
_EPHEMERAL = Prekey(sha256(b"vectors ephemeral"))
_INSIDE = b"any packed record"
_ZERO = bytes(32)


def cases() -> Cases:
    """All of them."""
    flipped = _box()[:-1] + bytes([_box()[-1] ^ 1])
    return {
        "opens": _opens("what was sealed", _INSIDE),
        "padded_509_bytes": _padded("one byte more takes another step", bytes(509)),
        "padded_8189_bytes": _padded("beyond 8 KiB a step is an eighth of the power of two below", bytes(8189)),
        "other_private_key": _refused("it is not for this key", _outside(), private=_OTHER.private),
        "box_bit_flipped": _refused("the last bit was changed", _outside(box=flipped)),
        "to_changed": _refused("to is part of what is authenticated", _outside(to=bob.id)),
        "ephemeral_small_order": _refused(
            "an ephemeral key of zeros makes a secret that everybody knows",
            _outside(box=seal_under(_ZERO, padded(_INSIDE), _OURS.public, _ZERO, _info())),
        ),
        "padding_one_step_more": _padding("one step too many", padded(_INSIDE) + bytes(512)),
        "padding_not_zero": _padding("room for a hidden mark", padded(_INSIDE)[:-1] + b"\1"),
        "padding_length_beyond": _padding("longer than what is there", (513).to_bytes(4, "big") + bytes(508)),
        "suite_2": _refused("a suite from the future", _outside(suite=2), UNSUPPORTED),
    }


def _info() -> bytes:
    return named("freehold/seal/1", alice.id + _OURS.public)


def _box() -> bytes:
    return seal(padded(_INSIDE), _OURS.public, _EPHEMERAL, _info())


def _outside(**more: Any) -> bytes:
    return pack({"suite": 1, "to": alice.id, "prekey": _OURS.public, "box": _box()} | more)


def _opens(about: str, data: bytes) -> Case:
    box = sealed(padded(data), alice.id, _OURS.public, _EPHEMERAL)
    gives = {"to": alice.id, "prekey": _OURS.public, "inside": data}
    return Case(about, "unseal", {"sealed": box, "private": _OURS.private}, OK, gives)


def _padded(about: str, data: bytes) -> Case:
    return Case(about, "pad", {"bytes": data}, OK, {"padded": padded(data)})


def _refused(about: str, data: bytes, expect: str = UNVERIFIABLE, private: bytes = _OURS.private) -> Case:
    return Case(about, "unseal", {"sealed": data, "private": private}, expect)


def _padding(about: str, plaintext: bytes) -> Case:
    return _refused(about, sealed(plaintext, alice.id, _OURS.public, _EPHEMERAL))
