"""`freehold watch`: a stream that breaks is taken up where it broke; a command gets each event on its input."""

import json
import sys
import time

import pytest

from freehold.cli import main
from freehold.cli.client import Client
from freehold.cli.errors import Trouble

EVIL = "\x1b[2J'; touch /tmp/owned #\u202e $(id) `id`"


def event(number, topic="notice.turn", **data):
    return {"number": number, "topic": topic, "at": 1_790_000_000_000, "data": {"text": "your turn", **data}}


def block(found):
    return [f"id: {found['number']}", f"data: {json.dumps(found)}", ""]


@pytest.fixture
def streams(monkeypatch):
    """What each connection brings, line by line; `asked` are the questions. After the last one the node is gone."""
    given, asked = [], []

    def lines(_client, path, query):
        asked.append((path, query))
        if not given:
            raise Trouble("not-running", "no node is running", "start it")
        yield from given.pop(0)

    monkeypatch.setattr(Client, "lines", lines)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    return given, asked


def test_without_topics_it_is_what_concerns_the_owner(streams, capsys):
    given, asked = streams
    given.append([": hello", "id: 6", "retry: 2000", "", *block(event(7, about="fhc1" + "q" * 58))])
    assert main.run(["watch", "--since", "6"]) == 3
    assert asked[0] == ("/events", {"topics": ["notice"], "since": 6})
    out = capsys.readouterr().out
    assert out.startswith("7  2026-09-21 ")
    assert "notice.turn" in out
    assert "your turn" in out


def test_a_stream_that_breaks_is_taken_up_where_it_broke(streams, capsys):
    given, asked = streams

    def broken():
        yield from block(event(7))
        raise Trouble("connection-lost", "it broke")

    given += [broken(), ["id: 9", ""], block(event(10))]
    assert main.run(["watch", "offer.*", "contract"]) == 3
    assert [query["since"] for _, query in asked] == [None, 7, 9, 10]
    assert {tuple(query["topics"]) for _, query in asked} == {("offer.*", "contract")}
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_gap_is_told(streams, capsys):
    given, _ = streams
    gap = {"number": 5, "topic": "gap", "data": {"after": 1, "until": 5}}
    given.append(["event: gap", *block(gap)])
    main.run(["watch"])
    assert "missing" in capsys.readouterr().out


def test_a_command_gets_each_event_and_nothing_of_it_reaches_a_shell(streams, tmp_path, capsys):
    given, _ = streams
    given.append([*block(event(7, text=EVIL)), *block(event(8))])
    written = tmp_path / "events"
    script = tmp_path / "hook.py"
    script.write_text(f"import sys\nopen({str(written)!r}, 'a').write(repr(sys.argv[1:]) + ' ' + sys.stdin.read())\n")
    assert main.run(["watch", "--exec", f"{sys.executable} {script} 'a b' ; c"]) == 3
    first, second = written.read_text().splitlines()
    arguments, _, read = first.partition("] ")
    assert arguments + "]" == repr(["a b", ";", "c"])
    assert json.loads(read) == event(7, text=EVIL)
    assert "\x1b" not in first
    assert json.loads(second.partition("] ")[2])["number"] == 8
    assert capsys.readouterr().out == ""


def test_a_command_that_fails_is_said_and_ends_nothing(streams, capsys):
    given, _ = streams
    given.append([*block(event(7)), *block(event(8))])
    assert main.run(["watch", "--exec", f"{sys.executable} -c 'import sys; sys.exit(3)'"]) == 3
    assert capsys.readouterr().err.count("ended with 3") == 2


@pytest.mark.parametrize(("command", "code"), [("", 2), ("'", 2), ("/no/such/command", 1)])
def test_a_command_that_cannot_be_run_is_told(streams, capsys, command, code):
    given, _ = streams
    given.append(block(event(7)))
    assert main.run(["watch", "--exec", command]) == code


def test_what_others_wrote_steers_no_terminal(streams, capsys):
    given, _ = streams
    given.append(block(event(7, text=EVIL, about=EVIL)))
    main.run(["watch"])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_an_answer_that_is_no_event_is_a_trouble(streams, capsys):
    given, _ = streams
    given.append(["id: 1", "data: {", ""])
    assert main.run(["watch"]) == 1
    assert "bad-answer" in capsys.readouterr().err
