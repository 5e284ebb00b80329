"""What commands print, for every kind of answer, when everything in it was written by somebody hostile."""

import json

import pytest

from freehold.cli import main, output, session
from freehold.cli.client import Client
from freehold.cli.errors import Trouble

EVIL = "\x1b]0;owned\x07\u202eevil\u200b\x9b31m\r\n\ttail [bold]not markup[/bold] \ud800"
FH, FHO, FHC, FHR = (prefix + "1" + "q" * 58 for prefix in ("fh", "fho", "fhc", "fhr"))
MONEY = {"amount": 15_000, "unit": "EUR"}
REPUTATION = {"mean": 0.7, "lower": 0.5, "upper": 0.9, "counted": 2}
LEVELS = {"scope": 4, "communication": 3, "quality": 4, "time": 0, "again": 4}
IDENTITY = {
    "identity": FH,
    "name": EVIL,
    "about": EVIL,
    "roles": ["client"],
    "skills": [EVIL],
    "languages": [EVIL],
    "key": "00",
    "inception": FHR,
    "created": 1_750_000_000_000,
}
OFFER = {
    "offer": FHO,
    "record": FHR,
    "author": FH,
    "author_name": EVIL,
    "side": "wanted",
    "title": EVIL,
    "description": EVIL,
    "skills": [EVIL],
    "budget": {"basis": "hourly", "unit": "EUR", "low": 1, "high": 2},
    "languages": [EVIL],
    "intake": {"least_characters": 5, "questions": [EVIL], "languages": []},
    "closed": False,
    "expires": 2**53,
    "published": 1_750_000_000_000,
    "reputation": REPUTATION,
}
PROPOSAL = {
    "proposal": FHR,
    "direction": "received",
    "offer": FHO,
    "offer_title": EVIL,
    "author": FH,
    "author_name": EVIL,
    "recipient": FH,
    "recipient_name": None,
    "cover": EVIL,
    "answers": [EVIL],
    "parts": [{"title": EVIL, "price": MONEY, "work_ms": 86_400_000}],
    "clauses": [{"id": "1", "text": EVIL}],
    "written": 1_750_000_000_000,
    "expires": 1_750_000_000_000,
    "state": "open",
    "reason": EVIL,
    "contract": FHC,
    "folded": EVIL,
    "reputation": None,
}
STEP = {
    "record": FHR,
    "kind": "delivery/1",
    "by": FH,
    "role": "freelancer",
    "part": 1,
    "at": 1_750_000_000_000,
    "state": "delivered",
    "body": {"note": EVIL, "paid": MONEY},
    "body_here": True,
}
CONTRACT = {
    "contract": FHC,
    "state": "active",
    "client": FH,
    "client_name": EVIL,
    "freelancer": "fh1" + "p" * 58,
    "freelancer_name": None,
    "offer": FHO,
    "offer_title": EVIL,
    "my_role": "client",
    "clauses": [{"id": "1", "text": EVIL}],
    "signed": [{"party": FH, "record": FHR, "at": 1_750_000_000_000}],
    "milestones": [
        {"part": 1, "title": EVIL, "price": MONEY, "state": "working", "turn": "client", "turn_name": EVIL},
        {"part": 2, "title": None, "price": None, "state": "settled", "turn": None, "turn_name": None},
    ],
    "timeline": [STEP, {**STEP, "body": None, "body_here": False}],
    "waiting": [{"record": FHR, "reason": EVIL}],
}
REVIEW = {
    "review": FHR,
    "contract": FHC,
    "author": FH,
    "author_name": EVIL,
    "subject": FH,
    "subject_name": EVIL,
    "levels": LEVELS,
    "text": EVIL,
    "at": 1_750_000_000_000,
    "counts": False,
    "why_not": EVIL,
}
SCORE = {"identity": FH, "name": EVIL, **REPUTATION, "left_out": 1, "ranking": EVIL, "note": EVIL}
SHARE = {
    "review": FHR,
    "author": FH,
    "author_name": EVIL,
    "contract": FHC,
    "levels": LEVELS,
    "weight": 1.0,
    "delta": 0.1,
    "text": EVIL,
    "at": 1_750_000_000_000,
}
STATUS = {
    "version": "0",
    "network": EVIL,
    "identity": FH,
    "name": EVIL,
    "peer_id": "12D",
    "addresses": [EVIL],
    "peers": 1,
    "records": 1,
    "offers": 1,
    "parked": 1,
    "undelivered": 1,
    "uptime_s": 1,
    "key": "unlocked",
    "folder": EVIL,
    "pid": 1,
}
PEERS = {
    "peers": [{"peer": EVIL, "address": EVIL, "direction": "in", "since": 1_750_000_000_000}],
    "banned": [{"peer": EVIL, "until": 1_750_000_000_000, "reason": EVIL}],
}

