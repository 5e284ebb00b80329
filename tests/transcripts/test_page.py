"""What the pages' notation means: a page that says something wrong must fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.transcripts.page import Mismatch, Step, filled, match, steps

if TYPE_CHECKING:
    from pathlib import Path


def a_step(*output: str, exit_code: int = 0) -> Step:
    return Step(1, "alice", "freehold status", output, exit_code)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page.md"


def test_commands_are_found_with_their_person_output_exit_code_and_line(page: Path) -> None:
    lines = ["# A page", "", "```", "$ not run", "```", "", "```console"]
    lines += ["alice$ echo one \\", "  two", "one two", "", "$ false", "(exit code 1)", "```", ""]
    page.write_text("\n".join(lines), encoding="utf-8")
    assert steps(page) == [
        Step(8, "alice", "echo one \\\n  two", ("one two",), 0),
        Step(12, "you", "false", (), 1),
    ]


@pytest.mark.parametrize("text", ["nothing to run\n", "```console\noutput\n$ before its command\n```\n"])
def test_a_page_that_would_run_nothing_is_an_error(page: Path, text: str) -> None:
    page.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="console block"):
        steps(page)


def test_output_as_written_matches_whatever_the_spaces() -> None:
    assert match(a_step("name   Alice", "", "5 peers"), "name\tAlice \n\n5 peers\n\n", 0, {}) == {}


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        (("5 peers",), "6 peers\n"),
        (("5 peers",), "5 peers\nand more\n"),
        (("5 peers", "and more"), "5 peers\n"),
        (("5 [..]s",), "5\npeers\n"),
        (("5.peers",), "5 peers\n"),
        ((), "something\n"),
        (("something",), ""),
        (("...", "the end"), "the beginning\n"),
        (("<name>",), "two words\n"),
        (("<name> <name>",), "alice bob\n"),
    ],
)
def test_other_output_is_a_mismatch_that_shows_both(written: tuple[str, ...], printed: str) -> None:
    with pytest.raises(Mismatch) as caught:
        match(a_step(*written), printed, 0, {})
    assert "the page says" in str(caught.value)


def test_another_exit_code_is_a_mismatch() -> None:
    assert match(a_step("no", exit_code=3), "no\n", 3, {}) == {}
    with pytest.raises(Mismatch):
        match(a_step("no", exit_code=3), "no\n", 0, {})
    with pytest.raises(Mismatch):
        match(a_step("no"), "no\n", 1, {})


def test_wildcards_stand_for_text_and_for_lines() -> None:
    assert match(a_step("...", "5 [..] here", "...", "end"), "a\nb\n5 peers are here\nend\n", 0, {}) == {}
    assert match(a_step("..."), "", 0, {}) == {}


def test_a_name_keeps_the_word_that_it_first_stood_for() -> None:
    names = match(a_step("offer <offer>"), "offer fho1abc\n", 0, {})
    assert names == {"offer": "fho1abc"}
    assert filled("freehold offer show <offer> <other>", names) == "freehold offer show fho1abc <other>"
    assert match(a_step("<offer> closed"), "fho1abc closed\n", 0, names) == names
    with pytest.raises(Mismatch):
        match(a_step("<offer> closed"), "fho1xyz closed\n", 0, names)
