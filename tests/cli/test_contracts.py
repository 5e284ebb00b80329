"""Contracts in words: times in the reader's own zone, what silence leads to, what was asked beyond the terms."""

import os
import time

import pytest

from freehold.cli.contracts import show_contract
from freehold.cli.durations import parse_duration
from freehold.cli.errors import Trouble
from freehold.cli.proposals import read_part
from freehold.cli.scope import difference, show_scope
from freehold.cli.silence import if_nothing_happens
from freehold.cli.words import moment, until
from freehold.protocol.contract import ENDS, NEXT_ARBITER, WAITS, expanded
from tests.cli.hostile_contract import CLAIM, CONTRACT, MILESTONE, SILENCE, STEP

NOW = 1_750_000_000_000
DAY_MS = 86_400_000


@pytest.fixture
def lund(monkeypatch):
    """The reader is two hours ahead of UTC."""
    monkeypatch.setenv("TZ", "LUN-2")
    time.tzset()
    yield
    os.environ.pop("TZ")
    time.tzset()


def test_times_are_the_readers_own(lund):
    assert moment(NOW) == "2025-06-15 17:06"
    assert until(NOW + 3 * DAY_MS, NOW) == "2025-06-18 17:06 LUN (in 3 days)"
    assert until(NOW - 90_000, NOW) == "2025-06-15 17:05 LUN (1 minute ago)"
    assert until(2**53, NOW).startswith("in a year beyond the calendar")


@pytest.mark.parametrize(("ms", "words"), [
    (0, "no time"), (999, "no time"), (1_000, "1 second"), (59_999, "59 seconds"), (3_600_000, "1 hour"),
    (36 * 3_600_000, "36 hours"), (2 * DAY_MS, "2 days"), (3 * DAY_MS - 1, "2 days"),
])  # fmt: skip
def test_what_is_left_is_never_told_too_long(lund, ms, words):
    assert until(NOW + ms, NOW).endswith(f"(in {words})")


def test_silence_is_told_as_the_table_has_it(lund):
    milestone = MILESTONE | {"silence": SILENCE | {"dormant": NOW + 63 * DAY_MS}}
    assert if_nothing_happens(milestone, NOW) == (
        "if the client says nothing until 2025-06-18 17:06 LUN (in 3 days), the freelancer may claim; 3 days after "
        "the claim the work counts as accepted and a mark 'silent' stays on the client; if nobody claims, it ends "
        "without marks on 2025-08-17 17:06 LUN (in 63 days)"
    )
    claimed = if_nothing_happens(milestone | {"claim": CLAIM}, NOW)
    assert claimed == (
        "claimed by the client: if the client says nothing until 2025-06-15 17:06 LUN (in 5 seconds), the work counts "
        "as accepted and a mark 'silent' stays on the client"
    )
    assert "no witness" in if_nothing_happens(milestone | {"deadline": None}, NOW)
    assert if_nothing_happens(milestone | {"turn": None, "silence": None}, NOW) == ""


@pytest.mark.parametrize("state", sorted({after for wait in WAITS.values() for after in expanded(wait.silence)}))
def test_every_way_on_from_silence_has_words_of_its_own(state):
    words = if_nothing_happens(MILESTONE | {"silence": SILENCE | {"leads_to": state}}, NOW)
    assert f"the milestone is {state}" not in words
    assert NEXT_ARBITER not in words or state in ENDS | {"awaiting arbiter"}


def test_the_turn_stands_in_the_milestone_with_its_deadline(lund, capsys):
    view = CONTRACT | {"milestones": [MILESTONE | {"title": "Sketch", "turn_name": "Alice"}], "offer_title": "A logo"}
    show_contract(view)
    shown = " ".join(capsys.readouterr().out.split())
    assert "1. Sketch, 150.00 EUR: delivered; turn: Alice (client) until 2025-06-18 17:06 LUN (in 3 days)" in shown
    assert "if nothing happens if the client says nothing until" in shown


