"""Signing at the command: what is shown before, what a script must say, and what is refused."""

import pytest

from freehold.cli import main
from freehold.cli.client import Client
from freehold.cli.errors import Trouble
from tests.cli.canned import canned
from tests.cli.hostile import FHC
from tests.cli.hostile_contract import CONTRACT, DRAFT

HASH = DRAFT["hash"]
DELIVER = ["contract", "deliver", FHC, "--note", "Here."]


@pytest.fixture
def calls(monkeypatch):
    found = []

    def call(client, method, path, body=None):
        found.append((method, path, body))
        return canned(client, method, path, body)

    monkeypatch.setattr(Client, "call", call)
    return found


def signatures(calls):
    """What was sent to be signed: every other POST is a draft."""
    return [body for method, _, body in calls if method == "POST" and not body.get("draft")]


def test_the_text_and_its_hash_come_before_anything_is_signed(calls, capsys):
    assert main.run([*DELIVER, "--yes"]) == 0
    shown = capsys.readouterr().out
    assert shown.index("This is what you sign:") < shown.index(f"SHA-256  {HASH}") < shown.index("milestones")
    drafted = next(body for _, _, body in calls if body and body.get("draft"))
    assert signatures(calls) == [{"part": 1, "note": "Here.", "expect": HASH}]
    assert drafted == {"part": 1, "note": "Here.", "draft": True}


@pytest.mark.parametrize("given", [HASH, HASH.upper(), f" {HASH} "])
def test_the_expected_hash_is_signed(calls, given):
    assert main.run([*DELIVER, "--yes", "--expect", given]) == 0
    assert len(signatures(calls)) == 1


@pytest.mark.parametrize("extra", [["--yes"], []])
def test_another_hash_is_refused_before_anything_is_asked_or_signed(calls, extra, capsys):
    assert main.run([*DELIVER, *extra, "--expect", "00" * 32]) == 1
    assert "[hash-differs]" in capsys.readouterr().err
    assert signatures(calls) == []


def test_whoever_says_no_signs_nothing(calls, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda *_, **__: False)
    assert main.run(DELIVER) == 1
    assert signatures(calls) == []
    monkeypatch.setattr("click.confirm", lambda *_, **__: True)
    assert main.run(DELIVER) == 0
    assert len(signatures(calls)) == 1


def test_with_json_the_text_goes_to_standard_error(calls, capsys):
    assert main.run([*DELIVER, "--yes", "--json"]) == 0
    shown = capsys.readouterr()
    assert HASH in shown.err
    assert HASH not in shown.out
    assert calls


def test_what_the_node_refuses_to_draft_is_told(monkeypatch, capsys):
    def call(client, method, path, body=None):
        if method == "POST":
            raise Trouble("not-your-turn", "delivery is up to the freelancer", "wait")
        return canned(client, method, path, body)

    monkeypatch.setattr(Client, "call", call)
    assert main.run([*DELIVER, "--yes"]) == 6
    assert "delivery is up to the freelancer" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "verb", "body"),
    [
        (["settle", "--percent", "33.3"], "settle", {"part": 1, "award": 333}),
        (["claim", "--part", "2"], "claim", {"part": 2}),
        (["claim", "--ping"], "claim", {"ping": True}),
        (["absence", "--for", "36h", "--after", "1"], "absence", {
            "since": CONTRACT["now"] + 86_400_000, "until": CONTRACT["now"] + 86_400_000 + 36 * 3_600_000,
        }),
        (["revise", "--clause", "1", "--clause", "2"], "revise", {"part": 1, "clauses": ["1", "2"], "note": ""}),
        (["amend", "--part", "2", "--days", "20"], "amend", {
            "parts": [{"part": 2, "work_ms": 20 * 86_400_000}], "added": [], "clauses": [], "note": "",
        }),
        (["amend", "--clause", "3=Blue.", "--clause", "1=", "--add-part", "A print=5 EUR/3", "--note", "More."],
         "amend", {
            "parts": [], "added": [{"title": "A print", "amount": 500, "unit": "EUR", "days": 3}],
            "clauses": [{"id": "3", "text": "Blue."}, {"id": "1", "text": ""}], "note": "More.",
        }),
        (["timesheet", "--hours", "7.5", "--begins", "1970-01-02T00:00+00:00"], "timesheet", {
            "part": 1, "begins": 86_400_000, "minutes": 450, "note": "",
        }),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_typed_is_what_is_asked_for(calls, words, verb, body):
    assert main.run(["contract", words[0], FHC, *words[1:], "--yes"]) == 0
    assert signatures(calls) == [{**body, "expect": HASH}]
    assert calls[-1][1] == f"/contracts/{FHC}/{verb}"


@pytest.mark.parametrize(
    "words",
    [
        ["amend", "--days", "20"], ["amend", "--part", "2"], ["amend", "--clause", "no sign"],
        ["amend", "--part", "2", "--days", "soon"], ["settle", "--percent", "101"], ["absence", "--for", "0"],
        ["timesheet", "--hours", "1", "--begins", "yesterday"], ["revise"], ["pay"],
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_a_usage_error(calls, words):
    assert main.run(["contract", words[0], FHC, *words[1:], "--yes"]) == 2
    assert signatures(calls) == []