ANSWERS = {
    "GET /status": STATUS,
    "GET /identity": IDENTITY,
    "PUT /identity": IDENTITY,
    "GET /identities": IDENTITY,
    "GET /offers": {"offers": [OFFER], "next": 7},
    "GET /offers/search": {"offers": [OFFER], "next": None},
    "GET /offers/fho": OFFER,
    "POST /offers": OFFER,
    "GET /proposals": {"received": [PROPOSAL], "sent": [{**PROPOSAL, "direction": "sent"}]},
    "GET /proposals/fhr": PROPOSAL,
    "POST /proposals": PROPOSAL,
    "POST /proposals/fhr": CONTRACT,
    "POST /proposals/fhr-decline": PROPOSAL,
    "GET /contracts": {"contracts": [CONTRACT]},
    "GET /contracts/fhc": CONTRACT,
    "POST /contracts/fhc": CONTRACT,
    "GET /reviews": {"reviews": [REVIEW]},
    "POST /reviews": REVIEW,
    "GET /reputation": SCORE,
    "GET /reputation-why": {**SCORE, "evidence": [SHARE], "left_out": [{"review": FHR, "reason": EVIL}]},
    "GET /node/peers": PEERS,
    "POST /node/connect": {"peer": EVIL},
    "POST /node/ban": {},
    "POST /node/unban": {},
    "GET /node/statistics": {"net": {"restarts": 0, EVIL: {EVIL: 1}}, "core": {"accept": 5}},
    "POST /contacts": {},
}
COMMANDS = [
    ["status"],
    ["identity", "show"],
    ["identity", "show", FH],
    ["identity", "edit", "--about", "x"],
    ["offer", "list"],
    ["offer", "search", "x"],
    ["offer", "show", FHO],
    ["offer", "publish", "--title", "x", "--budget", "5 EUR"],
    ["proposal", "list"],
    ["proposal", "show", FHR],
    ["proposal", "write", FHO, "--cover", "x", "--part", "a=1 EUR", "--yes"],
    ["proposal", "accept", FHR, "--yes"],
    ["proposal", "decline", FHR],
    ["contract", "list"],
    ["contract", "show", FHC],
    ["contract", "deliver", FHC, "--yes"],
    ["contract", "accept", FHC, "--yes"],
    ["contract", "pay", FHC, "--rail", "cash", "--yes"],
    ["contract", "confirm", FHC, "--amount", "1 EUR", "--yes"],
    ["review", "list"],
    ["review", "list", "--by", FH],
    ["review", "write", FHC, *[p for name in LEVELS for p in (f"--{name}", "4")], "--yes"],
    ["reputation", "show"],
    ["reputation", "why", FH],
    ["node", "peers"],
    ["node", "connect", "/ip4/127.0.0.1/tcp/1/p2p/12D"],
    ["node", "ban", "12D"],
    ["node", "unban", "12D"],
    ["node", "stats"],
    ["contact", "add", FH, "--label", EVIL],
]


def canned(_client, method, path, body=None):
    """The answer whose key fits the call: exactly, by the verb at its end, or by the kind of name in it."""
    target = path.partition("?")[0]
    key = f"{method} {target}"
    if key in ANSWERS:
        return ANSWERS[key]
    head, _, rest = target[1:].partition("/")
    verb = rest.partition("/")[2]
    for candidate in (f"{head}/{rest[:3]}-{verb}", f"{head}/{rest[:3]}", f"{head}-{verb}", head):
        if f"{method} /{candidate}" in ANSWERS:
            return ANSWERS[f"{method} /{candidate}"]
    raise AssertionError(f"no answer for {method} {path}")


@pytest.fixture(autouse=True)
def node(monkeypatch):
    monkeypatch.setattr(Client, "call", canned)
    monkeypatch.setenv("NO_COLOR", "1")


def assert_harmless(text):
    allowed = {"\n", "\t"}
    found = [hex(ord(c)) for c in text if c not in allowed and (not c.isprintable() and not c.isspace())]
    assert found == []
    assert not any(c in text for c in ("\x1b", "\u202e", "\u200b", "\x9b", "\r", "\ud800"))


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:2]))
def test_nothing_hostile_reaches_the_terminal(command, terminal, capsys, monkeypatch):
    for module in (output, session):
        monkeypatch.setattr(module, "on_terminal", lambda: terminal, raising=False)
    assert main.run(command) == 0
    shown = capsys.readouterr()
    assert_harmless(shown.out + shown.err)
    assert shown.out.strip() != ""


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:2]))
def test_json_is_the_object_of_the_api_in_ascii(command, capsys):
    assert main.run([*command, "--json"]) == 0
    shown = capsys.readouterr()
    assert shown.out.isascii()
    assert isinstance(json.loads(shown.out), dict)
    assert_harmless(shown.out + shown.err)


def test_a_table_in_a_pipe_is_one_tab_separated_line_a_row(capsys):
    assert main.run(["offer", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert lines[0].split("\t")[0] == FHO
    assert len(lines[0].split("\t")) == 6


def test_a_problem_of_the_node_is_made_harmless_too(capsys, monkeypatch):
    def refuse(*_):
        raise Trouble.from_problem({"code": EVIL, "detail": EVIL, "hint": EVIL})

    monkeypatch.setattr(Client, "call", refuse)
    assert main.run(["status"]) == 1
    assert_harmless(capsys.readouterr().err)


def test_signing_without_a_yes_and_without_a_terminal_signs_nothing(monkeypatch, capsys):
    calls = []
    monkeypatch.setattr(Client, "call", lambda client, *call: calls.append(call[0]) or canned(client, *call))
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    for command in COMMANDS:
        if "--yes" in command:
            assert main.run([part for part in command if part != "--yes"]) == 2
            assert "--yes" in capsys.readouterr().err
    assert set(calls) == {"GET"}


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        ("not-found", 1),
        ("bad-request", 2),
        ("key-locked", 5),
        ("wrong-passphrase", 5),
        ("not-your-turn", 6),
        ("unreachable", 4),
        ("quota-open-offers", 1),
        ("something-new", 1),
    ],
)
def test_each_code_has_its_exit_code(code, exit_code, monkeypatch):
    def refuse(*_):
        raise Trouble.from_problem({"code": code, "detail": "no"})

    monkeypatch.setattr(Client, "call", refuse)
    assert main.run(["status"]) == exit_code
