"""Contract bundles: whatever is changed in one is found, and where; and no bytes at all make the reader fall over."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import random
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from freehold.protocol import bundle, envelope, lines
from freehold.protocol.envelope import pack, seal
from freehold.protocol.errors import Malformed
from freehold.protocol.fold import fold
from freehold.protocol.identity import SecretKey
from freehold.protocol.kinds.entries import DELIVERY, Delivery
from freehold.protocol.kinds.forks import FORK, Fork
from freehold.protocol.lines import Flawed
from tests.cast import (
    DAY_MS,
    NETWORK,
    START_MS,
    Person,
    alice,
    bob,
    carol,
    entry,
    mallory,
    note,
    offer,
    profile,
    proposal,
    receipt,
    review,
    signed,
    story,
    terms,
)
from tests.protocol.planted import Bug, nothing

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

STORY = story()
TERMS = note(bob, STORY.contract, "What was signed.", terms=terms())
PEOPLE = (alice.inception, bob.inception, profile(alice), profile(bob))
RECORDS = (*PEOPLE, *STORY.contract_records, TERMS, receipt(alice, STORY.delivery, at=START_MS + DAY_MS))
EXPORTED = START_MS + 2 * DAY_MS
FLIPS = 300


def made(*records: Record, contract: bytes = STORY.contract, network: str = NETWORK) -> bytes:
    return bundle.write(contract, network, EXPORTED, records)


GOOD = made(*RECORDS)
DELIVERY_LINE = next(p.line for p in bundle.read(GOOD).lines if p.record.id == STORY.delivery.id)


def flaw(data: bytes) -> Flawed:
    with pytest.raises(Flawed) as caught:
        bundle.read(data)
    return caught.value


def resealed(lines: list[bytes]) -> bytes:
    """Lines between which somebody meddled, under a new hash: anybody can compute that."""
    data = b"".join(line + b"\n" for line in lines)
    return data + b'{"sha256":"%s"}\n' % hashlib.sha256(data).hexdigest().encode()


def lines_of(data: bytes = GOOD) -> list[bytes]:
    """All but the last, which is the hash."""
    return data.split(b"\n")[:-2]


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def is_found_in_its_line(bit: int) -> None:
    """In its line; what is in the first line alone, in the hash over it; a line's end, in either line beside it."""
    found, byte = flaw(flipped(GOOD, bit)), bit // 8
    line, last = GOOD[:byte].count(b"\n") + 1, GOOD.count(b"\n")
    allowed = {line, line + 1} if GOOD[byte] == ord("\n") else {line}
    assert found.line in (allowed | {2, last} if line == 1 else allowed)
    assert str(found).startswith(f"line {found.line}")


def test_what_is_written_is_read_again():
    found = bundle.read(GOOD)
    assert {placed.record.id for placed in found.lines} == {record.id for record in RECORDS}
    assert (found.contract, found.network, found.exported) == (STORY.contract, NETWORK, EXPORTED)
    assert found.names == {alice.id: "Alice", bob.id: "Bob"}
    assert found.terms(found.agreement.terms) == (TERMS, terms())
    assert fold(found.records, EXPORTED) == fold([*STORY.contract_records, RECORDS[-1]], EXPORTED)
    assert made(*(placed.record for placed in found.lines)) == GOOD
    assert made(*reversed(RECORDS), STORY.delivery.without_body()) == GOOD


def test_every_line_can_be_read_by_a_person_and_says_what_its_record_says():
    *lines, last = [json.loads(line) for line in GOOD.splitlines()]
    assert lines[0]["format"] == "freehold-contract/1"
    assert [line["kind"] for line in lines[1:3]] == ["inception/1"] * 2
    assert base64.b64decode(lines[DELIVERY_LINE - 1]["record"]) == pack(STORY.delivery)
    assert list(last) == ["sha256"]


