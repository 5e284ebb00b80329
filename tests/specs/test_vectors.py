"""Every vector of specs/vectors against freehold.protocol, and bugs that the vectors must find."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgpack
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from freehold.protocol import (
    canonical,
    contract,
    envelope,
    evidence,
    header,
    identity,
    keylog,
    limits,
    requests,
    schema,
    sealing,
    text,
)
from freehold.protocol.errors import Malformed, Unverifiable
from freehold.protocol.kind import Registry
from freehold.protocol.kinds import BUILTIN
from freehold.protocol.kinds.proposal import ACKNOWLEDGMENT
from specs.vectors import generate
from tests.specs import performing
from tests.specs.performing import expected, performed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from freehold.protocol.envelope import Record
    from freehold.protocol.kind import AnyKind

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


def _nothing(*_args: object, **_kwargs: object) -> None:
    """A check that was forgotten."""


def _without_rules(kind: AnyKind) -> Registry:
    return Registry(replace(known, check=_nothing) if known is kind else known for known in BUILTIN)


def _first_seen(forked: list[Record], _acknowledged: dict[bytes, int]) -> Record | None:
    return forked[0] if forked else None


def _anybody(kind: str, state: str, _role: str | None) -> str | None:
    return None if (state, kind) in contract.MOVES else "not now"


_BUGS: dict[str, tuple[str, Any, str, Any]] = {
    "a decoder that takes any MessagePack": ("encoding", canonical, "decode", _any_messagepack),
    "a decoder that counts nothing": ("encoding", canonical, "_walk", _nothing),
    "a decoder for which every text is in NFC": ("encoding", canonical, "_text", _nothing),
    "a verifier that is OpenSSL's": ("identity", identity, "verify", _openssl),
    "a log that every key may speak for": ("identity", keylog.KeyState, "check", _nothing),
    "records verified by OpenSSL": ("record", envelope, "verify", _openssl),
    "records that are not verified": ("record", envelope, "verify", _nothing),
    "bodies that nobody compares": ("record", envelope, "_check_body", _nothing),
    "a version that nobody looks at": ("record", header, "_check_version", _nothing),
    "names in the older bech32": ("text", text, "_BECH32M", 1),
    "a field that may hold anything": ("kinds", schema.Text, "refuse", _nothing),
    "moves that either party makes": ("contract", contract, "_refusal", _anybody),
    "the fork that came first": ("contract", contract, "_standing", _first_seen),
    "a settled contract that is never at its end": ("contract", contract, "SETTLED", "over"),
    "a review that counts before the end": ("evidence", evidence, "CLOSED", contract.ACTIVE),
    "padding that nobody compares": ("sealing", sealing, "_unpad", lambda padded: padded[4:].rstrip(b"\0")),
    "a seal that binds nobody": ("sealing", sealing, "_info", lambda _to, _prekey: b""),
    "batches of any size": ("frame", limits, "BATCH_RECORDS", 100),
    "answers taken for questions": ("requests", requests, "read_request", requests.read_reply),
} | {
    f"{kind.name} without its rules": ("kinds", performing, "_REGISTRY", _without_rules(kind))
    for kind in BUILTIN
    if kind is not ACKNOWLEDGMENT  # which has none
}


@pytest.fixture
def forgetful() -> Iterator[None]:
    """What was found good under a bug is not remembered afterwards, nor the other way round."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    canonical._keys.cache_clear()
    keylog._states.clear()


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("bug", _BUGS)
def test_a_planted_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch):
    family, owner, name, instead = _BUGS[bug]
    monkeypatch.setattr(owner, name, instead)
    assert not all(_agrees(path) for path in _PATHS if path.parent.name == family)


def test_without_a_bug_all_agree():
    """So that what is found above is the bug."""
    assert all(_agrees(path) for path in _PATHS)
