"""Reputation bundles: whatever is changed in one is found, and where; strangers' records do not get in."""

import base64
import contextlib
import hashlib
import json
import random

import pytest
from hypothesis import given, strategies as st

from freehold.protocol import envelope, lines, text
from freehold.protocol.envelope import pack
from freehold.protocol.errors import Malformed
from freehold.protocol.lines import Flawed
from freehold.protocol.resume import bundle
from tests.cast import START_MS, alice, bob, carol, mallory, note, offer, person, profile, receipt, story
from tests.protocol.planted import Bug, nothing
from tests.protocol.resume.career import EXPORTED, FIRST, GOOD, RECORDS, SIGNED, made, vouched


def flaw(data):
    with pytest.raises(Flawed) as caught:
        bundle.read(data)
    return caught.value


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def is_found_in_its_line(bit):
    """In its line; what is in the first line alone, in a later one; a line's end, in either line beside it."""
    byte = bit // 8
    found, line, last = flaw(flipped(SIGNED, bit)), SIGNED[:byte].count(b"\n") + 1, SIGNED.count(b"\n")
    if line > 1:
        assert found.line in ({line, line + 1} if SIGNED[byte] == ord("\n") else {line})
    assert 1 <= found.line <= last
    assert str(found).startswith(f"line {found.line}")


def test_what_is_written_is_read_again():
    for data, exporter in ((GOOD, None), (SIGNED, bob.id)):
        found = bundle.read(data)
        assert {placed.record.id for placed in found.lines} == {record.id for record in RECORDS}
        assert (found.subject, found.exported, found.exporter) == (bob.id, EXPORTED, exporter)
        assert found.names == {one.id: one.name.title() for one in (alice, bob, carol, person("dave"))}
        assert len(found.contracts) == 4
        assert data.endswith(b"}\n")
    assert made(*reversed(RECORDS)) == GOOD


def test_the_last_line_is_the_hash_and_perhaps_a_signature():
    last = json.loads(SIGNED.splitlines()[-1])
    assert list(last) == ["sha256", "by", "signature"]
    assert last["sha256"] == hashlib.sha256(SIGNED[: SIGNED.rindex(b'{"sha256"')]).hexdigest()
    assert list(json.loads(GOOD.splitlines()[-1])) == ["sha256"]


@pytest.mark.parametrize("bit", random.Random(4).sample(range(len(SIGNED) * 8), 60))
def test_a_flipped_bit_is_found_where_it_is(bit):
    is_found_in_its_line(bit)


@pytest.mark.parametrize(
    "bug",
    [
        Bug(envelope, "verify", nothing),
        Bug(lines, "check_hash", nothing),
        Bug(lines.Reader, "_check_shown", nothing),
        Bug(bundle, "_check_signed", nothing),
    ],
    ids=str,
)
def test_a_check_that_is_left_out_would_be_noticed(bug):
    first, last = (0, SIGNED.index(b"\n")), (SIGNED.index(b'"signature"') + 14, len(SIGNED))
    start, end = {"check_hash": first, "_check_signed": last}.get(bug.name, (0, len(SIGNED)))
    bits = st.integers(start * 8, end * 8 - 1)
    bug.must_be_caught(is_found_in_its_line, bits, told_by=(AssertionError, pytest.fail.Exception))


OTHERS = story(alice, carol)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ((OTHERS.client_signs,), "none of the one whom this file is about"),
        ((OTHERS.client_reviews,), "no signature under its contract"),
        ((offer(alice),), "holds no offer/1"),
        ((note(alice, FIRST.contract, "Between us."),), "holds no note/1"),
        ((FIRST.delivery,), "between the parties"),
        ((mallory.inception,), "nothing else in this file is about its author"),
        ((receipt(carol, FIRST.delivery),), "has no part in the contract"),
        ((vouched(mallory, bob),), "key log of its author is not in this file"),
        ((vouched(alice, mallory),), "somebody who has no part"),
        ((receipt(mallory, FIRST.delivery),), "key log of its author is not in this file"),
        ((profile(alice, START_MS + 1),), "a second profile"),
    ],
)
def test_records_that_do_not_belong(more, reason):
    kept = [record for record in RECORDS if record.id not in {one.id for one in more}]
    data = made(*kept, *more)
    found = flaw(data)
    assert reason in str(found)
    assert base64.b64decode(json.loads(data.splitlines()[found.line - 1])["record"]) in [pack(one) for one in more]


def test_who_signs_the_file_has_a_log_in_it():
    assert "key log of whoever signed" in str(flaw(made(*RECORDS, signer=mallory)))
    assert bundle.read(made(*RECORDS, mallory.inception, signer=mallory)).exporter == mallory.id
    end = SIGNED.rindex(b"{")
    forged = SIGNED[:end] + SIGNED[end:].replace(_shown(bob), _shown(alice))
    assert "signature does not match" in str(flaw(forged))
    half = SIGNED[: SIGNED.index(b',"signature"')] + b"}\n"
    assert "or neither" in str(flaw(half))


def _shown(who):
    return text.show(who.id, text.IDENTITY).encode()


def test_a_newcomers_file_holds_a_key_and_no_contracts():
    assert bundle.read(made(bob.inception)).contracts == {}
    assert "key log of the one" in str(flaw(made(alice.inception)))


def test_what_is_too_much_is_not_written_and_not_read(monkeypatch):
    monkeypatch.setattr(bundle, "CONTRACTS", 3)
    assert "more than 3 contracts" in str(flaw(GOOD))
    monkeypatch.setattr(bundle, "_SORT", lines.Sort("reputation bundle", bundle._KINDS, len(RECORDS) - 1, 10**6))
    assert "more than" in str(flaw(GOOD))
    with pytest.raises(Malformed):
        made(*RECORDS)


def lines_of(data=GOOD):
    return data.split(b"\n")[:-2]


def resealed(kept):
    data = b"".join(line + b"\n" for line in kept)
    return data + b'{"sha256":"%s"}\n' % hashlib.sha256(data).hexdigest().encode()


def test_lines_out_of_order_twice_left_out_or_cut_off():
    kept = lines_of()
    assert "order" in str(flaw(resealed([*kept[:-2], kept[-1], kept[-2]])))
    assert "twice" in str(flaw(resealed([*kept, kept[-1]])))
    assert "cut off" in str(flaw(GOOD[:-9]))
    without = [line for line in kept if b'"review/1"' not in line]
    assert len(bundle.read(resealed(without)).lines) == len(RECORDS) - 8  # a gap is no flaw: the spec says so


JUNK = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda first, second: SIGNED[:first] + SIGNED[second:], st.integers(0, 20_000), st.integers(0, 20_000)),
    st.builds(
        lambda number, key, value: resealed(
            [
                line if n != number else json.dumps(json.loads(line) | {key: value}, separators=(",", ":")).encode()
                for n, line in enumerate(lines_of())
            ]
        ),
        st.integers(0, 30),
        st.sampled_from(["format", "subject", "network", "exported", "kind", "by", "id", "record", "sha256"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.none())),
    ),
    st.builds(
        lambda key, value: (
            SIGNED[: SIGNED.rindex(b"{")]
            + json.dumps(json.loads(SIGNED.splitlines()[-1]) | {key: value}, separators=(",", ":")).encode()
            + b"\n"
        ),
        st.sampled_from(["sha256", "by", "signature", "more"]),
        st.one_of(st.none(), st.integers(), st.text(), st.lists(st.none())),
    ),
)


@given(JUNK)
def test_no_bytes_end_in_anything_but_a_flaw(data):
    with contextlib.suppress(Flawed):
        assert bundle.read(data).lines
