"""What commands print, for every kind of answer, when everything in it was written by somebody hostile."""

import json
from typing import Any

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
PERSON = {"identity": FH, "name": EVIL}
COMPARED = [
    {"skill": EVIL, "others": others, "less": less, "more": others - less, "median": 5, "enough": others > 4}
    for others, less in ((0, 0), (4, 4), (10, 2), (10, 9))
]
SAVED = {
    "name": EVIL,
    "since": 1,
    "query": {"q": EVIL, "skill": [EVIL], "side": EVIL, "unit": "EUR", "least": 1, "without": ["late"], "reviews": 2},
}
RATES = {"side": "wanted", "basis": "hourly", "unit": "EUR", "authors": 9}
PROPOSAL: dict[str, Any] = {
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
    "parts": [
        {"title": EVIL, "price": MONEY, "hours": None, "basis": "fixed", "work_ms": 86_400_000},
        {"title": EVIL, "price": MONEY, "hours": 10, "basis": "hourly", "work_ms": 90_000},
    ],
    "clauses": [{"id": EVIL, "text": EVIL}],
    "arbiters": [PERSON],
    "witnesses": [PERSON],
    "quorum": 1,
    "appeal": True,
    "fallback": EVIL,
    "revisions": 2,
    "windows": {},
    "written": 1_750_000_000_000,
    "expires": 1_750_000_000_000,
    "state": "open",
    "reason": EVIL,
    "contract": FHC,
    "folded": EVIL,
    "reputation": None,
}
NOW = 1_750_000_000_000
WORDS = {"text": EVIL, "files": [{"name": EVIL, "where": EVIL, "sha256": "00"}]}
STEP: dict[str, Any] = {
    "record": FHR,
    "kind": "delivery/1",
    "by": FH,
    "by_name": EVIL,
    "role": "freelancer",
    "part": 1,
    "at": NOW,
    "witnessed": False,
    "stated": NOW,
    "derived": False,
    "state": "delivered",
    "body": {"note": EVIL, "paid": MONEY, **WORDS},
    "body_here": True,
    "words": None,
    "says": None,
}
CLAIM: dict[str, Any] = {"record": FHR, "by": "client", "by_name": EVIL, "at": NOW, "until": NOW + 5_000}
SILENCE: dict[str, Any] = {
    "leads_to": "payable", "mark": "silent", "claim_by": "freelancer", "cure_ms": 259_200_000, "dormant": NOW + 9**12,
}  # fmt: skip
MILESTONE: dict[str, Any] = {
    "part": 1, "title": EVIL, "price": MONEY, "basis": "fixed", "hours": None, "work_ms": 1, "review_ms": 1,
    "payment_ms": 1, "confirm_ms": 1, "state": "delivered", "since": FHR, "start": NOW, "start_witnessed": True,
    "revisions_left": 2, "award": 1000, "ruled": False, "due": MONEY, "turn": "client", "turn_identity": FH,
    "turn_name": EVIL, "deadline": NOW + 3 * 86_400_000, "claim": None, "silence": SILENCE,
}  # fmt: skip
SCOPE = {"version": 1, "since": FHR, "terms": "00", "parts": PROPOSAL["parts"], "clauses": PROPOSAL["clauses"]}
CHANGE = {
    "change": FHR, "by": "freelancer", "by_name": EVIL, "part": None, "state": "open", "until": NOW, "at": NOW,
    "what": "amendment", "parts": [*PROPOSAL["parts"], {**PROPOSAL["parts"][0], "title": None, "price": None}],
    "clauses": [{"id": "2", "text": EVIL}], "words": WORDS,
}  # fmt: skip
CONTRACT: dict[str, Any] = {
    "contract": FHC,
    "now": NOW,
    "state": EVIL,
    "client": FH,
    "client_name": EVIL,
    "freelancer": "fh1" + "p" * 58,
    "freelancer_name": None,
    "offer": FHO,
    "offer_title": EVIL,
    "my_role": "client",
    "my_turns": [1],
    "my_changes": [FHR],
    "my_claims": [],
    "offered_until": NOW,
    "arbiters": [PERSON],
    "witnesses": [PERSON],
    "quorum": 1,
    "revisions": 2,
    "appeal": True,
    "fallback": "nobody",
    "funded": False,
    "rail": EVIL,
    "clauses": [{"id": EVIL, "text": EVIL}],
    "signed": [{"party": FH, "record": FHR, "at": NOW}],
    "milestones": [
        MILESTONE,
        {**MILESTONE, "part": 2, "claim": CLAIM, "state": EVIL, "basis": "hourly", "hours": 5},
        {**MILESTONE, "part": 3, "claim": {**CLAIM, "until": None}, "silence": {**SILENCE, "leads_to": EVIL}},
        {**MILESTONE, "part": 4, "deadline": None, "due": None, "price": None, "title": None},
        {**MILESTONE, "part": 5, "state": "settled", "turn": None, "turn_name": None, "silence": None},
    ],
    "timeline": [
        STEP,
        {**STEP, "body": None, "body_here": False},
        {**STEP, "derived": True},
        {**STEP, "says": EVIL, "kind": EVIL},
        {**STEP, "kind": "revision/1", "body": {"clauses": [EVIL], "note": "00"}, "words": WORDS},
        {**STEP, "kind": "dispute/1", "body": {"text": EVIL, "clauses": []}},
        {**STEP, "kind": "timesheet/1", "body": {"begins": NOW, "minutes": 90, "note": EVIL}},
        {**STEP, "kind": "absence/1", "part": None, "state": None, "body": {"since": NOW, "until": 2**53}},
        {**STEP, "kind": "blocked/1", "body": {"need": EVIL}},
        {**STEP, "kind": "payment-denied/1", "body": {"reason": EVIL}},
        {**STEP, "kind": "ruling/1", "body": {
            "award": 333, "fault": EVIL, "findings": [{"clause": EVIL, "finding": "not-in-terms"}], "note": None,
        }},
    ],
    "marks": [
        {"on": FH, "on_name": EVIL, "role": "client", "what": EVIL, "part": 1, "because": [FHR], "at": NOW,
         "witnessed": False},
        {"on": None, "on_name": None, "role": "arbiter", "what": "silent", "part": None, "because": [], "at": NOW,
         "witnessed": True},
    ],
    "changes": [
        CHANGE, {**CHANGE, "state": EVIL},
        {**CHANGE, "change": "fhr1" + "z" * 58, "what": "settlement", "award": 5, "part": 1},
    ],
    "scopes": [SCOPE, {**SCOPE, "version": 2, "clauses": None}],
    "pings": [{"record": FHR, "by": "client", "turn": "freelancer", "deadline": NOW, "claim": CLAIM}],
    "absences": [{"role": "client", "since": NOW, "until": 2**53}],
    "evidence": [{"record": FHR, "by": FH, "at": NOW, **WORDS}],
    "refused": [{"record": FHR, "reason": EVIL}],
    "waiting": [{"record": FHR, "reason": EVIL}],
}  # fmt: skip
SERVICE = {
    **PERSON, "service": "arbiter", "about": EVIL, "skills": [EVIL], "languages": [EVIL], "closed": False,
    "served": {"taken": 1, "ruled": 1, "declined": 0, "not_taken": 1, "silent": 2}, "reputation": REPUTATION, "at": NOW,
}  # fmt: skip
NOTICE: dict[str, Any] = {"number": 7, "at": NOW, "topic": EVIL, "about": FHC, "text": EVIL}
DRAFT: dict[str, Any] = {"text": EVIL, "hash": "ab" * 32}
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
    "grade": None,
    "shown": False,
    "reply": EVIL,
}
FACT = {"what": EVIL, "contract": FHC, "part": 1, "because": [FHR], "at": 1_750_000_000_000, "counts": False}
CONDUCT = {
    "contracts": 3, "partners": 2, "answered": 5, "unanswered": 1, "late": 1, "usual_ms": 90_000, "slowest_ms": 90_000,
    "taken": 1, "ruled": 1, "responsiveness": 0.8, "facts": [FACT, {**FACT, "what": "late", "counts": True}],
}  # fmt: skip
SCORE = {
    "identity": FH, "name": EVIL, **REPUTATION, "weight": 1.0, "witnesses": 2, "left_out": 1, "ranking": EVIL,
    "note": EVIL, "seen": EVIL, "anywhere": {**REPUTATION, "mean": 0.1}, "conduct": {"client": CONDUCT, EVIL: CONDUCT},
}  # fmt: skip
VOUCH = {
    "vouch": FHR, "author": FH, "author_name": EVIL, "subject": FH, "subject_name": EVIL,
    "skills": [EVIL], "text": EVIL, "withdrawn": False, "at": NOW, "expires": 2**53,
}  # fmt: skip
SHARE = {
    "review": FHR,
    "author": FH,
    "author_name": EVIL,
    "contract": FHC,
    "levels": LEVELS,
    "grade": EVIL,
    "weight": 1.0,
    "delta": 0.1,
    "trust": 0.5,
    "place": 2,
    "path": [PERSON, {"identity": FH, "name": None}],
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
    "waiting": {"turns": 1, "changes": 2, "claimable": 1, "proposals": 3},
    "sync": {
        "state": "first sync",
        "records": 41_200,
        "about": 100_000,
        "partners": 3,
        "talks": 1,
        "kinds": [EVIL],
        "days": 9,
        "people": 2,
        "trouble": EVIL,
    },
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
    "GET /offers/search": {"offers": [OFFER, {**OFFER, "market": COMPARED}], "next": None},
    "GET /searches": {"searches": [SAVED, {"name": EVIL, "since": 1, "query": {}}]},
    "POST /searches": SAVED,
    "POST /searches/drop": {},
    "GET /market": {
        "skill": EVIL,
        "markets": [
            {**RATES, "percentiles": dict.fromkeys(("10", "25", "50", "75", "90"), 5)},
            {**RATES, "percentiles": None},
        ],
        "least_authors": 5,
        "days": 90,
    },
    "GET /offers/fho": OFFER,
    "POST /offers": OFFER,
    "GET /proposals": {"received": [PROPOSAL], "sent": [{**PROPOSAL, "direction": "sent"}]},
    "GET /proposals/fhr": PROPOSAL,
    "POST /proposals": PROPOSAL,
    "POST /proposals/fhr": CONTRACT,
    "POST /proposals/fhr-decline": PROPOSAL,
    "GET /contracts": {"contracts": [CONTRACT], "serving": [{**CONTRACT, "my_role": "arbiter"}]},
    "GET /disputes": {"disputes": [{**CONTRACT, "disputed": [1, 2, 9]}]},
    "GET /services": {"services": [SERVICE]},
    "POST /services": SERVICE,
    "GET /notices": {"notices": [NOTICE], "next": 7},
    "POST /reviews/fhr": REVIEW,
    "GET /contracts/fhc": CONTRACT,
    "POST /contracts/fhc": CONTRACT,
    "GET /reviews": {"reviews": [REVIEW]},
    "POST /reviews": REVIEW,
    "GET /reputation": SCORE,
    "GET /reputation-why": {**SCORE, "evidence": [SHARE], "left_out": [{"review": FHR, "reason": EVIL}]},
    "GET /reputation/fh1-compare": {"people": [SCORE, SCORE], "first": FH, "apart": False},
    "GET /reputation/fh1-history": {
        **PERSON,
        "changes": [{"at": at, **REPUTATION, "because": [{"review": FHR, "by": PERSON}]} for at in (1, 2**53)],
    },
    "GET /vouches": {"vouches": [VOUCH, {**VOUCH, "subject_name": None}]},
    "POST /vouches": VOUCH,
    "POST /vouches/fh1-withdraw": VOUCH,
    "GET /node/peers": PEERS,
    "POST /node/connect": {"peer": EVIL},
    "POST /node/ban": {},
    "POST /node/unban": {},
    "GET /node/statistics": {"net": {"restarts": 0, EVIL: {EVIL: 1}}, "core": {"accept": 5}},
    "POST /contacts": {},
    "GET /contacts": {"contacts": [{**PERSON, "label": EVIL}]},
    "POST /contacts/fh1-remove": {},
}
COMMANDS = [
    ["status"],
    ["identity", "show"],
    ["identity", "show", FH],
    ["identity", "edit", "--about", "x"],
    ["offer", "list"],
    ["offer", "search", "x"],
    ["offer", "search", "x", "--save", EVIL, "--rate", "20-40 EUR", "--without", "silent"],
    ["offer", "searches"],
    ["offer", "unsave", EVIL],
    ["offer", "rates", EVIL],
    ["offer", "show", FHO],
    ["offer", "publish", "--title", "x", "--budget", "5 EUR"],
    ["proposal", "list"],
    ["proposal", "show", FHR],
    ["proposal", "compare", FHO],
    ["proposal", "write", FHO, "--cover", "x", "--part", "a=1 EUR", "--yes"],
    ["proposal", "accept", FHR, "--yes"],
    ["proposal", "decline", FHR],
    ["contract", "list"],
    ["contract", "show", FHC],
    ["contract", "scope", FHC],
    *(["contract", *words, "--yes"] for words in (
        ["sign", FHR],
        ["deliver", FHC],
        ["accept", FHC],
        ["revise", FHC, "--clause", "1", "--note", EVIL],
        ["block", FHC, "--need", EVIL],
        ["unblock", FHC],
        ["timesheet", FHC, "--hours", "7.5", "--begins", "2025-06-02"],
        ["finish", FHC],
        ["fund", FHC, "--evidence", EVIL],
        ["pay", FHC, "--rail", "cash"],
        ["confirm", FHC, "--amount", "1 EUR"],
        ["deny", FHC],
        ["cancel", FHC],
        ["settle", FHC, "--percent", "33.3"],
        ["amend", FHC, "--part", "1", "--days", "20", "--price", "5 EUR", "--title", EVIL, "--clause", f"2={EVIL}",
         "--add-part", "Support=60 EUR/h*10"],
        ["agree", FHC, "--change", FHR],
        ["decline", FHC, "--change", FHR],
        ["withdraw", FHC, "--change", FHR],
        ["claim", FHC],
        ["claim", FHC, "--ping"],
        ["absence", FHC, "--for", "7"],
        ["resume", FHC],
        ["ping", FHC],
        ["pong", FHC],
    )),
    ["dispute", "list"],
    ["dispute", "show", FHC],
    *(["dispute", *words, "--yes"] for words in (
        ["open", FHC, "--text", EVIL, "--clause", "1"],
        ["answer", FHC, "--text", EVIL],
        ["evidence", FHC, "--text", EVIL],
        ["take", FHC],
        ["pass", FHC],
        ["rule", FHC, "--percent", "50", "--fault", "both", "--finding", "1=kept", "--reasons", EVIL],
        ["appeal", FHC],
    )),
    ["identity", "services", "--as", "arbiter"],
    ["identity", "serve", "--as", "witness", "--about", EVIL],
    ["watch", "--once"],
    ["review", "reply", FHR, "--text", EVIL, "--yes"],
    ["review", "list"],
    ["review", "list", "--by", FH],
    ["review", "write", FHC, *[p for name in LEVELS for p in (f"--{name}", "4")], "--yes"],
    ["reputation", "show"],
    ["reputation", "why", FH, "--as", FH],
    ["reputation", "compare", FH, FH, "--role", "client"],
    ["reputation", "history", FH],
    ["vouch", "give", FH, "--skill", EVIL, "--text", EVIL],
    ["vouch", "withdraw", FH],
    ["vouch", "list"],
    ["node", "peers"],
    ["node", "connect", "/ip4/127.0.0.1/tcp/1/p2p/12D"],
    ["node", "ban", "12D"],
    ["node", "unban", "12D"],
    ["node", "stats"],
    ["contact", "add", FH, "--label", EVIL],
    ["contact", "list"],
    ["contact", "remove", FH],
]  # fmt: skip


def canned(_client, method, path, body=None):
    """The answer whose key fits the call: exactly, by the verb at its end, or by the kind of name in it."""
    if (body or {}).get("draft"):
        return DRAFT
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
    signed = []

    def counting(client, method, path, body=None):
        if method != "GET" and not (body or {}).get("draft"):
            signed.append(path)
        return canned(client, method, path, body)

    monkeypatch.setattr(Client, "call", counting)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    for command in COMMANDS:
        if "--yes" in command:
            assert main.run([part for part in command if part != "--yes"]) == 2
            assert "--yes" in capsys.readouterr().err
    assert signed == []


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
