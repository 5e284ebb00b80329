"""Two hundred hostile texts in everything that a node can answer: no command lets one steer the terminal."""

import unicodedata

import pytest

from freehold.cli import main, output, safe, session
from freehold.cli.client import Client
from tests.cli.canned import canned
from tests.cli.commands import COMMANDS
from tests.cli.hostile import EVIL
from tests.payloads import ALL, CONTROLS, INVISIBLE, UNPAIRED

TOGETHER = "\n".join((*CONTROLS, *INVISIBLE, *UNPAIRED))
DROPPED = ("Cc", "Cf", "Cs", "Zl", "Zp")
FEW = [command for command in COMMANDS if command[:2] in (["offer", "show"], ["proposal", "show"], ["review", "list"])]


def written(by, found):
    """An answer with another text wherever somebody hostile wrote one."""
    if isinstance(found, str):
        return found.replace(EVIL, by)
    if isinstance(found, list):
        return [written(by, one) for one in found]
    if isinstance(found, dict):
        return {written(by, name): written(by, one) for name, one in found.items()}
    return found


def steering(shown):
    """Characters that steer a terminal or turn its lines."""
    return sorted({f"U+{ord(one):04X}" for one in shown if one not in "\n\t" and unicodedata.category(one) in DROPPED})


@pytest.fixture
def say(monkeypatch, capsys):
    """What a command prints when its node answers with a text."""

    def run(command, text, *, terminal=True):
        monkeypatch.setenv("NO_COLOR", "1")
        for module in (output, session):
            monkeypatch.setattr(module, "on_terminal", lambda: terminal, raising=False)
        monkeypatch.setattr(Client, "call", lambda *told: written(text, canned(*told)))
        assert main.run(command) == 0
        shown = capsys.readouterr()
        return shown.out + shown.err

    return run


@pytest.mark.parametrize("terminal", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["pipe", "terminal"])
def test_what_steers_in_every_command(say, terminal):
    for command in COMMANDS:
        shown = say(command, TOGETHER, terminal=terminal)
        assert steering(shown) == [], command
        shown.encode()


def test_each_of_them_alone(say):
    for text in ALL:
        for command in FEW:
            assert steering(say(command, text)) == [], (command, ascii(text))


def test_a_command_that_would_print_it_as_it_came_is_noticed(say, monkeypatch):
    """A planted bug: a careless `say`."""
    monkeypatch.setattr(output, "safe_text", lambda text: text.encode("utf-8", "replace").decode())
    assert safe.safe_text("\x1b") == ""
    found = {character for command in FEW for character in steering(say(command, TOGETHER))}
    assert {"U+001B", "U+202E"} <= found