@pytest.mark.parametrize("bit", random.Random(3).sample(range(len(GOOD) * 8), FLIPS))
def test_a_flipped_bit_is_found_where_it_is(bit):
    is_found_in_its_line(bit)


@pytest.mark.slow
def test_a_flipped_bit_of_every_byte_is_found_where_it_is():
    for place in range(len(GOOD)):
        is_found_in_its_line(place * 8 + place % 8)


@pytest.mark.parametrize(
    "bug",
    [
        Bug(envelope, "verify", nothing),
        Bug(lines.Reader, "_check_shown", nothing),
        Bug(lines, "check_hash", nothing),
        Bug(lines, "parsed", lambda shape, data, *_: msgspec.json.decode(data, type=shape)),
    ],
    ids=str,
)
def test_a_check_that_is_left_out_would_be_noticed(bug):
    told_by = (AssertionError, pytest.fail.Exception, msgspec.MsgspecError)
    bug.must_be_caught(is_found_in_its_line, st.integers(0, len(GOOD) * 8 - 1), told_by=told_by)


def test_the_place_is_told_in_words():
    lines = lines_of()
    parsed = json.loads(lines[DELIVERY_LINE - 1])
    packed = bytearray(base64.b64decode(parsed["record"]))
    packed[packed.index(STORY.delivery.signature)] ^= 1
    parsed["record"] = base64.b64encode(packed).decode()
    lines[DELIVERY_LINE - 1] = json.dumps(parsed, separators=(",", ":")).encode()
    assert str(flaw(resealed(lines))) == f"line {DELIVERY_LINE} (delivery/1 by Bob): the signature does not match"


@pytest.mark.parametrize("kept", [0, 1, 100, len(GOOD) // 2, len(GOOD) - 90, len(GOOD) - 1])
def test_a_file_that_is_cut_off_is_told_from_a_whole_one(kept):
    flaw(GOOD[:kept])


def test_a_file_without_its_hash_is_cut_off():
    lines = lines_of()
    found = flaw(b"\n".join(lines) + b"\n")
    assert "cut off" in str(found)
    assert found.line == len(lines)


def test_lines_out_of_order_twice_or_rewritten():
    lines = lines_of()
    swapped = [*lines[:-2], lines[-1], lines[-2]]
    assert "order" in str(flaw(resealed(swapped)))
    assert flaw(resealed(swapped)).line == len(lines)
    assert "twice" in str(flaw(resealed([*lines, lines[-1]])))
    rewritten = [*lines[:4], lines[4].replace(b'":"', b'": "'), *lines[5:]]
    assert flaw(resealed(rewritten)).line == 5
    assert flaw(resealed([lines[0], b"", *lines[1:]])).line == 2


OTHER = story(salt=1)
HALF = Delivery("Something else.")
FORKED = entry(bob, HALF, STORY.freelancer_signs)


def forked(author: Any, *halves: Record) -> Record:
    one, other = sorted((half.without_body() for half in halves), key=lambda half: half.id)
    body = Fork(pack(one), pack(other))
    return signed(FORK, body, author, context=one.header.context, slot=one.header.key)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (OTHER.delivery, "another contract"),
        (OTHER.client_signs, "another contract"),
        (note(alice, OTHER.contract, "About another one."), "another contract"),
        (proposal(salt=1), "another contract"),
        (offer(alice), "holds no offer/1"),
        (carol.inception, "nothing else in this file is about its author"),
        (receipt(mallory, STORY.delivery), "the key log of its author is not in this file"),
        (profile(alice, START_MS + 1), "a second profile"),
        (STORY.client_signs.without_body(), "is not here"),
    ],
)
def test_records_that_do_not_belong(record, reason):
    kept = [each for each in RECORDS if each.id != record.id]
    data = made(*kept, record)
    found = flaw(data)
    assert reason in str(found)
    assert pack(record) == base64.b64decode(json.loads(data.splitlines()[found.line - 1])["record"])


