"""Pages of commands with their output, as a reader types them and as the suite runs them.

In a block fenced as `console`, a line `alice$ command` is typed in alice's shell (`$ command` in yours); a command goes
on in the next line after a backslash. What follows is the output, standard error included, where

    [..]            stands for any text within a line,
    ...             alone on a line, for any number of lines,
    <offer>         for one word, which is the same wherever the page writes <offer> again, in commands too,
    (exit code 3)   as the last line, for how the command ended; without it, that is 0.

Runs of spaces match any spaces or tabs, so that tables are readable here.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

YOU = "you"
"""Whose shell a prompt without a name is."""

_FENCE = re.compile(r"```console\n(?P<block>.*?)^```$", re.DOTALL | re.MULTILINE)
_PROMPT = re.compile(r"(?P<person>[a-z]*)\$ (?P<command>.+)")
_EXIT_CODE = re.compile(r"\(exit code (?P<code>[0-9]+)\)")
_MARK = re.compile(r"(?P<any>\[\.\.\])|<(?P<name>[a-z_]+)>|(?P<space>[ \t]+)")


@dataclass(frozen=True, slots=True)
class Step:
    """One command: in whose shell, its text, the output that the page shows, its exit code, the line of the page."""

    line: int
    person: str
    command: str
    output: tuple[str, ...]
    exit_code: int


class Mismatch(AssertionError):
    """A command did something else than its page says."""


def steps(page: Path) -> list[Step]:
    """All commands of a page, in order. Raises ValueError for a block that does not begin with a prompt."""
    text = page.read_text(encoding="utf-8")
    found: list[Step] = []
    for fence in _FENCE.finditer(text):
        found.extend(_steps(fence["block"].splitlines(), text.count("\n", 0, fence.start("block")) + 1))
    if not found:
        raise ValueError(f"{page.name} has no console block")
    return found


def _steps(lines: list[str], first: int) -> list[Step]:
    starts = [number for number, line in enumerate(lines) if _PROMPT.fullmatch(line)]
    if not starts or starts[0] != 0:
        raise ValueError(f"line {first}: a console block begins with a prompt, such as `alice$ freehold status`")
    return [
        _step(lines[start:end], first + start) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)
    ]


def _step(lines: list[str], number: int) -> Step:
    length = next((count for count, line in enumerate(lines, 1) if not line.endswith("\\")), len(lines))
    prompt = _PROMPT.fullmatch(lines[0])
    assert prompt is not None
    command = "\n".join([prompt["command"], *lines[1:length]])
    output = [line.rstrip() for line in lines[length:]]
    while output and not output[-1]:
        output.pop()
    code = _EXIT_CODE.fullmatch(output[-1]) if output else None
    shown = output[:-1] if code else output
    return Step(number, prompt["person"] or YOU, command, tuple(shown), int(code["code"]) if code else 0)


def filled(text: str, names: dict[str, str]) -> str:
    """A command with the words that the page's names stand for."""
    return re.sub(r"<([a-z_]+)>", lambda name: names.get(name[1], name[0]), text)


def match(step: Step, output: str, exit_code: int, names: dict[str, str]) -> dict[str, str]:
    """The names after a step that went as written. Raises Mismatch, with both outputs, if it did not."""
    got = "\n".join(line.rstrip() for line in output.rstrip().splitlines())
    found = re.fullmatch(_pattern(step.output, names), got + "\n" if got else "")
    if found is None or exit_code != step.exit_code:
        raise Mismatch(
            f"line {step.line}: {step.person}$ {filled(step.command, names)}\n"
            f"the page says (exit code {step.exit_code}):\n{textwrap.indent(chr(10).join(step.output), '    ')}\n"
            f"it printed (exit code {exit_code}):\n{textwrap.indent(got, '    ')}"
        )
    return {**names, **found.groupdict()}


def _pattern(lines: tuple[str, ...], names: dict[str, str]) -> str:
    bound: set[str] = set()
    return "".join(r"(?:[^\n]*\n)*?" if line == "..." else _line(line, names, bound) + r"\n" for line in lines)


def _line(line: str, names: dict[str, str], bound: set[str]) -> str:
    parts: list[str] = []
    end = 0
    for mark in _MARK.finditer(line):
        parts.append(re.escape(line[end : mark.start()]))
        end = mark.end()
        if mark["any"]:
            parts.append(r"[^\n]*")
        elif mark["space"]:
            parts.append(r"[ \t]+")
        elif mark["name"] in names:
            parts.append(re.escape(names[mark["name"]]))
        elif mark["name"] in bound:
            parts.append(f"(?P={mark['name']})")
        else:
            bound.add(mark["name"])
            parts.append(rf"(?P<{mark['name']}>\S+)")
    return "".join([*parts, re.escape(line[end:])])
