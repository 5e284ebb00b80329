"""What will be signed is laid out in rows, and the rows are the text: no more, no less, whatever people wrote."""

import pytest
from hypothesis import given, strategies as st

from freehold.node.api import wording
from freehold.node.api.page import exact

NAMES = st.from_regex(r"[a-z_.0-9]{1,12}", fullmatch=True)
VALUES = st.one_of(
    st.text(max_size=30), st.sampled_from(["", " ", "a\n\nb", "  | x", "x\n  | y", "kind  offer/1", "\n"])
)
BLOCKS = st.lists(st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=5), min_size=1, max_size=3)


def rows_are_the_text(blocks):
    found = exact.rows("\n\n".join(map(wording.block, blocks)))
    assert found == blocks


@given(BLOCKS)
def test_rows_are_the_text(blocks):
    rows_are_the_text(blocks)


def test_further_lines_read_as_fields_would_be_noticed(monkeypatch):
    monkeypatch.setattr(wording, "_indented", lambda value, _width: value)
    with pytest.raises(AssertionError):
        rows_are_the_text([[("title", "a"), ("description", "one\nclosed  yes")]])


@pytest.mark.parametrize("text", ["", "a", "a  b\n\n\n", "title  x\n   | y", " | x"])
def test_a_text_that_is_no_rows_is_shown_as_it_is(text):
    found = exact.rows(text)
    assert found is None or "\n\n".join(map(wording.block, found)) == text
