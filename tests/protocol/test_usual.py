"""A body is read in two ways, fast and slow, that say the same of any bytes; and what is sound is read the fast way."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Annotated, Any
from unittest.mock import ANY

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from freehold.protocol import canonical, schema, usual
from freehold.protocol.errors import Malformed
from freehold.protocol.kinds.offer import Offer
from freehold.protocol.schema import Choice, Items, Raw, Text, Whole
from tests.protocol.planted import Bug
from tests.protocol.values import LUCK, damaged, spelled


@dataclass(frozen=True)
class Line:
    what: Annotated[str, Text(8)]
    much: Annotated[int, Whole(most=9)] = 0


@dataclass(frozen=True, slots=True)
class Stamp:
    """Has slots, so it is made like any other object."""

    mark: Annotated[bytes, Raw(2)]


@dataclass(frozen=True)
class Sheet:
    """A field of every sort."""

    title: Annotated[str, Text(12)]
    side: Annotated[str, Choice(("left", "right"))]
    text: Annotated[str, Text(20, least=0, lines=True)] = ""
    words: Annotated[tuple[Annotated[str, Text(5)], ...], Items(3)] = ()
    lines: Annotated[tuple[Line, ...], Items(2)] = ()
    stamp: Stamp | None = None
    first: Line = field(default_factory=lambda: Line("a"))
    note: Annotated[str, Text(4, least=2)] | None = None
    seal: Annotated[bytes, Raw(most=3)] = b""
    closed: bool = False


PACK = msgspec.msgpack.Encoder(order="deterministic").encode
READ = usual.reader(Sheet, schema._plan)

SOUND = st.builds(
    Sheet,
    st.text("ab é漢", min_size=1, max_size=12),
    st.sampled_from(["left", "right"]),
    st.text("ab é\n\t", max_size=20),
    st.lists(st.sampled_from(["a", "é", "a b"]), max_size=3).map(tuple),
    st.lists(st.builds(Line, st.sampled_from(["x", "漢"]), st.integers(0, 9)), max_size=2).map(tuple),
    st.none() | st.builds(Stamp, st.binary(min_size=2, max_size=2)),
)
_LINES = ({"what": "a", "much": 10}, {"what": "\x7f", "much": 0}, {"what": "a"}, {"what": "a", "much": True})
ODD: dict[str, tuple[Any, ...]] = {
    "title": ("", "a\x00", "e\u0301", "\u2028", "a" * 13, b"a", None),
    "side": ("top", "", 1),
    "text": ("\x7f", "a" * 21, "e\u0301"),
    "words": (["a\n"], ["a"] * 4, [1], "a"),
    "lines": tuple([one] for one in _LINES),
    "first": _LINES,
    "stamp": ({"mark": b"a"}, {"mark": "ab"}, {}, None),
    "note": ("a", "ab", "\tab"),
    "seal": (b"abcd", "a"),
    "closed": (0, 1, None),
    "org.x": (0, "a"),
}


def _off(body: Sheet, luck: random.Random) -> bytes:
    """A sound body in which one thing may be a little off, as bytes that may be too."""
    fields: dict[str, Any] = dict(schema.to_map(body))
    if luck.random() < 0.8:
        name = luck.choice([*ODD])
        fields[name] = luck.choice(ODD[name])
    dice = luck.random()
    data = spelled(fields, luck) if dice < 0.1 else PACK(fields)
    return damaged(data, luck) if dice > 0.9 else data


SHEETS = st.builds(_off, SOUND, LUCK)


def agree(data: bytes, read: usual.Reader = READ) -> None:
    """The fast way is silent, or says what the slow way says, to the type: True is not 1."""
    fast = read(data)
    if fast is not None:
        slow = schema.from_map(Sheet, canonical.decode(data))
        assert (repr(fast), fast, hash(fast)) == (repr(slow), slow, hash(slow))


def agree_when_made_anew(data: bytes) -> None:
    """The same, for bugs in how a reader is made."""
    agree(data, usual.reader(Sheet, schema._plan))


def is_usual(body: Sheet, read: usual.Reader = READ) -> None:
    assert read(schema.dump(body)) == body


@settings(max_examples=300)
@given(SHEETS)
def test_fast_and_slow_agree_on_any_bytes(data: bytes) -> None:
    agree(data)


@settings(max_examples=50)
@given(SOUND)
def test_what_is_sound_is_read_the_fast_way(body: Sheet) -> None:
    is_usual(body)


def test_an_offer_is_read_the_fast_way_and_holds_what_it_held() -> None:
    offer = Offer("wanted", "A logo", "Two drafts.\nNo tracing.", ("logo", "drawing"))
    read = usual.reader(Offer, schema._plan)(schema.dump(offer))
    assert read == offer
    with pytest.raises(AttributeError):
        read.title = "Another"


BUGS = [
    Bug(usual, "_sound", lambda _text, _rules: True),
    Bug(usual, "_ENCODE", lambda _found: ANY),
]
MADE_WRONG = [
    Bug(usual, "_maker", lambda cls: lambda values: cls(**values | {"text": ""} if cls is Sheet else values)),
    Bug(Whole, "shape", lambda _self: int),
    Bug(Choice, "shape", lambda _self: str),
    Bug(Raw, "shape", lambda _self: bytes),
]
NOTICED = (AssertionError, Malformed)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_fast_way_with_a_mind_of_its_own_would_be_noticed(bug: Bug) -> None:
    bug.must_be_caught(agree, SHEETS, told_by=NOTICED)


@pytest.mark.parametrize("bug", MADE_WRONG, ids=str)
def test_a_reader_that_is_made_wrong_would_be_noticed(bug: Bug) -> None:
    bug.must_be_caught(agree_when_made_anew, SHEETS, examples=200, told_by=NOTICED)


def test_a_fast_way_that_never_goes_would_be_noticed() -> None:
    with pytest.raises(AssertionError):
        is_usual(Sheet("a", "left"), lambda _data: None)
