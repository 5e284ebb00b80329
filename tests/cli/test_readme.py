"""The README's commands are commands: every option and value in it can be typed as it stands."""

import re
import shlex
from pathlib import Path

import click
import pytest

from freehold.cli.main import root

README = (Path(__file__).parents[2] / "README.md").read_text()
_BLOCK = re.compile(r"^freehold .*?(?=  #|$)", re.MULTILINE)
_SPAN = re.compile(r"`(freehold [^`]*)`")


def commands() -> list[str]:
    """What the README tells people to type; alternatives such as `deliver|accept` one by one."""
    found = [line.strip() for line in _BLOCK.findall(README)] + _SPAN.findall(README)
    return [one for command in found for one in _alternatives(command.replace("\\|", "|"))]


def _alternatives(command: str) -> list[str]:
    choice = re.search(r"\b[a-z]+(\|[a-z]+)+\b", command)
    return [command] if choice is None else [command.replace(choice[0], word) for word in choice[0].split("|")]


def parse(command: str) -> None:
    """Parse it all the way down, run nothing. Raises ClickException where a person would be told of a mistake."""
    words = shlex.split(command)[1:]
    found: click.Command = root
    context = click.Context(root, info_name="freehold")
    while isinstance(found, click.Group):
        name = words.pop(0)
        found = found.get_command(context, name) or pytest.fail(f"there is no {name}")
        context = click.Context(found, parent=context, info_name=name)
    found.make_context(context.info_name, words, parent=context.parent)


@pytest.mark.parametrize("command", commands())
def test_what_the_readme_says_can_be_typed(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "postings.csv").touch()
    if command == "freehold --help":
        return
    parse(command)


def test_there_are_commands_and_a_wrong_one_is_noticed():
    assert len(commands()) > 10
    with pytest.raises(click.ClickException):
        parse("freehold offer search logo --unit USD")
