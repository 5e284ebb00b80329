"""A record comes through byte for byte with all that we do not know in it, and with one bit changed not at all."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st
from msgspec import structs

from freehold.protocol import canonical, envelope, limits
from freehold.protocol.envelope import Draft, Record, claimed_id, place, place_of, reopen, seal
from freehold.protocol.errors import Malformed, ProtocolError, Unsupported, Unverifiable
from freehold.protocol.identity import digest
from freehold.protocol.kinds.offer import OFFER
from tests.cast import NETWORK, START_MS, Person, alice, bob, offer, profile, slot
from tests.protocol.headers import USUAL
from tests.protocol.planted import Bug, nothing
from tests.protocol.values import LUCK, damaged

FOREIGN = st.dictionaries(st.sampled_from(["a", "mood", "org.x"]), st.none() | st.integers(0, 9) | st.booleans())
BODIES = st.binary(max_size=300)


def by_hand(fields: dict[str, Any], body: bytes, author: Person = alice) -> bytes:
    """A packed record that the author signed with a tool of their own: any header fields, any body."""
    named = {"by": author.id, "key": author.key.key, "body": hashlib.sha256(body).digest(), "len": len(body)}
    header = canonical.encode(fields | named)
    signature = author.key.sign(b"freehold/sig/1\0" + digest("freehold/id/1", header))
    return canonical.encode([1, header, signature, body])


def comes_through(fields: dict[str, Any], foreign: dict[str, Any], body: bytes) -> None:
    """Unpacked and packed again, with its body or without, it is what was sent."""
    header = fields | foreign
    if len(canonical.encode(header)) > limits.HEADER_BYTES - 8:
        header["seen"] = [bytes(32)]
    data = by_hand(header, body)
    record = envelope.unpack(data)
    assert envelope.pack(record) == data
    assert reopen(data) == record
    assert claimed_id(data) == record.id
    bare = record.without_body()
    assert bare.body is None
    assert envelope.unpack(envelope.pack(bare)) == bare
    assert bare.with_body(body) == record


@given(USUAL, FOREIGN, BODIES)
def test_a_record_comes_through(fields: dict[str, Any], foreign: dict[str, Any], body: bytes) -> None:
    comes_through(fields, foreign, body)


def _loses(foreign: str) -> Any:
    """A way of packing that writes the header anew, without what it does not know."""

    def pack(record: Record) -> bytes:
        fields = canonical.decode(record.header_bytes)
        assert isinstance(fields, dict)
        known = {name: value for name, value in fields.items() if name != foreign}
        return canonical.encode([1, canonical.encode(known), record.signature, record.body])

    return pack


@pytest.mark.parametrize(
    "bug",
    [
        Bug(envelope, "pack", _loses("mood")),
        Bug(envelope.Record, "without_body", lambda record: record),
        Bug(envelope.Record, "with_body", lambda record, body: structs.replace(record, body=body or None)),
    ],
    ids=str,
)
def test_one_that_does_not_would_be_noticed(bug: Bug) -> None:
    bug.must_be_caught(comes_through, USUAL, FOREIGN, BODIES, told_by=(AssertionError, ProtocolError))


def no_bit_may_change(data: bytes) -> None:
    """Whichever bit is flipped, nothing comes of it."""
    envelope.unpack(data)
    for place_of_bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[place_of_bit // 8] ^= 1 << place_of_bit % 8
        with pytest.raises(ProtocolError):
            envelope.unpack(bytes(flipped))


PACKED = [
    envelope.pack(offer()),
    envelope.pack(profile(bob).without_body()),
    by_hand({"v": 1, "net": "a", "kind": "a/1", "at": 0, "zz": 1}, b""),
]


@pytest.mark.parametrize("data", PACKED, ids=["offer", "no body", "foreign"])
def test_no_bit_may_change(data: bytes) -> None:
    no_bit_may_change(data)


@pytest.mark.parametrize(("check", "data"), [("verify", PACKED[1]), ("_check_body", PACKED[0])])
def test_a_bit_that_may_would_be_noticed(monkeypatch: pytest.MonkeyPatch, check: str, data: bytes) -> None:
    monkeypatch.setattr(envelope, check, nothing)
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        no_bit_may_change(data)


@given(st.builds(damaged, st.sampled_from(PACKED), LUCK) | st.binary(max_size=200))
def test_damaged_bytes_are_their_senders_fault(data: bytes) -> None:
    if data in PACKED:
        return
    with pytest.raises(ProtocolError):
        envelope.unpack(data)
    with contextlib.suppress(Malformed):
        assert len(claimed_id(data)) == 32


def test_a_body_from_elsewhere_is_not_joined() -> None:
    mine, longer = offer(title="Signs"), offer(title="Signs for a bakery")
    swapped = offer(title="Sings")
    assert mine.body is not None
    assert swapped.body is not None
    assert longer.body is not None

    with pytest.raises(Unverifiable, match="says"):
        mine.without_body().with_body(longer.body)
    with pytest.raises(Unverifiable, match="not the one that was signed"):
        mine.without_body().with_body(swapped.body)
    with pytest.raises(Unverifiable):
        envelope.unpack(canonical.encode([1, mine.header_bytes, mine.signature, swapped.body]))


def test_fields_of_a_body_that_nobody_knows_survive() -> None:
    known = offer()
    assert known.body is not None
    body = canonical.decode(known.body)
    assert isinstance(body, dict)
    data = canonical.encode(body | {"org.example.mood": "good"})

    more = seal(Draft(OFFER.name, START_MS, data, slot=slot(1), till=START_MS + 1), NETWORK, alice.key)
    again = envelope.unpack(envelope.pack(more))

    assert again.body == data
    assert OFFER.open(again) == OFFER.open(known)


def _parts(record: Record, **changes: Any) -> bytes:
    parts = {"suite": 1, "header": record.header_bytes, "signature": record.signature, "body": record.body}
    return canonical.encode(list((parts | changes).values()))


@pytest.mark.parametrize("suite", [0, 2, 255])
def test_another_suite_is_nobodys_fault(suite: int) -> None:
    with pytest.raises(Unsupported, match=f"suite {suite}"):
        envelope.unpack(_parts(offer(), suite=suite))


@pytest.mark.parametrize(
    "changes",
    [
        {"suite": True},
        {"suite": None},
        {"header": "text"},
        {"signature": None},
        {"body": "text"},
        {"body": []},
        {"more": 1},
    ],
)
def test_a_record_has_four_parts(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        envelope.unpack(_parts(offer(), **changes))


@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(64), bytes(65)])
def test_a_signature_is_a_signature(signature: bytes) -> None:
    with pytest.raises(Unverifiable):
        envelope.unpack(_parts(offer(), signature=signature))


def test_who_does_not_hold_the_key_cannot_sign() -> None:
    mine, other = offer(alice), offer(bob)
    with pytest.raises(Unverifiable):
        envelope.unpack(_parts(mine, signature=other.signature))


def test_a_body_may_be_as_long_as_the_bound_and_no_longer() -> None:
    longest = Draft("a/1", START_MS, bytes(limits.BODY_BYTES))
    record = seal(longest, NETWORK, alice.key)
    assert envelope.unpack(envelope.pack(record)) == record
    with pytest.raises(Malformed):
        seal(replace(longest, body=bytes(limits.BODY_BYTES + 1)), NETWORK, alice.key)


@pytest.mark.parametrize("draft", [{"kind": "Offer"}, {"at": -1}, {"seq": 1}, {"context": b"short"}, {"slot": b""}])
def test_nothing_is_sealed_that_nobody_would_read(draft: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        seal(replace(Draft("a/1", START_MS, b""), **draft), NETWORK, alice.key)


def test_a_place_is_the_authors_kinds_and_slots() -> None:
    first, version = offer(number=1), offer(number=1, title="Another title")
    others = [offer(number=2), offer(bob, number=1), profile(alice)]

    assert place_of(first.header) == place_of(version.header) == place(alice.id, "offer/1", slot(1))
    assert len({place_of(record.header) for record in (first, *others)}) == 4
    assert place_of(alice.inception.header) is None
