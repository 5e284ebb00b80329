"""What commands print, for every kind of answer, when everything in it was written by somebody hostile."""

import json

import pytest

from freehold.cli import main, output, session
from freehold.cli.client import Client
from freehold.cli.errors import Trouble
from tests.cli.canned import canned
from tests.cli.commands import COMMANDS
from tests.cli.hostile import EVIL, FHO


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


def test_rates_are_asked_in_the_name_of_a_currency_and_say_what_they_were_asked(capsys, monkeypatch):
    asked = []

    def call(client, method, path, body=None, **_more):
        asked.append(path)
        return {"skill": "flutter", "markets": [], "least_authors": 5, "days": 90}

    monkeypatch.setattr(Client, "call", call)
    assert main.run(["offer", "rates", "flutter", "--unit", "usd", "--side", "service"]) == 0
    assert "unit=USD" in asked[0]
    assert "No offers for flutter name a price (service, USD)." in capsys.readouterr().err
    assert main.run(["offer", "rates", "flutter"]) == 0
    assert "unit" not in asked[1]
    assert "No offers for flutter name a price." in capsys.readouterr().err
