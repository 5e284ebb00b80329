"""A header is read in two ways, fast and slow, that say the same; fields have their shapes and nothing else."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from freehold.protocol import canonical, header, limits
from freehold.protocol.errors import Malformed, ProtocolError, Unsupported
from freehold.protocol.header import is_kind_name, read_header
from tests.protocol.headers import CHANGED, MAPS, NAMES, OFF, USUAL
from tests.protocol.planted import Bug
from tests.protocol.values import LUCK, damaged, spelled

BYTES = st.one_of(
    st.builds(spelled, CHANGED, LUCK),
    st.builds(damaged, USUAL.map(canonical.encode), LUCK),
    st.builds(spelled, MAPS, LUCK),
    st.binary(max_size=300),
)
PLAIN: dict[str, Any] = {
    "v": 1,
    "net": "test-market",
    "kind": "offer/1",
    "at": 7,
    "len": 3,
    **dict.fromkeys(("by", "key", "body"), bytes(32)),
}


def both_ways_agree(data: bytes) -> None:
    """The fast way is silent, or says what the slow way says, to the type: True is not 1."""
    fast = header._read_usual(data)
    if fast is not None:
        assert repr(fast) == repr(header._read_any(data))


def is_usual(fields: dict[str, Any]) -> None:
    """The fast way reads every valid header without foreign keys, and what it holds is what was written."""
    read = header._read_usual(canonical.encode(fields))
    assert read is not None
    shown = (read.network, read.kind, read.by, read.key, read.at, read.body, read.length)
    assert shown == tuple(fields[name] for name in ("net", "kind", "by", "key", "at", "body", "len"))
    assert (read.context, read.slot, read.till, read.part) == tuple(map(fields.get, ("in", "slot", "till", "part")))
    assert (read.seq, read.prev, list(read.seen)) == (fields.get("seq"), fields.get("prev"), fields.get("seen", []))


@settings(max_examples=1_000)
@given(BYTES)
def test_fast_and_slow_agree(data: bytes) -> None:
    both_ways_agree(data)


@given(USUAL)
def test_the_fast_way_is_the_usual_one(fields: dict[str, Any]) -> None:
    is_usual(fields)
    both_ways_agree(canonical.encode(fields))


@pytest.mark.parametrize("name", NAMES)
def test_they_agree_on_every_field_that_is_off(name: str) -> None:
    for chain, value in itertools.product(({}, {"in": bytes(32), "seq": 1, "prev": bytes(32)}), OFF):
        data = canonical._PACK_SORTED(PLAIN | chain | {name: value})
        both_ways_agree(data)
        assert (header._read_usual(data) is None) == (_outcome(data) is not header.Header)


def _outcome(data: bytes) -> type:
    try:
        return type(header._read_any(data))
    except ProtocolError as error:
        return type(error)


class _Same(bytes):
    """Never different."""

    def __ne__(self, other: object) -> bool:
        return False


_LAX = msgspec.defstruct(
    "Header",
    [
        (f.name, Any) if f.required or f.name == "v" else (f.name, Any, f.default)
        for f in msgspec.structs.fields(header.Header)
    ],
    kw_only=True,
    omit_defaults=True,
    rename={"context": "in", "length": "len", "network": "net"},
)


@pytest.mark.parametrize(
    "bug",
    [
        Bug(header, "_ENCODE_USUAL", lambda read: _Same()),
        Bug(header, "_DECODE_USUAL", msgspec.msgpack.Decoder(_LAX).decode),
    ],
    ids=str,
)
def test_a_fast_way_with_a_mind_of_its_own_would_be_noticed(bug: Bug) -> None:
    bug.must_be_caught(both_ways_agree, BYTES, told_by=(AssertionError, ProtocolError))


def test_a_fast_way_that_never_goes_would_be_noticed() -> None:
    Bug(header, "_read_usual", lambda data: None).must_be_caught(is_usual, USUAL)


def read(**changes: Any) -> header.Header:
    """A plain header with these fields set to something else, or (`...`) left out."""
    fields = {name: value for name, value in (PLAIN | changes).items() if value is not ...}
    return read_header(canonical.encode(fields))


def test_foreign_keys_are_left_alone() -> None:
    assert read(zz=[1, {"a": None}], **{"org.example.mood": "good"}) == read()


@pytest.mark.parametrize("name", ["net", "kind", "by", "key", "at", "body", "len"])
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(Malformed, match=f"lacks {name}"):
        read(**{name: ...})


@pytest.mark.parametrize("version", [True, None, "1", [1]])
def test_a_version_is_a_number(version: Any) -> None:
    with pytest.raises(Malformed, match="version"):
        read(v=version)


@pytest.mark.parametrize("version", [0, 2, limits.MAX_INTEGER])
def test_another_version_is_nobodys_fault(version: int) -> None:
    with pytest.raises(Unsupported, match=f"version {version}"):
        read(v=version, net=...)


@pytest.mark.parametrize(
    "chain",
    [
        {"seq": 0},
        {"in": bytes(32), "seq": 1},
        {"in": bytes(32), "seq": 0, "prev": bytes(32)},
        {"in": bytes(32), "prev": bytes(32)},
        {"in": bytes(32), "seq": limits.CONTRACT_ENTRIES, "prev": bytes(32)},
    ],
)
def test_a_chain_hangs_together(chain: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read(**chain)


@pytest.mark.parametrize("data", [b"", b"\x90", b"\x01", b"\xc0", b"\x80"])
def test_a_header_is_a_map(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_header(data)


def test_a_header_is_short() -> None:
    room = limits.HEADER_BYTES - len(canonical.encode(PLAIN | {"zz": b""}))
    assert read(zz=bytes(room - 2)) == read()
    with pytest.raises(Malformed, match="more than the 512"):
        read(zz=bytes(room))


@pytest.mark.parametrize("name", ["offer/1", "a/1", "org.example.port-folio/9999", "0/1", "a" * 62 + "/1"])
def test_names_of_kinds(name: str) -> None:
    assert is_kind_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "offer", "offer/", "/1", "offer/0", "offer/01", "offer/10000", "Offer/1", ".a/1", "a./1", "a/1\n"),
        *("a b/1", "a" * 63 + "/1", "ö/1", "a/1/1", "a/١", b"offer/1", 1, None),
    ],
)
def test_what_is_no_name_of_a_kind(name: Any) -> None:
    assert not is_kind_name(name)
