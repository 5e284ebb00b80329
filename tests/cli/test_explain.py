"""Every code that a person can be told is explained; so are some that only older nodes tell."""

import ast
from pathlib import Path

import pytest

from freehold.cli import main
from freehold.protocol.codes import MEANINGS

ROOT = Path(main.__file__).parents[1]
TOLD_BY = {"Denied": 0, "Trouble": 0, "Refusal": 1, "problem_json": 1}
"""Which argument is the code."""


def codes_of(tree):
    """The codes that a module tells: written where they are told, or given a name in the same function."""
    found = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            names = {
                target.id: node.value
                for node in ast.walk(function)
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for node in ast.walk(function):
                place = TOLD_BY.get(called(node))
                if place is not None and isinstance(node, ast.Call) and len(node.args) > place:
                    found |= texts(node.args[place], names)
    return found


def called(node):
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "id", getattr(function, "attr", ""))


def texts(node, names):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return texts(node.body, names) | texts(node.orelse, names)
    if isinstance(node, ast.Name) and node.id in names:
        return texts(names[node.id], {})
    return set()


def test_every_code_that_is_told_is_explained():
    modules = [path for folder in ("node", "cli") for path in (ROOT / folder).rglob("*.py")]
    told = set().union(*(codes_of(ast.parse(path.read_text())) for path in modules))
    assert told - set(MEANINGS) == set()
    assert len(told) > 100


def test_a_code_is_found_however_it_is_told():
    source = """
def a(kind):
    code = "one" if kind else "two"
    raise Denied(code, "x")
async def b(kind):
    return problem_json(1, "three", "y", "z") if kind else errors.Trouble("four" if kind else "five", "x")
"""
    assert codes_of(ast.parse(source)) == {"one", "two", "three", "four", "five"}


@pytest.mark.parametrize("typed", ["key-locked", "[key-locked]", "KEY-LOCKED"])
def test_a_code_is_explained_as_it_is_typed(typed, capsys):
    assert main.run(["explain", typed]) == 0
    assert "freehold unlock" in capsys.readouterr().out


def test_all_of_them_are_listed(capsys):
    assert main.run(["explain"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(MEANINGS)


def test_an_unknown_code_is_told_with_one_that_is_near(capsys):
    assert main.run(["explain", "key-loked\x1b"]) == 1
    told = capsys.readouterr().err
    assert "key-locked" in told
    assert "\x1b" not in told


def test_every_meaning_is_a_sentence():
    for code, meaning in MEANINGS.items():
        assert code == code.lower().replace("_", "-")
        assert meaning[0].isupper()
        assert meaning.endswith((".", "BTC."))
