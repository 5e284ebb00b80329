"""Text from outside on its way to a terminal."""

import sys
import unicodedata

import pytest
from hypothesis import given, strategies as st

from freehold.cli.safe import safe_line, safe_text

EVERY_CHARACTER = [chr(number) for number in range(sys.maxunicode + 1)]
"""Surrogates too: a terminal's encoder must never meet one."""


def steers(character):
    """An independent statement of what is dangerous, by code point."""
    number = ord(character)
    return (
        (number < 0x20 and character not in "\n\t")
        or 0x7F <= number <= 0x9F
        or number in (0x061C, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x2060, 0xFEFF)
        or 0x202A <= number <= 0x202E
        or 0x2066 <= number <= 0x206F
        or 0xD800 <= number <= 0xDFFF
        or 0xE0000 <= number <= 0xE0FFF
    )


def check(sanitise):
    """What must hold for every character of Unicode; raises AssertionError with the first that breaks it."""
    for character in EVERY_CHARACTER:
        shown = sanitise(f"a{character}b")
        if steers(character):
            assert shown == "ab", f"U+{ord(character):04X} passed"
        elif unicodedata.category(character) != "Cf":
            assert shown == f"a{character}b", f"U+{ord(character):04X} was lost"


def test_over_all_of_unicode_nothing_that_steers_passes_and_nothing_else_is_lost():
    check(safe_text)


@pytest.mark.parametrize(
    "planted",
    [
        lambda text: text,
        lambda text: text.replace("\x1b", ""),
        lambda text: "".join(c for c in text if c.isprintable() or c in "\n\t "),
        lambda text: text.encode("ascii", "ignore").decode(),
        lambda text: "".join(c for c in text if unicodedata.category(c) != "Cc"),
    ],
)
def test_the_check_catches_a_planted_bug(planted):
    with pytest.raises(AssertionError):
        check(planted)


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_comes_is_printable_in_utf_8_and_safe_twice_is_safe_once(text):
    once = safe_text(text)
    once.encode()
    assert not any(steers(character) for character in once)
    assert safe_text(once) == once


@given(st.text())
def test_a_cell_is_one_line(text):
    line = safe_line(text)
    assert len(line.splitlines()) <= 1
    assert "\t" not in line


def test_a_forged_terminal_title_and_a_reversed_name_come_out_as_plain_letters():
    assert safe_text("\x1b]0;owned\x07hello") == "]0;ownedhello"
    assert safe_text("\u202etxt.exe\u202c") == "txt.exe"