def test_strangers_have_no_say_but_may_prove_a_fork():
    stranger = (mallory.inception, profile(mallory, name="Bob"))
    assert "no part" in str(flaw(made(*RECORDS, *stranger, receipt(mallory, STORY.delivery))))
    assert "no part" in str(flaw(made(*RECORDS, *stranger, review(mallory, bob, STORY.contract))))
    assert bundle.read(made(*RECORDS, *stranger, forked(mallory, STORY.delivery, FORKED)))
    own = [entry(mallory, Delivery(words), STORY.client_signs) for words in ("one", "two")]
    assert "no part" in str(flaw(made(*RECORDS, *stranger, forked(mallory, *own))))


def test_a_key_that_does_not_speak_for_its_author():
    """mallory signs in bob's name: her signature is right, the key is not bob's."""
    thief = Person("bob", mallory.root, SecretKey(bob.id, mallory.key.seed), bob.inception)
    place = {"context": STORY.contract, "seq": 1, "prev": STORY.freelancer_signs.id, "part": 0}
    forged = seal(DELIVERY.draft(Delivery("Mine."), START_MS, **place), NETWORK, thief.key)
    kept = [record for record in RECORDS if record.id != STORY.delivery.id]
    assert "does not speak" in str(flaw(made(*kept, forged)))
    other_half = seal(DELIVERY.draft(Delivery("No, mine."), START_MS, **place), NETWORK, thief.key)
    assert "does not speak" in str(flaw(made(*RECORDS, forked(alice, forged, other_half))))


def test_records_of_another_network_and_unknown_networks():
    assert flaw(made(*RECORDS, network="freehold")).line == 2
    assert "network" in str(flaw(made(*RECORDS, network="nowhere")))


def test_a_bundle_without_a_signature_is_no_contract():
    assert "no signature" in str(flaw(made(*PEOPLE, TERMS)))


def test_a_missing_record_leaves_entries_that_wait():
    kept = [record for record in RECORDS if record.id != STORY.acceptance.id]
    found = fold(bundle.read(made(*kept)).records, EXPORTED)
    assert found is not None
    assert STORY.payment_sent.id in dict(found.waiting)


def test_what_is_too_much_is_not_written_and_not_read(monkeypatch):
    assert "more than" in str(flaw(b"x" * (bundle.BUNDLE_BYTES + 1)))
    long = lines_of()
    long[3] = long[3][:-1] + b" " * lines.LINE_BYTES + b"}"
    assert flaw(resealed(long)).line == 4
    monkeypatch.setattr(bundle, "RECORDS", len(RECORDS) - 1)
    assert "more than" in str(flaw(GOOD))
    with pytest.raises(Malformed):
        made(*RECORDS)


JUNK = st.one_of(
    st.binary(max_size=400),
    st.builds(
        lambda start, middle: start + b"\n" + middle + b"\n",
        st.sampled_from(lines_of()),
        st.one_of(st.binary(max_size=200), st.recursive(st.none(), st.lists).map(lambda v: json.dumps(v).encode())),
    ),
    st.builds(lambda first, second: GOOD[:first] + GOOD[second:], st.integers(0, 6000), st.integers(0, 6000)),
    st.builds(
        lambda number, key, value: resealed(
            [
                line if n != number else json.dumps(json.loads(line) | {key: value}, separators=(",", ":")).encode()
                for n, line in enumerate(lines_of())
            ]
        ),
        st.integers(0, 8),
        st.sampled_from(["format", "contract", "network", "exported", "kind", "by", "id", "record", "more"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.none())),
    ),
)


@given(JUNK)
def test_no_bytes_end_in_anything_but_a_flaw(data):
    with contextlib.suppress(Flawed):
        assert bundle.read(data).lines


@pytest.mark.parametrize("data", [b"[" * 100_000 + b"\n\n\n", b'{"format":' * 50_000 + b"\n\n\n", b"\n" * 9_999])
def test_nests_and_deserts(data):
    flaw(data)
