"""Plain texts are taken apart by a table and all others by a pattern: the words are the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from freehold.node.store import folding
from tests.protocol.planted import Bug

PLAIN = st.text(st.characters(codec="ascii"), max_size=30) | st.builds(
    "{} {}".format, st.text("aZ9", min_size=60, max_size=70), st.text("a_.")
)


def the_same(text: str) -> None:
    assert folding.words(text) == folding._ASCII_WORD.findall(text.lower())


@settings(max_examples=100)
@given(PLAIN)
def test_a_plain_text_has_the_words_that_the_pattern_finds(text: str) -> None:
    the_same(text)


@pytest.mark.parametrize(
    "bug", [Bug(folding, "_MOST_LETTERS", 1_000), Bug(folding, "_PLAIN", bytes(range(256)))], ids=str
)
def test_other_words_would_be_noticed(bug: Bug) -> None:
    bug.must_be_caught(the_same, PLAIN, examples=100)
