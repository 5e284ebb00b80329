"""Bodies are frozen dataclasses; what their fields may hold is checked on the way out and on the way in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from hypothesis import given, strategies as st

from freehold.protocol import canonical, limits, schema
from freehold.protocol.errors import Malformed
from freehold.protocol.schema import Choice, Items, Raw, Text, Whole
from tests.protocol.planted import Bug
from tests.protocol.values import LEAVES


@dataclass(frozen=True)
class Tool:
    """One tool in a chest."""

    name: Annotated[str, Text(8)]
    sharp: bool


@dataclass(frozen=True)
class Chest:
    """A body with every sort of field."""

    owner: Annotated[bytes, Raw(4)]
    wood: Annotated[str, Choice(("oak", "pine"))]
    weight: Annotated[int, Whole(1, 99)]
    note: Annotated[str, Text(20, least=0, lines=True)]
    best: Tool
    tools: Annotated[tuple[Tool, ...], Items(3)]
    labels: Annotated[tuple[Annotated[str, Text(4)], ...], Items(2, least=1)] = ("a",)
    lock: Annotated[bytes, Raw(most=6)] | None = None
    spare: Tool | None = None
    open: bool | None = None
    keys: Annotated[tuple[Annotated[bytes, Raw(2)], ...], Items(2)] | None = None


_TOOLS = st.builds(Tool, st.sampled_from(["saw", "plane", "x"]), st.booleans())
CHESTS = st.builds(
    Chest,
    owner=st.binary(min_size=4, max_size=4),
    wood=st.sampled_from(["oak", "pine"]),
    weight=st.integers(1, 99),
    note=st.text("ab\n\té", max_size=20),
    best=_TOOLS,
    tools=st.lists(_TOOLS, max_size=3).map(tuple),
    labels=st.lists(st.sampled_from(["a", "bcde"]), min_size=1, max_size=2).map(tuple),
    lock=st.none() | st.binary(max_size=6),
    spare=st.none() | _TOOLS,
    open=st.none() | st.booleans(),
    keys=st.none() | st.lists(st.binary(min_size=2, max_size=2), max_size=2).map(tuple),
)
CHEST = Chest(b"abcd", "oak", 7, "", Tool("saw", sharp=True), ())
MAP = schema.to_map(CHEST)


def comes_back(chest: Chest, foreign: dict[str, Any]) -> None:
    """What is written is read again, whatever else the map holds; what is optional and absent is not on the wire."""
    data = schema.dump(chest)
    fields = canonical.decode(data)
    assert isinstance(fields, dict)
    assert repr(schema.load(Chest, data)) == repr(chest)
    assert set(fields) == {name for name in vars(chest) if getattr(chest, name) is not None}
    unknown = {f"x.{name}": value for name, value in foreign.items()}
    assert schema.load(Chest, canonical.encode(fields | unknown)) == chest


FOREIGN = st.dictionaries(st.text("abc", max_size=3), LEAVES, max_size=2)


@given(CHESTS, FOREIGN)
def test_a_body_comes_back(chest: Chest, foreign: dict[str, Any]) -> None:
    comes_back(chest, foreign)


@pytest.mark.parametrize(
    "bug",
    [
        Bug(
            schema.Field,
            "from_value",
            lambda field, name, value: field._checked(name, value) if not field.items and not field.nested else value,
        ),
        Bug(schema.Field, "_checked", lambda field, name, value: value or None),
    ],
    ids=str,
)
def test_one_that_does_not_would_be_noticed(bug: Bug) -> None:
    bug.must_be_caught(comes_back, CHESTS, FOREIGN, told_by=(AssertionError, Malformed))


OFF: list[tuple[str, Any]] = [
    *(("owner", value) for value in (b"abc", b"abcde", "abcd", 1, None)),
    *(("wood", value) for value in ("elm", "", b"oak", 1, True, None)),
    *(("weight", value) for value in (0, 100, True, "7", None)),
    *(("note", value) for value in ("x" * 21, "\r", "\x00", "\x7f", "\x85", "\u2028", b"", None)),
    *(("best", value) for value in (None, "saw", [], {}, {"name": "saw"}, {"name": "saw", "sharp": 1})),
    *(("best", {"name": name, "sharp": True}) for name in ("a\nb", "a\tb", "\u2029", "x" * 9, "", 1)),
    *(("tools", value) for value in (None, {}, [None], [{"name": "saw", "sharp": True}] * 4)),
    *(("labels", value) for value in ([], ["a"] * 3, ["toolong"], [1], "a", {"a": 1})),
    *(("lock", value) for value in (None, b"1234567", "lock", 1)),
    *(("spare", value) for value in (None, {}, True)),
    *(("open", value) for value in (None, 0, 1, "true")),
    *(("keys", value) for value in (None, [b"1"], ["12"], [b"12"] * 3)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), OFF)
def test_what_a_field_may_not_hold_is_not_read(name: str, value: Any) -> None:
    with pytest.raises(Malformed):
        schema.load(Chest, canonical.encode(MAP | {name: value}))


@pytest.mark.parametrize("name", ["owner", "wood", "weight", "note", "best", "tools", "labels"])
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(Malformed, match=f"Chest lacks {name}"):
        schema.from_map(Chest, {key: value for key, value in MAP.items() if key != name})


@pytest.mark.parametrize("value", [None, [], 1, "x"])
def test_a_body_is_a_map(value: Any) -> None:
    with pytest.raises(Malformed, match="Chest is a map"):
        schema.load(Chest, canonical.encode(value))


def test_a_body_is_no_longer_than_allowed() -> None:
    data = schema.dump(CHEST)
    assert schema.load(Chest, data, len(data)) == CHEST
    with pytest.raises(Malformed, match="more than"):
        schema.load(Chest, data, len(data) - 1)


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("owner", b"abc", "3 bytes, not 4"),
        ("lock", b"1234567", "more than 6 bytes"),
        ("wood", "elm", "not one of oak, pine"),
        ("weight", 100, "not a whole number from 1 to 99"),
        ("note", "x" * 21, "21 characters, allowed are 0 to 20"),
        ("note", "a\x00", "control characters"),
        ("best", {"name": "saw", "sharp": True}, "not a Tool"),
        ("tools", [], "not a tuple"),
        ("labels", (), "0 items, allowed are 1 to 2"),
        ("open", 1, "not true or false"),
        ("spare", CHEST, "not a Tool"),
    ],
)
def test_nothing_is_written_that_would_not_be_read(field: str, value: Any, why: str) -> None:
    chest = Chest(**(vars(CHEST) | {field: value}))
    with pytest.raises(
        Malformed, match=f"{field} (is |has |contains ){why.removeprefix('has ').removeprefix('is ')}|{why}"
    ):
        schema.dump(chest)


@pytest.mark.parametrize("note", ["a\nb", "a\tb", "żółw 🐢", "\u00a0", "\u200d"])
def test_what_people_write_in_several_lines(note: str) -> None:
    assert Text(20, lines=True).refuse(note) is None


@pytest.mark.parametrize("note", ["a\nb", "a\tb", "\x1b[31m", "\u2028"])
def test_a_line_is_one_line(note: str) -> None:
    assert Text(20).refuse(note) == "contains control characters"


@pytest.mark.parametrize("bound", [0, 5, limits.MAX_INTEGER])
def test_whole_numbers_reach_their_ends(bound: int) -> None:
    assert Whole(bound, bound).refuse(bound) is None
    assert Whole(bound, bound).refuse(bound + 1)
    assert Whole(bound, bound).refuse(bound - 1)


def test_a_field_says_what_it_holds() -> None:
    @dataclass(frozen=True)
    class Vague:
        thing: int

    with pytest.raises(TypeError, match=r"Vague\.thing does not say what it holds"):
        schema.dump(Vague(1))
