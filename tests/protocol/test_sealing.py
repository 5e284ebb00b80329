"""What is sealed to one person is opened by that person's prekey alone, whole; its length is told in steps only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from hypothesis import given, settings, strategies as st

from freehold.protocol import sealing
from freehold.protocol.envelope import pack, unpack
from freehold.protocol.errors import Malformed, ProtocolError, Unsupported, Unverifiable
from freehold.protocol.sealing import MAX_SEALED_BYTES, read_sealed, seal_to, unseal
from tests.cast import Person, alice, bob, mallory, proposal
from tests.protocol.planted import Bug
from tests.protocol.values import LUCK, damaged

CONTENTS = st.binary(max_size=600) | st.integers(0, 20_000).map(bytes)


def sealed_for(who: Person, content: bytes) -> bytes:
    return seal_to(who.id, who.prekey[1], content)


def comes_to_one_person(content: bytes) -> None:
    """The owner of the prekey gets what was sealed; nobody else, and nobody in another name, gets anything."""
    sealed = read_sealed(sealed_for(alice, content))
    assert (sealed.to, sealed.prekey) == (alice.id, alice.prekey[1])
    assert len(content) < 16 or content[:16] not in sealed.box
    assert unseal(sealed, alice.prekey[0]) == content
    for other in (replace(sealed, to=mallory.id), replace(sealed, prekey=mallory.prekey[1])):
        with pytest.raises(Unverifiable):
            unseal(other, alice.prekey[0])
    with pytest.raises(Unverifiable):
        unseal(sealed, mallory.prekey[0])


@settings(max_examples=50)
@given(CONTENTS)
def test_it_comes_to_one_person(content: bytes) -> None:
    comes_to_one_person(content)


@pytest.mark.parametrize(
    "bug",
    [
        Bug(sealing, "_info", lambda recipient, prekey: b"anybody"),
        Bug(sealing, "_pad", lambda data: bytes(4) + data),
        Bug(sealing, "_unpad", lambda padded: padded[4:].rstrip(b"\0")),
    ],
    ids=str,
)
def test_it_would_be_noticed_if_it_did_not(bug: Bug) -> None:
    told_by = (AssertionError, ProtocolError, pytest.fail.Exception)
    bug.must_be_caught(comes_to_one_person, CONTENTS, told_by=told_by, examples=200)


PROPOSAL = pack(proposal(bob, to=alice))
SEALED = sealed_for(alice, PROPOSAL)


def nothing_changes(data: bytes) -> None:
    """Changed on the way, it is refused or (changed outside the box, to the same) opened as it was."""
    try:
        opened = unseal(read_sealed(data), alice.prekey[0])
    except ProtocolError:
        return
    assert data == SEALED
    assert opened == PROPOSAL


@given(st.builds(damaged, st.just(SEALED), LUCK) | st.binary(max_size=200))
def test_nothing_changes_on_the_way(data: bytes) -> None:
    nothing_changes(data)


def test_a_proposal_arrives_as_it_was_signed() -> None:
    assert unpack(unseal(read_sealed(SEALED), alice.prekey[0])) == proposal(bob, to=alice)


def padded_length(length: int) -> int:
    return len(sealing._pad(bytes(length)))


def test_lengths_are_told_in_steps() -> None:
    lengths = [padded_length(length) for length in range(0, 40_000, 7)]

    assert lengths == sorted(lengths)
    assert len(set(lengths)) < 60
    assert lengths[0] == 512
    assert (padded_length(508), padded_length(509)) == (512, 1024)
    for length, padded in zip(range(0, 40_000, 7), lengths, strict=True):
        assert length + 4 <= padded <= max(length + 4 + 512, (length + 4) * 9 // 8)


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        bytes(3),
        bytes(4),
        bytes(511),
        bytes(513),
        (600).to_bytes(4, "big") + bytes(508),
        (1).to_bytes(4, "big") + b"a" + bytes(506) + b"\1",
        sealing._pad(b"x" * 600) + bytes(512),
    ],
)
def test_padding_carries_nothing(padded: bytes) -> None:
    suite = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
    key = X25519PublicKey.from_public_bytes(alice.prekey[1])
    box = suite.encrypt(padded, key, info=sealing._info(alice.id, alice.prekey[1]))
    with pytest.raises(Unverifiable, match="padding"):
        unseal(sealing.Sealed(1, alice.id, alice.prekey[1], box), alice.prekey[0])


def test_another_suite_is_nobodys_fault() -> None:
    with pytest.raises(Unsupported, match="suite 2"):
        unseal(replace(read_sealed(SEALED), suite=2), alice.prekey[0])


@pytest.mark.parametrize("prekey", [b"", bytes(31), bytes(32), bytes(33)])
def test_a_bad_prekey_is_its_owners_fault(prekey: bytes) -> None:
    with pytest.raises(Malformed, match="this prekey"):
        seal_to(alice.id, prekey, b"hello")


def test_what_is_too_long_is_not_sealed() -> None:
    assert len(sealed_for(alice, bytes(40_000))) < MAX_SEALED_BYTES
    with pytest.raises(Malformed, match="more than"):
        sealed_for(alice, bytes(MAX_SEALED_BYTES))


def test_a_prekey_grows_from_its_seed() -> None:
    assert sealing.new_prekey(bytes(32)) == sealing.new_prekey(bytes(32))
    assert sealing.new_prekey(bytes(32))[1] != sealing.new_prekey(b"\1" * 32)[1]