def part(title="Sketch", amount=15_000, days=5, **fields):
    price = {"amount": amount, "unit": "EUR"}
    return {"title": title, "price": price, "hours": None, "basis": "fixed", "work_ms": days * DAY_MS, **fields}


def test_the_difference_of_two_versions():
    before = {"parts": [part(), part("Drawing")], "clauses": [{"id": "1", "text": "a"}, {"id": "2", "text": "b"}]}
    after = {
        "parts": [part(days=7), part("Drawing"), part("Support", 6_000, 7, basis="hourly", hours=10)],
        "clauses": [{"id": "1", "text": "c"}, {"id": "3", "text": "d"}],
    }
    assert difference(before, after) == [
        "milestone 1: Sketch, 150.00 EUR, within 5 days -> Sketch, 150.00 EUR, within 7 days",
        "+ milestone 3: Support, 60.00 EUR an hour, at most 10 h a week, within 7 days",
        "clause 1: a -> c",
        "- clause 2: b",
        "+ clause 3: d",
    ]
    assert difference(before, before) == []


def test_what_was_asked_beyond_the_clauses_is_marked(capsys):
    def asked(kind, clauses, text):
        return STEP | {"kind": kind, "by_name": "Alice", "body": {"clauses": clauses}, "words": {"text": text}}

    ruling = STEP | {"kind": "ruling/1", "body": {"findings": [{"clause": "2", "finding": "not-in-terms"}]}}
    steps = [
        asked("revision/1", ["1"], "Bluer"), asked("dispute/1", [], "A film"), asked("revision/1", ["2"], "A print"),
        asked("revision/1", ["1"], "") | {"body": None, "body_here": False}, ruling,
    ]  # fmt: skip
    show_scope(CONTRACT | {"timeline": steps, "changes": [], "scopes": [], "offer_title": "A logo"})
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines() if "\t" in line]
    assert [(row[2], row[4]) for row in rows] == [
        ("Bluer", "within"),
        ("A film", "BEYOND the clauses: no clause is cited"),
        ("A print", "BEYOND the clauses: the arbiter found 2 not in the terms"),
        ("", "content is with the parties"),
    ]


@pytest.mark.parametrize(("text", "part"), [
    ("Logo=150 EUR/5", {"title": "Logo", "amount": 15_000, "unit": "EUR", "days": 5}),
    ("Logo=150 EUR", {"title": "Logo", "amount": 15_000, "unit": "EUR", "days": 14}),
    ("Logo=150 EUR/36h", {"title": "Logo", "amount": 15_000, "unit": "EUR", "work_ms": 36 * 3_600_000}),
    ("A=B=60 EUR/h", {"title": "A=B", "amount": 6_000, "unit": "EUR", "days": 7, "hourly": True}),
    ("Support=60 EUR/h*10", {
        "title": "Support", "amount": 6_000, "unit": "EUR", "days": 7, "hourly": True, "hours": 10}),
    ("Support = 60 EUR / h * 10 / 14", {
        "title": "Support", "amount": 6_000, "unit": "EUR", "days": 14, "hourly": True, "hours": 10}),
])  # fmt: skip
def test_milestones_as_people_type_them(text, part):
    assert read_part(text) == part


@pytest.mark.parametrize("text", [
    "Logo", "=5 EUR", "Logo=5 EUR/0", "Logo=5 EUR/x", "Logo=5 EUR/h*0", "Logo=5 EUR/h*169", "Logo=5 EUR/5/h",
    "Logo=5 EUR/h*10/5/5", "Logo=5 EUR/400",
])  # fmt: skip
def test_what_is_no_milestone_is_told(text):
    with pytest.raises(Trouble):
        read_part(text)


@pytest.mark.parametrize(("text", "ms"), [
    ("10", 10 * DAY_MS), ("2d", 2 * DAY_MS), ("36h", 36 * 3_600_000), ("90m", 5_400_000), ("2s", 2_000),
])  # fmt: skip
def test_lengths_of_time(text, ms):
    assert parse_duration(text) == ms
