"""Every vector of specs/vectors against freehold.protocol, and bugs that the vectors must find."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import msgpack
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from freehold.protocol import canonical, envelope, evidence, identity, lines
from freehold.protocol.errors import Malformed, Unverifiable
from freehold.protocol.fold import claims, moves, witnessing
from freehold.protocol.reconcile import ranges, sketch
from freehold.protocol.resume import bundle as reputation
from specs.vectors import generate
from tests.specs.performing import expected, performed

_PATHS = sorted(generate.FOLDER.rglob("*.json"))


def _agrees(path: Path) -> bool:
    do, given, (expect, gives) = expected(path)
    try:
        word, made = performed(do, given)
    except (ArithmeticError, AssertionError, LookupError, RecursionError, TypeError, ValueError):
        return False  # what is planted may also crash
    return word == expect and (not gives or made == gives)


@pytest.mark.parametrize("path", _PATHS, ids=lambda path: str(path.relative_to(generate.FOLDER))[:-5])
def test_freehold_agrees_with_the_vector(path: Path):
    do, given, (expect, gives) = expected(path)
    word, made = performed(do, given)
    assert word == expect
    if gives:
        assert made == gives


def test_the_files_are_those_that_the_cases_make():
    on_disk = {str(path.relative_to(generate.FOLDER)): path.read_text() for path in _PATHS}
    assert on_disk == generate.files(), "run: python -m specs.vectors.generate"


def _openssl(key: bytes, signature: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise Unverifiable("OpenSSL says no") from error


def _any_messagepack(data: bytes, _max_bytes: int = 0) -> Any:
    try:
        return msgpack.unpackb(data, strict_map_key=False)
    except (ValueError, msgpack.UnpackException) as error:
        raise Malformed("no MessagePack") from error


def _only_the_sum(_count: int, total: int) -> bytes:
    return total.to_bytes(32, "big")[:16]


def _crc(prefix: bytes) -> tuple[int, int]:
    return int.from_bytes(prefix + zlib.crc32(prefix).to_bytes(4, "big"), "big"), 0


def _nothing(*_args: object, **_kwargs: object) -> None:
    """A check that was forgotten."""


def _yes(*_args: object) -> bool:
    """A question that is not asked."""
    return True


_BUGS: dict[str, tuple[str, list[tuple[object, str, object]]]] = {
    "a decoder that takes any MessagePack": ("encoding", [(canonical, "decode", _any_messagepack)]),
    "a decoder that counts nothing": ("encoding", [(canonical, "_walk", _nothing)]),
    "a verifier that is OpenSSL's": ("identity", [(identity, "verify", _openssl)]),
    "records verified by OpenSSL": ("record", [(envelope, "verify", _openssl)]),
    "records that are not verified": ("record", [(envelope, "verify", _nothing)]),
    "bodies that nobody compares": ("record", [(envelope, "_check_body", _nothing)]),
    "claims at any time": ("contract", [(claims, "_too_early", _nothing)]),
    "moves of anybody": ("contract", [(moves, "may", _yes)]),
    "what goes beyond the terms": ("contract", [(moves, "_unfit", _nothing)]),
    "receipts for one's own records": ("contract", [(witnessing.Witnesses, "_is_other_party", _yes)]),
    "dates that nobody witnesses": ("contract", [(witnessing.Witnesses, "counts", _yes)]),
    "a fingerprint without the number": ("reconciliation", [(ranges, "fingerprint", _only_the_sum)]),
    "ranges that are not looked into": ("reconciliation", [(ranges, "_compare_sum", _nothing)]),
    "lists that nobody reads": ("reconciliation", [(ranges, "_compare_list", _nothing)]),
    "a sketch with another check": ("reconciliation", [(sketch, "symbol", _crc)]),
    "reviews that nobody promised": ("evidence", [(evidence, "_unpromised", _nothing)]),
    "files with private words": ("reputation", [(reputation, "_PRIVATE", frozenset())]),
    "exporters whose signature nobody checks": ("reputation", [(reputation, "_check_signed", _nothing)]),
    "lines in any order": ("reputation", [(lines, "order", lambda record: (0, 0, record.id))]),
}


@pytest.mark.parametrize("bug", _BUGS)
def test_a_planted_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch):
    family, patches = _BUGS[bug]
    for owner, name, instead in patches:
        monkeypatch.setattr(owner, name, instead)
    assert not all(_agrees(path) for path in _PATHS if path.parent.name == family)
